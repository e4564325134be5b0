"""A text as the learned part of the judge sees it: which runs of letters and which words it has, and how often.

Runs of three to five letters cut through Dutch compounds and inflection, so that huurdersbetrokkenheid is no stranger
to whoever knows huurders and betrokken. Each run is a number (a hash) below `BUCKETS`: no list of runs has to be kept.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.terms import WORD, fold

BITS = 17
BUCKETS = 1 << BITS
LENGTHS = (3, 4, 5)
LONGEST = 20_000
WORTH_OF_WORD = 3.0

Numbers = NDArray[np.int32]
Amounts = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Traits:
    """The numbers of all runs and words of one text, and for each the place in `words` where it stands.

    The first `len(words)` of `places` are those of the whole words themselves; the first `opening` of `words` stand
    in title and intro.
    """

    words: tuple[str, ...]
    numbers: Numbers
    places: Numbers
    opening: int

    def counted(self) -> tuple[Numbers, Amounts]:
        """Each different number, in rising order, with its weight: one and the logarithm of how often it stands.

        A whole word counts as much as three runs; what stands in title and intro counts once more.
        """
        found, _ = _different(self.numbers)
        heavy = np.zeros(len(found), np.float32)
        opening = self.places < self.opening
        word = np.arange(len(self.numbers)) < len(self.words)
        for some, worth in (
            (word, WORTH_OF_WORD),
            (~word, 1.0),
            (word & opening, WORTH_OF_WORD),
            (~word & opening, 1.0),
        ):
            numbers, times = _different(self.numbers[some])
            heavy[np.searchsorted(found, numbers)] += worth * (1.0 + np.log(times))
        return found, heavy


def traits(parts: Sequence[str]) -> Traits:
    """The traits of a text in parts, of which the last is the text and those before it its title and intro.

    Only the first 20,000 signs are read.
    """
    opening, text = "\n".join(parts[:-1])[:LONGEST], "\n".join(parts)[:LONGEST]
    words = tuple([_plain(word) for word in WORD.findall(text)])
    if not words:
        nothing = np.zeros(0, np.int32)
        return Traits((), nothing, nothing, 0)
    line = " " + " ".join(words) + " "
    signs = np.frombuffer(line.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    word_of_sign = np.cumsum(signs == ord(" "), dtype=np.int32) - 1
    numbers = [_spread(np.fromiter((zlib.crc32(word.encode("utf-8", "replace")) for word in words), np.uint64))]
    places = [np.arange(len(words), dtype=np.int32)]
    for length in LENGTHS:
        count = len(signs) - length + 1
        if count <= 0:
            continue
        run = np.full(count, length, np.uint64)
        for step in range(length):
            run = run * np.uint64(1099511628211) + signs[step : step + count]
        numbers.append(_spread(run))
        middle = word_of_sign[length // 2 : length // 2 + count]
        places.append(np.minimum(middle, len(words) - 1))
    return Traits(words, np.concatenate(numbers), np.concatenate(places), len(WORD.findall(opening)))


def _different(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Each different number, in rising order, and how often it stands there: `numpy.unique` in a third of its time."""
    ordered = np.sort(numbers)
    begins = np.ones(len(ordered) + 1, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:-1])
    starts = begins.nonzero()[0]
    return ordered.take(starts[:-1]), starts[1:] - starts[:-1]


def _plain(word: str) -> str:
    """A word without capitals and accents; every number is the same word."""
    if word.isascii():  # as nearly all are; `fold` does the same
        return "0" if word.isdigit() else word.lower()
    return "0" if word.isdigit() else fold(word)


def _spread(numbers: NDArray[np.uint64]) -> Numbers:
    """Numbers spread evenly over the buckets (a finaliser as in SplitMix64)."""
    mixed = (numbers ^ (numbers >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(64 - BITS)).astype(np.int32)
