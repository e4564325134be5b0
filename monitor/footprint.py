"""The footprint of a text: what is kept of it to tell whether another text tells the same story.

marks     its rarest words, under which a story is looked up
runs      a bottom sketch of its runs of three words: copies and excerpts share them (MinHash)
grams     the pieces of four letters of its beginning: rewrites share the rare ones
facts     what its title and intro name: numbers, names, the day and place of a meeting
"""

from __future__ import annotations

import math
import re
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from zlib import crc32

from monitor.calendar_words import MONTH_NUMBERS
from monitor.event_date import Meeting, find_meeting

# NumPy takes a fifth of a second to import, and the desk knows footprints but compares none.
if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

Numbers: TypeAlias = "NDArray[numpy.uint32]"
Weights: TypeAlias = "NDArray[numpy.float64]"

MOST_MARKS = 24
LEAD = 60
BEGINNING = 120
MOST_WORDS = 3000
MOST_RUNS = 256
BUCKETS = 2**13
GRAM = 4
MOST_TIMES = 15
LISTS = 8
SIZES = struct.Struct(f"<{LISTS}I")
RUN = 3
LONGEST_STEM = 7
WORD = re.compile(r"\w+(?:[.,]\d+)*")
# What begins with a capital or a digit is looked for by that sign, then by what stands before it: many times quicker.
NAME = re.compile(r"[A-Z](?<![.!?:\n] [A-Z])(?<!^[A-Z])(?<![\w\n][A-Z])[\w'’-]{2,}")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
DAY = re.compile(rf"(\d(?<!\w\d)\d?) ({'|'.join(MONTH_NUMBERS)})\b", re.IGNORECASE)
YEAR = re.compile(r"20\d\d(?<!\w\d{4})\b")
CREDIT = re.compile(r"\b(?:bron|overgenomen van|dit bericht verscheen eerder (?:bij|op))\s*:?\s+([^\n]{2,80})", re.I)


@dataclass(frozen=True)
class Footprint:
    """What is kept of a text; sets of 32-bit hashes, never the text itself.

    It is held as the bytes that are stored, for a run compares with thousands: eight counts, as many lists of numbers
    (unsigned, four bytes, little end first), and whom the text names as its source.
    """

    content: bytes

    @property
    def marks(self) -> frozenset[int]:
        """The hashes of its rarest words."""
        return self._set(0)

    @property
    def runs(self) -> tuple[int, ...]:
        """The sketch of its runs of words, the smallest hashes first."""
        return tuple(self._list(1).tolist())

    @property
    def size(self) -> int:
        """How many runs of words the sketch holds."""
        return self._sizes[1]

    @property
    def named(self) -> frozenset[int]:
        """The facts of title and intro."""
        return self._set(3)

    @property
    def mentioned(self) -> frozenset[int]:
        """The facts of the whole text, and all its words."""
        return self._set(4)

    @property
    def title(self) -> frozenset[int]:
        """The words of the title without names and numbers."""
        return self._set(5)

    @property
    def days(self) -> frozenset[int]:
        """The days and years that the title names."""
        return self._set(6)

    @property
    def meeting(self) -> tuple[int, ...]:
        """The day of a meeting that title or intro name and the words of its place, or empty."""
        return tuple(self._list(7).tolist())

    @property
    def credit(self) -> str:
        """Whom the text names as its source, in lower case, or ""."""
        return self.content[4 * (LISTS + sum(self._sizes)) :].decode()

    @property
    def _sizes(self) -> tuple[int, ...]:
        return SIZES.unpack_from(self.content)

    def _list(self, number: int) -> Numbers:
        import numpy

        sizes = self._sizes
        return numpy.frombuffer(self.content, "<u4", sizes[number], 4 * (LISTS + sum(sizes[:number])))

    def _set(self, number: int) -> frozenset[int]:
        return frozenset(self._list(number).tolist())


class Closeness(NamedTuple):
    """How close one text is to another.

    `share` is the share of the shorter text's runs that the other holds too, and `rests_on` how many runs that rests
    on. `likeness` (0..1) is the cosine of the weights of their pieces: a piece weighs more the rarer it is, and a
    little more the more often it stands there.
    """

    share: float
    rests_on: int
    likeness: float


def closeness(one: Footprint, others: Sequence[Footprint]) -> list[Closeness]:
    """How close a text is to each of these others; all at once, for single comparisons cost as much as twenty."""
    if not others:
        return []
    runs, pieces = _in_a_row(others)
    return list(map(Closeness, *_shared(one._list(1), *runs), _likeness(one._list(2), *pieces)))


def _in_a_row(footprints: Sequence[Footprint]) -> tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers]]:
    """The runs of all these texts in a row, and how many each has; and so their pieces."""
    import numpy

    runs, pieces, sizes = [], [], []
    for one in footprints:
        before, of_runs, of_pieces, *_ = one._sizes
        start = 4 * (LISTS + before)
        middle = start + 4 * of_runs
        runs.append(one.content[start:middle])
        pieces.append(one.content[middle : middle + 4 * of_pieces])
        sizes.append((of_runs, of_pieces))
    many = numpy.array(sizes)
    all_runs, all_pieces = (numpy.frombuffer(b"".join(each), "<u4") for each in (runs, pieces))
    return (all_runs, many[:, 0]), (all_pieces, many[:, 1])


def _shared(mine: Numbers, runs: Numbers, sizes: Numbers) -> tuple[list[float], list[int]]:
    import numpy

    if not (mine.size and runs.size):
        return [0.0] * len(sizes), [0] * len(sizes)
    last = runs.take(sizes.cumsum() - 1, mode="clip")
    edges = numpy.minimum(numpy.where(sizes >= MOST_RUNS, last, 2**32 - 1), _edge(mine))
    within = runs <= edges.repeat(sizes)
    same = mine.take(mine.searchsorted(runs), mode="clip") == runs  # both are sorted, and hold nothing twice
    fewest = numpy.minimum(mine.searchsorted(edges, "right"), _sums(within, sizes))
    both = _sums(within & same, sizes)
    return (both / numpy.maximum(fewest, 1)).tolist(), fewest.tolist()


def _likeness(mine: Numbers, pieces: Numbers, sizes: Numbers) -> list[float]:
    import numpy

    mine_weigh, weights = (weights_of_pieces().take(some, mode="clip") for some in (mine, pieces))
    dense = numpy.zeros(BUCKETS)
    dense[mine // (MOST_TIMES + 1)] = mine_weigh
    products = _sums(dense.take(pieces // (MOST_TIMES + 1), mode="clip") * weights, sizes)
    squares = _sums(weights * weights, sizes) * float(mine_weigh @ mine_weigh)
    likeness: list[float] = (products / numpy.sqrt(numpy.where(squares, squares, 1.0))).tolist()
    return likeness


def _sums(values: NDArray[Any], sizes: Numbers) -> NDArray[Any]:
    """The sums of lists that stand in a row, of these sizes."""
    import numpy

    sums = numpy.add.reduceat(numpy.append(values, 0), sizes.cumsum() - sizes)
    return numpy.where(sizes, sums, 0)  # for an empty list `reduceat` gives the number behind it


def footprint(title: str, intro: str, text: str, published: date | None = None) -> Footprint:
    """Take the footprint of a text; `published` helps to find the year of a meeting."""
    body = text if intro and text.lstrip().startswith(intro.strip()) else f"{intro}\n{text}"
    whole = f"{title}\n{body}"
    words = WORD.findall(whole.casefold())[:MOST_WORDS]
    head = f"{title}\n{intro}"
    runs = sorted(_hashes(map(" ".join, zip(*(words[n:] for n in range(RUN)), strict=False))))
    grams = _grams([*WORD.findall(title.casefold()), *words[:BEGINNING]])
    lists = (
        sorted(_marks(words)),
        runs[:MOST_RUNS],
        [gram * (MOST_TIMES + 1) + (times if times < MOST_TIMES else MOST_TIMES) for gram, times in grams.items()],
        sorted(_facts(head)),
        sorted(_facts(whole) | _hashes(words)),
        sorted({hashed(_stem(word)) for word in WORD.findall(NUMBER.sub(" ", NAME.sub(" ", title)).casefold())}),
        sorted(_days(title)),
        _meeting(find_meeting(whole, published), _days(head)),
    )
    return _packed(lists, credit[1].casefold() if (credit := CREDIT.search(text)) else "")


def hashed(text: str) -> int:
    """A 32-bit hash that is the same in every process."""
    return crc32(text.encode())


def _hashes(texts: Iterable[str]) -> set[int]:
    return set(map(crc32, map(str.encode, texts)))


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


@cache
def weights_of_pieces() -> Weights:
    """What each piece of four letters weighs that stands there so many times; by the number that is stored of both."""
    import numpy

    tells = numpy.array((0.0, *(1 + math.log(times) for times in range(1, MOST_TIMES + 1))))
    return numpy.outer(rarity(), tells).ravel()


def _edge(runs: Numbers) -> int:
    """Up to which hash a sketch holds all runs of its text."""
    return int(runs[-1]) if runs.size >= MOST_RUNS else 2**32 - 1


def _stem(word: str) -> str:
    return word[:LONGEST_STEM]


def _marks(words: list[str]) -> frozenset[int]:
    """The rarest words of the lead and of the whole, so that a lead alone finds its story."""
    chosen: set[int] = set()
    for part in (words[:LEAD], words):
        stems = {word[:LONGEST_STEM] for word in part if len(word) > 3 or word.isdigit()}
        ranked = sorted([(-_rareness(stem), stem) for stem in stems])
        chosen.update(hashed(stem) for _, stem in ranked[:MOST_MARKS])
    return frozenset(chosen)


def _grams(words: Iterable[str]) -> Counter[int]:
    return Counter(chain.from_iterable(map(_pieces, words)))


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


def _packed(lists: Sequence[Sequence[int]], credit: str) -> Footprint:
    numbers = [len(one) for one in lists]
    for one in lists:
        numbers.extend(one)
    return Footprint(struct.pack(f"<{len(numbers)}I", *numbers) + credit.encode())
