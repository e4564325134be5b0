"""Runs the line for what is due: crawl, normalise, recognise, judge, save.

    orders                from the store: what is due, and what is known of it
    | crawl               one child process; JSON lines
    | normalise           pure: canonical address, clean text
    | recognise           pure: new, changed, already here, told elsewhere
    | judge               pure: score and reasons
    | save                database, one transaction per source

One source failing never stops another, and a source that was not finished is still due.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from crawlers.crawl import crawl
from crawlers.publication import EndpointReport, Publication, Reason, SourceFinished
from crawlers.source import CrawlJob, CrawlOrder, Validators
from crawlers.visit import Event
from monitor import health, seed
from monitor.case import judge_input
from monitor.item import title_key
from monitor.judge import Judge, Judgement
from monitor.normalise import clean_line, normalise_all
from monitor.recognise import Intent, Memory, New, recognise
from monitor.rhythm import LEFT_OVER_RETRY, OFFLINE_RETRY, next_due, retry_at
from monitor.settings import Settings, SourceSettings
from monitor.source_state import SourceRun, SourceState
from monitor.store import items, line, notices, sources, tellings
from monitor.store.database import Engine
from monitor.stories import Stories

MOST_ATTEMPTS = 8
OFFLINE = "offline"
OFFLINE_TEXT = (
    "Geen enkele bron is bereikbaar. Waarschijnlijk is er geen internet op deze computer. "
    "De radar probeert het elke tien minuten opnieuw; er gaat niets verloren."
)


@dataclass(slots=True)
class Harvest:
    """What one source has handed over so far in this run."""

    publications: list[Publication] = field(default_factory=list)
    endpoints: list[EndpointReport] = field(default_factory=list)


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
    """Crawl what is due (or exactly `names`, due or not) and take it in."""
    settings = intake.settings
    wanted = {source.name: source for source in settings.enabled if not names or source.name in names}
    now = intake.clock()
    sources.register(intake.engine, {source.name: source.schedule for source in settings.enabled}, now)
    if names:
        known = sources.states(intake.engine)
        states = {name: known[name] for name in wanted}
    else:
        states = {state.source: state for state in sources.due(intake.engine, list(wanted), now)}
    if not states:
        return RunReport()
    job = _job(intake, [wanted[name] for name in states], states, now)
    return _take_in(intake, wanted, states, job)


def _job(intake: Intake, chosen: Sequence[SourceSettings], states: dict[str, SourceState], now: datetime) -> CrawlJob:
    settings = intake.settings
    return CrawlJob(
        orders=tuple(_order(intake.engine, source, states[source.name]) for source in chosen),
        agent=settings.user_agent,
        today=now.astimezone(settings.radar.digest.zone_info).date(),
        pause=settings.radar.crawl.pause,
        timeout=settings.radar.crawl.timeout,
        pages_per_run=settings.radar.crawl.pages_per_run,
        allow_loopback=settings.allow_loopback,
    )


def _order(engine: Engine, source: SourceSettings, state: SourceState) -> CrawlOrder:
    validators = state.validators or {}
    return CrawlOrder(
        source=source.source(),
        known=items.known_keys(engine, source.name),
        unread=tuple(items.unread(engine, source.name, MOST_ATTEMPTS)) if source.read_articles else (),
        validators={address: Validators(**pair) for address, pair in validators.items()},
        baseline=state.baseline_at is None,
    )


def _take_in(
    intake: Intake, wanted: dict[str, SourceSettings], states: dict[str, SourceState], job: CrawlJob
) -> RunReport:
    harvests = {name: Harvest() for name in states}
    judge = seed.judge(intake.settings)
    told = Stories()
    done: list[SourceRun] = []
    failed: list[SourceFinished] = []
    for event in crawl(job):
        intake.progress(event)
        harvest = harvests[event.source]
        match event:
            case Publication():
                harvest.publications.append(event)
            case EndpointReport():
                harvest.endpoints.append(event)
            case SourceFinished(reason=reason) if reason in health.HEALTHY:
                source, state = wanted[event.source], states[event.source]
                try:
                    done.append(_take_in_source(intake, judge, told, source, state, harvest, event))
                except Exception as error:
                    # Nothing of it was saved. The other sources go on; with the database gone, the next line stops us.
                    structlog.get_logger().exception("source not taken in", source=event.source)
                    detail = f"{type(error).__name__}: {clean_line(str(error))}"
                    failed.append(event.model_copy(update={"reason": Reason.CRASHED, "detail": detail}))
            case SourceFinished():
                failed.append(event)
    was_offline = any(notice.name == OFFLINE for notice in notices.current(intake.engine))
    offline = not done and health.is_own_outage(failed, already_offline=was_offline)
    for finished in failed:
        source = wanted[finished.source]
        done.append(_note_failure(intake, source, states[source.name], harvests[source.name], finished, offline))
    _tell_offline(intake, offline=offline)
    return RunReport(tuple(done), offline)


def _take_in_source(
    intake: Intake,
    judge: Judge,
    told: Stories,
    source: SourceSettings,
    state: SourceState,
    harvest: Harvest,
    finished: SourceFinished,
) -> SourceRun:
    now = intake.clock()
    decided = _recognise(intake, told, source, state, harvest, now)
    judged = [(intent, _judge(intake.settings, judge, source, intent)) for intent in decided]
    due = next_due(source.schedule, now, jitter=_jitter(intake), luck=intake.luck(), zone=_zone(intake))
    if finished.left_over:
        due = min(due, now + LEFT_OVER_RETRY)
    validators = {
        report.address: report.validators.model_dump() for report in harvest.endpoints if report.reason is Reason.OK
    }
    after = health.after_success(state, finished, validators, now, due)
    flagged = sum(
        1 for intent, judgement in judged if isinstance(intent, New) and intent.arrival == "news" and judgement.flagged
    )
    run = _run(state, harvest, finished, now, decided, flagged)
    line.save(intake.engine, judged, after, run, now)
    _tell(intake, source, state, after, run)
    return run


def _recognise(
    intake: Intake, told: Stories, source: SourceSettings, state: SourceState, harvest: Harvest, now: datetime
) -> list[Intent]:
    found = normalise_all(harvest.publications)
    today = now.astimezone(_zone(intake)).date()
    known = items.known(intake.engine, (key for one in found for key in one.keys))
    unknown = [one for one in found if not known.keys() & set(one.keys)]
    memory = Memory(
        known,
        items.titled(intake.engine, source.name, (title_key(one.title) for one in unknown)),
        tellings.catch_up(intake.engine, told, today),
        {one.name: one.publisher() for one in intake.settings.sources},
    )
    return recognise(found, memory, baseline=state.baseline_at is None, today=today)


def _judge(settings: Settings, judge: Judge, source: SourceSettings, intent: Intent) -> Judgement:
    return judge.judge(judge_input(intent.item, source), settings.threshold(source))


def _note_failure(
    intake: Intake,
    source: SourceSettings,
    state: SourceState,
    harvest: Harvest,
    finished: SourceFinished,
    offline: bool,
) -> SourceRun:
    now = intake.clock()
    if offline:
        after = health.after_own_outage(state, now + OFFLINE_RETRY)
    else:
        regular = next_due(source.schedule, now, jitter=_jitter(intake), luck=intake.luck(), zone=_zone(intake))
        after = health.after_failure(state, finished, now, retry_at(regular, now, state.failures + 1))
    run = _run(state, harvest, finished, now, [], 0)
    line.save(intake.engine, [], after, run, now)
    if not offline:
        _tell(intake, source, state, after, run)
    return run


def _run(
    state: SourceState,
    harvest: Harvest,
    finished: SourceFinished,
    now: datetime,
    decided: Sequence[Intent],
    flagged: int,
) -> SourceRun:
    new = sum(isinstance(intent, New) for intent in decided)
    return SourceRun(
        source=finished.source,
        finished_at=now,
        seconds=finished.seconds,
        requests=finished.requests,
        reason=finished.reason.value,
        detail=finished.detail,
        baseline=state.baseline_at is None,
        listed=sum(report.listed for report in harvest.endpoints),
        new=new,
        changed=line.changes(decided),
        flagged=flagged,
        left_over=finished.left_over,
        endpoints=[
            report.model_dump(mode="json", include={"address", "kind", "reason", "detail", "status", "listed"})
            for report in harvest.endpoints
        ],
    )


def _tell(intake: Intake, source: SourceSettings, before: SourceState, after: SourceState, run: SourceRun) -> None:
    """One log line per source run; a notice only when the health of the source turns."""
    log = structlog.get_logger()
    fields = {name: getattr(run, name) for name in ("reason", "listed", "new", "changed", "flagged", "seconds")}
    detail = {"detail": run.detail} if run.detail else {}
    log.info("source run", source=run.source, baseline=run.baseline, left_over=run.left_over, **fields, **detail)
    if not health.turned(before, after):
        return
    name = f"source:{source.name}"
    if after.failures:
        text = f"De bron {source.title} gaf niets. Kijk op de pagina Bronnen wat er is en wat u kunt doen."
        notices.begin(intake.engine, name, text, run.finished_at)
        log.warning("source failing", source=source.name, reason=run.reason, detail=run.detail)
    elif notices.end(intake.engine, name, run.finished_at):
        log.info("source recovered", source=source.name)


def _tell_offline(intake: Intake, *, offline: bool) -> None:
    now = intake.clock()
    if offline and notices.begin(intake.engine, OFFLINE, OFFLINE_TEXT, now):
        structlog.get_logger().warning("offline", message=OFFLINE_TEXT)
    elif not offline and notices.end(intake.engine, OFFLINE, now):
        structlog.get_logger().info("online again")


def _jitter(intake: Intake) -> timedelta:
    return timedelta(minutes=intake.settings.radar.crawl.jitter)


def _zone(intake: Intake) -> ZoneInfo:
    return intake.settings.radar.digest.zone_info
