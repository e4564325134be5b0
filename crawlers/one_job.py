"""A child process that does one job: a job on standard input, JSON lines on standard output, the manners of a crawl."""

from __future__ import annotations

import os
import resource
import sys
import threading

from pydantic import BaseModel
from scrapy.crawler import CrawlerProcess

from crawlers.fetch import Fetching, scrapy_settings
from crawlers.publication import to_line
from crawlers.source import CrawlJob

GRACE = 15.0  # seconds after its time in which a spider that waits for an answer ends by itself


def run(spider: type[Fetching], wanted: BaseModel, manners: CrawlJob, longest: float, grace: float = GRACE) -> None:
    """Run a spider on its job for `longest` seconds at most, in bounded memory; it gets `wanted` and `emit`.

    One that hangs in a page it reads is ended `grace` seconds later; who waits for it sees it end without an answer.
    """
    bound_memory(manners.memory)
    watchdog = threading.Timer(longest + grace, os._exit, (1,))
    watchdog.daemon = True
    watchdog.start()
    process = CrawlerProcess({**scrapy_settings(manners), "LOG_ENABLED": False, "CLOSESPIDER_TIMEOUT": longest})
    process.crawl(spider, wanted=wanted, emit=_write_line)
    process.start()


def _write_line(event: BaseModel) -> None:
    sys.stdout.write(to_line(event))
    sys.stdout.flush()


def bound_memory(mebibytes: int) -> None:
    """Let this process hold no more data than this: a page that wants more fails by itself, and the machine lives on.

    Scrapy's own limit looks now and then and ends the whole run; this one stops the one page at once.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = mebibytes * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
