"""The choice of items for a list: made with a plain form, kept in the address, and offered again in the form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from digest.edition import Audience
from monitor.desk.pages import Desk
from monitor.store.queue import Wanted
from monitor.words import Goal

WEEK = re.compile(r"(?P<year>20\d\d)-W(?P<number>\d\d)")
WEEKS_OFFERED = 12
LONGEST_QUERY = 200
GOALS = {Goal.FORMAL: "formele invloed", Goal.INFORMAL: "informele invloed"}


@dataclass(frozen=True)
class Field:
    """One field of the form: its name in the address, its label, what is chosen, and what there is to choose."""

    name: str
    label: str
    chosen: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Choice:
    """What somebody chose: `query` are the words to search for, `fields` the form, `wanted` what the store is asked."""

    query: str
    fields: tuple[Field, ...]
    wanted: Wanted

    @property
    def address(self) -> str:
        """The choice as it stands in an address, without "?"; "" when all is wanted."""
        chosen = {field.name: field.chosen for field in self.fields if field.chosen}
        return urlencode(({"q": self.query} if self.query else {}) | chosen)

    @property
    def made(self) -> bool:
        """Whether anything was chosen, searching apart."""
        return any(field.chosen for field in self.fields)


def choice(desk: Desk, asked: Mapping[str, str]) -> Choice:
    """Read a choice from an address; what is not offered is not chosen, so any text may come in."""
    settings, today = desk.live.current, desk.now().date()
    offered = (
        ("bron", "Bron", tuple((source.name, source.title) for source in settings.sources)),
        ("thema", "Thema", tuple((theme.name, theme.title) for theme in settings.words.themes)),
        ("doel", "Doel", tuple((goal.value, title) for goal, title in GOALS.items())),
        ("voor", "Voor", tuple((audience.value, audience.plural) for audience in Audience)),
        ("soort", "Soort", tuple({kind.name.value: kind.title for kind in settings.words.kinds}.items())),
        ("week", "Gevonden in", _weeks(today, asked.get("week", ""))),
    )
    fields = tuple(
        Field(name, label, _offered(asked.get(name, ""), options), options) for name, label, options in offered
    )
    by_name = {field.name: field.chosen for field in fields}
    since, until = _moments(desk, by_name["week"])
    wanted = Wanted(by_name["bron"], by_name["thema"], by_name["doel"], by_name["voor"], by_name["soort"], since, until)
    return Choice(" ".join(asked.get("q", "")[:LONGEST_QUERY].split()), fields, wanted)


def choice_in(desk: Desk, text: str) -> Choice:
    """Read a choice that a form carries along as the text of an address."""
    return choice(desk, dict(parse_qsl(text[:2000])))


def _offered(value: str, options: tuple[tuple[str, str], ...]) -> str:
    return value if any(value == name for name, _ in options) else ""


@lru_cache(maxsize=64)  # the form stands above each page of a list
def _weeks(today: date, asked: str) -> tuple[tuple[str, str], ...]:
    """The last weeks, and the one that was asked for when it is older."""
    mondays = [today - timedelta(days=today.weekday(), weeks=back) for back in range(WEEKS_OFFERED)]
    monday = _monday(asked)
    mondays += [monday] if monday and monday not in mondays else []
    weeks = [one.isocalendar() for one in mondays]
    return tuple((f"{week.year}-W{week.week:02}", f"week {week.week} van {week.year}") for week in weeks)


def _monday(week: str) -> date | None:
    match = WEEK.fullmatch(week)
    try:
        return date.fromisocalendar(int(match["year"]), int(match["number"]), 1) if match else None
    except ValueError:
        return None


def _moments(desk: Desk, week: str) -> tuple[datetime | None, datetime | None]:
    monday = _monday(week)
    if monday is None:
        return None, None
    begin = datetime.combine(monday, time(), desk.zone)
    end = datetime.combine(monday + timedelta(weeks=1), time(), desk.zone)
    return begin.astimezone(UTC), end.astimezone(UTC)
