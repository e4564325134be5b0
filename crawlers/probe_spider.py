"""The process that looks around at a pasted address, with the manners and the guard of a crawl.

A job on standard input, one JSON line per address that is asked and one with the findings on standard output.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from crawlers.endpoint import Fetched, NoAnswer
from crawlers.fetch import Fetching
from crawlers.one_job import run
from crawlers.probe import look_around
from crawlers.probing import Ask, ProbeJob
from crawlers.publication import Reason

LONGEST = 120.0
MOST_ADDRESSES = 20


class ProbeSpider(Fetching):
    """Asks one address after another, as `look_around` wants, and emits what was found."""

    name = "probe"

    def __init__(self, wanted: ProbeJob, emit: Callable[[BaseModel], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = wanted.manners
        self.address = wanted.address
        self.known = frozenset(wanted.known)
        self.emit = emit
        self.left = MOST_ADDRESSES

    async def work(self) -> None:
        """Look around from the address that was pasted."""
        looking = look_around(self.address, self.job.today, self.known)
        try:
            address = next(looking)
            while True:
                address = looking.send(await self._ask(address))
        except StopIteration as end:
            self.emit(end.value)

    async def _ask(self, address: str) -> Fetched:
        self.left -= 1
        if self.left < 0:
            return NoAnswer(Reason.TIMEOUT, "enough addresses were asked")
        self.emit(Ask(asking=address))
        return await self.fetch(address)


def main() -> None:
    """Run the one job on standard input."""
    wanted = ProbeJob.model_validate_json(sys.stdin.readline())
    run(ProbeSpider, wanted, wanted.manners, LONGEST)


if __name__ == "__main__":
    main()
