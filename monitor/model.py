"""What was learned, as a value: weights by number, what it says of an item, and the file it is kept in.

RELEVANT asks whether an item is on the subject at all, MUST whether it has to be told; the other names are those of
goals, themes, audiences, kinds and rungs, written as "goal:formeel".
"""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from monitor.judgement import JudgeInput, Pull
from monitor.log_odds import logistic
from monitor.ngrams import BUCKETS, Amounts, Numbers, Traits, handfuls, traits

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FORMAT = 1
RELEVANT = "relevant"
MUST = "must"


@dataclass(frozen=True, eq=False)
class Model:
    """What was learned: for each name of `names` a weight per number.

    `slope` and `shift` make log-odds of the sum of RELEVANT; the other sums are log-odds as they are. A model that was
    learned before MUST was asked has no such name.
    """

    names: tuple[str, ...]
    weights: NDArray[np.float16]
    offsets: Amounts
    rarity: NDArray[np.float16]
    slope: float
    shift: float
    lessons: str
    learned_from: int

    @cached_property
    def version(self) -> str:
        """A short fingerprint of all that was learned."""
        digest = hashlib.sha256(self._about())
        for learned in (self.weights, self.offsets, self.rarity):
            digest.update(np.ascontiguousarray(learned).data)
        return digest.hexdigest()[:12]

    @cached_property
    def _tables(self) -> tuple[_Table, _Table]:
        """The weights of RELEVANT and MUST, which most numbers have, and those of all other names, which few have."""
        main = [place for place, name in enumerate(self.names) if name in (RELEVANT, MUST)]
        return self._table(main), self._table([place for place in range(len(self.names)) if place not in main])

    def _table(self, places: Sequence[int]) -> _Table:
        weights = self.weights[list(places)]
        held = np.flatnonzero(weights.any(axis=0))
        rows = np.zeros((1 + len(held), len(places)), np.float32)
        rows[1:] = weights[:, held].T
        row = np.zeros(BUCKETS, np.int32)
        row[held] = np.arange(1, len(rows))
        return _Table(tuple(self.names[place] for place in places), self.offsets[list(places)], row, rows)

    def probability(self, item: JudgeInput) -> float:
        """How likely (0..1) this item is on the subject, in a stream in which one of twenty is."""
        return self.reading(item).probability

    def reading(self, item: JudgeInput) -> Reading:
        """All that the model says of one item."""
        (reading,) = self.readings([item])
        return reading

    def readings(self, items: Sequence[JudgeInput]) -> list[Reading]:
        """All that the model says of each of these items; together they take less time than one by one."""
        return [one for some in handfuls([*map(parts, items)]) for one in self._read(traits(some))]

    def _read(self, found: Traits) -> Iterator[Reading]:
        amounts = self._weighed(found.numbers, found.amounts, found.ends)
        main, sides = self._tables
        relevant = main.names.index(RELEVANT)
        leanings, pulled = [], np.zeros(len(amounts))
        for begin, end in pairwise(found.ends):
            numbers, heavy = found.numbers[begin:end], amounts[begin:end]
            weights = main.of(numbers)
            leanings.append(main.sums(weights, heavy) | sides.sums(sides.of(numbers), heavy))
            pulled[begin:end] = weights[:, relevant] * heavy * self.slope
        by_word = np.bincount(found.places, (pulled / found.times).repeat(found.times), len(found.words)).tolist()
        for leaning, (begin, end) in zip(leanings, pairwise(found.word_ends), strict=True):
            logit = self.slope * leaning.pop(RELEVANT) + self.shift
            must = min(leaning.pop(MUST, logit), logit)
            yield Reading(logistic(logit), logistic(must), leaning, found.words[begin:end], by_word[begin:end])

    def vectors(self, items: Sequence[JudgeInput]) -> csr_matrix:
        """A row of length one per item; the product of two rows is their likeness (0..1)."""
        from scipy.sparse import csr_matrix

        amounts, numbers, ends = counted(items)
        return csr_matrix((self._weighed(numbers, amounts, ends), numbers, ends), (len(items), BUCKETS))

    def similarity(self, one: JudgeInput, other: JudgeInput) -> float:
        """How much two items are alike in their words, 0..1."""
        rows = self.vectors([one, other])
        return float((rows[0] @ rows[1].T).toarray()[0, 0])

    def _weighed(self, numbers: Numbers, amounts: Amounts, ends: Numbers) -> Amounts:
        """The amounts of texts, the rarer the number the heavier, and each text as long as any other."""
        weighed = amounts * self.rarity.take(numbers).astype(np.float32)
        for begin, end in pairwise(ends):
            weighed[begin:end] /= math.sqrt(float(weighed[begin:end] @ weighed[begin:end])) or 1.0
        return weighed

    def _about(self) -> bytes:
        """All but the arrays, as JSON."""
        about = {
            "format": FORMAT,
            "names": self.names,
            "slope": self.slope,
            "shift": self.shift,
            "lessons": self.lessons,
            "learned_from": self.learned_from,
        }
        return json.dumps(about, sort_keys=True).encode()

    def to_bytes(self) -> bytes:
        """The model as a file (NumPy's npz, no pickle); equal models give equal bytes."""
        file = io.BytesIO()
        text = np.frombuffer(self._about(), np.uint8)
        np.savez_compressed(file, about=text, weights=self.weights, offsets=self.offsets, rarity=self.rarity)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Model:
        """Read what `to_bytes` wrote; raises `ValueError` with a Dutch sentence when it is something else."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                about: dict[str, Any] = json.loads(file["about"].tobytes())
                weights, offsets, rarity = (file[name] for name in ("weights", "offsets", "rarity"))
                model = cls(
                    names=tuple(about["names"]),
                    weights=weights.astype(np.float16, copy=False),
                    offsets=offsets.astype(np.float64, copy=False),
                    rarity=rarity.astype(np.float16, copy=False),
                    slope=float(about["slope"]),
                    shift=float(about["shift"]),
                    lessons=str(about["lessons"]),
                    learned_from=int(about["learned_from"]),
                )
        except (KeyError, ValueError, OSError, EOFError, BadZipFile) as error:
            raise ValueError("Dit bestand is geen model van de radar.") from error
        if about["format"] != FORMAT or rarity.shape != (BUCKETS,) or weights.shape != (len(model.names), BUCKETS):
            raise ValueError("Dit model is van een andere versie van de radar.")
        return model


class _Table(NamedTuple):
    """The weights of some names, ready to look up: the numbers that have none for any of them share the first row.

    Kept whole they would take three times the memory.
    """

    names: tuple[str, ...]
    offsets: Amounts
    row: NDArray[np.int32]
    rows: NDArray[np.float32]

    def of(self, numbers: Numbers) -> NDArray[np.float32]:
        """The weights of numbers, a row for each."""
        return self.rows.take(self.row.take(numbers), axis=0)

    def sums(self, weights: NDArray[np.float32], amounts: Amounts) -> dict[str, float]:
        """What such rows of weights and the amounts beside them add up to, by name."""
        return dict(zip(self.names, (self.offsets + amounts @ weights).tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model says of one item: how likely it is on the subject, and has to be told, and how each name fits it.

    `leaning` is by name, in log-odds. `pulled` is how far each of its `words`, at each place where it stands, moved
    the first of these.
    """

    probability: float
    must: float
    leaning: dict[str, float]
    words: Sequence[str]
    pulled: Sequence[float]

    def pulls(self, most: int = 8) -> tuple[Pull, ...]:
        """The words that pulled hardest, up and down together, the hardest first."""
        total: defaultdict[str, float] = defaultdict(float)
        for word, points in zip(self.words, self.pulled, strict=True):
            total[word] += points
        least = min(nlargest(most, map(abs, total.values())), default=0.0)
        hardest = [(word, points) for word, points in total.items() if abs(points) >= least]
        hardest.sort(key=lambda pair: (-abs(pair[1]), pair[0]))
        return tuple(Pull(word=word, points=round(points, 3)) for word, points in hardest[:most] if round(points, 3))


def counted(items: Sequence[JudgeInput]) -> tuple[Amounts, Numbers, Numbers]:
    """What is read of items, as the arrays of a sparse matrix (CSR): amounts, numbers, and where each row ends."""
    amounts, numbers, many = [], [], [np.zeros(1, np.int64)]
    for some in handfuls([*map(parts, items)]):
        found = traits(some)
        amounts.append(found.amounts)
        numbers.append(found.numbers)
        many.append(np.diff(found.ends))
    return np.concatenate(amounts), np.concatenate(numbers), np.concatenate(many).cumsum()


def parts(item: JudgeInput) -> tuple[str, ...]:
    """What is read of an item; neither source nor label, which an unseen publisher would not share."""
    return item.title, item.intro, item.text
