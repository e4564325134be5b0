"""When and where an announced meeting is, and until when one can sign up: read from plain Dutch text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice

from monitor.calendar_words import MONTH_NUMBERS, WEEKDAYS
from monitor.event_place import CLOCK, find_place, sentence_at

MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
WEEKDAY = "|".join(WEEKDAYS)
IN_WORDS = re.compile(
    rf"(?:\b(?P<weekday>{WEEKDAY})(?:ochtend|middag|avond)? )?"
    rf"(?<!\d)(?:(?P<first>\d{{1,2}})(?:, \d{{1,2}}){{0,9}},? ?(?:en|t/m|tot en met|-|–) ?(?:(?:{WEEKDAY}) )?(?=\d))?"
    rf"(?P<day>\d{{1,2}})\.?\s+(?P<month>{MONTH})\b(?:\.?,?\s+(?P<year>(?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
IN_FIGURES = re.compile(
    r"(?<![\d.-])(?:(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>(?:19|20)\d\d)"
    r"|(?P<iso_year>(?:19|20)\d\d)-(?P<iso_month>\d\d)-(?P<iso_day>\d\d))(?![\d-])"
)
DEADLINE = re.compile(r"(?:uiterlijk|tot(?: en met)?|t/m|vóór|voor|sluit(?:ing)?(?: op)?)\s+(?:op\s+)?$", re.IGNORECASE)
LOOSELY = re.compile(r"\bvoor\s+(?:op\s+)?$", re.IGNORECASE)
EXCLUSIVE = re.compile(r"\b(?:vóór|voor|tot)\s+(?:op\s+)?$", re.IGNORECASE)
SIGNING_UP = re.compile(
    r"aan(?:ge)?meld|meld\b|meldt\b|inschrij|schrijf\b|opgeven|opgave|geef\b|reserver|reageer|reageren|registre|laat\b|deadline",
    re.IGNORECASE,
)
# A day from or until which something holds, and what happens on a day without anybody being asked to come.
SPAN = re.compile(r"\b(?:vanaf|per|sinds|tot|uiterlijk|voor|vóór|na)\s+$", re.IGNORECASE)
HAPPENS = re.compile(
    r"\b(?:gaat in|gaan in op|ingaa[nt]|ingang|treedt|treden|van kracht|verplicht|verschijn\w*|verhuis\w*|geldt|gelden"
    r"|slo(?:op|pen)|aannemer|bouwt?|aanleg|oplevering|reageren|uitslag|stemming|huurverhoging)\b",
    re.IGNORECASE,
)
WHEN = re.compile(r"\b(?:datum|wanneer|data)(?: en tijd)? ?: ?$", re.IGNORECASE)
IS_ON = re.compile(
    r"\b(?:is|zijn|plaats|organise\w+|houdt|houden|komt|komen|nodig\w*)\b(?:\W+\w+){0,3}?\W+op $", re.IGNORECASE
)
MOST_DAYS = 200  # a text with more is a calendar
FURTHEST = timedelta(days=400)
JUST_PAST = timedelta(days=150)
NEAR = 130


@dataclass(frozen=True)
class Meeting:
    """A meeting as a text announces it; `place` is "online" when it is held there, and "" when no place is named.

    `clues` says how clearly the text speaks of a day to come to: an hour, a weekday, "Datum:" and a place add to it,
    a day on which a law begins takes from it.
    """

    day: date
    place: str
    deadline: date | None
    clues: int = field(default=0, compare=False)


@dataclass(frozen=True)
class _Mention:
    day: date
    start: int
    end: int
    clues: int


def find_meeting(text: str, published: date | None) -> Meeting | None:
    """The meeting a text announces, or None when it names no day after `published`.

    A day without a year is the one its weekday says, else the next to come unless it has just gone by; without
    `published` only a day with a year counts. The first line of the text is taken for its heading.
    """
    last_days: list[_Mention] = []
    others: list[_Mention] = []
    for mention in islice(_mentions(text, published), MOST_DAYS):
        (last_days if _is_deadline(text, mention) else others).append(mention)
    if not others or _is_meeting_after_all(text, last_days, others):
        # "Meld u aan voor zaterdag 12 december": with no later day, that day is the meeting itself.
        others = [one for one in last_days if LOOSELY.search(_before(text, one.start))]
    if not others:
        return None
    best = max(others, key=lambda mention: (mention.clues, -mention.start))
    deadlines = (_last_day(text, mention) for mention in last_days if mention.day < best.day)
    place = find_place(text, [(one.start, one.end) for one in others if one.day == best.day])
    return Meeting(best.day, place, next(deadlines, None), best.clues + bool(place))


def _is_meeting_after_all(text: str, last_days: list[_Mention], others: list[_Mention]) -> bool:
    """Whether the first day behind a mere "voor" lies after every other day, as no last day to sign up does."""
    loose = [one for one in last_days if LOOSELY.search(_before(text, one.start))]
    return bool(loose) and all(loose[0].day > other.day for other in others)


def _before(text: str, start: int) -> str:
    return text[max(0, start - 40) : start]


def _last_day(text: str, mention: _Mention) -> date:
    """The last day on which one can sign up: "vóór 3 december" and "tot 3 december" leave out that day itself."""
    excluded = EXCLUSIVE.search(_before(text, mention.start))
    return mention.day - timedelta(days=1) if excluded else mention.day


def _mentions(text: str, published: date | None) -> Iterator[_Mention]:
    matches = sorted([*IN_WORDS.finditer(text), *IN_FIGURES.finditer(text)], key=lambda match: match.start())
    for match in matches:
        day = _day(match, published)
        if day and (published is None or timedelta(0) < day - published <= FURTHEST):
            yield _Mention(day, match.start(), match.end(), _clues(text, match))


def _clues(text: str, match: re.Match[str]) -> int:
    """How much says that one can go there that day."""
    before = _before(text, match.start())
    begin, close = sentence_at(text, *match.span())
    in_heading = "\n" not in text[: match.start()]
    timed = CLOCK.search(text, begin, min(close + NEAR, len(text)))
    clues = 2 * bool(WHEN.search(before)) + 2 * bool(timed) + bool(IS_ON.search(before)) + in_heading
    clues += bool(match.groupdict().get("weekday"))
    return clues - (3 if SPAN.search(before) or HAPPENS.search(text, begin, close) else 0)


def _day(match: re.Match[str], published: date | None) -> date | None:
    parts = match.groupdict()
    year, month, day = (parts.get(f"iso_{name}") or parts.get(name) for name in ("year", "month", "day"))
    day = parts.get("first") or day
    if not month or not day:
        return None
    number = MONTH_NUMBERS.get(month.lower()) or int(month)
    if year:
        return _date(int(year), number, int(day))
    return _nearest(published, number, int(day), parts.get("weekday")) if published else None


def _nearest(published: date, month: int, day: int, weekday: str | None) -> date | None:
    """The day that a text of `published` means by a day and a month without a year."""
    this_year, next_year = (_date(published.year + more, month, day) for more in (0, 1))
    if weekday:
        wanted = WEEKDAYS.index(weekday.lower())
        fitting = [one for one in (this_year, next_year) if one and one.weekday() == wanted]
        if len(fitting) == 1:
            return fitting[0]
    if this_year and this_year >= published - JUST_PAST:
        return this_year
    return next_year


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_deadline(text: str, mention: _Mention) -> bool:
    """Whether a day is the last one to sign up: "uiterlijk" before it, and signing up named in the same sentence."""
    if not DEADLINE.search(_before(text, mention.start)):
        return False
    begin, end = sentence_at(text, mention.start, mention.end)
    return bool(SIGNING_UP.search(text, begin, end))
