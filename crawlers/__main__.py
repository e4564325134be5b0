"""The crawling process: a job on standard input, JSON lines on standard output.

By hand: `python -m crawlers feed https://example.nl/feed/` prints what one endpoint yields.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from typing import IO

from scrapy.crawler import CrawlerProcess

from crawlers.source import CrawlJob, CrawlOrder, Endpoint, Kind, Source
from crawlers.spider import RadarSpider, scrapy_settings
from crawlers.visit import Event

# A request that fails is told in the JSON lines, with its reason; these loggers would tell it again with a traceback.
TOLD_AS_DATA = ("scrapy.downloadermiddlewares.retry", "scrapy.downloadermiddlewares.robotstxt")
USAGE = f"usage: python -m crawlers {'|'.join(Kind)} ADDRESS   (or a job as one JSON line on standard input)"


def write_line(out: IO[str], event: Event) -> None:
    """Write one event as a JSON line at once; a reader that has gone ends this process."""
    try:
        out.write(event.model_dump_json() + "\n")
        out.flush()
    except BrokenPipeError:
        os._exit(1)


def end_with_parent() -> None:
    """End this process when standard input closes: whoever asked for the crawl is gone."""
    # Not sys.stdin.read(): its lock would be held by this thread when the interpreter shuts down.
    while os.read(0, 4096):
        pass
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
    if arguments:
        if len(arguments) != 2 or arguments[0] not in list(Kind):
            print(USAGE, file=sys.stderr)  # noqa: T201
            return 2
        job = job_by_hand(*arguments)
    else:
        job = CrawlJob.model_validate_json(sys.stdin.readline())
        threading.Thread(target=end_with_parent, daemon=True).start()
    process = CrawlerProcess(scrapy_settings(job))
    for name in TOLD_AS_DATA:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    process.crawl(RadarSpider, job=job, emit=partial(write_line, sys.stdout))
    process.start()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
