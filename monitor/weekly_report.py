"""The weekly report by mail: how well the radar did, for those who judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from digest import dutch
from monitor import colleagues, figures_words
from monitor.colleagues import Note
from monitor.measure import ClosedWeek, Drift, drift, figures
from monitor.press_day import issue
from monitor.role import Role
from monitor.settings import Settings
from monitor.store import people, queue, tally
from monitor.store.database import Engine

WEEKS_SHOWN = 12
NOW_WEEKS = 4
COMPARED_WEEKS = 16
MORNING = time(7)
WEEK = timedelta(weeks=1)


def report(engine: Engine, settings: Settings, now: datetime) -> int:
    """Mail the report of the week before to everybody who judges, once, from Monday morning on; gives how many went.

    A week that was closed too late to be the week before has no report any more.
    """
    today = now.astimezone(settings.radar.digest.zone_info)
    week = issue(today.date() - WEEK)
    weeks = tally.weeks(engine, WEEKS_SHOWN)
    if not weeks or weeks[-1].week != week or (today.weekday() == 0 and today.time() < MORNING):
        return 0
    text = lines(weeks, len(queue.drawn_waiting(engine)), drifts(engine), _titles(settings), settings)
    subject = f"Hoe goed was de radar in week {int(week[-2:])}?"
    sent = 0
    for one in people.reviewers(engine):
        if one.role.may(Role.REVIEWER):
            note = Note(one.email, one.name, subject, (f"Dag {one.name},", *text))
            sent += colleagues.tell_once(engine, settings, f"report/{week}", note, now)
    return sent


def drifts(engine: Engine) -> list[Drift]:
    """What changed at the sources: the latest weeks against those before."""
    weeks = tally.source_weeks(engine, COMPARED_WEEKS)
    recent = sorted({week.week for week in weeks})[-NOW_WEEKS:]
    return drift(weeks, frozenset(recent))


def lines(
    weeks: Sequence[ClosedWeek], waiting: int, changed: Sequence[Drift], titles: Mapping[str, str], settings: Settings
) -> tuple[str, ...]:
    """The paragraphs of the report; `waiting` is how much of the sample nobody has looked at yet."""
    last, home = weeks[-1], settings.radar.desk.public_url
    found = figures(weeks)
    told = [
        f"In week {int(last.week[-2:])} zette de radar "
        f"{dutch.count(last.flagged, 'bericht', 'berichten')} in de wachtrij, "
        f"en {dutch.count(last.set_aside, 'bericht', 'berichten')} terzijde.",
        f"De cijfers hieronder gaan over de laatste {dutch.count(len(weeks), 'week', 'weken')}.",
    ]
    right, caught = figures_words.precision(found), figures_words.recall(found)
    told.append(f"{right.short} {right.bounds}" if right else "Of de wachtrij klopt, weten we nog niet: besluit eerst.")
    told.append(f"{caught.short} {caught.bounds}" if caught else "Wat de radar mist, weten we pas na een steekproef.")
    if waiting:
        waits = f"{dutch.count(waiting, 'bericht wacht', 'berichten wachten')}"
        told.append(f"Steekproef: {waits} op uw oordeel.\n{home}/steekproef")
    told += [f"{titles.get(one.source, one.source)}: {figures_words.drift(one)}" for one in changed if one.turned]
    told.append(f"Alle cijfers, week voor week:\n{home}/cijfers")
    return tuple(told)


def _titles(settings: Settings) -> dict[str, str]:
    return {source.name: source.title for source in settings.sources}
