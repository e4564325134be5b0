"""Told elsewhere: finds the story that a text tells again, among those of the last weeks.

footprint of the new text
| look up             stories that share its rarest words; at most a few, however many are stored
| compare             copies and excerpts by their runs of words, rewrites by their rare pieces of words
| look for conflicts  another day, place, year or number means another story
| the likest one
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from monitor.footprint import Closeness, Footprint, closeness, hashed

WINDOW = timedelta(days=35)
MOST_CANDIDATES = 25
LEAST_MARKS = 2
SAME_RUNS = 0.25
LEAST_RUNS = 12
LEAST_TEXT = 20
SAME_PIECES = 0.29
SAME_TITLE = 0.75
YEARS = frozenset(hashed(str(year)) for year in range(1990, 2100))


@dataclass(frozen=True, slots=True)
class Telling:
    """One item as a teller of a story: `story` is the item that stands in front of it, itself when it is that.

    `day` is when it was published or, when nobody knows, first seen.
    """

    item_id: int
    story: int
    source: str
    day: date
    footprint: Footprint


class Stories:
    """The tellings of the last weeks, indexed by their rarest words; it grows while a run goes on.

    `latest` is the highest id of an item in it.
    """

    def __init__(self, tellings: Iterable[Telling] = ()) -> None:
        self._tellings: dict[int, Telling] = {}
        self.latest = 0
        self._marked: defaultdict[int, list[int]] = defaultdict(list)
        self._of_day: defaultdict[tuple[str, date], list[int]] = defaultdict(list)
        for telling in tellings:
            self.add(telling)

    def add(self, telling: Telling) -> None:
        """Take in one more telling, in place of what was known of that item."""
        known = self._tellings.get(telling.item_id)
        self._tellings[telling.item_id] = telling
        self.latest = max(self.latest, telling.item_id)
        self._of_day[telling.source, telling.day].append(telling.item_id)
        for mark in telling.footprint.marks - (known.footprint.marks if known else frozenset()):
            self._marked[mark].append(telling.item_id)

    def drop(self, item_id: int) -> None:
        """Take out a telling."""
        telling = self._tellings.pop(item_id)
        self._of_day[telling.source, telling.day].remove(item_id)
        for mark in telling.footprint.marks:
            self._marked[mark].remove(item_id)

    def find(self, footprint: Footprint, source: str, day: date) -> list[Telling]:
        """The tellings of the same story by other sources within five weeks, the likest first."""
        others = [
            telling
            for telling in self._candidates(footprint)
            if telling.source != source and abs(telling.day - day) <= WINDOW
        ]
        judged = alikeness(footprint, [telling.footprint for telling in others])
        alike = [(likeness, telling) for likeness, telling in zip(judged, others, strict=True) if likeness]
        return [telling for _, telling in sorted(alike, key=lambda pair: -pair[0])]

    def of_day(self, source: str, day: date) -> list[int]:
        """The items of a source that were published on a day, as far as they tell a story of the last weeks."""
        return self._of_day.get((source, day), [])

    def of_source(self, source: str) -> list[int]:
        """The items of a source that tell a story of the last weeks; finding them takes a look at every source."""
        return [item_id for (name, _), of_day in self._of_day.items() if name == source for item_id in of_day]

    def _candidates(self, footprint: Footprint) -> list[Telling]:
        shared = Counter(chain.from_iterable(self._marked.get(mark, ()) for mark in footprint.marks))
        likely = shared.most_common(MOST_CANDIDATES)
        return [self._tellings[item_id] for item_id, marks in likely if marks >= LEAST_MARKS]


def alikeness(one: Footprint, others: Sequence[Footprint]) -> list[float]:
    """How much a text and each of these others are the same story, 0 when they are not."""
    close = closeness(one, others)
    return [_alikeness(one, other, how) for other, how in zip(others, close, strict=True)]


def _alikeness(one: Footprint, other: Footprint, how: Closeness) -> float:
    if how.share >= SAME_RUNS and how.rests_on >= LEAST_RUNS:
        return 0.0 if _conflict(one, other) else max(how.share, how.likeness)
    if how.likeness < SAME_PIECES or min(one.size, other.size) < LEAST_TEXT:
        return 0.0
    return 0.0 if _conflict(one, other) or _strangers(one, other) else how.likeness


def _conflict(one: Footprint, other: Footprint) -> bool:
    """Whether two texts that look alike tell of another day, another place, or other facts under one title."""
    if one.days and other.days and not one.days & other.days:
        return True
    if _strange(one.named & YEARS, other.named & YEARS, one, other):
        return True
    if one.meeting and other.meeting:
        if one.meeting[0] not in other.mentioned and other.meeting[0] not in one.mentioned:
            return True
        if _strange(frozenset(one.meeting[1:]), frozenset(other.meeting[1:]), one, other):
            return True
    return _same_title(one, other) and bool(one.named - other.mentioned) and bool(other.named - one.mentioned)


def _strange(mine: frozenset[int], theirs: frozenset[int], one: Footprint, other: Footprint) -> bool:
    """Whether each text names facts of a sort (its years, the words of its place) of which the other says nothing."""
    return bool(mine and theirs) and not mine & other.mentioned and not theirs & one.mentioned


def _strangers(one: Footprint, other: Footprint) -> bool:
    """Whether neither text mentions anything that the other names in its title or intro."""
    return bool(one.named and other.named) and not (one.named & other.mentioned or other.named & one.mentioned)


def _same_title(one: Footprint, other: Footprint) -> bool:
    together = len(one.title | other.title)
    return bool(together) and len(one.title & other.title) / together >= SAME_TITLE
