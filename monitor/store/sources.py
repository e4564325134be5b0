"""What is remembered of each source: when it is due, how it fares, and its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Connection, Engine, Row, case, delete, func, insert, or_, select, update

from crawlers.publication import Origin, Precision, Reason
from monitor.completeness import Week
from monitor.crawl_tables import source_run, source_state
from monitor.source_state import SourceRun, SourceState
from monitor.store.rows import add_rows, drop_rows
from monitor.tables import item

GOOD = (Reason.OK.value, Reason.UNCHANGED.value)
TO_THE_DAY = (Precision.TIME.value, Precision.DAY.value)
NO_PUBLICATION = (Origin.GUESS.value, Origin.MODIFIED.value)


def register(engine: Engine, schedules: Mapping[str, str], now: datetime) -> None:
    """Make every source of the settings known: a new one, or one with another schedule, is due now."""
    with engine.begin() as connection:
        known = select(source_state.c.source, source_state.c.schedule)
        before = {row.source: row.schedule for row in connection.execute(known)}
        fresh = [
            {"source": name, "due_at": now, "schedule": schedules[name]} for name in schedules if name not in before
        ]
        if fresh:
            connection.execute(insert(source_state), fresh)
        for name in schedules.keys() & before.keys():
            if before[name] != schedules[name]:
                changed = update(source_state).where(source_state.c.source == name)
                connection.execute(changed.values(schedule=schedules[name], due_at=now))


def states(engine: Engine) -> dict[str, SourceState]:
    """All states by source name."""
    with engine.connect() as connection:
        return {row.source: _state(row) for row in connection.execute(select(source_state))}


def due(engine: Engine, names: Sequence[str], now: datetime) -> list[SourceState]:
    """The sources among `names` that are due, the longest waiting first; none whose site rests."""
    rested = or_(source_state.c.rests_until.is_(None), source_state.c.rests_until <= now)
    wanted = select(source_state).where(source_state.c.source.in_(names), source_state.c.due_at <= now, rested)
    with engine.connect() as connection:
        return [
            _state(row) for row in connection.execute(wanted.order_by(source_state.c.due_at, source_state.c.source))
        ]


def save_state(connection: Connection, *states: SourceState) -> None:
    """Write the whole states of sources, in place of what they were."""
    drop_rows(connection, source_state.c.source, [state.source for state in states])
    add_rows(connection, source_state, [_state_row(state) for state in states])


def _state_row(state: SourceState) -> dict[str, Any]:
    values = {name: getattr(state, name) for name in SourceState.__slots__}
    return values | {"endpoints": {address: dict(memory) for address, memory in (state.endpoints or {}).items()}}


def make_due(engine: Engine, names: Sequence[str], now: datetime) -> None:
    """Make sources due at once."""
    with engine.begin() as connection:
        connection.execute(update(source_state).where(source_state.c.source.in_(names)).values(due_at=now))


def let_rest(engine: Engine, names: Sequence[str], until: datetime) -> None:
    """Read sources no sooner than this moment, because their site asked to be left alone until then."""
    of_these = update(source_state).where(source_state.c.source.in_(names))
    sooner = or_(source_state.c.rests_until.is_(None), source_state.c.rests_until < until)
    with engine.begin() as connection:
        connection.execute(of_these.where(sooner).values(rests_until=until))
        connection.execute(of_these.where(source_state.c.due_at < until).values(due_at=until))


def save_run(connection: Connection, *runs: SourceRun) -> None:
    """Keep what runs brought."""
    add_rows(connection, source_run, [_run_row(run) for run in runs])


def _run_row(run: SourceRun) -> dict[str, Any]:
    values = {name: getattr(run, name) for name in SourceRun.__slots__}
    return values | {name: [dict(one) for one in values[name]] for name in ("endpoints", "asked")}


def first_run(engine: Engine) -> datetime | None:
    """When the first run over any source ended; None when there was none."""
    with engine.connect() as connection:
        wanted = select(source_run.c.finished_at).order_by(source_run.c.id).limit(1)
        return connection.scalar(wanted)


def runs(engine: Engine, source: str = "", limit: int = 50) -> list[SourceRun]:
    """The latest runs, newest first, of one source or of all."""
    wanted = select(source_run).order_by(source_run.c.id.desc()).limit(limit)
    if source:
        wanted = wanted.where(source_run.c.source == source)
    with engine.connect() as connection:
        return [
            SourceRun(**{name: getattr(row, name) for name in SourceRun.__slots__})
            for row in connection.execute(wanted)
        ]


def week(engine: Engine, since: datetime) -> dict[str, Week]:
    """What came in since a moment, by source; the first reading of a source is no news."""
    sums = [func.sum(source_run.c[name]).label(name) for name in ("new", "caught_up")]
    good = func.sum(case((source_run.c.reason.in_(GOOD), 1), else_=0)).label("good")
    wanted = (
        select(source_run.c.source, good, *sums)
        .where(source_run.c.finished_at > since, source_run.c.baseline.is_(False))
        .group_by(source_run.c.source)
    )
    with engine.connect() as connection:
        return {row.source: Week(row.good, row.new, row.caught_up) for row in connection.execute(wanted)}


def news(engine: Engine, since: datetime) -> dict[str, list[tuple[datetime, int]]]:
    """How many new items each run brought since a moment, by source; the first reading of a source is no news."""
    wanted = select(source_run.c.source, source_run.c.finished_at, source_run.c.new).where(
        source_run.c.finished_at > since, source_run.c.new > 0, source_run.c.baseline.is_(False)
    )
    found: dict[str, list[tuple[datetime, int]]] = {}
    with engine.connect() as connection:
        for name, at, new in connection.execute(wanted):
            found.setdefault(name, []).append((at, new))
    return found


def news_moments(engine: Engine, source: str, limit: int = 60) -> list[datetime]:
    """When the latest runs that brought something new ended, the oldest first; the first reading does not count."""
    wanted = (
        select(source_run.c.finished_at)
        .where(source_run.c.source == source, source_run.c.new > 0, source_run.c.baseline.is_(False))
        .order_by(source_run.c.id.desc())
        .limit(limit)
    )
    with engine.connect() as connection:
        return list(connection.scalars(wanted))[::-1]


def published_days(engine: Engine, source: str, limit: int = 60) -> list[datetime]:
    """The latest days on which the items of a source are dated, coming ones too; a guess or a month is no day."""
    day = item.c.published
    wanted = (
        select(day)
        .distinct()
        .where(item.c.source == source, day.is_not(None), item.c.published_precision.in_(TO_THE_DAY))
        .where(item.c.published_origin.not_in(NO_PUBLICATION))
        .order_by(day.desc())
        .limit(limit)
    )
    with engine.connect() as connection:
        return [datetime.combine(one, time(), UTC) for one in connection.scalars(wanted)]


def were_dated(engine: Engine, source: str, latest: int) -> list[bool]:
    """Of the latest items of a source whose page was read: whether it had a date that was no guess."""
    wanted = (
        select(item.c.published, item.c.published_origin)
        .where(item.c.source == source, item.c.read_at.is_not(None))
        .order_by(item.c.id.desc())
        .limit(latest)
    )
    with engine.connect() as connection:
        return [row.published is not None and row.published_origin != "guess" for row in connection.execute(wanted)]


def days_of_pages(engine: Engine, source: str, origin: Origin, latest: int) -> list[date]:
    """The days of publication on the latest pages of a source that gave one in this way."""
    wanted = (
        select(item.c.published)
        .where(item.c.source == source, item.c.read_at.is_not(None), item.c.published_origin == origin.value)
        .order_by(item.c.id.desc())
        .limit(latest)
    )
    with engine.connect() as connection:
        return list(connection.scalars(wanted))


def forget_runs(engine: Engine, requests_before: datetime, runs_before: datetime) -> None:
    """Let go of the single requests of old runs, and of very old runs."""
    with engine.begin() as connection:
        old = source_run.c.finished_at < requests_before
        connection.execute(update(source_run).where(old, source_run.c.requests > 0).values(asked=[]))
        connection.execute(delete(source_run).where(source_run.c.finished_at < runs_before))


def _state(row: Row[Any]) -> SourceState:
    return SourceState(**{name: getattr(row, name) for name in SourceState.__slots__})
