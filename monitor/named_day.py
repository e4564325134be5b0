"""Days as Dutch texts name them: "donderdag 12 maart", "12-03-2026", "eerste dinsdag van april", "komende zaterdag"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.calendar_words import MONTH_NUMBERS, WEEKDAYS

JUST_PAST = timedelta(days=150)
MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})(?:ochtend|middag|avond)?"
SHORT_WEEKDAY = "|".join(name[:2] for name in WEEKDAYS)
YEAR = r"(?P<year>(?:19|20)\d\d)"
NTHS = ("eerste", "tweede", "derde", "vierde")
WAYS = (
    # "donderdag 12 maart 2026", "za. 4 okt", "27 en 28 mei": the first of several days.
    rf"(?:\b(?P<weekday>{WEEKDAY}|(?:{SHORT_WEEKDAY})\b\.?),? (?:de )?)?"
    rf"(?<!\d)(?:(?P<first>\d{{1,2}})(?:, \d{{1,2}}){{0,9}},? ?(?:en|t/m|tot en met|-|–) ?"
    rf"(?:(?:{WEEKDAY}|(?:{SHORT_WEEKDAY})\.?) )?(?=\d))?"
    rf"(?P<day>\d{{1,2}})(?:\.|e)?\s+(?P<month>{MONTH})\b(?:\.?,?\s+{YEAR}\b)?",
    rf"(?<![\d.-])(?P<day>\d{{1,2}})[-/.](?P<month>\d{{1,2}})[-/.]{YEAR}(?![\d-])",
    rf"(?<![\d.-]){YEAR}-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])",
    # "di 12/3": without a year only behind a weekday, since 24/7 and 2-1 are no days.
    rf"\b(?P<weekday>{WEEKDAY}|(?:{SHORT_WEEKDAY})\b\.?),? (?P<day>\d{{1,2}})[-/](?P<month>\d{{1,2}})(?![-/.]?\d)",
    rf"\b(?P<nth>{'|'.join(NTHS)}|laatste) (?P<weekday>{WEEKDAY}) (?:van|in) (?P<month>{MONTH})\b(?: {YEAR}\b)?",
    rf"\b(?P<coming>aanstaande|komende|volgende week) (?P<weekday>{WEEKDAY})\b(?! \d)",
    rf"\b(?P<weekday>{WEEKDAY}) (?P<coming>aanstaande|a\.s\.)(?! \d)",
)
# What a text must hold for each of them to find anything; these look a text over ten times as quickly.
WITH_MONTH, IN_DIGITS, WITH_WEEKDAY = rf"\d(?:\.|e)?\s+(?:{MONTH})\b", r"\d[-/.]\d", "dag"
NEEDED = (WITH_MONTH, IN_DIGITS, IN_DIGITS, IN_DIGITS, WITH_WEEKDAY, WITH_WEEKDAY, WITH_WEEKDAY)
HINTS = {hint: re.compile(hint, re.IGNORECASE) for hint in NEEDED}
PATTERNS = tuple((hint, re.compile(way, re.IGNORECASE)) for hint, way in zip(NEEDED, WAYS, strict=True))


@dataclass(frozen=True)
class NamedDay:
    """A day, where in the text (start, end) it is named, and whether its weekday stands there too."""

    day: date
    start: int
    end: int
    with_weekday: bool


def named_days(text: str, published: date | None) -> Iterator[NamedDay]:
    """The days a text of `published` names, in the order of the text.

    A day without a year is the one its weekday says, else the next to come unless it has just gone by; without
    `published` only a day with a year counts.
    """
    held = {hint for hint, pattern in HINTS.items() if pattern.search(text)}
    matches = sorted(
        (match for hint, pattern in PATTERNS if hint in held for match in pattern.finditer(text)),
        key=lambda match: match.start(),
    )
    behind = 0
    for match in matches:
        day = _day(match.groupdict(), published)
        if day and match.start() >= behind:
            behind = match.end()
            yield NamedDay(day, match.start(), match.end(), bool(match.groupdict().get("weekday")))


def _day(parts: dict[str, str | None], published: date | None) -> date | None:
    weekday = _weekday(parts.get("weekday") or "")
    if coming := parts.get("coming"):
        return _coming(published, weekday, coming) if published and weekday is not None else None
    month = MONTH_NUMBERS.get((parts["month"] or "").lower()) or int(parts["month"] or 0)
    if year := parts.get("year"):
        return _in_year(parts, int(year), month, weekday)
    if published is None:
        return None
    days = [day for more in (0, 1) if (day := _in_year(parts, published.year + more, month, weekday))]
    fitting = [day for day in days if day.weekday() == weekday]
    if len(fitting) == 1:
        return fitting[0]
    return next((day for day in days if day >= published - JUST_PAST), None)


def _in_year(parts: dict[str, str | None], year: int, month: int, weekday: int | None) -> date | None:
    """The day that is named, in one year; None when that year has no such day."""
    nth = (parts.get("nth") or "").lower()
    if not nth:
        return _date(year, month, int(parts.get("first") or parts["day"] or 0))
    days = [day for number in range(1, 32) if (day := _date(year, month, number)) and day.weekday() == weekday]
    place = NTHS.index(nth) if nth in NTHS else -1
    return days[place] if days else None


def _coming(published: date, weekday: int, coming: str) -> date:
    """The weekday that comes first after `published`, or the one of the week after."""
    ahead = (weekday - published.weekday() - 1) % 7 + 1
    if coming.lower() == "volgende week":
        ahead = 7 - published.weekday() + weekday
    return published + timedelta(days=ahead)


def _weekday(name: str) -> int | None:
    return next((place for place, day in enumerate(WEEKDAYS) if name and day[:2] == name[:2].lower()), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
