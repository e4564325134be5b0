"""The one spider: it fetches with good manners and leaves all thinking to the visits."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from crawlers.address import server
from crawlers.ask import Ask, LookUp, Step
from crawlers.endpoint import NoAnswer
from crawlers.fetch import Fetching, for_each
from crawlers.publication import Emit, Reason, SourceFinished, WhichKnown
from crawlers.reading import ReadingLimit, hold_back
from crawlers.resting import Resting
from crawlers.source import CrawlJob, CrawlOrder, Memory
from crawlers.visit import Visit, with_seconds


class RadarSpider(Fetching):
    """Asks what the visits want asked and hands them the answers; every finished event goes to `emit`."""

    name = "radar"

    def __init__(self, job: CrawlJob, emit: Emit, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.emit = emit
        self.began = time.monotonic()
        self.limit = ReadingLimit(job.reading, emit)
        self._waiting: dict[str, asyncio.Future[dict[str, str]]] = {}
        self._resting = Resting()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def work(self) -> None:
        """Visit every source of the job."""
        await for_each(self.job.orders, self._visit)

    def known(self, source: str, keys: dict[str, str]) -> None:
        """Hand a waiting visit the answer to its question; called in the reactor's thread."""
        self._waiting.pop(source).set_result(keys)

    async def _visit(self, order: CrawlOrder) -> None:
        """Visit one source; whatever goes wrong in it stays with that source."""
        visit = Visit(order, self.job.today, self.job.pages_per_run, partial(self._reading, order.source.name))
        try:
            left = deque(visit.begin())
            while left:
                left.extend(await self._do(visit, left.popleft()))
                self._hand_over(visit)
        except Exception as error:
            self.logger.exception("the visit to %s failed", order.source.name)
            detail = f"{type(error).__name__}: {error}"
            asked = tuple(visit.asked)
            crashed = SourceFinished(source=order.source.name, reason=Reason.CRASHED, detail=detail, asked=asked)
            self.emit(crashed.model_copy(update={"requests": len(asked)}))

    @contextmanager
    def _reading(self, source: str) -> Iterator[None]:
        from twisted.internet import reactor  # the import itself starts one, so not before Scrapy chose it

        since = reactor.seconds()  # type: ignore[misc]
        try:
            with self.limit.guard(source):
                yield
        finally:
            hold_back(reactor, since)

    async def _do(self, visit: Visit, step: Step) -> list[Step]:
        if isinstance(step, LookUp):
            return visit.told(step, await self._which_known(visit, step))
        return await self._ask(visit, step)

    async def _ask(self, visit: Visit, ask: Ask) -> list[Step]:
        # One visit at a time asks a server, so that what it tells the one of rest is known before the other asks.
        async with self._turns[server(ask.address)]:
            rest = self._resting.of(server(ask.address), now := time.monotonic())
            if rest and rest.told != visit.order.source.name:
                visit.keep_away_too(rest.until - now, rest.told)
            if (instead := visit.puts_off(ask)) is not None:
                return instead
            answer = await self.fetch(ask.address, _conditions(ask.memory), visit)
            if isinstance(answer, NoAnswer):
                steps = visit.failed(ask, answer.reason, answer.detail, answer.trail)
            else:
                steps = visit.answered(ask, answer)
            self._resting.note(visit.resting, visit.order.source.name, time.monotonic())
            return steps

    async def _which_known(self, visit: Visit, step: LookUp) -> dict[str, str]:
        source = visit.order.source.name
        answer: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._waiting[source] = answer
        self.emit(WhichKnown(source=source, keys=step.keys))
        return await answer

    def _hand_over(self, visit: Visit) -> None:
        events, visit.events = visit.events, []
        if events:
            self.emit(*(with_seconds(event, time.monotonic() - self.began) for event in events))


def _conditions(memory: Memory) -> dict[str, str]:
    """The headers that ask for an answer only when it is another one (RFC 9110, section 13)."""
    given = {"If-None-Match": memory.etag, "If-Modified-Since": memory.last_modified}
    return {name: value for name, value in given.items() if value}
