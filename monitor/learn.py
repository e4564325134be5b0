"""The learned part of the judge: pure, local, and small enough to read.

labelled items
| traits                         runs of letters and words, by number          monitor.ngrams
| weigh                          rare ones count for more (TF-IDF), each text as long as any other
| separate                       what is on the subject from what is not, and what must be told from all else
| calibrate                      both on items left out, for a stream in which one of twenty is relevant
| fit                            one ridge regression per goal, theme, audience, kind and rung that is told
Model                            a value: weights by number, with a version
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from monitor.judgement import JudgeInput
from monitor.log_odds import log_odds
from monitor.model import MUST, RELEVANT, Model, counted
from monitor.ngrams import BUCKETS, Amounts, Numbers

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BASE_RATE = 0.05
BORDERLINE = 0.7
SEED_WORTH = 400.0
LEAST_WORTH = 0.05
STRICTNESS = 1.0
SMOOTHNESS = 1.0
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


def with_seed(decisions: Sequence[Example], seed: Sequence[Example]) -> list[Example]:
    """What to learn from: the shipped items, weighing less as people decided more, and those decisions.

    After four hundred decisions a shipped item weighs half of what it did at first; one that would weigh less than a
    twentieth of a decision is left out, for it costs as much time and memory as any.
    """
    weight = SEED_WORTH / (SEED_WORTH + len(decisions))
    kept = [replace(one, weight=one.weight * weight) for one in seed]
    return [*(one for one in kept if one.weight >= LEAST_WORTH), *decisions]


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
    amounts, numbers, ends = counted([one.input for one in examples])
    seen = np.bincount(numbers, minlength=BUCKETS)
    rarity = (np.log((1 + len(examples)) / (1 + seen)) + 1).astype(np.float16)
    raw = csr_matrix((amounts, numbers, ends), (len(examples), BUCKETS)) @ diags(rarity.astype(np.float32))
    lengths = np.sqrt(np.asarray(raw.multiply(raw).sum(axis=1)).ravel())
    rows = (diags((1 / np.maximum(lengths, 1e-9)).astype(np.float32)) @ raw).tocsr()
    del amounts, numbers, ends, raw

    weight = np.array([one.weight for one in examples])
    label = np.array([one.relevant for one in examples])
    story = [one.story for one in examples]
    doubted = np.where(label == 1, BORDERLINE, 1.0)
    weights, offset = _separate(rows, label > 0, weight * doubted)
    slope, shift = _calibrate(rows, label > 0, weight, weight * doubted, story, seed, base_rate)
    names, all_weights, offsets = [RELEVANT], [weights], [offset]
    must = label > 1
    if must.sum() > 1:
        rate = base_rate * weight[must].sum() / weight[label > 0].sum()
        weights, offset = _separate(rows, must, weight)
        steepness, start = _calibrate(rows, must, weight, weight, story, seed, rate)
        names.append(MUST)
        all_weights.append(weights * steepness)
        offsets.append(offset * steepness + start)
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


def _fit(rows: csr_matrix, fits: Amounts, weight: Amounts) -> tuple[Amounts, float]:
    """Ridge regression towards +1 (fits) and -1 (does not); both sides weigh alike together."""
    from sklearn.linear_model import Ridge

    fitted = Ridge(alpha=SMOOTHNESS, solver="sparse_cg", tol=1e-5)
    fitted.fit(rows, 2 * fits - 1, sample_weight=_alike_together(fits > 0, weight))
    return fitted.coef_, float(fitted.intercept_)


def _separate(rows: csr_matrix, good: NDArray[np.bool_], weight: Amounts) -> tuple[Amounts, float]:
    """The line with most room between the good and the others (a linear support vector machine)."""
    from sklearn.svm import LinearSVC

    fitted = LinearSVC(C=STRICTNESS, tol=1e-3, max_iter=3000, random_state=0)
    fitted.fit(rows, good, sample_weight=_alike_together(good, weight))
    return fitted.coef_[0], float(fitted.intercept_[0])


def _alike_together(good: NDArray[np.bool_], weight: Amounts) -> Amounts:
    """Weights with which the good ones and the others count for as much."""
    alike: Amounts = weight * weight.sum() / (2 * np.where(good, weight[good].sum(), weight[~good].sum()))
    return alike


def _calibrate(
    rows: csr_matrix,
    good: NDArray[np.bool_],
    weight: Amounts,
    pull: Amounts,
    story: Sequence[str],
    seed: int,
    base_rate: float,
) -> tuple[float, float]:
    """Slope and shift that make a sum a probability (Platt scaling), from examples the sum was not learned from.

    `weight` says for how much an example stands, `pull` how much it counts when the line is drawn.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold

    groups = [name or f"-{place}" for place, name in enumerate(story)]
    folds = min(FOLDS, int(good.sum()), int((~good).sum()))
    splits = list(StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(rows, good, groups))
    sums, places = [], []
    for known, left_out in splits if len(groups) < MANY else splits[:1]:
        if good[known].all() or not good[known].any():
            continue
        weights, offset = _separate(rows[known], good[known], pull[known])
        sums.append(rows[left_out] @ weights + offset)
        places.append(left_out)
    if not places:
        return 1.0, log_odds(base_rate)
    place, total = np.concatenate(places), np.concatenate(sums)
    right = good[place]
    share = float(np.average(right, weights=weight[place]))
    rate = np.where(right, base_rate / max(share, 1e-6), (1 - base_rate) / max(1 - share, 1e-6)) * weight[place]
    platt = LogisticRegression(C=100.0).fit(total[:, None], right, rate * len(right) / rate.sum())
    return max(float(platt.coef_[0, 0]), 0.1), float(platt.intercept_[0])


def _thinned(weights: Amounts) -> Amounts:
    """Only the heaviest weights, so that the file stays small."""
    heavy = np.abs(weights[weights != 0])  # among many equal numbers, the noughts, the least is slow to find
    if len(heavy) <= KEPT_OF_SIDE:
        return weights
    least = np.partition(heavy, -KEPT_OF_SIDE)[-KEPT_OF_SIDE]
    return np.where(np.abs(weights) >= least, weights, 0.0)
