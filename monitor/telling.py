"""Tells people once when something changes: a line in the log for each run, a notice when a state turns."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from crawlers.address import site
from crawlers.publication import Reason
from monitor import health
from monitor.health_words import health as in_words
from monitor.log import log
from monitor.source_state import SourceRun, SourceState
from monitor.store import notices
from monitor.store.database import Engine

OFFLINE = "offline"
OFFLINE_TEXT = (
    "Geen enkele bron is bereikbaar. Waarschijnlijk is er geen internet op deze computer. "
    "De radar probeert het elke tien minuten opnieuw; er gaat niets verloren."
)
JUST_BACK = timedelta(hours=1)
BACK_FOR = health.WELL_AGAIN_FOR


def of_run(engine: Engine, title: str, before: SourceState, after: SourceState, run: SourceRun) -> None:
    """One log line per source run; one notice per change of state, and one of recovery that stands for a day."""
    fields = {name: getattr(run, name) for name in ("reason", "listed", "new", "changed", "flagged", "seconds")}
    detail = {"detail": run.detail} if run.detail else {}
    log().info("source run", source=run.source, baseline=run.baseline, left_over=run.left_over, **fields, **detail)
    name = f"source:{run.source}"
    if health.turned(before, after):
        well = health.is_good(after)
        words = in_words(after.reason)
        text = f"{title} doet het weer." if well else f"{title}: {words.sentence} {words.advice}".strip()
        if not well or notices.end(engine, name, run.finished_at):
            notices.begin(engine, name, text, run.finished_at)
        told = log().info if well else log().warning
        told("source turned", source=run.source, was=before.reason, reason=after.reason, detail=after.detail)
    elif health.is_good(after) and after.since and run.finished_at - after.since > BACK_FOR:
        notices.end(engine, name, run.finished_at)


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
