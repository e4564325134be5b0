"""A crawling process behind a name server that changes its answer; as a program, with a job on standard input."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import succeed

from crawlers.child import write_lines
from crawlers.fetch import scrapy_settings
from crawlers.guard import GuardedResolver
from crawlers.source import CrawlJob
from crawlers.spider import RadarSpider

ALLOWED = "127.0.0.41"
PRIVATE = "10.0.0.1"


class Turning(CachingThreadedResolver):
    """A name server that answers with an address that is allowed first, and with a private one from then on."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:
        self.asked = getattr(self, "asked", 0) + 1
        return succeed(ALLOWED if self.asked == 1 else PRIVATE)


class Guarded(GuardedResolver, Turning):
    """Our guard before that name server."""


if __name__ == "__main__":
    job = CrawlJob.model_validate_json(sys.stdin.readline())
    process = CrawlerProcess({**scrapy_settings(job), "TWISTED_DNS_RESOLVER": "fakes_turning.Guarded"})
    process.crawl(RadarSpider, job=job, emit=partial(write_lines, sys.stdout))
    process.start()
