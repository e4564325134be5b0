"""The one spider: it fetches with good manners and leaves all thinking to the visits."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import scrapy
from scrapy import exceptions

from crawlers.endpoint import Answer
from crawlers.guard import AddressRefused, RobotsDenied, RobotsUnreadable
from crawlers.publication import Reason
from crawlers.source import CrawlJob
from crawlers.visit import Ask, Event, Visit, with_seconds

ANSWERS = [304, *range(400, 600)]
MOST_BYTES = 20 * 2**20
LEAST_PAUSE = 0.01
TRY_AGAIN = [408, 500, 502, 504, 522, 524]
REASONS: tuple[tuple[type[BaseException], Reason], ...] = (
    (RobotsDenied, Reason.ROBOTS_DENIED),
    (RobotsUnreadable, Reason.ROBOTS_UNREADABLE),
    (AddressRefused, Reason.ADDRESS_REFUSED),
    (exceptions.CannotResolveHostError, Reason.DNS),
    (exceptions.DownloadTimeoutError, Reason.TIMEOUT),
    (exceptions.DownloadConnectionRefusedError, Reason.REFUSED),
    (exceptions.DownloadCancelledError, Reason.TOO_LARGE),
    (exceptions.UnsupportedURLSchemeError, Reason.ADDRESS_REFUSED),
    (exceptions.IgnoreRequest, Reason.HTTP_ERROR),
)


def scrapy_settings(job: CrawlJob) -> dict[str, Any]:
    """Scrapy's settings: robots.txt obeyed, one request at a time per host with a pause, everything bounded.

    Without any pause Scrapy's robots.txt middleware lets several requests to one host through at once.
    A proxy is not used: it would resolve names itself, behind the back of `crawlers.guard`.
    429 and 503 ask for rest, so they are not tried again in this run.
    """
    return {
        "USER_AGENT": job.agent,
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": re.split(r"[/ ]", job.agent)[0],
        "DOWNLOAD_DELAY": max(job.pause, LEAST_PAUSE),
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_REQUESTS": 32,
        "DOWNLOAD_TIMEOUT": job.timeout,
        "DOWNLOAD_MAXSIZE": MOST_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "REDIRECT_MAX_TIMES": 3,
        "RETRY_TIMES": 1,
        "RETRY_HTTP_CODES": TRY_AGAIN,
        "HTTPPROXY_ENABLED": False,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
        "RADAR_ALLOW_LOOPBACK": job.allow_loopback,
        "TWISTED_DNS_RESOLVER": "crawlers.guard.GuardedResolver",
        "DNS_TIMEOUT": job.timeout,
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawlers.guard.GuardMiddleware": 50,
            "crawlers.guard.RobotsMiddleware": 100,
        },
    }


class RadarSpider(scrapy.Spider):
    """Asks what the visits want asked and hands them the answers; every finished event goes to `emit`."""

    name = "radar"

    def __init__(self, job: CrawlJob, emit: Callable[[Event], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.emit = emit
        self.began = time.monotonic()

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Begin a visit to every source of the job."""
        for order in self.job.orders:
            visit = Visit(order, self.job.today, self.job.pages_per_run)
            for request in self._requests(visit, visit.begin()):
                yield request

    def _requests(self, visit: Visit, asks: Iterable[Ask]) -> Iterator[scrapy.Request]:
        self._hand_over(visit)
        for ask in asks:
            headers = {}
            if ask.validators.etag:
                headers["If-None-Match"] = ask.validators.etag
            if ask.validators.last_modified:
                headers["If-Modified-Since"] = ask.validators.last_modified
            try:
                yield scrapy.Request(
                    ask.address,
                    callback=self._answered,
                    errback=self._failed,
                    headers=headers,
                    dont_filter=True,
                    meta={"handle_httpstatus_list": ANSWERS},
                    cb_kwargs={"visit": visit, "ask": ask},
                )
            except ValueError as error:
                yield from self._requests(visit, visit.failed(ask, Reason.ADDRESS_REFUSED, str(error)))

    def _answered(self, response: Any, visit: Visit, ask: Ask) -> Iterator[scrapy.Request]:
        headers = {name.lower(): value for name, value in response.headers.to_unicode_dict().items()}
        answer = Answer(ask.address, response.url, response.status, response.body, headers)
        yield from self._requests(visit, visit.answered(ask, answer))

    def _failed(self, failure: Any) -> Iterator[scrapy.Request]:
        visit, ask = failure.request.cb_kwargs["visit"], failure.request.cb_kwargs["ask"]
        reason = next((code for kind, code in REASONS if failure.check(kind)), Reason.CONNECTION)
        detail = str(failure.value) or type(failure.value).__name__
        if reason is Reason.CONNECTION and re.search("certificate|ssl", detail, re.IGNORECASE):
            reason = Reason.TLS
        elif reason is Reason.HTTP_ERROR and "DOWNLOAD_MAXSIZE" in detail:
            reason = Reason.TOO_LARGE
        yield from self._requests(visit, visit.failed(ask, reason, detail.splitlines()[0][:300]))

    def _hand_over(self, visit: Visit) -> None:
        events, visit.events = visit.events, []
        for event in events:
            self.emit(with_seconds(event, time.monotonic() - self.began))
