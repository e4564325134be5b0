"""A child process that does one job: a job on standard input, JSON lines on standard output, the manners of a crawl."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import scrapy
from pydantic import BaseModel
from scrapy.crawler import CrawlerProcess

from crawlers.publication import Reason
from crawlers.source import CrawlJob
from crawlers.spider import ANSWERS, REASONS, scrapy_settings


def request(address: str, answered: Callable[..., Any], failed: Callable[[Any], Any]) -> scrapy.Request:
    """A request of which every answer counts; raises `ValueError` when the address is none."""
    return scrapy.Request(
        address,
        callback=answered,
        errback=failed,
        dont_filter=True,
        meta={"handle_httpstatus_list": ANSWERS},
        cb_kwargs={"asked": address},
    )


def reason_of(failure: Any) -> Reason:
    """Why a request brought no answer."""
    return next((code for kind, code in REASONS if failure.check(kind)), Reason.CONNECTION)


def run(spider: type[scrapy.Spider], wanted: BaseModel, manners: CrawlJob, longest: float) -> None:
    """Run a spider on its job for `longest` seconds at most; it gets `wanted` and `emit`."""
    process = CrawlerProcess({**scrapy_settings(manners), "LOG_ENABLED": False, "CLOSESPIDER_TIMEOUT": longest})
    process.crawl(spider, wanted=wanted, emit=_write_line)
    process.start()


def _write_line(event: BaseModel) -> None:
    sys.stdout.write(event.model_dump_json() + "\n")
    sys.stdout.flush()
