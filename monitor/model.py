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
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from monitor.judgement import JudgeInput, Pull
from monitor.log_odds import logistic
from monitor.ngrams import BUCKETS, Amounts, Numbers, Traits, traits

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
    def _by_number(self) -> NDArray[np.float32]:
        return np.ascontiguousarray(self.weights.T, dtype=np.float32)

    def probability(self, item: JudgeInput) -> float:
        """How likely (0..1) this item is on the subject, in a stream in which one of twenty is."""
        return self.reading(item).probability

    def reading(self, item: JudgeInput) -> Reading:
        """All that the model says of one item."""
        found = traits(parts(item))
        numbers, amounts = self._weighed(found)
        rows = self._by_number.take(numbers, axis=0)
        sums = self.offsets + amounts @ rows
        named = dict(zip(self.names, (float(one) for one in sums), strict=True))
        logit = self.slope * named.pop(RELEVANT) + self.shift
        must = logistic(min(named.pop(MUST, logit), logit))
        fits = {name: logistic(one) for name, one in named.items()}
        pulled = rows[:, self.names.index(RELEVANT)] * amounts * self.slope
        return Reading(logistic(logit), must, fits, found, numbers, pulled)

    def vectors(self, items: Sequence[JudgeInput]) -> csr_matrix:
        """A row of length one per item; the product of two rows is their likeness (0..1)."""
        from scipy.sparse import csr_matrix

        return csr_matrix(stacked([self._weighed(traits(parts(item))) for item in items]), (len(items), BUCKETS))

    def similarity(self, one: JudgeInput, other: JudgeInput) -> float:
        """How much two items are alike in their words, 0..1."""
        rows = self.vectors([one, other])
        return float((rows[0] @ rows[1].T).toarray()[0, 0])

    def _weighed(self, found: Traits) -> tuple[Numbers, Amounts]:
        numbers, amounts = found.counted()
        return numbers, _to_length_one(amounts * self.rarity.take(numbers).astype(np.float32))

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


@dataclass(frozen=True)
class Reading:
    """What a model says of one item: how likely it is on the subject, how likely it must be told, and what fits it.

    `pulled` is how much each of the different `numbers` of its traits moved the first of these.
    """

    probability: float
    must: float
    fits: dict[str, float]
    traits: Traits
    numbers: Numbers
    pulled: Amounts

    def pulls(self, most: int = 8) -> tuple[Pull, ...]:
        """The words that pulled hardest, up and down together, the hardest first."""
        at = self.numbers.searchsorted(self.traits.numbers)
        times = np.bincount(at, minlength=len(self.numbers))
        words = self.traits.words
        by_place = np.bincount(self.traits.places, (self.pulled / np.maximum(times, 1)).take(at), len(words))
        total: defaultdict[str, float] = defaultdict(float)
        for word, points in zip(words, by_place.tolist(), strict=True):
            total[word] += points
        ranked = nsmallest(most, total.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
        return tuple(Pull(word=word, points=round(points, 3)) for word, points in ranked if round(points, 3))


def stacked(counted: Sequence[tuple[Numbers, Amounts]]) -> tuple[Amounts, Numbers, Numbers]:
    """Rows of numbers and amounts as the three arrays of a sparse matrix (CSR)."""
    ends = np.cumsum([0, *(len(numbers) for numbers, _ in counted)])
    return np.concatenate([one for _, one in counted]), np.concatenate([one for one, _ in counted]), ends


def _to_length_one(amounts: Amounts) -> Amounts:
    length = math.sqrt(float(amounts @ amounts))
    return amounts / length if length else amounts


def parts(item: JudgeInput) -> tuple[str, ...]:
    """What is read of an item; neither source nor label, which an unseen publisher would not share."""
    return item.title, item.intro, item.text
