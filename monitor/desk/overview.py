"""The page that one comes in on: what waits for whom, this week in figures, and the letters that went last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import Response

from digest import dutch
from digest.dispatch import Dispatch, latest
from digest.edition import Audience, issue_in_words
from monitor.desk import figures, phrases
from monitor.desk.editions import DELIVERIES, STATES
from monitor.desk.last_glance import LastGlance
from monitor.desk.pages import Desk, desk_of, page, reviewer_of
from monitor.desk.per_source import PerSource, per_source
from monitor.desk.plot import Plot
from monitor.desk.tasks import Task, second_opinion, tasks
from monitor.role import Role
from monitor.store import arrivals, sources, talk, tally
from monitor.store.arrivals import CameIn
from monitor.store.reviews import ACCEPTED, REJECTED
from monitor.weekly_report import WEEKS_SHOWN

WEEK = timedelta(weeks=1)
LETTERS_SHOWN = 6
GROUPS = {
    Role.REVIEWER: "Voor beoordelaars",
    Role.EDITOR: "Voor redacteuren",
    Role.ADMINISTRATOR: "Voor beheerders",
}


@dataclass(frozen=True)
class Number:
    """A figure of this week, with that of the week before."""

    name: str
    now: int
    before: int


@dataclass(frozen=True)
class LetterLine:
    """A letter that was fixed, in words."""

    title: str
    subject: str
    state: str
    when: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Glance:
    """All of the page that is the same for everybody; `begun` when any source was ever read."""

    begun: bool
    week: str
    numbers: tuple[Number, ...]
    brought: PerSource
    course: Plot | None
    letters: tuple[LetterLine, ...]
    next_letter: str
    tasks: tuple[Task, ...]


def overview(request: Request) -> Response:
    """What waits for who asks, and how things stand."""
    desk, reviewer = desk_of(request), reviewer_of(request)
    last: LastGlance = request.app.state.glance
    shown = last.of(desk, glance)
    waiting = [one for one in shown.tasks if reviewer.role.may(one.role) and reviewer.id not in one.done]
    asked = talk.asked_for(desk.engine, reviewer.id)
    if asked and reviewer.role.may(Role.REVIEWER):
        waiting.insert(0, second_opinion(asked))
    groups = [(heading, [one for one in waiting if one.role is role]) for role, heading in GROUPS.items()]
    return page(
        request,
        "overview.html",
        glance=shown,
        groups=[(heading, found) for heading, found in groups if found],
        followed=len(desk.live.current.enabled),
        weeks=WEEKS_SHOWN,
    )


def glance(desk: Desk) -> Glance:
    """Put together what everybody sees."""
    now = desk.now()
    monday = datetime.combine(now.date() - timedelta(days=now.weekday()), time(), desk.zone)
    this_week, before = ((monday, monday + WEEK), (monday - WEEK, monday))
    brought = arrivals.came_in(desk.engine, *this_week)
    letters = latest(desk.engine, LETTERS_SHOWN)
    return Glance(
        begun=sources.first_run(desk.engine) is not None,
        week=f"Week {now.isocalendar().week}, tot en met {dutch.weekday(now.date() + timedelta(6 - now.weekday()))}.",
        numbers=_numbers(
            (brought, arrivals.came_in(desk.engine, *before)),
            (arrivals.decisions(desk.engine, *this_week), arrivals.decisions(desk.engine, *before)),
        ),
        brought=per_source(_by_title(desk, brought)),
        course=figures.course(tally.weeks(desk.engine, WEEKS_SHOWN)),
        letters=tuple(_letter(desk, one) for one in letters),
        next_letter=phrases.moment(min(desk.editor.ahead(audience) for audience in Audience), now),
        tasks=tasks(desk, letters),
    )


def _numbers(
    came: tuple[Mapping[str, CameIn], Mapping[str, CameIn]], decided: tuple[Mapping[str, int], Mapping[str, int]]
) -> tuple[Number, ...]:
    news = (sum(one.news for one in week.values()) for week in came)
    flagged = (sum(one.flagged for one in week.values()) for week in came)
    accepted = (week.get(ACCEPTED, 0) for week in decided)
    rejected = (week.get(REJECTED, 0) for week in decided)
    return (
        Number("nieuw gevonden", *news),
        Number("in de wachtrij gezet", *flagged),
        Number("gekozen", *accepted),
        Number("afgewezen", *rejected),
    )


def _by_title(desk: Desk, brought: Mapping[str, CameIn]) -> dict[str, CameIn]:
    """What each source brought by its title, also those that are followed and brought nothing."""
    names = {source.name for source in desk.live.current.enabled} | brought.keys()
    return {desk.source_title(name): brought.get(name, CameIn()) for name in sorted(names)}


def _letter(desk: Desk, one: Dispatch) -> LetterLine:
    counts = [(words, one.deliveries[state]) for state, words in DELIVERIES.items()]
    return LetterLine(
        f"Nummer {one.number} voor {one.audience.plural}, {issue_in_words(one.issue)}",
        one.subject,
        STATES[one.state],
        phrases.moment(one.at, desk.now()),
        tuple((words, number) for words, number in (*counts, ("teruggekomen", one.came_back)) if number),
    )
