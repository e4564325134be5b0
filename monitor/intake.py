"""Runs the line for what is due: crawl, normalise, recognise, judge, save.

    orders                from the store: what is due, and what is known of it
    | crawl               one child process; JSON lines
    | normalise           pure: canonical address, clean text
    | recognise           pure: new, changed, already here, told elsewhere
    | judge               pure: score and reasons
    | save                database, one transaction per source, or for many without news

One source failing never stops another, and a source that was not finished is still due.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from crawlers.crawl import crawl
from crawlers.publication import EndpointReport, Event, Origin, Publication, Reason, RobotsRead, SourceFinished
from crawlers.resting import Resting
from crawlers.source import CrawlJob, Kind
from monitor import completeness, health, lessons, orders, telling
from monitor.case import judge_input
from monitor.completeness import Gap
from monitor.harvest import Harvest
from monitor.item import Arrival, Item, Publisher
from monitor.judge import Judge
from monitor.judgement import NOT_JUDGED, Judgement
from monitor.log import log
from monitor.moved import is_relaunch
from monitor.normalise import clean_line, normalise_all
from monitor.quiet import Quiet
from monitor.recognise import Changed, Intent, Memory, Moved, New, recognise
from monitor.rhythm import LEFT_OVER_RETRY, OFFLINE_RETRY, adapted, next_due, not_before, retry_at
from monitor.settings import Settings, SourceSettings
from monitor.site_rest import let_rest
from monitor.source_state import SourceRun, SourceState
from monitor.store import gaps, line, lookup, robots, sources, tellings
from monitor.store.database import Engine, reading
from monitor.stories import Stories

LEARN_SILENCE_AFTER = timedelta(days=7)
KEPT = {"address", "kind", "reason", "detail", "status", "listed", "gap", "full"}


@dataclass(frozen=True, slots=True)
class Intake:
    """All that a run needs; `luck` draws numbers in 0..1 to spread the sources over the day."""

    engine: Engine
    settings: Settings
    clock: Callable[[], datetime]
    luck: Callable[[], float] = random.random
    progress: Callable[[Event], None] = lambda event: None


class Shared:
    """What the sources of one run share: who judges, the stories told so far, who publishes, and who had no news."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.told = Stories()
        self.quiet = Quiet(intake.engine)

    @cached_property
    def judge(self) -> Judge:
        """The judge of this moment; a run that brings nothing new needs none."""
        return lessons.judge(self._intake.engine, self._intake.settings)

    @cached_property
    def gaps(self) -> Mapping[str, Sequence[Gap]]:
        """The gaps that were open when the run began, by source."""
        found: dict[str, list[Gap]] = {}
        for gap in gaps.open_gaps(self._intake.engine):
            found.setdefault(gap.source, []).append(gap)
        return found

    @cached_property
    def publishers(self) -> Mapping[str, Publisher]:
        """The sources as tellers of stories."""
        return {one.name: one.publisher() for one in self._intake.settings.sources}


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run over all that was due brought; `offline` when the cause lies with us."""

    runs: tuple[SourceRun, ...] = ()
    offline: bool = False


def run_due(intake: Intake, names: Sequence[str] = ()) -> RunReport:
    """Crawl what is due (or exactly `names`, due or not) and take it in."""
    now = intake.clock()
    states = orders.due(intake.engine, intake.settings, names, now)
    if not states:
        return RunReport()
    wanted = {source.name: source for source in intake.settings.enabled}
    return _take_in(intake, wanted, states, orders.job(intake.engine, intake.settings, states, now))


def _take_in(
    intake: Intake, wanted: dict[str, SourceSettings], states: dict[str, SourceState], job: CrawlJob
) -> RunReport:
    harvests = {name: Harvest() for name in states}
    shared = Shared(intake)
    done: list[SourceRun] = []
    failed: list[SourceFinished] = []
    rules: list[RobotsRead] = []
    rested: list[SourceFinished] = []
    resting = Resting()

    def known(source: str, keys: Sequence[str]) -> dict[str, str]:
        before = lookup.listed_before(intake.engine, source, keys)
        harvests[source].seen |= {key: one.first_seen_at for key, one in before.items()}
        return {key: one.modified for key, one in before.items()}

    for event in crawl(job, known):
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
                source, state = wanted[event.source], states[event.source]
                try:
                    done.append(_take_in_source(intake, shared, source, state, harvest, event))
                    harvest.publications.clear()
                    harvest.seen.clear()
                except Exception as error:
                    # Nothing of it was saved. The other sources go on; with the database gone, the next line stops us.
                    log().exception("source not taken in", source=event.source)
                    detail = f"{type(error).__name__}: {clean_line(str(error))}"
                    failed.append(event.model_copy(update={"reason": Reason.CRASHED, "detail": detail}))
            case SourceFinished(reason=Reason.SITE_RESTS):
                rested.append(event)
            case SourceFinished():
                failed.append(event)
        if isinstance(event, SourceFinished):
            resting.note(event.resting, event.source, intake.clock().timestamp())
    shared.quiet.write()
    robots.keep(intake.engine, rules, intake.clock())
    addresses = [one.address for finished in failed for one in wanted[finished.source].endpoints]
    reasons = [finished.reason for finished in failed]
    offline = not done and telling.is_own_outage(intake.engine, reasons, addresses, intake.clock())
    for finished in (*failed, *rested):
        source = wanted[finished.source]
        done.append(_note_failure(intake, source, states[source.name], harvests[source.name], finished, offline))
    let_rest(intake.engine, intake.settings, resting)
    telling.of_outage(intake.engine, intake.clock(), offline=offline)
    return RunReport(tuple(done), offline)


def _take_in_source(
    intake: Intake,
    shared: Shared,
    source: SourceSettings,
    state: SourceState,
    harvest: Harvest,
    finished: SourceFinished,
) -> SourceRun:
    now = intake.clock()
    decided = _recognise(intake, shared, source, state, harvest, now)
    judged = [(intent, _judge(intake.settings, shared, source, intent)) for intent in decided]
    flagged = sum(
        1 for intent, judgement in judged if isinstance(intent, New) and intent.arrival == "news" and judgement.flagged
    )
    run = _run(state, harvest, finished, now, decided, flagged)
    moved = sum(isinstance(intent, Moved) for intent in decided)
    after = _after_success(
        intake, source, state, harvest, finished, run, relaunched=is_relaunch(moved, moved + run.new)
    )
    opened = completeness.opened(state, harvest.reports, now)
    missed = shared.gaps.get(source.name, [])
    closed = completeness.closes(missed, state, harvest.reports, harvest.seen)
    if judged or opened or closed:
        line.save(intake.engine, judged, after, run, now, opened=opened, closed=closed)
        telling.of_run(intake.engine, source.title, state, after, run)
    else:
        shared.quiet.add(source.title, state, after, run)
    return run


def _after_success(
    intake: Intake,
    source: SourceSettings,
    state: SourceState,
    harvest: Harvest,
    finished: SourceFinished,
    run: SourceRun,
    *,
    relaunched: bool,
) -> SourceState:
    now, news = run.finished_at, run.new > 0 and not run.baseline
    due = next_due(source.schedule, now, jitter=_jitter(intake), luck=intake.luck(), zone=_zone(intake))
    last = state.news_at or state.baseline_at
    quiet = not news and last is not None and now - last > LEARN_SILENCE_AFTER
    moments = sources.news_moments(intake.engine, source.name) if quiet or source.fastest else []
    silent = quiet and health.is_silent(_with_published(intake, source, moments), now)
    due = adapted(due, now, source.fastest, moments)
    if finished.left_over:
        due = min(due, now + LEFT_OVER_RETRY)
    after = health.after_success(
        state,
        finished,
        harvest.memories,
        now,
        not_before(due, now, finished.rest, finished.fresh_for),
        news=news,
        silent=silent,
        changed=relaunched,
        undated=health.is_undated(_dated(intake, harvest), state),
    )
    if completeness.reconciled(harvest.reports, len(source.endpoints)):
        after = replace(after, reconciled_at=now)
    return after


def _with_published(intake: Intake, source: SourceSettings, moments: list[datetime]) -> Sequence[datetime]:
    """The moments of news, with the days on which its items are dated when those are too few to show a rhythm."""
    if len(moments) >= health.LEAST_NEWS:
        return moments
    return sorted([*moments, *sources.published_days(intake.engine, source.name)])


def _dated(intake: Intake, harvest: Harvest) -> list[bool]:
    """Whether the pages read in this run had dates, and when there are too few of them, those before; none if none."""
    read = [one for one in harvest.publications if one.read and one.found_by is not Kind.WATCH]
    dated = [one.published is not None and one.published.origin is not Origin.GUESS for one in read]
    if dated and not any(dated) and len(dated) < health.LEAST_READ:
        dated += sources.were_dated(intake.engine, read[0].source, health.LEAST_READ - len(dated))
    return dated


def _recognise(
    intake: Intake, shared: Shared, source: SourceSettings, state: SourceState, harvest: Harvest, now: datetime
) -> list[Intent]:
    """What each item is; what was there before an endpoint was read for the first time is no news either."""
    decided: list[Intent] = []
    today = now.astimezone(_zone(intake)).date()
    first = state.baseline_at is None
    for was_there in (False, True):
        found = normalise_all([one for one in harvest.publications if one.was_there is was_there])
        if found:
            memory = _remembered(intake, shared, source.name, found, harvest.seen, today, first=first)
            decided += recognise(found, memory, baseline=was_there or first, today=today)
    return decided


def _remembered(
    intake: Intake, shared: Shared, name: str, found: Sequence[Item], seen: Collection[str], today: date, *, first: bool
) -> Memory:
    """What the store holds that bears on these items; at the `first` reading of a source no more than their keys."""
    with reading(intake.engine) as connection:
        known = lookup.known(connection, (key for one in found for key in one.keys))
        known = lookup.with_texts(connection, known, (key for one in found if one.watched for key in one.keys))
        unknown = [one for one in found if not known.keys() & set(one.keys)]
        if first or not unknown:
            return Memory(known)
        titled = lookup.titled(connection, name, (key for one in unknown for key in one.title_keys))
        told = tellings.catch_up(connection, shared.told, today)
        days = {one.published for one in unknown if one.published and one.has_day and one.text}
        alike = {item_id for day in days for item_id in told.of_day(name, min(day, today))}
        same_day = lookup.with_ids(connection, alike)
        return Memory(known, titled, told, shared.publishers, same_day, seen)


def _judge(settings: Settings, shared: Shared, source: SourceSettings, intent: Intent) -> Judgement:
    """The verdict on what is news or changed; what was there before is judged when there is time (see `learning`)."""
    if not isinstance(intent, New | Changed) or (isinstance(intent, New) and intent.arrival is not Arrival.NEWS):
        return NOT_JUDGED
    return shared.judge.judge(judge_input(intent.item, source), settings.threshold(source))


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
        after = health.put_off(state, now + OFFLINE_RETRY)
    elif finished.reason is Reason.SITE_RESTS:
        after = health.put_off(state, not_before(now, now, finished.rest))
    else:
        regular = next_due(source.schedule, now, jitter=_jitter(intake), luck=intake.luck(), zone=_zone(intake))
        failing_for = now - state.since if state.failures and state.since else timedelta(0)
        barred = health.forbidden(harvest.reports)
        due = retry_at(regular, now, state.failures + 1, failing_for, forbidden=barred)
        changed = health.site_changed(state, harvest.reports)
        due = not_before(due, now, finished.rest)
        after = health.after_failure(state, finished, now, due, changed=changed)
    run = _run(state, harvest, finished, now, [], 0)
    line.save(intake.engine, [], after, run, now)
    if not offline:
        telling.of_run(intake.engine, source.title, state, after, run)
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
        listed=max((report.listed for report in harvest.reports), default=0),
        new=new,
        caught_up=sum(one.caught_up for one in harvest.publications),
        changed=line.changes(decided),
        flagged=flagged,
        left_over=finished.left_over,
        endpoints=[report.model_dump(mode="json", include=KEPT) for report in harvest.reports],
        asked=[request.model_dump(mode="json") for request in finished.asked],
    )


def _jitter(intake: Intake) -> timedelta:
    return timedelta(minutes=intake.settings.radar.crawl.jitter)


def _zone(intake: Intake) -> ZoneInfo:
    return intake.settings.radar.digest.zone_info
