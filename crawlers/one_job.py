"""A child process that does one job: a job on standard input, JSON lines on standard output, the manners of a crawl."""

from __future__ import annotations

import sys

from pydantic import BaseModel
from scrapy.crawler import CrawlerProcess

from crawlers.fetch import Fetching, scrapy_settings
from crawlers.source import CrawlJob


def run(spider: type[Fetching], wanted: BaseModel, manners: CrawlJob, longest: float) -> None:
    """Run a spider on its job for `longest` seconds at most; it gets `wanted` and `emit`."""
    process = CrawlerProcess({**scrapy_settings(manners), "LOG_ENABLED": False, "CLOSESPIDER_TIMEOUT": longest})
    process.crawl(spider, wanted=wanted, emit=_write_line)
    process.start()


def _write_line(event: BaseModel) -> None:
    sys.stdout.write(event.model_dump_json() + "\n")
    sys.stdout.flush()
