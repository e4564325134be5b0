"""What waits, and for whom: each thing with the place where it is done and the least role that may do it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from digest import dutch, tips
from digest.dispatch import Dispatch
from digest.edition import Audience
from digest.records import EditionState
from monitor.desk.pages import Desk
from monitor.editor import ACCEPTED_WITHIN
from monitor.health_words import health
from monitor.role import Role
from monitor.store import arrangements, arrivals, gaps, people, queue, reviews, sources

MOST_SOURCES = 5
STILL_MATTERS = timedelta(days=14)


@dataclass(frozen=True)
class Task:
    """Something to do, and where; `about` is the name of a source, `done` are the ids of those who did their part."""

    role: Role
    text: str
    address: str
    about: str = ""
    done: frozenset[int] = frozenset()


def tasks(desk: Desk, letters: Sequence[Dispatch]) -> tuple[Task, ...]:
    """All that waits for anybody; `letters` are the ones that were fixed last."""
    return (*_judging(desk), *_letters(desk), *_stopped(desk, letters), *_sources(desk), *_people(desk))


def second_opinion(asked: int) -> Task:
    """That colleagues ask what somebody thinks of so many items."""
    text = dutch.count(asked, "bericht: een collega vraagt", "berichten: collega’s vragen")
    return Task(Role.REVIEWER, f"{text} wat u ervan vindt", "/tweede-mening")


def _judging(desk: Desk) -> Iterator[Task]:
    waiting = reviews.waiting(desk.engine)
    if waiting:
        many = "meer dan " if waiting >= reviews.MOST_COUNTED else ""
        yield Task(Role.REVIEWER, f"{many}{_items(waiting)} in de wachtrij", "/")
    unwritten = arrivals.unwritten(desk.engine, desk.clock() - ACCEPTED_WITHIN)
    if unwritten:
        chosen = dutch.count(unwritten, "gekozen bericht heeft", "gekozen berichten hebben")
        yield Task(Role.REVIEWER, f"{chosen} nog geen eigen tekst", "/gekozen")
    drawn = len(queue.drawn_waiting(desk.engine))
    if drawn:
        yield Task(Role.REVIEWER, f"{_items(drawn)} uit de steekproef", "/steekproef")
    told = len(tips.waiting(desk.engine))
    if told:
        yield Task(Role.REVIEWER, f"{dutch.count(told, 'tip', 'tips')} van lezers", "/tips")


def _letters(desk: Desk) -> Iterator[Task]:
    """The next letter of each audience, where a person has something to do."""
    needed = desk.live.current.radar.digest.approvals
    for audience in Audience:
        edition = desk.editor.upcoming(audience)
        good = desk.editor.approved(edition)
        if arrangements.of(desk.engine, audience, edition.number).held:
            stands = "tegengehouden"
        elif not edition.entries:
            stands = "nog leeg"
        elif len(good) < needed:
            stands = f"{len(good)} van {needed} keer goedgekeurd"
        else:
            continue
        done = frozenset(one.reviewer_id for one in good) if edition.entries else frozenset()
        yield Task(Role.EDITOR, f"brief voor {audience.plural}: {stands}", f"/brief/{audience.value}", done=done)


def _stopped(desk: Desk, letters: Sequence[Dispatch]) -> Iterator[Task]:
    for one in letters:
        if one.state is EditionState.STOPPED and desk.clock() - one.at < STILL_MATTERS:
            text = f"Het verzenden van nummer {one.number} voor {one.audience.plural} is gestopt"
            yield Task(Role.EDITOR, text, "/brief")


def _sources(desk: Desk) -> Iterator[Task]:
    followed = {source.name: source.title for source in desk.live.current.enabled}
    missed = {gap.source for gap in gaps.open_gaps(desk.engine)} & followed.keys()
    text = "Misschien is er iets gemist. Kijk op de site."
    yield from _of_sources(Role.EDITOR, {followed[name]: (name, text) for name in sorted(missed)})
    ill = {}
    for name, state in sources.states(desk.engine).items():
        fares = health(state.reason)
        if name in followed and not fares.good:
            ill[followed[name]] = (name, fares.sentence)
    yield from _of_sources(Role.ADMINISTRATOR, ill)


def _of_sources(role: Role, found: dict[str, tuple[str, str]]) -> Iterator[Task]:
    """What the matter is with each source by its title; those beyond a few are counted."""
    shown = list(found.items())[:MOST_SOURCES]
    yield from (Task(role, text, f"/bronnen#bron-{name}", about=title) for title, (name, text) in shown)
    if len(found) > len(shown):
        rest = dutch.count(len(found) - len(shown), "andere bron", "andere bronnen")
        yield Task(role, f"nog {rest} om naar te kijken", "/bronnen")


def _people(desk: Desk) -> Iterator[Task]:
    invited = people.never_signed_in(desk.engine)
    if invited:
        text = dutch.count(invited, "uitgenodigde persoon heeft", "uitgenodigde mensen hebben")
        yield Task(Role.ADMINISTRATOR, f"{text} nog niet ingelogd", "/mensen")


def _items(number: int) -> str:
    return dutch.count(number, "bericht", "berichten")
