"""The one spider: it fetches with good manners and leaves all thinking to the visits."""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterable
from functools import partial
from typing import Any

import scrapy
from scrapy import exceptions

from crawlers.ask import Ask, LookUp, Step
from crawlers.endpoint import Answer
from crawlers.guard import AddressRefused
from crawlers.manners import RobotsDenied, RobotsUnreadable
from crawlers.publication import Line, Reason, WhichKnown
from crawlers.reading import ReadingLimit
from crawlers.source import CrawlJob
from crawlers.visit import Visit, with_seconds

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

    Without any pause Scrapy lets several requests to one host through at once.
    A proxy is not used: it would resolve names itself, behind the back of `crawlers.guard`.
    429 and 503 ask for rest, so they are not tried again in this run.
    """
    return {
        "USER_AGENT": job.agent,
        "ROBOTSTXT_OBEY": True,
        "DOWNLOAD_DELAY": max(job.pause, LEAST_PAUSE),
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_ITEMS": 1,
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
            "crawlers.manners.RobotsMiddleware": 100,
        },
    }


class RadarSpider(scrapy.Spider):
    """Asks what the visits want asked and hands them the answers; every finished event goes to `emit`."""

    name = "radar"

    def __init__(self, job: CrawlJob, emit: Callable[[Line], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.emit = emit
        self.began = time.monotonic()
        self.limit = ReadingLimit(job.reading, emit)
        self._waiting: dict[str, deque[asyncio.Future[dict[str, str]]]] = defaultdict(deque)

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Begin a visit to every source of the job."""
        for order in self.job.orders:
            reading = partial(self.limit.guard, order.source.name)
            visit = Visit(order, self.job.today, self.job.pages_per_run, reading)
            async for request in self._requests(visit, visit.begin()):
                yield request

    def known(self, source: str, keys: dict[str, str]) -> None:
        """Hand a waiting visit the answer to its oldest question; called in the reactor's thread."""
        self._waiting[source].popleft().set_result(keys)

    async def _requests(self, visit: Visit, steps: Iterable[Step]) -> AsyncIterator[scrapy.Request]:
        self._hand_over(visit)
        for step in steps:
            if isinstance(step, LookUp):
                async for request in self._requests(visit, visit.told(step, await self._which_known(visit, step))):
                    yield request
                continue
            try:
                yield _request(visit, step, self)
            except ValueError as error:
                async for request in self._requests(visit, visit.failed(step, Reason.ADDRESS_REFUSED, str(error))):
                    yield request

    async def _which_known(self, visit: Visit, step: LookUp) -> dict[str, str]:
        source = visit.order.source.name
        answer: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._waiting[source].append(answer)
        self.emit(WhichKnown(source=source, keys=step.keys))
        return await answer

    async def _answered(self, response: Any, visit: Visit, ask: Ask) -> AsyncIterator[scrapy.Request]:
        headers = {name.lower(): value for name, value in response.headers.to_unicode_dict().items()}
        answer = Answer(ask.address, response.url, response.status, response.body, headers)
        steps = visit.answered(ask, answer, response.meta.get("download_latency", 0.0))
        async for request in self._requests(visit, steps):
            yield request

    async def _failed(self, failure: Any) -> AsyncIterator[scrapy.Request]:
        visit, ask = failure.request.cb_kwargs["visit"], failure.request.cb_kwargs["ask"]
        async for request in self._requests(visit, visit.failed(ask, *reason_of(failure))):
            yield request

    def _hand_over(self, visit: Visit) -> None:
        events, visit.events = visit.events, []
        for event in events:
            self.emit(with_seconds(event, time.monotonic() - self.began))


def _request(visit: Visit, ask: Ask, spider: RadarSpider) -> scrapy.Request:
    """The request for an address; raises ValueError when it is none."""
    headers = {}
    if ask.memory.etag:
        headers["If-None-Match"] = ask.memory.etag
    if ask.memory.last_modified:
        headers["If-Modified-Since"] = ask.memory.last_modified
    return scrapy.Request(
        ask.address,
        callback=spider._answered,
        errback=spider._failed,
        headers=headers,
        dont_filter=True,
        meta={"handle_httpstatus_list": ANSWERS},
        cb_kwargs={"visit": visit, "ask": ask},
    )


def reason_of(failure: Any) -> tuple[Reason, str]:
    """The reason code for a request without an answer, and what there is to say about it."""
    reason = next((code for kind, code in REASONS if failure.check(kind)), Reason.CONNECTION)
    detail = str(failure.value) or type(failure.value).__name__
    if reason is Reason.CONNECTION and re.search("certificate|ssl", detail, re.IGNORECASE):
        reason = Reason.TLS
    elif reason is Reason.HTTP_ERROR and "DOWNLOAD_MAXSIZE" in detail:
        reason = Reason.TOO_LARGE
    return reason, detail.splitlines()[0][:300]
