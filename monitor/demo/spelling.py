"""The ways Dutch publishers write a date."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from digest import dutch

SATURDAY = 5


class Spelling(StrEnum):
    """How a page writes its date."""

    DAY = "day"
    SHORT = "short"
    NUMBERS = "numbers"
    WEEKDAY = "weekday"
    MONTH = "month"


def spell(day: date, spelling: Spelling = Spelling.DAY) -> str:
    """Write a date as a Dutch page would: "24 mei 2026", "9 jun 2026", "01-07-2026", "dinsdag 23 ...", "mei 2026"."""
    month = dutch.MONTHS[day.month - 1]
    match spelling:
        case Spelling.DAY:
            return dutch.day(day)
        case Spelling.SHORT:
            return f"{day.day} {'mrt' if month == 'maart' else month[:3]} {day.year}"
        case Spelling.NUMBERS:
            return f"{day:%d-%m-%Y}"
        case Spelling.WEEKDAY:
            return dutch.weekday(day)
        case Spelling.MONTH:
            return f"{month} {day.year}"


def saturday_from(day: date) -> date:
    """The first Saturday on or after a day."""
    return day + timedelta(days=(SATURDAY - day.weekday()) % 7)
