"""How long a server asks to be left alone, and how long it calls its answer fresh."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawlers.robots import max_age

ASKS_FOR_REST = frozenset({429, 503})
SHORTEST_REST = 3600.0
LONGEST_REST = 7 * 24 * 3600.0
LONGEST_VISIT = 900.0
LONGEST_FRESH = 24 * 3600.0


def rest(status: int, headers: Mapping[str, str]) -> float:
    """The seconds a server wants to be left alone; 0 when it does not ask for it.

    Retry-After is a number of seconds or a date (RFC 9110, section 10.2.3), the latter taken from the Date of the
    answer; a 429 or 503 without it asks for an hour. Never more than a week, for no source is given up.
    """
    if status not in ASKS_FOR_REST:
        return 0.0
    given = headers.get("retry-after", "").strip()
    if given.isdecimal():
        wanted = float(given[:12])
    else:
        until, now = _moment(given), _moment(headers.get("date", ""))
        wanted = (until - now).total_seconds() if until and now else SHORTEST_REST
    return min(max(wanted, 1.0), LONGEST_REST)


def fresh_for(headers: Mapping[str, str]) -> float:
    """The seconds for which asking again is pointless, by Cache-Control and Age (RFC 9111); never more than a day."""
    age = headers.get("age", "")
    spent = float(age[:12]) if age.isdecimal() else 0.0
    return min(max((max_age(headers) or 0.0) - spent, 0.0), LONGEST_FRESH)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
