"""Dutch words for days, weeks and counts, as they stand in the letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
QUARTERS = ("eerste", "tweede", "derde", "vierde")
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


def day(moment: date) -> str:
    """A day in full: "24 november 2026"."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def roughly(moment: date, precision: str) -> str:
    """A day no more exact than it is known: "mei 2015" (month), "tweede kwartaal 2024" (quarter), "2015" (year)."""
    match precision:
        case "month":
            return f"{MONTHS[moment.month - 1]} {moment.year}"
        case "quarter":
            return f"{QUARTERS[(moment.month - 1) // 3]} kwartaal {moment.year}"
        case "year":
            return str(moment.year)
    return day(moment)


def weekday(moment: date) -> str:
    """A day with its weekday: "dinsdag 24 november 2026"."""
    return f"{WEEKDAYS[moment.weekday()]} {day(moment)}"


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: "1 bericht", "2 berichten"."""
    return f"{number} {one if number == 1 else many}"


def listing(parts: Sequence[str]) -> str:
    """A list as it is spoken: "a, b en c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} en {parts[-1]}"
