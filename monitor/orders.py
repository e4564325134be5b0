"""What to crawl now: the sources that are due, with what is remembered of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from crawlers.source import CrawlJob, CrawlOrder, Memory
from monitor.completeness import wants_reconciling
from monitor.settings import Settings, SourceSettings
from monitor.source_state import SourceState
from monitor.store import gaps, items, robots, sources
from monitor.store.database import Engine

MOST_ATTEMPTS = 8


def due(engine: Engine, settings: Settings, names: Sequence[str], now: datetime) -> dict[str, SourceState]:
    """The states of what is due, the longest waiting first, or of `names`, due or not; none whose site rests."""
    sources.register(engine, {source.name: source.schedule for source in settings.enabled}, now)
    enabled = [source.name for source in settings.enabled]
    if names:
        known = sources.states(engine)
        return {name: known[name] for name in enabled if name in names and not known[name].rests(now)}
    return {state.source: state for state in sources.due(engine, enabled, now)}


def job(engine: Engine, settings: Settings, states: dict[str, SourceState], now: datetime) -> CrawlJob:
    """The job for one crawling process."""
    enabled = {source.name: source for source in settings.enabled}
    chosen = [enabled[name] for name in states if name in enabled]
    origins = [_origin(endpoint.address) for source in chosen for endpoint in source.endpoints]
    open_gaps = Counter(gap.source for gap in gaps.open_gaps(engine))
    return CrawlJob(
        orders=tuple(_order(engine, source, states[source.name], open_gaps[source.name], now) for source in chosen),
        agent=settings.user_agent,
        today=now.astimezone(settings.radar.digest.zone_info).date(),
        pause=settings.radar.crawl.pause,
        timeout=settings.radar.crawl.timeout,
        pages_per_run=settings.radar.crawl.pages_per_run,
        robots=robots.kept(engine, origins, now),
        allow_loopback=settings.allow_loopback,
    )


def _order(engine: Engine, source: SourceSettings, state: SourceState, gaps: int, now: datetime) -> CrawlOrder:
    memories = state.endpoints or {}
    return CrawlOrder(
        source=source.source(),
        unread=tuple(items.unread(engine, source.name, MOST_ATTEMPTS)) if source.read_articles else (),
        memories={address: Memory(**memory) for address, memory in memories.items()},
        baseline=state.baseline_at is None,
        reconcile=wants_reconciling(state, [one.address for one in source.endpoints], gaps, now),
        since=state.baseline_at.date() if state.baseline_at else None,
        read_on=state.yielded_at.date() if state.yielded_at else None,
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
