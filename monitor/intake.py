"""Runs the line for what is due: crawl, normalise, recognise, judge, save.

    orders                from the store: what is due, and what is known of it
    | crawl               one child process; JSON lines
    | take in             normalise, recognise, judge and save, a few sources together (see `monitor.batch`)

One source failing never stops another, and a source that was not finished is still due.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawlers.crawl import crawl
from crawlers.publication import EndpointReport, Event, Publication, Reason, RobotsRead, SourceFinished
from crawlers.resting import Resting
from crawlers.source import CrawlJob
from monitor import health, orders, outcome, telling
from monitor.batch import Batch
from monitor.harvest import Harvest
from monitor.settings import Settings, SourceSettings
from monitor.site_rest import let_rest
from monitor.source_state import SourceRun, SourceState
from monitor.store import line, lookup, robots
from monitor.store.database import Engine
from monitor.store.line import Ended


@dataclass(frozen=True, slots=True)
class Intake:
    """All that a run needs; `luck` draws numbers in 0..1 to spread the sources over the day."""

    engine: Engine
    settings: Settings
    clock: Callable[[], datetime]
    luck: Callable[[], float] = random.random
    progress: Callable[[Event], None] = lambda event: None


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run over all that was due brought; `offline` when the cause lies with us."""

    runs: tuple[SourceRun, ...] = ()
    offline: bool = False


def run_due(intake: Intake, names: Sequence[str] = ()) -> RunReport:
    """Crawl what is due (or `names`, due or not) and take it in; a site that asked for rest is left alone."""
    now = intake.clock()
    states = orders.due(intake.engine, intake.settings, names, now)
    if not states:
        return RunReport()
    wanted = {source.name: source for source in intake.settings.enabled}
    return _take_in(intake, wanted, states, orders.job(intake.engine, intake.settings, states, now))


def _take_in(
    intake: Intake, wanted: dict[str, SourceSettings], states: dict[str, SourceState], job: CrawlJob
) -> RunReport:
    harvests = {name: Harvest(wanted[name], state) for name, state in states.items()}
    batch = Batch(intake.engine, intake.settings, intake.clock, intake.luck)
    failed: list[SourceFinished] = []
    rules: list[RobotsRead] = []
    rested: list[SourceFinished] = []
    resting = Resting()

    def known(source: str, keys: Sequence[str]) -> dict[str, str]:
        before = lookup.listed_before(intake.engine, source, keys)
        harvests[source].listed.update(before)
        return before

    for event in crawl(job, known, batch.take_in):
        if isinstance(event, RobotsRead):
            rules.append(event)
            continue
        intake.progress(event)
        harvest = harvests[event.source]
        match event:
            case Publication():
                harvest.publications.append(event)
            case EndpointReport():
                harvest.endpoints[event.address] = event
            case SourceFinished(reason=reason) if reason in health.HEALTHY:
                batch.add(harvest, event)
            case SourceFinished(reason=Reason.SITE_RESTS):
                rested.append(event)
            case SourceFinished():
                failed.append(event)
        if isinstance(event, SourceFinished):
            resting.note(event.resting, event.source, intake.clock().timestamp())
    batch.take_in()
    failed += batch.failed
    robots.keep(intake.engine, rules, intake.clock())
    addresses = [one.address for finished in failed for one in wanted[finished.source].endpoints]
    reasons = [finished.reason for finished in failed]
    offline = not batch.runs and telling.is_own_outage(intake.engine, reasons, addresses, intake.clock())
    runs = [*batch.runs, *_note_failures(intake, harvests, (*failed, *rested), offline=offline)]
    let_rest(intake.engine, intake.settings, resting)
    telling.of_outage(intake.engine, intake.clock(), offline=offline)
    return RunReport(tuple(runs), offline)


def _note_failures(
    intake: Intake, harvests: Mapping[str, Harvest], failed: Sequence[SourceFinished], *, offline: bool
) -> list[SourceRun]:
    now = intake.clock()
    ended = []
    for finished in failed:
        harvest = harvests[finished.source]
        after = outcome.after_failure(intake.settings, harvest, finished, now, intake.luck(), offline=offline)
        ended.append(Ended(after, outcome.run(harvest, finished, now)))
    line.save(intake.engine, ended, now)
    if not offline:
        told = ((harvests[one.run.source].source.title, harvests[one.run.source].state, one) for one in ended)
        telling.of_runs(intake.engine, told)
    return [one.run for one in ended]
