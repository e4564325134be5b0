"""Asks addresses with good manners: what the processes that go out on the network share."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

import scrapy
from scrapy import exceptions
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from crawlers.endpoint import Answer, Fetched, NoAnswer
from crawlers.guard import AddressRefused
from crawlers.manners import VISIT, RobotsDenied, RobotsUnreadable
from crawlers.publication import Reason
from crawlers.source import CrawlJob
from crawlers.trail import TRAIL
from crawlers.visit import Visit

Thing = TypeVar("Thing")

WRAPPED = re.compile(r"^\[<twisted\.python\.failure\.Failure [\w.]+: (.*)>\]$")
ANSWERS = [304, *range(400, 600)]
AT_ONCE = 32
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
# The parts of Scrapy that take part, and no others, whatever else it brings: some cost something at each request, and
# one would serve whoever holds a token with running Python in our process. Lower numbers stand nearer to us.
MIDDLEWARES = {
    "crawlers.guard.GuardMiddleware": 50,
    "crawlers.manners.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": 580,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "crawlers.trail.TrailMiddleware": 950,
}
EXTENSIONS = {"scrapy.extensions.closespider.CloseSpider": 0}


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
        "CONCURRENT_REQUESTS": AT_ONCE,
        "DOWNLOAD_TIMEOUT": job.timeout,
        "DOWNLOAD_MAXSIZE": MOST_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "REDIRECT_MAX_TIMES": 3,
        "RETRY_TIMES": 1,
        "RETRY_HTTP_CODES": TRY_AGAIN,
        "LOG_LEVEL": "ERROR",
        "RADAR_ALLOW_LOOPBACK": job.allow_loopback,
        "TWISTED_DNS_RESOLVER": "crawlers.guard.GuardedResolver",
        "DNS_TIMEOUT": job.timeout,
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "EXTENSIONS_BASE": EXTENSIONS,
        "SPIDER_MIDDLEWARES_BASE": {},
        # Imported above, not named: each part of it that is deprecated reads the source of all that called its import.
        "DOWNLOAD_HANDLERS_BASE": {"http": HTTP11DownloadHandler, "https": HTTP11DownloadHandler},
        "DOWNLOADER_MIDDLEWARES_BASE": MIDDLEWARES,
    }


class Fetching(scrapy.Spider):
    """A spider that does its work in coroutines, and asks Scrapy only to fetch.

    Without the queue, the scraper and the callbacks of Scrapy a request costs a quarter less, and a visit is a story.
    """

    job: CrawlJob

    async def work(self) -> None:
        """Do what this spider is for."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Work; Scrapy itself is given nothing to do."""
        await self.work()
        for request in list[scrapy.Request]():
            yield request

    async def fetch(
        self, address: str, headers: Mapping[str, str] | None = None, visit: Visit | None = None
    ) -> Fetched:
        """Ask an address; `visit` hears of the robots.txt that had to be asked for it."""
        trail: list[tuple[str, int]] = []
        meta = {"handle_httpstatus_list": ANSWERS, VISIT: visit, TRAIL: trail}
        assert self.crawler.engine
        try:
            request = scrapy.Request(address, headers=headers, meta=meta)
        except ValueError as error:
            return NoAnswer(Reason.ADDRESS_REFUSED, str(error))
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # whatever it is, it is why this address gave no answer
            return NoAnswer(*reason_of(error), trail=tuple(trail))
        if not 200 <= response.status < 300 and response.status not in ANSWERS:
            return NoAnswer(Reason.HTTP_ERROR, f"HTTP {response.status} that leads nowhere", tuple(trail))
        lower = {str(name).lower(): value for name, value in response.headers.to_unicode_dict().items()}
        seconds = response.meta.get("download_latency", 0.0)
        asked, answered = (one.partition("#")[0] for one in (address, response.url))
        return Answer(asked, answered, response.status, response.body, lower, seconds, tuple(trail))


async def for_each(things: Iterable[Thing], work: Callable[[Thing], Awaitable[None]]) -> None:
    """Do some work for each of these things, a bounded number at a time."""
    left = iter(things)

    async def worker() -> None:
        for one in left:
            await work(one)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


def _without_wrapping(detail: str) -> str:
    """What went wrong, out of the lists and failures that Twisted and OpenSSL wrap it in."""
    wrapped = WRAPPED.search(detail)
    told = wrapped[1] if wrapped else detail
    parts = [part for part in re.findall(r"'([^']*)'", told) if part]
    return ": ".join(parts) if wrapped and parts else told


def reason_of(error: Exception) -> tuple[Reason, str]:
    """The reason code for a request without an answer, and what there is to say about it."""
    reason = next((code for kind, code in REASONS if isinstance(error, kind)), Reason.CONNECTION)
    detail = str(error) or type(error).__name__
    if reason is Reason.CONNECTION and re.search("certificate|ssl", detail, re.IGNORECASE):
        reason = Reason.TLS
    elif reason is Reason.HTTP_ERROR and "DOWNLOAD_MAXSIZE" in detail:
        reason = Reason.TOO_LARGE
    return reason, _without_wrapping(detail.splitlines()[0])[:300]
