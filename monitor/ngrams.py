"""Texts as the learned part of the judge sees them: which runs of letters and which words they have, and how often.

Runs of three to five letters cut through Dutch compounds and inflection, so that huurdersbetrokkenheid is no stranger
to whoever knows huurders and betrokken. Each run is a number (a hash) below `BUCKETS`: no list of runs has to be kept.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.terms import WORD, fold

BITS = 17
BUCKETS = 1 << BITS
LENGTHS = (3, 4, 5)
LONGEST = 20_000
HANDFUL = 6_000  # signs
WORTH_OF_WORD = 3.0
# How a trait is put in one whole number: text, number, sort, and the word it stands in.
PLACE_BITS, SORT_BITS = 24, 2
IN_OPENING, WHOLE_WORD = 1 << PLACE_BITS, 2 << PLACE_BITS
PRIME = 1099511628211

Parts = Sequence[str]
Numbers = NDArray[np.signedinteger[Any]]
Amounts = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Traits:
    """The runs and words of several texts, counted.

    `numbers` are the different numbers of each text in rising order, those of text `n` from `ends[n]` to `ends[n + 1]`;
    beside each stands what it weighs (`amounts`) and how often it is there (`times`). `places` are, in that order and
    for each time again, the place in `words` of the word it is in. The words of text `n` stand from `word_ends[n]` to
    `word_ends[n + 1]`.
    """

    numbers: Numbers
    amounts: Amounts
    times: Numbers
    ends: Numbers
    places: Numbers
    words: list[str]
    word_ends: Numbers


def handfuls(texts: Sequence[Parts]) -> Iterator[Sequence[Parts]]:
    """Texts in their order, so many together that counting them at once gains time and takes little memory."""
    begin = signs = 0
    for place, parts in enumerate(texts):
        signs += min(sum(map(len, parts)), LONGEST)
        if signs >= HANDFUL:
            yield texts[begin : place + 1]
            begin, signs = place + 1, 0
    if begin < len(texts):
        yield texts[begin:]


def traits(texts: Sequence[Parts]) -> Traits:
    """The traits of texts in parts, of which the last is the text and those before it its title and intro.

    Only the first 20,000 signs of each are read. Give no more at once than `handfuls` does.
    """
    read = [_words(parts) for parts in texts]
    words = [word for of_text, _ in read for word in of_text]
    word_ends = np.cumsum([0, *(len(of_text) for of_text, _ in read)])
    text_of_word = np.arange(len(texts)).repeat(np.diff(word_ends))
    opening = np.array([opening for _, opening in read], np.int64).take(text_of_word)
    place = np.arange(len(words))
    in_opening = place - word_ends.take(text_of_word) < opening
    of_word = (text_of_word << BITS + SORT_BITS + PLACE_BITS) + in_opening * IN_OPENING + place
    found = [of_word + WHOLE_WORD + (_hashes(words) << SORT_BITS + PLACE_BITS)]
    found += [of_word.take(at) + (number << SORT_BITS + PLACE_BITS) for number, at in _runs(words, text_of_word)]
    return _counted(np.sort(np.concatenate(found)), words, word_ends)


def _counted(ordered: Numbers, words: list[str], word_ends: Numbers) -> Traits:
    """The traits, each put in one whole number and all in order, as what they count up to."""
    sorts, times = _different(ordered >> PLACE_BITS)
    numbers, spans = _different(sorts >> SORT_BITS)
    counts = np.zeros((1 << SORT_BITS, len(numbers)), np.int64)
    counts[sorts & (1 << SORT_BITS) - 1, np.arange(len(numbers)).repeat(spans)] = times
    return Traits(
        numbers=(numbers & BUCKETS - 1).astype(np.int32),
        amounts=_amounts(*counts),
        times=counts.sum(axis=0),
        ends=(numbers >> BITS).searchsorted(np.arange(len(word_ends))),
        places=ordered & (1 << PLACE_BITS) - 1,
        words=words,
        word_ends=word_ends,
    )


def _amounts(run: Numbers, run_in_opening: Numbers, word: Numbers, word_in_opening: Numbers) -> Amounts:
    """What numbers weigh that stand there so often: one and the logarithm of how often.

    A whole word counts as much as three runs; what stands in title and intro counts once more.
    """
    runs, words = run + run_in_opening, word + word_in_opening
    most = max(runs.max(initial=0), words.max(initial=0))
    worth = np.concatenate([[0.0], 1.0 + np.log(np.arange(1, most + 1))])
    amounts = np.zeros(len(run), np.float32)
    for times, each in (
        (words, WORTH_OF_WORD),
        (runs, 1.0),
        (word_in_opening, WORTH_OF_WORD),
        (run_in_opening, 1.0),
    ):
        amounts = (amounts + each * worth.take(times)).astype(np.float32)
    return amounts


def _words(parts: Parts) -> tuple[list[str], int]:
    """The words of a text, plain, and how many of them stand in its title and intro."""
    opening, text = "\n".join(parts[:-1])[:LONGEST], "\n".join(parts)[:LONGEST]
    return list(map(_plain, WORD.findall(text))), len(WORD.findall(opening))


def _hashes(words: Sequence[str]) -> Numbers:
    """The numbers of whole words."""
    each = " ".join(words).encode("utf-8", "replace").split()
    return _spread(np.fromiter(map(zlib.crc32, each), np.uint64, len(words)))


def _runs(words: Sequence[str], text_of_word: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """The numbers of all runs of each length, and the place of the word each stands in; none runs over two texts."""
    if not words:
        return
    signs = np.frombuffer(f" {' '.join(words)} ".encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    word_of_sign = np.cumsum(signs == ord(" ")) - 1
    text_of_sign = text_of_word.take(word_of_sign, mode="clip")
    run = signs
    for length in range(2, max(LENGTHS) + 1):
        run = run[:-1] * np.uint64(PRIME) + signs[length - 1 :]
        if length in LENGTHS:
            # The space behind a text is the one before the next: a run may end or begin with it.
            whole = (text_of_sign[: len(run)] == text_of_sign[length - 2 : -1]).nonzero()[0]
            number = run.take(whole) + np.uint64(length * PRIME**length % 2**64)
            yield _spread(number), word_of_sign.take(whole + length // 2)


def _different(ordered: Numbers) -> tuple[Numbers, Numbers]:
    """Each different number of numbers in rising order, and how often it stands there."""
    begins = np.ones(len(ordered) + 1, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:-1])
    starts = begins.nonzero()[0]
    return ordered.take(starts[:-1]), np.diff(starts)


def _plain(word: str) -> str:
    """A word without capitals and accents; every number is the same word."""
    if word.isascii():  # as nearly all are; `fold` does the same
        return "0" if word.isdigit() else word.lower()
    return "0" if word.isdigit() else fold(word)


def _spread(numbers: NDArray[np.uint64]) -> Numbers:
    """Numbers spread evenly over the buckets (a finaliser as in SplitMix64)."""
    mixed = (numbers ^ (numbers >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(64 - BITS)).astype(np.int64)
