"""Dates as publishers write them for machines: ISO 8601, RFC 822, and what programs print instead."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from crawlers.publication import Dated, Origin, Precision
from crawlers.readers.dates import FIRST_YEAR, UNKNOWN_DAY, find_date, of_day, of_moment, of_month

# Zone names that RFC 822 does not know (email.utils takes them for UTC).
SUMMER_AND_WINTER = {"CET": "+0100", "CEST": "+0200", "WET": "+0000", "WEST": "+0100", "BST": "+0100"}
_HAS_TIME = re.compile(r"\d[T ]\s*\d{1,2}:?\d\d")
# As Java and Unix print it, Fri Apr 28 19:20:36 CEST 2023; JavaScript puts the year before the time.
_CLOCK_FIRST = re.compile(
    r"[a-z]{3} (?P<month>[a-z]{3}) +(?P<day>\d{1,2}) (?:(?P<early>\d{4}) )?(?P<clock>\d\d:\d\d:\d\d)"
    r"(?: (?P<zone>[a-z]{2,5})?(?P<offset>[+-]\d{4})?)?(?: (?P<late>\d{4}))?(?: \(.*\))?$",
    re.I,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# As nearly all feeds write it: Fri, 20 Nov 2026 09:00:00 +0100.
_USUAL = re.compile(
    rf"(?:[A-Z][a-z]{{2}}, )?(\d{{1,2}}) ({'|'.join(_MONTHS)}) ((?:19|20)\d\d) (\d\d):(\d\d):(\d\d)"
    r" (?:GMT|([+-]\d\d)([0-5]\d))",
    re.ASCII,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_MONTH = re.compile(r"((?:19|20)\d\d)-(\d\d)")
_MAIL_DATE = re.compile(r"(?:[a-z]{3,9},\s*)?\d{1,2}[\s-]+[a-z]{3}", re.I)


def parse_declared(value: str, origin: Origin) -> Dated | None:
    """Read a date that was written for machines (ISO 8601, RFC 822, or nearly so); None when it is no date."""
    value = value.strip()
    if not value or len(value) > 100:
        return None
    if _YEAR.fullmatch(value):
        return Dated(day=date(int(value), 1, 1), precision=Precision.YEAR, origin=origin)
    if match := _YEAR_MONTH.fullmatch(value):
        return of_month(int(match[1]), int(match[2]), origin)
    moment = (_iso(value) if value[:1].isdigit() else None) or _rfc822(value)
    if moment is None:
        return find_date(value, origin, UNKNOWN_DAY)
    return _declared(moment, origin, has_time=bool(_HAS_TIME.search(value)))


def _iso(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value.replace("/", "-") if value[:4].isdigit() else value)
    except ValueError:
        return None


def _rfc822(value: str) -> datetime | None:
    """A date as in mail headers; -0000 says that it is in UTC (RFC 5322, section 3.3)."""
    try:
        if usual := _USUAL.fullmatch(value):
            return _usual(usual)
        value = _as_mail_date(value)
        if not _MAIL_DATE.match(value):
            return None
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None and value.endswith("-0000") else moment


def _usual(written: re.Match[str]) -> datetime:
    day, month, year, hour, minute, second, ahead, more = written.groups()
    away = int(ahead[1:]) * 60 + int(more) if ahead else 0
    zone = timezone(timedelta(minutes=-away if ahead[0] == "-" else away)) if away else UTC
    number = _MONTHS.index(month) + 1
    return datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=zone)


def _as_mail_date(value: str) -> str:
    """A date as Java or JavaScript prints it, in the order of RFC 822; other dates stay as they are."""
    if not (match := _CLOCK_FIRST.match(value)) or not (year := match["early"] or match["late"]):
        return value
    zone = match["offset"] or SUMMER_AND_WINTER.get((match["zone"] or "").upper(), match["zone"]) or ""
    return f"{match['day']} {match['month']} {year} {match['clock']} {zone}".strip()


def _declared(moment: datetime, origin: Origin, has_time: bool) -> Dated | None:
    """A declared moment, unless it is what an empty field looks like (year 1, or the first second of 1970)."""
    empty = moment.year == 1970 and moment.replace(tzinfo=None) == datetime(1970, 1, 1)  # noqa: DTZ001 - as written
    if empty or not FIRST_YEAR <= moment.year <= 2100:
        return None
    return of_moment(moment, origin) if has_time else of_day(moment.year, moment.month, moment.day, origin)


def utc_text(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
