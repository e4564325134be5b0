"""Dates, times and likelihood in Dutch words, as the pages show them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from digest import dutch
from monitor.item import TIPS

ORIGINS = {
    "json_ld": "volgens de pagina",
    "meta": "volgens de pagina",
    "time_tag": "volgens de pagina",
    "feed": "volgens de feed van de bron",
    "listing": "volgens het overzicht van de bron",
    "text": "staat in de tekst",
    "address": "staat in het webadres",
    "modified": "laatst gewijzigd",
    "guess": "geschat",
}

DOUBTFUL = frozenset({"text", "address", "modified", "guess"})  # not said by the source to be the day it published

NO_SOURCES = {TIPS: "Tip van een lezer"}


def published(day: date | None, precision: str) -> str:
    """A date of publication, no more exact than it is known: "24 mei 2023", "mei 2015", "datum onbekend"."""
    return dutch.roughly(day, precision) if day else "datum onbekend"


def origin(day: date | None, code: str, *, only_if_doubtful: bool = False) -> str:
    """Where that date came from; "" when there is none or it is not known, or nobody needs to doubt it."""
    if day is None or (only_if_doubtful and code not in DOUBTFUL):
        return ""
    return ORIGINS.get(code, "")


def percentage(score: float) -> str:
    """A score of 0..1 as a percentage; never 100%, because a list of words is never certain."""
    return f"{min(round(score * 100), 99)}%"


def moment(at: datetime, now: datetime) -> str:
    """A moment in the zone of `now`: "vandaag om 14:05", "gisteren om 9:30", "dinsdag 24 november 2026 om 14:05"."""
    local = at.astimezone(now.tzinfo)
    clock = f"{local.hour}:{local.minute:02d}"
    days = (local.date() - now.date()) // timedelta(days=1)
    near = {-1: "gisteren", 0: "vandaag", 1: "morgen"}.get(days)
    return f"{near or dutch.weekday(local.date())} om {clock}"


def quantity(number: int, one: str, many: str) -> str:
    """A number with its noun, where nought is said in words: "geen berichten"."""
    return dutch.count(number, one, many) if number else f"geen {many}"


def sentence(text: str) -> str:
    """A text that begins with a capital; the rest stays as it is."""
    return text[:1].upper() + text[1:]
