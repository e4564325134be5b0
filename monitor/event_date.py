"""When and where an announced meeting is, and until when one can sign up: read from plain Dutch text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from monitor.event_place import find_place

MONTHS = (
    ("januari", "jan"),
    ("februari", "feb"),
    ("maart", "mrt"),
    ("april", "apr"),
    ("mei",),
    ("juni", "jun"),
    ("juli", "jul"),
    ("augustus", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "okt"),
    ("november", "nov"),
    ("december", "dec"),
)
MONTH_NUMBERS = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
IN_WORDS = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})\.?\s+(?P<month>{'|'.join(sorted(MONTH_NUMBERS, key=len, reverse=True))})\b\.?"
    r"(?:,?\s+(?P<year>(?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
IN_FIGURES = re.compile(
    r"(?<![\d.-])(?:(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>(?:19|20)\d\d)"
    r"|(?P<iso_year>(?:19|20)\d\d)-(?P<iso_month>\d\d)-(?P<iso_day>\d\d))(?![\d-])"
)
DEADLINE = re.compile(
    r"(?:uiterlijk|tot(?: en met)?|t/m|vóór|voor|sluit(?:ing)?(?: op)?)\s+(?:\w+dag\s+)?(?:op\s+)?$", re.IGNORECASE
)
LOOSELY = re.compile(r"\bvoor\s+(?:\w+dag\s+)?(?:op\s+)?$", re.IGNORECASE)
EXCLUSIVE = re.compile(r"\b(?:vóór|voor|tot)\s+(?:\w+dag\s+)?(?:op\s+)?$", re.IGNORECASE)
SIGNING_UP = re.compile(r"aan(?:ge)?meld|meld\b|meldt\b|inschrij|opgeven|opgave|reserver|deadline", re.IGNORECASE)
FURTHEST = timedelta(days=400)
JUST_PAST = timedelta(weeks=3)
CLOCK = re.compile(r"\b(?:[01]?\d|2[0-3])(?:[.:][0-5]\d)?(?:\s*(?:-|–|tot|t/m)\s*\d{1,2}(?:[.:]\d\d)?)?\s*(?:uur|u)\b")
NEAR = 130
TIME_NEAR = 60
LONGEST = 400


@dataclass(frozen=True)
class Meeting:
    """A meeting as a text announces it; `place` is "online" when it is held there, and "" when no place is named."""

    day: date
    place: str
    deadline: date | None
    timed: bool = field(default=False, compare=False)  # whether an hour stands behind the day, as in an invitation


@dataclass(frozen=True)
class _Mention:
    day: date
    start: int
    end: int


def find_meeting(text: str, published: date | None) -> Meeting | None:
    """The meeting a text announces, or None when it names no day after `published`.

    A day without a year falls within the year after `published`, unless it was within three weeks before; without
    `published` only a day with a year counts.
    """
    mentions = list(_mentions(text, published))
    last_days = [mention for mention in mentions if _is_deadline(text, mention)]
    others = [mention for mention in mentions if mention not in last_days]
    if not others or _is_meeting_after_all(text, last_days, others):
        # "Meld u aan voor zaterdag 12 december": with no later day, that day is the meeting itself.
        others = [one for one in last_days if LOOSELY.search(text[max(0, one.start - 40) : one.start])]
    if not others:
        return None
    first = next((one for one in others if _is_timed(text, one)), others[0])
    deadlines = (_last_day(text, mention) for mention in last_days if mention.day < first.day)
    place = find_place(text, [(one.start, one.end) for one in others if one.day == first.day])
    return Meeting(first.day, place, next(deadlines, None), _is_timed(text, first))


def _is_timed(text: str, mention: _Mention) -> bool:
    """Whether an hour stands just behind a day: "zaterdag 7 maart 2026, 10.00 tot 15.30 uur"."""
    rest = re.split(r"[.!?]\s|\n", text[mention.end : mention.end + TIME_NEAR], maxsplit=1)[0]
    return bool(CLOCK.search(rest))


def _is_meeting_after_all(text: str, last_days: list[_Mention], others: list[_Mention]) -> bool:
    """Whether the first day behind a mere "voor" lies after every other day, as no last day to sign up does."""
    loose = [one for one in last_days if LOOSELY.search(text[max(0, one.start - 40) : one.start])]
    return bool(loose) and all(loose[0].day > other.day for other in others)


def _last_day(text: str, mention: _Mention) -> date:
    """The last day on which one can sign up: "vóór 3 december" and "tot 3 december" leave out that day itself."""
    excluded = EXCLUSIVE.search(text[max(0, mention.start - 40) : mention.start])
    return mention.day - timedelta(days=1) if excluded else mention.day


def _mentions(text: str, published: date | None) -> Iterator[_Mention]:
    matches = sorted([*IN_WORDS.finditer(text), *IN_FIGURES.finditer(text)], key=lambda match: match.start())
    for match in matches:
        day = _day(match, published)
        if day and (published is None or timedelta(0) < day - published <= FURTHEST):
            yield _Mention(day, match.start(), match.end())


def _day(match: re.Match[str], published: date | None) -> date | None:
    parts = match.groupdict()
    year, month, day = (parts.get(f"iso_{name}") or parts.get(name) for name in ("year", "month", "day"))
    if not month or not day:
        return None
    number = MONTH_NUMBERS.get(month.lower()) or int(month)
    if year:
        return _date(int(year), number, int(day))
    if published is None:
        return None
    this_year, next_year = (_date(year, number, int(day)) for year in (published.year, published.year + 1))
    if this_year and timedelta(0) < published - this_year <= JUST_PAST:
        return None
    return this_year if this_year and this_year >= published else next_year


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_deadline(text: str, mention: _Mention) -> bool:
    """Whether a day is the last one to sign up: "uiterlijk" before it, and signing up named in the same sentence."""
    if not DEADLINE.search(text[max(0, mention.start - 40) : mention.start]):
        return False
    start = max(text.rfind(mark, max(0, mention.start - LONGEST), mention.start) for mark in (". ", "! ", "? ", "\n"))
    end = re.search(r"[.!?](?:\s|$)|\n", text[mention.end : mention.end + LONGEST])
    return bool(SIGNING_UP.search(text[start + 1 : mention.end + (end.start() if end else NEAR)]))
