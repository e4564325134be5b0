"""The crawling process: a job on standard input, JSON lines on standard output.

By hand: `python -m crawlers feed https://example.nl/feed/` prints what one endpoint yields.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from typing import IO

from scrapy import signals
from scrapy.crawler import CrawlerProcess

from crawlers.fetch import scrapy_settings
from crawlers.one_job import bound_memory
from crawlers.publication import Line, to_line
from crawlers.source import CrawlJob, CrawlOrder, Endpoint, Kind, Source
from crawlers.spider import RadarSpider

# What fails is told in the JSON lines, with its reason; these loggers would tell it again, one with a traceback.
TOLD_AS_DATA = ("scrapy.downloadermiddlewares.retry", "trafilatura")
USAGE = f"usage: python -m crawlers {'|'.join(Kind)} ADDRESS   (or a job as one JSON line on standard input)"


def write_lines(out: IO[str], *events: Line) -> None:
    """Write events as JSON lines at once, for each write wakes the reader; one that has gone ends this process."""
    try:
        out.write("".join(map(to_line, events)))
        out.flush()
    except BrokenPipeError:
        os._exit(1)


def listen(stdin: IO[str], spider: RadarSpider) -> None:
    """Hand the spider what the parent answers; end this process when standard input closes, for the parent is gone."""
    from twisted.internet import reactor  # the import itself starts one, so not before Scrapy chose it

    # Not sys.stdin.read(): its lock would be held by this thread when the interpreter shuts down.
    for line in stdin:
        answer = json.loads(line)
        reactor.callFromThread(spider.known, answer["source"], answer["known"])
    os._exit(1)


def job_by_hand(kind: str, address: str) -> CrawlJob:
    """A job for one endpoint; only the listing is read."""
    endpoint = Endpoint(kind=Kind(kind), address=address)
    source = Source(name="by-hand", title=address, endpoints=(endpoint,))
    return CrawlJob(
        orders=(CrawlOrder(source=source, baseline=True),),
        agent="Participatieradar (by hand)",
        today=datetime.now(UTC).date(),
        allow_loopback=os.environ.get("RADAR_ALLOW_LOOPBACK") == "1",
    )


def main(arguments: list[str]) -> int:
    """Run one job; returns the exit code."""
    stdin = os.fdopen(os.dup(0), encoding="utf-8")
    if arguments:
        if len(arguments) != 2 or arguments[0] not in list(Kind):
            print(USAGE, file=sys.stderr)  # noqa: T201
            return 2
        job = job_by_hand(*arguments)
    else:
        job = CrawlJob.model_validate_json(stdin.readline())
    bound_memory(job.memory)
    process = CrawlerProcess(scrapy_settings(job))
    for name in TOLD_AS_DATA:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    crawler = process.create_crawler(RadarSpider)
    process.crawl(crawler, job=job, emit=partial(write_lines, sys.stdout))
    if not arguments:
        crawler.signals.connect(
            lambda spider: threading.Thread(target=listen, args=(stdin, spider), daemon=True).start(),
            signals.spider_opened,
            weak=False,
        )
    process.start()
    return 0
