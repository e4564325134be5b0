"""The footprint of a text: what is kept of it to tell whether another text tells the same story.

marks     its rarest words, under which a story is looked up
runs      a bottom sketch of its runs of three words: copies and excerpts share them (MinHash)
grams     the pieces of four letters of its beginning: rewrites share the rare ones
facts     what its title and intro name: numbers, names, the day and place of a meeting
"""

from __future__ import annotations

import math
import re
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from importlib import resources
from zlib import crc32

from monitor.calendar_words import MONTH_NUMBERS
from monitor.event_date import Meeting, find_meeting

MOST_MARKS = 24
LEAD = 60
BEGINNING = 120
MOST_WORDS = 3000
MOST_RUNS = 256
BUCKETS = 2**13
GRAM = 4
MOST_TIMES = 15
TELLS = (0.0, *(1 + math.log(times) for times in range(1, MOST_TIMES + 1)))
RUN = 3
LONGEST_STEM = 7
WORD = re.compile(r"\w+(?:[.,]\d+)*")
NAME = re.compile(r"(?<![.!?:\n] )(?<!^)(?<!\n)\b[A-Z][\w'’-]{2,}")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
DAY = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTH_NUMBERS)})\b", re.IGNORECASE)
YEAR = re.compile(r"\b20\d\d\b")
CREDIT = re.compile(r"\b(?:bron|overgenomen van|dit bericht verscheen eerder (?:bij|op))\s*:?\s+([^\n]{2,80})", re.I)


@dataclass(frozen=True)
class Footprint:
    """What is kept of a text; sets of 32-bit hashes, never the text itself.

    `named` are the facts of title and intro, `mentioned` those of the whole text and all its words.
    `title` are the words of the title without names and numbers, `days` the days and years it names.
    `meeting` is the day of a meeting that title or intro name and the words of its place, or empty.
    `credit` is whom the text names as its source, in lower case, or "".
    """

    marks: frozenset[int]
    runs: tuple[int, ...]
    grams: Mapping[int, int]
    named: frozenset[int]
    mentioned: frozenset[int]
    title: frozenset[int]
    days: frozenset[int] = frozenset()
    meeting: tuple[int, ...] = ()
    credit: str = ""

    def to_bytes(self) -> bytes:
        """The footprint as bytes, for storing."""
        grams = [gram * (MOST_TIMES + 1) + times for gram, times in self.grams.items()]
        sets = (self.marks, self.runs, grams, self.named, self.mentioned, self.title, self.days, self.meeting)
        return _packed(sets, self.credit)

    @classmethod
    def from_bytes(cls, content: bytes) -> Footprint:
        """The footprint that `to_bytes` made bytes of."""
        (marks, runs, grams, named, mentioned, title, days, meeting), credit = _unpacked(content, 8)
        return cls(
            marks=frozenset(marks),
            runs=runs,
            grams=dict(divmod(gram, MOST_TIMES + 1) for gram in grams),
            named=frozenset(named),
            mentioned=frozenset(mentioned),
            title=frozenset(title),
            days=frozenset(days),
            meeting=meeting,
            credit=credit,
        )

    @cached_property
    def length(self) -> float:
        """The length of the vector of its pieces, each by its weight; see `likeness`."""
        rare = rarity()
        return math.sqrt(sum((TELLS[times] * rare[gram]) ** 2 for gram, times in self.grams.items())) or 1.0

    def likeness(self, other: Footprint) -> float:
        """How alike two texts are in their rare pieces: the cosine of their weights, 0..1.

        A piece weighs more the rarer it is, and a little more the more often it stands there.
        """
        mine, theirs, rare = self.grams, other.grams, rarity()
        both = mine.keys() & theirs.keys()
        alike = sum(TELLS[mine[gram]] * TELLS[theirs[gram]] * rare[gram] ** 2 for gram in both)
        return alike / (self.length * other.length)

    def shared(self, other: Footprint) -> tuple[float, int]:
        """The share of the shorter text's runs that the other holds too, and how many runs that rests on."""
        edge = min(_edge(self.runs), _edge(other.runs))
        mine = {run for run in self.runs if run <= edge}
        theirs = {run for run in other.runs if run <= edge}
        fewest = min(len(mine), len(theirs))
        return (len(mine & theirs) / fewest if fewest else 0.0), fewest


def footprint(title: str, intro: str, text: str, published: date | None = None) -> Footprint:
    """Take the footprint of a text; `published` helps to find the year of a meeting."""
    body = text if intro and text.lstrip().startswith(intro.strip()) else f"{intro}\n{text}"
    whole = f"{title}\n{body}"
    words = WORD.findall(whole.casefold())[:MOST_WORDS]
    head = f"{title}\n{intro}"
    return Footprint(
        marks=_marks(words),
        runs=tuple(sorted({hashed(" ".join(run)) for run in zip(*(words[n:] for n in range(RUN)), strict=False)}))[
            :MOST_RUNS
        ],
        grams=_grams([*WORD.findall(title.casefold()), *words[:BEGINNING]]),
        named=_facts(head),
        mentioned=_facts(whole) | {hashed(word) for word in words},
        title=frozenset(hashed(_stem(word)) for word in WORD.findall(NUMBER.sub(" ", NAME.sub(" ", title)).casefold())),
        days=frozenset(_days(title)),
        meeting=_meeting(find_meeting(whole, published), _days(head)),
        credit=credit[1].casefold() if (credit := CREDIT.search(text)) else "",
    )


def hashed(text: str) -> int:
    """A 32-bit hash that is the same in every process."""
    return crc32(text.encode())


def background(texts: Iterable[str]) -> bytes:
    """Count in how many of a set of texts each piece of four letters occurs: one byte per bucket, at most 255."""
    seen: Counter[int] = Counter()
    for text in texts:
        seen.update(_grams(WORD.findall(text.casefold())).keys())
    return bytes(min(seen[bucket], 255) for bucket in range(BUCKETS))


@cache
def rarity() -> tuple[float, ...]:
    """How rare each piece of four letters is in Dutch about housing: the logarithm of one over its share of texts.

    Read from `background.txt`, which is made of the labelled items by `background`.
    """
    size, counts = resources.files("monitor").joinpath("background.txt").read_text().split(maxsplit=1)
    texts = int(size)
    return tuple(math.log((texts + 1) / (count + 1)) for count in bytes.fromhex(counts))


def _edge(runs: tuple[int, ...]) -> int:
    """Up to which hash a sketch holds all runs of its text."""
    return runs[-1] if len(runs) >= MOST_RUNS else 2**32


def _stem(word: str) -> str:
    return word[:LONGEST_STEM]


def _marks(words: list[str]) -> frozenset[int]:
    """The rarest words of the lead and of the whole, so that a lead alone finds its story."""
    chosen: set[int] = set()
    for part in (words[:LEAD], words):
        stems = {_stem(word) for word in part if len(word) > 3 or word.isdigit()}
        ranked = sorted(stems, key=lambda stem: (-_rareness(stem), stem))
        chosen.update(hashed(stem) for stem in ranked[:MOST_MARKS])
    return frozenset(chosen)


def _grams(words: Iterable[str]) -> dict[int, int]:
    counted: defaultdict[int, int] = defaultdict(int)
    for word in words:
        for gram in _pieces(word):
            counted[gram] += 1
    return {gram: min(times, MOST_TIMES) for gram, times in counted.items()}


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[int, ...]:
    padded = f"_{word}_"
    starts = range(max(1, len(padded) - GRAM + 1))
    return tuple(hashed(padded[start : start + GRAM]) % BUCKETS for start in starts)


@lru_cache(maxsize=20_000)
def _rareness(word: str) -> float:
    pieces = _pieces(word)
    return sum(rarity()[gram] for gram in pieces) / math.sqrt(len(pieces))


def _facts(text: str) -> frozenset[int]:
    """Names in the middle of a sentence, numbers, and days with their month."""
    names = {hashed(name.casefold()) for name in NAME.findall(text)}
    return frozenset(_days(text) | names | {hashed(number) for number in NUMBER.findall(DAY.sub(" ", text))})


def _days(text: str) -> set[int]:
    """Days with their month, and years."""
    days = {hashed(_day(int(day), MONTH_NUMBERS[month.lower()])) for day, month in DAY.findall(text)}
    return days | {hashed(year) for year in YEAR.findall(text)}


def _day(day: int, month: int) -> str:
    return f"{day:02}-{month:02}"


def _meeting(meeting: Meeting | None, named: set[int]) -> tuple[int, ...]:
    if meeting is None or (day := hashed(_day(meeting.day.day, meeting.day.month))) not in named:
        return ()
    place = [word for word in WORD.findall(meeting.place) if word[0].isupper()]
    return (day, *(hashed(word.casefold()) for word in place))


def _packed(parts: Sequence[Iterable[int]], credit: str) -> bytes:
    lists = [list(part) for part in parts]
    numbers = array("I", [len(one) for one in lists])
    for one in lists:
        numbers.extend(one)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes() + credit.encode()


def _unpacked(content: bytes, parts: int) -> tuple[list[tuple[int, ...]], str]:
    head = _numbers(content[: 4 * parts])
    start = 4 * parts
    lists = []
    for size in head:
        lists.append(_numbers(content[start : start + 4 * size]))
        start += 4 * size
    return lists, content[start:].decode()


def _numbers(content: bytes) -> tuple[int, ...]:
    numbers = array("I")
    numbers.frombytes(content)
    if sys.byteorder == "big":
        numbers.byteswap()
    return tuple(numbers)
