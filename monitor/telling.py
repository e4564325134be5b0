"""Tells people once when something changes: a line in the log for each run, a notice when a state turns."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from crawlers.address import site
from crawlers.publication import Reason
from monitor import health
from monitor.health_words import health as in_words
from monitor.log import log
from monitor.source_state import SourceState
from monitor.store import notices
from monitor.store.database import Engine
from monitor.store.line import Ended

OFFLINE = "offline"
OFFLINE_TEXT = (
    "Geen enkele bron is bereikbaar. Waarschijnlijk is er geen internet op deze computer. "
    "De radar probeert het elke tien minuten opnieuw; er gaat niets verloren."
)
OF_SOURCE = "source:"
JUST_BACK = timedelta(hours=1)
BACK_FOR = health.WELL_AGAIN_FOR


def of_runs(engine: Engine, runs: Iterable[tuple[str, SourceState, Ended]]) -> None:
    """One log line per source run, by title, state before and end; one notice per change of state.

    A notice of recovery stands for a day.
    """
    well: dict[str, datetime] = {}
    for title, before, ended in runs:
        after, run = ended.state, ended.run
        fields = {name: getattr(run, name) for name in ("reason", "listed", "new", "changed", "flagged", "seconds")}
        detail = {"detail": run.detail} if run.detail else {}
        log().info("source run", source=run.source, baseline=run.baseline, left_over=run.left_over, **fields, **detail)
        if health.turned(before, after):
            _turned(engine, title, before, after, run.finished_at)
        elif health.is_good(after) and after.since and run.finished_at - after.since > BACK_FOR:
            well[_notice(run.source)] = run.finished_at
    up = {one.name for one in notices.current(engine)} if well else set()
    for name in up & well.keys():
        notices.end(engine, name, well[name])


def _turned(engine: Engine, title: str, before: SourceState, after: SourceState, now: datetime) -> None:
    well, name = health.is_good(after), _notice(after.source)
    words = in_words(after.reason)
    text = f"{title} doet het weer." if well else f"{title}: {words.sentence} {words.advice}".strip()
    if not well or notices.end(engine, name, now):
        notices.begin(engine, name, text, now)
    told = log().info if well else log().warning
    told("source turned", source=after.source, was=before.reason, reason=after.reason, detail=after.detail)


def _notice(source: str) -> str:
    return f"{OF_SOURCE}{source}"


def of_outage(engine: Engine, now: datetime, *, offline: bool) -> None:
    """One notice when nothing at all can be reached, taken down with the first answer."""
    if offline and notices.begin(engine, OFFLINE, OFFLINE_TEXT, now):
        log().warning("offline", message=OFFLINE_TEXT)
    elif not offline and notices.end(engine, OFFLINE, now):
        log().info("online again")


def is_offline(engine: Engine) -> bool:
    """Say whether the notice of our own outage is up."""
    return any(notice.name == OFFLINE for notice in notices.current(engine))


def is_own_outage(engine: Engine, reasons: Collection[Reason], addresses: Iterable[str], now: datetime) -> bool:
    """Say whether a run in which every source failed did so because of us, by what was told before."""
    told = [one for one in notices.turned(engine, now - JUST_BACK) if one.name == OFFLINE]
    already = is_offline(engine)
    just_back = not already and any(one.ended_at for one in told)
    return health.is_own_outage(
        reasons, len({site(address) for address in addresses}), already_offline=already, just_back=just_back
    )
