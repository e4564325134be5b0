"""What came of reading a source: the run as it is kept, and the state that the source is in after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crawlers.publication import Origin, Reason, SourceFinished
from crawlers.source import Kind
from monitor import completeness, health
from monitor.harvest import Harvest
from monitor.moved import is_relaunch
from monitor.recognise import Intent, Moved, New
from monitor.rhythm import LEFT_OVER_RETRY, OFFLINE_RETRY, adapted, next_due, not_before, retry_at
from monitor.settings import Settings
from monitor.source_state import SourceRun, SourceState
from monitor.store import line, sources
from monitor.store.database import Engine

LEARN_SILENCE_AFTER = timedelta(days=7)
KEPT = {"address", "kind", "reason", "detail", "status", "listed", "gap", "full"}


def run(
    harvest: Harvest, finished: SourceFinished, now: datetime, decided: Sequence[Intent] = (), flagged: int = 0
) -> SourceRun:
    """The run of a source that ended so, in which this was decided of its items and so many of them were flagged."""
    return SourceRun(
        source=finished.source,
        finished_at=now,
        seconds=finished.seconds,
        requests=finished.requests,
        reason=finished.reason.value,
        detail=finished.detail,
        baseline=harvest.state.baseline_at is None,
        listed=max((report.listed for report in harvest.reports), default=0),
        new=sum(isinstance(intent, New) for intent in decided),
        caught_up=sum(one.caught_up for one in harvest.publications),
        changed=line.changes(decided),
        flagged=flagged,
        left_over=finished.left_over,
        endpoints=[report.model_dump(mode="json", include=KEPT) for report in harvest.reports],
        asked=[request.model_dump(mode="json") for request in finished.asked],
    )


def after_success(
    engine: Engine,
    settings: Settings,
    harvest: Harvest,
    finished: SourceFinished,
    ended: SourceRun,
    decided: Sequence[Intent],
    luck: float,
) -> SourceState:
    """The state of a source whose run got through; `luck` (0..1) says where in its spell it is due next."""
    source, state = harvest.source, harvest.state
    now, news = ended.finished_at, ended.new > 0 and not ended.baseline
    due = _regular(settings, harvest, now, luck)
    last = state.news_at or state.baseline_at
    quiet = not news and last is not None and now - last > LEARN_SILENCE_AFTER
    moments = sources.news_moments(engine, source.name) if quiet or source.fastest else []
    silent = quiet and health.is_silent(_with_published(engine, source.name, moments), now)
    due = adapted(due, now, source.fastest, moments)
    if finished.left_over:
        due = min(due, now + LEFT_OVER_RETRY)
    moved = sum(isinstance(intent, Moved) for intent in decided)
    after = health.after_success(
        state,
        finished,
        harvest.memories,
        now,
        not_before(due, now, finished.rest, finished.fresh_for),
        news=news,
        silent=silent,
        changed=is_relaunch(moved, moved + ended.new),
        undated=health.is_undated(_dated(engine, harvest), state),
    )
    if completeness.reconciled(state, harvest.reports, [one.address for one in source.endpoints], now):
        after = replace(after, reconciled_at=now)
    return after


def after_failure(
    settings: Settings, harvest: Harvest, finished: SourceFinished, now: datetime, luck: float, *, offline: bool
) -> SourceState:
    """The state of a source whose run brought nothing; `offline` when the cause lies with us."""
    state = harvest.state
    if offline:
        return health.put_off(state, now + OFFLINE_RETRY)
    if finished.reason is Reason.SITE_RESTS:
        return health.put_off(state, not_before(now, now, finished.rest))
    failing_for = now - state.since if state.failures and state.since else timedelta(0)
    due = retry_at(
        _regular(settings, harvest, now, luck),
        now,
        state.failures + 1,
        failing_for,
        forbidden=health.forbidden(harvest.reports),
    )
    changed = health.site_changed(state, harvest.reports)
    return health.after_failure(state, finished, now, not_before(due, now, finished.rest), changed=changed)


def _regular(settings: Settings, harvest: Harvest, now: datetime, luck: float) -> datetime:
    """When the schedule of a source wants it read next."""
    jitter, zone = timedelta(minutes=settings.radar.crawl.jitter), settings.radar.digest.zone_info
    return next_due(harvest.source.schedule, now, jitter=jitter, luck=luck, zone=zone)


def _with_published(engine: Engine, source: str, moments: list[datetime]) -> Sequence[datetime]:
    """The moments of news, with the days on which its items are dated when those are too few to show a rhythm."""
    if len(moments) >= health.LEAST_NEWS:
        return moments
    return sorted([*moments, *sources.published_days(engine, source)])


def _dated(engine: Engine, harvest: Harvest) -> list[bool]:
    """Whether the pages read in this run had dates, and when there are too few of them, those before; none if none."""
    read = [one for one in harvest.publications if one.read and one.found_by is not Kind.WATCH]
    dated = [one.published is not None and one.published.origin is not Origin.GUESS for one in read]
    if dated and not any(dated) and len(dated) < health.LEAST_READ:
        dated += sources.were_dated(engine, read[0].source, health.LEAST_READ - len(dated))
    return dated
