"""When and where an announced meeting is, and until when one can sign up: read from plain Dutch text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice

from monitor.event_place import CLOCK, find_place, sentence_at
from monitor.named_day import NamedDay, named_days

DEADLINE = re.compile(r"(?:uiterlijk|tot(?: en met)?|t/m|vóór|voor|sluit(?:ing)?(?: op)?)\s+(?:op\s+)?$", re.IGNORECASE)
LOOSELY = re.compile(r"\bvoor\s+(?:op\s+)?$", re.IGNORECASE)
EXCLUSIVE = re.compile(r"\b(?:vóór|voor|tot)\s+(?:op\s+)?$", re.IGNORECASE)
SIGNING_UP = re.compile(
    r"aan(?:ge)?meld|meld\b|meldt\b|inschrij|schrijf\b|opgeven|opgave|geef\b|reserver|reageer|reageren|registre"
    r"|laat\b|deadline|\bboek|te koop|kaarten|tickets?\b|bestel",
    re.IGNORECASE,
)
# A day from or until which something holds, and what happens on a day without anybody being asked to come.
SPAN = re.compile(r"\b(?:vanaf|per|sinds|tot|uiterlijk|voor|vóór|na)\s+$", re.IGNORECASE)
HAPPENS = re.compile(
    r"\b(?:gaat in|gaan in op|ingaa[nt]|ingang|treedt|treden|van kracht|verschijn\w*|verhuis\w*|geldt|gelden"
    r"|slo(?:op|pen)|aannemer|bouwt?|aanleg|oplevering|reageren|uitslag|stemming|huurverhoging)\b",
    re.IGNORECASE,
)
WHEN = re.compile(r"\b(?:datum|wanneer|data)(?: en tijd)? ?: ?$", re.IGNORECASE)
IS_ON = re.compile(
    r"\b(?:is|zijn|plaats|organise\w+|houdt|houden|komt|komen|nodig\w*)\b(?:\W+\w+){0,3}?\W+op $", re.IGNORECASE
)
MOST_DAYS = 200  # a text with more is a calendar
FURTHEST = timedelta(days=400)
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

    The first line of the text is taken for its heading.
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
    for named in named_days(text, published):
        if published is None or timedelta(0) < named.day - published <= FURTHEST:
            yield _Mention(named.day, named.start, named.end, _clues(text, named))


def _clues(text: str, named: NamedDay) -> int:
    """How much says that one can go there that day."""
    before = _before(text, named.start)
    begin, close = sentence_at(text, named.start, named.end)
    in_heading = "\n" not in text[: named.start]
    timed = CLOCK.search(text, begin, min(close + NEAR, len(text)))
    clues = 2 * bool(WHEN.search(before)) + 2 * bool(timed) + bool(IS_ON.search(before)) + in_heading
    clues += named.with_weekday
    return clues - (3 if SPAN.search(before) or HAPPENS.search(text, begin, close) else 0)


def _is_deadline(text: str, mention: _Mention) -> bool:
    """Whether a day is the last one to sign up: "uiterlijk" before it, and signing up named in the same sentence."""
    if not DEADLINE.search(_before(text, mention.start)):
        return False
    begin, end = sentence_at(text, mention.start, mention.end)
    return bool(SIGNING_UP.search(text, begin, end))
