"""The learned part of the judge: pure, local, and small enough to read.

labelled items
| traits                         runs of letters and words, by number          monitor.ngrams
| weigh                          rare ones count for more (TF-IDF), each text as long as any other
| fit                            one ridge regression for relevance, one per goal, theme and audience that is told
| calibrate                      on items left out, for a stream in which one of twenty is relevant
Model                            a value: weights by number, with a version
"""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from monitor.judgement import JudgeInput, Pull
from monitor.log_odds import log_odds, logistic
from monitor.ngrams import BUCKETS, Amounts, Numbers, Traits, traits

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FORMAT = 1
RELEVANT = "relevant"
BASE_RATE = 0.05
BORDERLINE = 0.7
SEED_WORTH = 400.0
SMOOTHNESS = 0.3
FOLDS = 5
MANY = 4000
KEPT_OF_SIDE = 6000
TOLD_OF_SOME = ("kind:", "rung:", "theme:")  # an example without any of these does not say that none fits


@dataclass(frozen=True)
class Example:
    """An item with what people said of it.

    `relevant` is 0 (no), 1 (borderline) or 2 (yes); `traits` are names such as "goal:formeel" or "theme:panels", None
    when nobody told them; examples of one `story` (retellings) are never learned from and measured on at once.
    """

    input: JudgeInput
    relevant: int
    at: date | None = None
    weight: float = 1.0
    traits: frozenset[str] | None = None
    story: str = ""


class NothingToLearn(ValueError):
    """Er zijn te weinig oordelen om van te leren: minstens twee gekozen en twee afgewezen berichten zijn nodig."""

    def __str__(self) -> str:
        return self.__doc__ or ""


@dataclass(frozen=True, eq=False)
class Model:
    """What was learned: for each name of `names` a weight per number, and how to turn a sum into a probability."""

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
        return hashlib.sha256(self.to_bytes()).hexdigest()[:12]

    @cached_property
    def _by_number(self) -> NDArray[np.float32]:
        return np.ascontiguousarray(self.weights.T, dtype=np.float32)

    def probability(self, item: JudgeInput) -> float:
        """How likely (0..1) the working group wants this item, in a stream in which one of twenty is wanted."""
        return self.reading(item).probability

    def reading(self, item: JudgeInput) -> Reading:
        """All that the model says of one item."""
        found = traits(_parts(item))
        weighed = numbers, amounts = self._weighed(found)
        sums = self.offsets + amounts @ self._by_number[numbers]
        named = dict(zip(self.names, (float(one) for one in sums), strict=True))
        logit = self.slope * named.pop(RELEVANT) + self.shift
        fits = {name: logistic(one) for name, one in named.items()}
        return Reading(logistic(logit), fits, found, weighed, self)

    def pulls(self, found: Traits, weighed: tuple[Numbers, Amounts], most: int = 8) -> tuple[Pull, ...]:
        """The words that pulled hardest, up and down together, the hardest first."""
        numbers, amounts = weighed
        weight = self._by_number[numbers, self.names.index(RELEVANT)] * amounts * self.slope
        at = np.searchsorted(numbers, found.numbers)
        times = np.bincount(at, minlength=len(numbers))
        by_place = np.bincount(found.places, (weight / np.maximum(times, 1))[at], minlength=len(found.words))
        total: defaultdict[str, float] = defaultdict(float)
        for word, points in zip(found.words, by_place, strict=True):
            total[word] += float(points)
        ranked = sorted(total.items(), key=lambda pair: (-abs(pair[1]), pair[0]))[:most]
        return tuple(Pull(word=word, points=round(points, 3)) for word, points in ranked if round(points, 3))

    def vectors(self, items: Sequence[JudgeInput]) -> csr_matrix:
        """A row of length one per item; the product of two rows is their likeness (0..1)."""
        from scipy.sparse import csr_matrix

        return csr_matrix(_stacked([self._weighed(traits(_parts(item))) for item in items]), (len(items), BUCKETS))

    def similarity(self, one: JudgeInput, other: JudgeInput) -> float:
        """How much two items are alike in their words, 0..1."""
        rows = self.vectors([one, other])
        return float((rows[0] @ rows[1].T).toarray()[0, 0])

    def _weighed(self, found: Traits) -> tuple[Numbers, Amounts]:
        numbers, amounts = found.counted()
        return numbers, _to_length_one(amounts * self.rarity[numbers].astype(np.float32))

    def to_bytes(self) -> bytes:
        """The model as a file (NumPy's npz, no pickle); equal models give equal bytes."""
        about = {
            "format": FORMAT,
            "names": self.names,
            "slope": self.slope,
            "shift": self.shift,
            "lessons": self.lessons,
            "learned_from": self.learned_from,
        }
        file = io.BytesIO()
        text = np.frombuffer(json.dumps(about, sort_keys=True).encode(), np.uint8)
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
                    weights=weights.astype(np.float16),
                    offsets=offsets.astype(np.float64),
                    rarity=rarity.astype(np.float16),
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
    """What a model says of one item: how likely it is wanted, and how likely each goal, theme and audience fits."""

    probability: float
    fits: dict[str, float]
    traits: Traits
    weighed: tuple[Numbers, Amounts]
    model: Model

    def pulls(self, most: int = 8) -> tuple[Pull, ...]:
        """The words that pulled hardest."""
        return self.model.pulls(self.traits, self.weighed, most)


def with_seed(decisions: Sequence[Example], seed: Sequence[Example]) -> list[Example]:
    """What to learn from: the shipped items, weighing less as people decided more, and those decisions.

    After four hundred decisions a shipped item weighs half of what it did at first.
    """
    weight = SEED_WORTH / (SEED_WORTH + len(decisions))
    return [*(replace(one, weight=one.weight * weight) for one in seed), *decisions]


def fingerprint(examples: Iterable[Example]) -> str:
    """A fingerprint of examples in their order, so that a model can tell what it was learned from."""
    digest = hashlib.sha256()
    for one in examples:
        told = None if one.traits is None else sorted(one.traits)
        line = [one.input.model_dump(mode="json"), one.relevant, str(one.at), one.weight, told, one.story]
        digest.update(json.dumps(line, sort_keys=True).encode())
    return digest.hexdigest()


def train(examples: Sequence[Example], seed: int = 0, base_rate: float = BASE_RATE) -> Model:
    """Learn from examples; the same examples in the same order give the same model.

    `base_rate` is the share of a real stream that is relevant, for which the probabilities are calibrated.
    Raises `NothingToLearn` when there are fewer than two relevant or two other examples.
    """
    from scipy.sparse import csr_matrix, diags

    wanted = np.array([one.relevant >= 1 for one in examples], bool)
    if wanted.sum() < 2 or (~wanted).sum() < 2:
        raise NothingToLearn
    counted = [traits(_parts(one.input)).counted() for one in examples]
    seen = np.bincount(np.concatenate([numbers for numbers, _ in counted]), minlength=BUCKETS)
    rarity = (np.log((1 + len(examples)) / (1 + seen)) + 1).astype(np.float16)
    raw = csr_matrix(_stacked(counted), (len(examples), BUCKETS)) @ diags(rarity.astype(np.float32))
    lengths = np.sqrt(np.asarray(raw.multiply(raw).sum(axis=1)).ravel())
    rows = (diags((1 / np.maximum(lengths, 1e-9)).astype(np.float32)) @ raw).tocsr()
    del counted, raw

    goodness = np.array([(0.0, BORDERLINE, 1.0)[one.relevant] for one in examples])
    weight = np.array([one.weight for one in examples])
    weights, offset = _fit(rows, goodness, weight)
    slope, shift = _calibrate(rows, goodness, weight, [one.story for one in examples], seed, base_rate)
    names, all_weights, offsets = [RELEVANT], [weights], [offset]
    for name, told, fits in _sides(examples):
        side, side_offset = _fit(rows[told], fits, weight[told])
        names.append(name)
        all_weights.append(_thinned(side))
        offsets.append(side_offset)
    return Model(
        names=tuple(names),
        weights=np.stack(all_weights).astype(np.float16),
        offsets=np.array(offsets),
        rarity=rarity,
        slope=slope,
        shift=shift,
        lessons=fingerprint(examples),
        learned_from=len(examples),
    )


def _sides(examples: Sequence[Example]) -> Iterable[tuple[str, Numbers, Amounts]]:
    """Each name that examples tell, with the relevant examples that told anything and whether it fits them.

    Of kinds, rungs and themes only examples are asked that tell theirs.
    """
    told = [(place, one.traits) for place, one in enumerate(examples) if one.relevant and one.traits is not None]
    for name in sorted({name for _, names in told for name in names}):
        group = name.partition(":")[0] + ":"
        asked = [
            pair for pair in told if group not in TOLD_OF_SOME or any(other.startswith(group) for other in pair[1])
        ]
        fits = np.array([name in names for _, names in asked], float)
        if 2 <= fits.sum() <= len(fits) - 2:
            yield name, np.array([place for place, _ in asked], np.int32), fits


def _fit(rows: csr_matrix, goodness: Amounts, weight: Amounts) -> tuple[Amounts, float]:
    """Ridge regression towards +1 (good) and -1 (not), half-good ones in between; both sides weigh alike together."""
    from sklearn.linear_model import Ridge

    good = goodness > 0
    sides = np.where(good, weight[good].sum(), weight[~good].sum())
    fitted = Ridge(alpha=SMOOTHNESS, solver="sparse_cg", tol=1e-5)
    fitted.fit(rows, 2 * goodness - 1, sample_weight=weight * weight.sum() / (2 * sides))
    return fitted.coef_, float(fitted.intercept_)


def _calibrate(
    rows: csr_matrix, goodness: Amounts, weight: Amounts, story: Sequence[str], seed: int, base_rate: float
) -> tuple[float, float]:
    """Slope and shift that make a sum a probability (Platt scaling), from examples the sum was not learned from."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold

    wanted = goodness > 0
    groups = [name or f"-{place}" for place, name in enumerate(story)]
    folds = min(FOLDS, int(wanted.sum()), int((~wanted).sum()))
    splits = list(StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(rows, wanted, groups))
    sums, places = [], []
    for known, left_out in splits if len(groups) < MANY else splits[:1]:
        if wanted[known].all() or not wanted[known].any():
            continue
        weights, offset = _fit(rows[known], goodness[known], weight[known])
        sums.append(rows[left_out] @ weights + offset)
        places.append(left_out)
    if not places:
        return 1.0, log_odds(base_rate)
    place, total = np.concatenate(places), np.concatenate(sums)
    good = goodness[place]
    share = float(np.average(good > 0, weights=weight[place]))
    rate = np.where(good > 0, base_rate / max(share, 1e-6), (1 - base_rate) / max(1 - share, 1e-6)) * weight[place]
    platt = LogisticRegression(C=100.0).fit(total[:, None], good > 0, rate * len(good) / rate.sum())
    return max(float(platt.coef_[0, 0]), 0.1), float(platt.intercept_[0])


def _thinned(weights: Amounts) -> Amounts:
    """Only the heaviest weights, so that the file stays small."""
    least = np.partition(np.abs(weights), -KEPT_OF_SIDE)[-KEPT_OF_SIDE]
    return np.where(np.abs(weights) >= least, weights, 0.0)


def _stacked(counted: Sequence[tuple[Numbers, Amounts]]) -> tuple[Amounts, Numbers, Numbers]:
    """Rows of numbers and amounts as the three arrays of a sparse matrix (CSR)."""
    ends = np.cumsum([0, *(len(numbers) for numbers, _ in counted)])
    return np.concatenate([one for _, one in counted]), np.concatenate([one for one, _ in counted]), ends


def _to_length_one(amounts: Amounts) -> Amounts:
    length = math.sqrt(float(amounts @ amounts))
    return amounts / length if length else amounts


def _parts(item: JudgeInput) -> tuple[str, ...]:
    """The title twice: it counts double. Neither source nor label, which an unseen publisher would not share."""
    return item.title, item.title, item.intro, item.text
