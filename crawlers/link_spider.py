"""The process that asks whether pages are still there, with the manners and the guard of a crawl.

A job on standard input, one JSON line per address on standard output.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from crawlers.endpoint import NoAnswer
from crawlers.fetch import Fetching, for_each
from crawlers.links import LONGEST, LinkAnswer, LinkJob
from crawlers.one_job import run
from crawlers.publication import Reason


class LinkSpider(Fetching):
    """Asks for each page whole, for not every server answers for the head alone."""

    name = "links"

    def __init__(self, wanted: LinkJob, emit: Callable[[BaseModel], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = wanted.manners
        self.addresses = wanted.addresses
        self.emit = emit

    async def work(self) -> None:
        """Ask every address."""
        await for_each(self.addresses, self._ask)

    async def _ask(self, address: str) -> None:
        answer = await self.fetch(address)
        if isinstance(answer, NoAnswer):
            self.emit(LinkAnswer(link=address, status=0, reason=answer.reason))
            return
        reason = Reason.OK if answer.status < 400 else Reason.HTTP_ERROR
        self.emit(LinkAnswer(link=address, status=answer.status, reason=reason))


def main() -> None:
    """Run the one job on standard input."""
    wanted = LinkJob.model_validate_json(sys.stdin.readline())
    run(LinkSpider, wanted, wanted.manners, LONGEST)


if __name__ == "__main__":
    main()
