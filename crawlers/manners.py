"""Asks a site's robots.txt before anything else of it, keeps the pause it wants, and remembers it."""

from __future__ import annotations

import asyncio
import re
import time
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawlers import publication
from crawlers.publication import RobotsRead
from crawlers.rest import LONGEST_VISIT, rest
from crawlers.robots import Rules, holds_for, readable
from crawlers.trail import TRAIL

FIRST = 1000
HOPS = 5
IS_ROBOTS = "radar_robots"
VISIT = "radar_visit"


class RobotsDenied(IgnoreRequest):
    """The site's robots.txt asks us to leave this address alone (RFC 9309)."""


class RobotsUnreadable(IgnoreRequest):
    """The site's robots.txt could not be read, so today nothing is asked of the site (RFC 9309, section 2.3.1.4).

    `rest` is for how many seconds the site then wants to be left alone, 0 when it does not say.
    """

    def __init__(self, why: str, rest: float = 0.0) -> None:
        super().__init__(why)
        self.rest = rest


class RobotsMiddleware:
    """Obeys robots.txt; one that cannot be read means "not today"."""

    def __init__(self, crawler: Any) -> None:
        self._crawler = crawler
        self._agent = re.split(r"[/ ]", crawler.settings["USER_AGENT"])[0]
        self._rules: dict[str, asyncio.Future[Rules | Exception]] = {}

    @classmethod
    def from_crawler(cls, crawler: Any) -> RobotsMiddleware:
        """Made by Scrapy."""
        return cls(crawler)

    async def process_request(self, request: Any) -> None:
        """Raise `RobotsUnreadable`, `RobotsDenied` or what kept the network from answering."""
        if request.meta.get(IS_ROBOTS):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.get_running_loop().create_future()
            self._rules[origin].set_result(await self._learn(origin, request))
        rules, visit = await self._rules[origin], request.meta.get(VISIT)
        if isinstance(rules, Exception):
            if visit is not None and isinstance(rules, RobotsUnreadable):
                visit.keep_away(rules.rest, request.url)
            raise rules
        if visit is not None:
            visit.keep_pause(rules.delay)
        if not rules.allows(request.url):
            raise RobotsDenied("robots.txt does not allow this address")

    @cached_property
    def _kept(self) -> dict[str, str]:
        """The robots.txt files that still hold, by their origin."""
        return {one.origin: one.text for one in self._crawler.spider.job.robots}

    async def _learn(self, origin: str, request: Any) -> Rules | Exception:
        kept = self._kept.get(origin)
        try:
            rules = Rules(kept if kept is not None else await self._ask(origin, request), self._agent)
        except Exception as error:  # whatever it is, every request to this origin must hear it
            return error
        self._slow_down(request, rules.delay)
        return rules

    async def _ask(self, origin: str, request: Any) -> str:
        address = f"{origin}/robots.txt"
        asked = Request(
            address, priority=FIRST, meta={IS_ROBOTS: True, "redirect_ttl": HOPS, TRAIL: []}, callback=NO_CALLBACK
        )
        began = time.monotonic()
        try:
            response = await self._crawler.engine.download_async(asked)
        except (IgnoreRequest, DownloadCancelledError) as error:
            self._note(request, asked, 0, "unreadable", began)
            if type(error) in (IgnoreRequest, DownloadCancelledError):
                raise RobotsUnreadable(f"robots.txt could not be read: {error}") from error
            raise
        except Exception:
            self._note(request, asked, 0, "no answer", began)
            raise
        self._note(request, asked, response.status, "read" if response.status < 400 else "none", began)
        headers = {name.lower(): value for name, value in response.headers.to_unicode_dict().items()}
        if response.status == 429 or response.status >= 500:
            raise RobotsUnreadable(f"robots.txt answered {response.status}", rest(response.status, headers))
        text = readable(response.body) if response.status < 400 else ""
        self._crawler.spider.emit(RobotsRead(origin=origin, text=text, expires=time.time() + holds_for(headers)))
        return text

    def _note(self, request: Any, asked: Request, status: int, answer: str, began: float) -> None:
        visit = request.meta.get(VISIT)
        if visit is not None:
            spent = round(time.monotonic() - began, 3)
            hops = [(address, came, "leads on", 0.0) for address, came in asked.meta[TRAIL][:-1]]
            for address, came, said, seconds in (*hops, (asked.url, status, answer, spent)):
                made = publication.Request(address=address, why="robots", status=came, answer=said, seconds=seconds)
                visit.asked.append(made)

    def _slow_down(self, request: Any, delay: float) -> None:
        """Keep the pause that the site asks for, when it is longer than ours (Crawl-delay).

        Of a site that wants a pause longer than a visit no second address is asked, and the one is not waited with.
        """
        if delay > LONGEST_VISIT:
            return
        downloader = self._crawler.engine.downloader
        pause = max(delay, self._crawler.settings.getfloat("DOWNLOAD_DELAY"))
        slot = downloader.get_slot_key(request)
        downloader.per_slot_settings[slot] = {"concurrency": 1, "delay": pause, "jitter": 0}
        if slot in downloader.slots:
            downloader.slots[slot].delay = pause
