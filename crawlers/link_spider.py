"""The process that asks whether pages are still there, with the manners and the guard of a crawl.

A job on standard input, one JSON line per address on standard output.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import scrapy
from pydantic import BaseModel
from scrapy.crawler import CrawlerProcess

from crawlers.links import LONGEST, LinkAnswer, LinkJob
from crawlers.publication import Reason
from crawlers.spider import ANSWERS, REASONS, scrapy_settings


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
            for request in self._ask(address):
                yield request

    def _ask(self, address: str) -> Iterator[scrapy.Request]:
        try:
            yield scrapy.Request(
                address,
                callback=self._answered,
                errback=self._failed,
                dont_filter=True,
                meta={"handle_httpstatus_list": ANSWERS},
                cb_kwargs={"asked": address},
            )
        except ValueError:
            self.emit(LinkAnswer(link=address, status=0, reason=Reason.ADDRESS_REFUSED))

    def _answered(self, response: Any, asked: str) -> None:
        reason = Reason.OK if response.status < 400 else Reason.HTTP_ERROR
        self.emit(LinkAnswer(link=asked, status=response.status, reason=reason))

    def _failed(self, failure: Any) -> None:
        reason = next((code for kind, code in REASONS if failure.check(kind)), Reason.CONNECTION)
        self.emit(LinkAnswer(link=failure.request.cb_kwargs["asked"], status=0, reason=reason))


def write_line(event: BaseModel) -> None:
    """Write an event as a JSON line at once."""
    sys.stdout.write(event.model_dump_json() + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run the one job on standard input."""
    wanted = LinkJob.model_validate_json(sys.stdin.readline())
    process = CrawlerProcess({**scrapy_settings(wanted.manners), "LOG_ENABLED": False, "CLOSESPIDER_TIMEOUT": LONGEST})
    process.crawl(LinkSpider, wanted=wanted, emit=write_line)
    process.start()


if __name__ == "__main__":
    main()
