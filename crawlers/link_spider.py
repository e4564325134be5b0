"""The process that asks whether pages are still there, with the manners and the guard of a crawl.

A job on standard input, one JSON line per address on standard output.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import scrapy
from pydantic import BaseModel

from crawlers.links import LONGEST, LinkAnswer, LinkJob
from crawlers.one_job import reason_of, request, run
from crawlers.publication import Reason


class LinkSpider(scrapy.Spider):
    """Asks for each page whole, for not every server answers for the head alone."""

    name = "links"

    def __init__(self, wanted: LinkJob, emit: Callable[[BaseModel], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = wanted.manners
        self.addresses = wanted.addresses
        self.emit = emit

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Ask every address."""
        for address in self.addresses:
            for one in self._ask(address):
                yield one

    def _ask(self, address: str) -> Iterator[scrapy.Request]:
        try:
            yield request(address, self._answered, self._failed)
        except ValueError:
            self.emit(LinkAnswer(link=address, status=0, reason=Reason.ADDRESS_REFUSED))

    def _answered(self, response: Any, asked: str) -> None:
        reason = Reason.OK if response.status < 400 else Reason.HTTP_ERROR
        self.emit(LinkAnswer(link=asked, status=response.status, reason=reason))

    def _failed(self, failure: Any) -> None:
        self.emit(LinkAnswer(link=failure.request.cb_kwargs["asked"], status=0, reason=reason_of(failure)))


def main() -> None:
    """Run the one job on standard input."""
    wanted = LinkJob.model_validate_json(sys.stdin.readline())
    run(LinkSpider, wanted, wanted.manners, LONGEST)


if __name__ == "__main__":
    main()
