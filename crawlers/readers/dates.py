"""Dates as publishers write them for people, in Dutch and English, and dates in an address.

Every date keeps its precision and its origin. Times without a zone are taken as Europe/Amsterdam; `day` is always
the day in Amsterdam. What is no date of publication (a range, "laatst bijgewerkt", a deadline) is refused, never
guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from crawlers.publication import Dated, Origin, Precision

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FIRST_YEAR = 1950
YEARS_AHEAD = 2
LONGEST_TEXT = 2000
# A day to read by where today is not known: years of two digits then turn at 70, as in POSIX.
UNKNOWN_DAY = date(2067, 1, 1)

_MONTH_STEMS = (
    r"jan(?:uari|uary)?", r"feb(?:ruari|ruary|r)?", r"(?:maart|mrt|march|mar)", r"apr(?:il)?", r"(?:mei|may)",
    r"jun(?:i|e)?", r"jul(?:i|y)?", r"aug(?:ustus|ust)?", r"sept?(?:ember)?", r"(?:okt|oct)(?:ober)?",
    r"nov(?:ember)?", r"dec(?:ember)?",
)  # fmt: skip
_MONTH_NUMBERS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "maa mrt mar", "apr", "mei may", "jun", "jul", "aug", "sep", "okt oct", "nov", "dec"), 1
    )
    for name in names.split()
}
_MONTH = rf"(?P<month>{'|'.join(_MONTH_STEMS)})\b\.?"
# Parts of a date that a page only sets apart by its layout: "3nov2026".
_MONTH_OR_GLUED = rf"(?P<month>{'|'.join(_MONTH_STEMS)})(?:\b|(?=(?:19|20)\d\d(?!\d)))\.?"
_CLOCK = (
    r"(?:\s*(?:,|\||-|–|·|om|at|@|T)?\s*(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?::[0-5]\d(?:\.\d+)?)?"
    r"(?![\d.:-]\d)(?:\s*(?P<half>[ap])\.?m\b\.?)?(?:\s*uur)?)?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
# Two digits behind a month are no year when they are an hour: "8 dec, 19.30 uur", "8 dec 20-22 uur".
_HOUR = r"(?:[:.]\d\d|\s*(?:[-–]|tot)\s*\d\d?(?:[:.]\d\d)?)?\s*(?:u\b|uur\b|h\b)|[:.][0-5]\d(?!\d|[.:]\d)"
_SHORT_YEAR = rf"(?P<year>(?:19|20)\d\d|'\d\d|\d\d(?!{_HOUR}))(?![\d%])"

_ISO = re.compile(
    r"(?<![\d./-])(?P<year>(?:19|20)\d\d)(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?![\d])"
    r"(?:[T ]\s*(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?)?",
    re.I,
)
_DAY_MONTH = re.compile(
    rf"(?<![\d:/.-])(?P<day>\d{{1,2}})(?:e|ste|de|st|nd|rd|th|\.)?(?:\s+of)?[\s-]*{_MONTH_OR_GLUED},?[\s-]*{_SHORT_YEAR}{_CLOCK}",
    re.I,
)
_MONTH_DAY = re.compile(rf"\b{_MONTH}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+){_YEAR}{_CLOCK}", re.I)
_NUMERIC = re.compile(
    r"(?<![\d/.:,-])(?P<day>\d{1,2})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<year>(?:19|20)\d\d|\d\d)(?![\d/%-]|\.\d)"
    rf"{_CLOCK}",
    re.I,
)
_MONTH_YEAR = re.compile(rf"(?<!\d\s)(?<!\d)\b{_MONTH},?[\s-]+{_YEAR}", re.I)
_QUARTER = re.compile(
    r"(?:\beditie[\s-]*(?P<a>[1-4])[\s,/|–-]+|\bedities/(?P<b>[1-4])-|\bQ(?P<c>[1-4])[\s-]+|\b(?P<d>[1-4])e\s+kwartaal\s+)"
    rf"{_YEAR}",
    re.I,
)

_WEEKDAY = (
    r"(?:(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|ma|di|wo|do|vr|za|zo|mon|tue|wed|thu|fri|sat|sun)[.,]?"
)
_REFUSED_BEFORE = re.compile(
    r"(?:\b(?:bijgewerkt|gewijzigd|aangepast|bewerkt|geactualiseerd|herzien|updated|modified|revised|edited"
    r"|laatste (?:update|wijziging)|last update)\b"
    r"[\s:]*(?:(?:op|on)\b[\s:]*)?"
    r"|\blooptijd\b[^.\n]{0,40}"
    r"|\b(?:tot|t/m|tot en met|uiterlijk|vóór|voor|vanaf|sinds|per|until|since|before|from|deadline:?|sluitingsdatum:?)"
    r"|\b(?:versie|version|v\.|artikel|art\.|paragraaf|§|tel\.?|telefoon)"
    r"|©)"
    rf"\s*(?:(?:het|de)\s+)?(?:{_WEEKDAY}\s*)?$",
    re.I,
)
_RANGE_AFTER = re.compile(
    rf"^\s*(?:-|–|—|t/m|tot en met|tot|to|until|through)\s*(?:{_WEEKDAY}\s*)?"
    rf"(?:\d{{1,2}}\s*(?:[-/.]\s*\d{{1,2}}\s*[-/.]|(?:{'|'.join(_MONTH_STEMS)})\b)|(?:{'|'.join(_MONTH_STEMS)})\.?\s+\d|heden|nu\b|now\b)",
    re.I,
)
_RANGE_BEFORE = re.compile(
    r"(?:(?:\b\d{1,2}|\d{4}|\b(?:" + "|".join(_MONTH_STEMS) + r"))\.?\s*(?:-|–|—|t/m|tot en met|tot|through)"
    rf"|\b\d{{1,2}}\s*(?:en|and|&))\s*(?:{_WEEKDAY}\s*)?$",
    re.I,
)
ANNOUNCED = re.compile(
    r"^\W*(?:(?:ge(?:plaatst|publiceerd|post|schreven)|publicatiedatum|publicatie|verschenen|posted|published|datum)\b)",
    re.I,
)
_LEADS_UP = re.compile(rf"\b(?:op|in|van|na|rond|om|bij|uit|on|of|at|am|vom|le)\s*(?:{_WEEKDAY}\s*)?$", re.I)
_WORD = re.compile(r"[^\W\d_]{2,}")
WORDS_BESIDE = 8
_NUMERIC_ORDER = re.compile(r"(?<![\d/.-])(\d{1,2})/(\d{1,2})/(?:19|20)?\d\d(?![\d/])")
_ADDRESS_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([/_-])(\d{1,2})\2(\d{1,2})(?!\d)")
_ADDRESS_COMPACT = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_ADDRESS_MONTH = re.compile(r"/((?:19|20)\d\d)/(0?[1-9]|1[0-2])(?=/|$)")


@dataclass(frozen=True)
class _Found:
    """A date in a text, before it is known to be one that counts."""

    start: int
    end: int
    dated: Dated


def find_date(text: str, origin: Origin, today: date, month_first: bool = False) -> Dated | None:
    """Find the date a text gives for itself, the most exact and then the first one; None when it gives none.

    Ranges, "laatst bijgewerkt", deadlines, impossible dates and dates more than two years ahead are refused.
    `month_first` reads 05/24/2023 and 05/04/2023 the American way. Only the first two thousand characters count.
    """
    text = text[:LONGEST_TEXT]
    if not any(mark.isdigit() for mark in text):
        return None
    good = [found for found in _all_dates(text, origin, today, month_first) if _counts(text, found)]
    return min(good, key=_rank).dated if good else None


def date_of_line(text: str, origin: Origin, today: date) -> Dated | None:
    """Find the date that a line is about ("Door Noor Smit | 24 mei 2023"); None when it only stands in a sentence.

    A sentence has many words beside its date, or leads up to it ("op 24 mei 2023 kwamen zij bijeen").
    """
    announced = bool(ANNOUNCED.search(text))
    good = [
        found
        for found in _all_dates(text, origin, today, month_first=False)
        if _counts(text, found) and (announced or _is_all(text, found))
    ]
    return min(good, key=_rank).dated if good else None


def _is_all(text: str, found: _Found) -> bool:
    before, after = text[: found.start], text[found.end :]
    return len(_WORD.findall(before + after)) <= WORDS_BESIDE and not _LEADS_UP.search(before)


def writes_month_first(text: str, language: str = "") -> bool:
    """Tell whether a page writes 05/24/2023: some slashed dates can only be read so, or its language is American."""
    pairs = [(int(a), int(b)) for a, b in _NUMERIC_ORDER.findall(text)]
    if any(b <= 12 < a <= 31 for a, b in pairs):
        return False
    return language.lower() == "en-us" or any(a <= 12 < b <= 31 for a, b in pairs)


def date_in_address(address: str, today: date) -> Dated | None:
    """Find a date in the path of an address: /2023/05/24/, /2023-05-24-, /20230524, /2023/05/, /editie-2-2024/."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return None
    found: Dated | None = None
    if match := _ADDRESS_DAY.search(path):
        found = of_day(int(match[1]), int(match[3]), int(match[4]), Origin.ADDRESS)
    elif match := _ADDRESS_COMPACT.search(path):
        found = of_day(int(match[1]), int(match[2]), int(match[3]), Origin.ADDRESS)
    elif match := _ADDRESS_MONTH.search(path):
        found = of_month(int(match[1]), int(match[2]), Origin.ADDRESS)
    elif match := _QUARTER.search(path.replace("_", "-")):
        found = _quarter(match, Origin.ADDRESS)
    return found if found and found.day <= today + timedelta(days=1) else None


def of_moment(moment: datetime, origin: Origin) -> Dated:
    """A date known to the minute; a moment without a zone is one in Amsterdam."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)
    try:
        day = aware.astimezone(AMSTERDAM).date()
    except (OverflowError, ValueError):
        day = aware.date()
    return Dated(day=day, precision=Precision.TIME, origin=origin, moment=aware)


def _all_dates(text: str, origin: Origin, today: date, month_first: bool) -> Iterator[_Found]:
    """Every possible date in a text; a month inside a whole date is not given again."""
    taken: list[tuple[int, int]] = []
    for pattern in (_ISO, _DAY_MONTH, _MONTH_DAY, _NUMERIC, _QUARTER, _MONTH_YEAR):
        for match in pattern.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            if pattern is _QUARTER:
                dated = _quarter(match, origin)
            elif pattern is _MONTH_YEAR:
                dated = of_month(int(match["year"]), _month_number(match["month"]), origin)
            else:
                dated = _from_match(match, origin, today, month_first and pattern is _NUMERIC)
            if dated and FIRST_YEAR <= dated.day.year <= today.year + YEARS_AHEAD:
                yield _Found(match.start(), match.end(), dated)


def _counts(text: str, found: _Found) -> bool:
    """Whether the words around a date leave it a date of its own: no range, no change date, no deadline."""
    before = text[max(0, found.start - 60) : found.start]
    after = text[found.end : found.end + 40]
    return not (_REFUSED_BEFORE.search(before) or _RANGE_AFTER.match(after) or _RANGE_BEFORE.search(before))


def _rank(found: _Found) -> tuple[int, int]:
    coarse = {Precision.TIME: 0, Precision.DAY: 0, Precision.MONTH: 1, Precision.QUARTER: 1, Precision.YEAR: 2}
    return coarse[found.dated.precision], found.start


def _from_match(match: re.Match[str], origin: Origin, today: date, month_first: bool) -> Dated | None:
    parts = match.groupdict()
    year = _full_year(parts["year"], today)
    month = int(parts["month"]) if parts["month"].isdigit() else _month_number(parts["month"])
    day = int(parts["day"])
    slashed = parts.get("sep") == "/" and match.re is _NUMERIC
    if month_first or (slashed and month > 12 >= day):
        month, day = day, month
    dated = of_day(year, month, day, origin)
    if dated is None or not parts.get("hour"):
        return dated
    hour = int(parts["hour"])
    if half := (parts.get("half") or "").lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    moment = datetime(year, month, day, hour, int(parts["minute"]), int(parts.get("second") or 0), tzinfo=AMSTERDAM)
    if zone := parts.get("zone"):
        moment = moment.replace(tzinfo=_zone(zone))
    return of_moment(moment, origin)


def _zone(text: str) -> ZoneInfo | None:
    """The zone of an ISO time, as `datetime` itself reads it."""
    offset = "+00:00" if text.upper() in {"Z", "UTC"} else text
    try:
        return datetime.fromisoformat(f"2000-01-01T00:00:00{offset}").tzinfo  # type: ignore[return-value]
    except ValueError:
        return AMSTERDAM


def _full_year(text: str, today: date) -> int:
    """A year of two digits lies at most two years ahead, else in the century before."""
    digits = text.lstrip("'")
    if len(digits) == 4:
        return int(digits)
    year = today.year // 100 * 100 + int(digits)
    return year if year <= today.year + YEARS_AHEAD else year - 100


def _month_number(name: str) -> int:
    return _MONTH_NUMBERS[name.lower()[:3]]


def of_day(year: int, month: int, day: int, origin: Origin) -> Dated | None:
    """A date known to the day; None when there is no such day."""
    try:
        return Dated(day=date(year, month, day), precision=Precision.DAY, origin=origin)
    except ValueError:
        return None


def of_month(year: int, month: int, origin: Origin) -> Dated | None:
    """A date known to the month; None when there is no such month."""
    if not 1 <= month <= 12:
        return None
    return Dated(day=date(year, month, 1), precision=Precision.MONTH, origin=origin)


def _quarter(match: re.Match[str], origin: Origin) -> Dated | None:
    number = int(next(match[name] for name in "abcd" if match[name]))
    day = date(int(match["year"]), number * 3 - 2, 1)
    return Dated(day=day, precision=Precision.QUARTER, origin=origin)
