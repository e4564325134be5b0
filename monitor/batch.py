"""Sources that ended at about the same time, taken in together: doing it for each would cost more than the reading did.

    harvests              from the child process, as they are complete
    | normalise           pure: canonical address, clean text
    | recognise           pure: new, changed, already here, told elsewhere
    | judge               pure: score and reasons
    | save                database, one transaction; when that fails one for each, so that one source spoils no other

What waits here is lost with the process, and leaves its sources due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial

from crawlers.publication import Reason, SourceFinished
from monitor import completeness, lessons, outcome, telling, template_date
from monitor.case import judge_input
from monitor.completeness import Gap
from monitor.harvest import Harvest
from monitor.item import Arrival, Item, Publisher
from monitor.judge import Judge
from monitor.judgement import NOT_JUDGED, Judgement
from monitor.log import log
from monitor.normalise import clean_line, normalise_all
from monitor.recognise import Changed, Intent, Memory, New, recognise, story_day
from monitor.settings import Settings
from monitor.source_state import SourceRun
from monitor.store import gaps, line, lookup, sources, tellings
from monitor.store.database import Database, Engine, reading
from monitor.store.line import Ended
from monitor.stories import Stories, Telling

MOST_SOURCES = 50
MOST_ITEMS = 200
LONGEST = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A source whose harvest is complete, with its items: those that are news, and those that `was_there` before.

    `luck` (0..1) spreads the sources over the day, `since` is when it began to wait.
    """

    harvest: Harvest
    finished: SourceFinished
    news: Sequence[Item]
    was_there: Sequence[Item]
    luck: float
    since: datetime

    @property
    def name(self) -> str:
        """The name of the source."""
        return self.harvest.source.name

    @property
    def items(self) -> Sequence[Item]:
        """All its items."""
        return [*self.news, *self.was_there]

    @property
    def first(self) -> bool:
        """Whether the source was never read before, so that nothing of it is news."""
        return self.harvest.state.baseline_at is None


class Batch:
    """Takes in sources a few at a time; `runs` are those it has taken in, `failed` those that it could not."""

    def __init__(
        self, engine: Engine, settings: Settings, clock: Callable[[], datetime], luck: Callable[[], float]
    ) -> None:
        self._engine, self._settings, self._clock, self._luck = engine, settings, clock, luck
        self._waiting: list[Waiting] = []
        self._keys: set[str] = set()
        self._told = Stories()
        self.runs: list[SourceRun] = []
        self.failed: list[SourceFinished] = []

    @cached_property
    def _judge(self) -> Judge:
        """The judge of this moment; a run that brings nothing new needs none."""
        return lessons.judge(self._engine, self._settings)

    @cached_property
    def _gaps(self) -> Mapping[str, Sequence[Gap]]:
        """The gaps that were open when the run began, by source."""
        found: dict[str, list[Gap]] = {}
        for gap in gaps.open_gaps(self._engine):
            found.setdefault(gap.source, []).append(gap)
        return found

    @cached_property
    def _publishers(self) -> Mapping[str, Publisher]:
        """The sources as tellers of stories."""
        return {one.name: one.publisher() for one in self._settings.sources}

    def add(self, harvest: Harvest, finished: SourceFinished) -> None:
        """Let a source wait whose harvest is complete, and take in what waits when it is time."""
        try:
            one = self._complete(harvest, finished)
        except Exception as error:
            self._fail(finished, error)
            return
        keys = {key for item in one.items for key in item.keys}
        if not self._keys.isdisjoint(keys):  # the second to bring an item has to find it stored by the first
            self.take_in()
        self._waiting.append(one)
        self._keys |= keys
        many = sum(len(waiting.harvest.publications) for waiting in self._waiting)
        if len(self._waiting) >= MOST_SOURCES or many >= MOST_ITEMS or one.since - self._waiting[0].since >= LONGEST:
            self.take_in()

    def take_in(self) -> None:
        """Take in all that waits."""
        waiting, self._waiting, self._keys = self._waiting, [], set()
        if waiting:
            self._attempt(waiting)

    def _complete(self, harvest: Harvest, finished: SourceFinished) -> Waiting:
        before = partial(sources.days_of_pages, self._engine, harvest.source.name)
        now = self._clock()
        today = now.astimezone(self._settings.radar.digest.zone_info).date()
        harvest.publications[:] = template_date.believed(harvest.publications, before, today)
        news, was_there = (
            normalise_all([one for one in harvest.publications if one.was_there is so]) for so in (False, True)
        )
        return Waiting(harvest, finished, news, was_there, self._luck(), now)

    def _attempt(self, waiting: Sequence[Waiting]) -> None:
        try:
            ended = self._taken_in(waiting)
        except Exception as error:
            # Nothing was saved. The other sources go on; with the database gone, the next line stops us.
            if len(waiting) == 1:
                self._fail(waiting[0].finished, error)
                return
            for one in waiting:
                self._attempt([one])
            return
        told = zip(waiting, ended, strict=True)
        telling.of_runs(self._engine, ((one.harvest.source.title, one.harvest.state, end) for one, end in told))
        self.runs += [end.run for end in ended]
        for one in waiting:
            one.harvest.publications.clear()
            one.harvest.listed.clear()

    def _fail(self, finished: SourceFinished, error: Exception) -> None:
        log().exception("source not taken in", source=finished.source)
        detail = f"{type(error).__name__}: {clean_line(str(error))}"
        self.failed.append(finished.model_copy(update={"reason": Reason.CRASHED, "detail": detail}))

    def _taken_in(self, waiting: Sequence[Waiting]) -> list[Ended]:
        now = self._clock()
        decided = self._recognised(waiting, now.astimezone(self._settings.radar.digest.zone_info).date())
        judged = self._judged(waiting, decided)
        ended = [self._ended(one, pairs, now) for one, pairs in zip(waiting, judged, strict=True)]
        line.save(self._engine, ended, now)
        return ended

    def _recognised(self, waiting: Sequence[Waiting], today: date) -> list[list[Intent]]:
        """What each item of each source is; what one source tells, those after it may tell again."""
        with reading(self._engine) as connection:
            memories = self._remembered(connection, waiting, today)
        all_decided: list[list[Intent]] = []
        told: list[int] = []
        new = 0
        try:
            for one, memory in zip(waiting, memories, strict=True):
                decided = recognise(one.news, memory, baseline=one.first, today=today)
                decided += recognise(one.was_there, memory, baseline=True, today=today)
                all_decided.append(decided)
                for intent in decided:
                    new += isinstance(intent, New)
                    if isinstance(intent, New) and intent.footprint:
                        day = story_day(intent.item, today)
                        self._told.add(Telling(-new, intent.told_as or -new, one.name, day, intent.footprint))
                        told.append(-new)
        finally:  # from here on they are stored, or not, and then found in the store
            for number in told:
                self._told.drop(number)
        return all_decided

    def _remembered(self, connection: Database, waiting: Sequence[Waiting], today: date) -> list[Memory]:
        """What the store holds that bears on the items of each source; of one that is new only their keys."""
        items = [item for one in waiting for item in one.items]
        known = lookup.known(connection, (key for item in items for key in item.keys))
        known = lookup.with_texts(connection, known, (key for item in items if item.watched for key in item.keys))
        later = [one for one in waiting if one.items and not one.first]
        if not later:
            return [Memory(known) for _ in waiting]
        unknown = {one.name: [item for item in one.items if known.keys().isdisjoint(item.keys)] for one in later}
        told = tellings.catch_up(connection, self._told, today)
        alike = {name: _of_their_days(told, name, found, today) for name, found in unknown.items()}
        same_day = lookup.with_ids(connection, set().union(*alike.values()))
        keys = {name: {key for item in found for key in item.title_keys} for name, found in unknown.items()}
        titled = lookup.titled(connection, keys)
        memories = {
            one.name: Memory(
                known,
                titled.get(one.name, {}),
                told,
                self._publishers,
                [old for old in same_day if old.item_id in alike[one.name]],
                one.harvest.listed,
            )
            for one in later
        }
        return [memories.get(one.name, Memory(known)) for one in waiting]

    def _judged(
        self, waiting: Sequence[Waiting], decided: Sequence[Sequence[Intent]]
    ) -> list[list[tuple[Intent, Judgement]]]:
        """The verdicts on what is news or changed; what was there before is judged when there is time (`learning`)."""
        cases = [
            (judge_input(intent.item, one.harvest.source), self._settings.threshold(one.harvest.source))
            for one, intents in zip(waiting, decided, strict=True)
            for intent in intents
            if _wants_verdict(intent)
        ]
        verdicts = iter(self._judge.judge_all(cases) if cases else ())
        return [
            [(intent, next(verdicts) if _wants_verdict(intent) else NOT_JUDGED) for intent in intents]
            for intents in decided
        ]

    def _ended(self, one: Waiting, judged: Sequence[tuple[Intent, Judgement]], now: datetime) -> Ended:
        """How the run over a source ended."""
        decided = [intent for intent, _ in judged]
        flagged = sum(
            judgement.flagged
            for intent, judgement in judged
            if isinstance(intent, New) and intent.arrival is Arrival.NEWS
        )
        harvest, state = one.harvest, one.harvest.state
        run = outcome.run(harvest, one.finished, now, decided, flagged)
        after = outcome.after_success(self._engine, self._settings, harvest, one.finished, run, decided, one.luck)
        opened = completeness.opened(state, harvest.reports, now)
        return Ended(after, run, judged, opened, self._closes_gaps(harvest))

    def _closes_gaps(self, harvest: Harvest) -> bool:
        missed = self._gaps.get(harvest.source.name)
        if not missed:
            return False
        seen = lookup.first_seen(self._engine, [key for report in harvest.reports for key in report.reaches])
        return completeness.closes(missed, harvest.state, harvest.reports, seen)


def _wants_verdict(intent: Intent) -> bool:
    return isinstance(intent, Changed) or (isinstance(intent, New) and intent.arrival is Arrival.NEWS)


def _of_their_days(told: Stories, source: str, items: Sequence[Item], today: date) -> set[int]:
    """The items of a source that were published on the days on which these were."""
    days = {one.published for one in items if one.published and one.has_day and one.text}
    if any(day > today for day in days):  # what is dated ahead is told on the day on which it was first seen
        return set(told.of_source(source))
    return {
        item_id
        for day in days
        for told_on in (day, day - timedelta(days=1))
        for item_id in told.of_day(source, told_on)
    }
