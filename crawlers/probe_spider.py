"""The process that looks around at a pasted address, with the manners and the guard of a crawl.

A job on standard input, one JSON line per address that is asked and one with the findings on standard output.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import scrapy
from pydantic import BaseModel

from crawlers.endpoint import Answer
from crawlers.one_job import reason_of, request, run
from crawlers.probe import Fetched, NoAnswer, look_around
from crawlers.probing import Ask, ProbeJob
from crawlers.publication import Reason

LONGEST = 120.0
MOST_ADDRESSES = 20


class ProbeSpider(scrapy.Spider):
    """Asks one address after another, as `look_around` wants, and emits what was found."""

    name = "probe"

    def __init__(self, wanted: ProbeJob, emit: Callable[[BaseModel], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = wanted.manners
        self.emit = emit
        self.left = MOST_ADDRESSES
        self.looking = look_around(wanted.address, wanted.manners.today)

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Ask the address that was pasted."""
        for one in self._ask(next(self.looking)):
            yield one

    def _ask(self, address: str) -> Iterator[scrapy.Request]:
        self.left -= 1
        if self.left < 0:
            yield from self._go_on(NoAnswer(Reason.TIMEOUT, "enough addresses were asked"))
            return
        self.emit(Ask(asking=address))
        try:
            yield request(address, self._answered, self._failed)
        except ValueError as error:
            yield from self._go_on(NoAnswer(Reason.ADDRESS_REFUSED, str(error)))

    def _answered(self, response: Any, asked: str) -> Iterator[scrapy.Request]:
        headers = {name.lower(): value for name, value in response.headers.to_unicode_dict().items()}
        yield from self._go_on(Answer(asked, response.url, response.status, response.body, headers))

    def _failed(self, failure: Any) -> Iterator[scrapy.Request]:
        yield from self._go_on(NoAnswer(reason_of(failure), str(failure.value)[:300]))

    def _go_on(self, answer: Fetched) -> Iterator[scrapy.Request]:
        try:
            address = self.looking.send(answer)
        except StopIteration as end:
            self.emit(end.value)
            return
        yield from self._ask(address)


def main() -> None:
    """Run the one job on standard input."""
    wanted = ProbeJob.model_validate_json(sys.stdin.readline())
    run(ProbeSpider, wanted, wanted.manners, LONGEST)


if __name__ == "__main__":
    main()
