"""Whether a score means what it says: of what gets 30 %, about 30 in 100 should turn out to be wanted. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.measure import Estimate, share

EDGES = (0.0, 0.03, 0.07, 0.3, 0.5, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A score, whether the item turned out to be wanted, and for how many items of the stream it stands."""

    score: float
    wanted: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Band:
    """Items of about one score: how many, what the scores said on average, and which share was wanted.

    `weight` is the share of the stream that they stand for.
    """

    low: float
    high: float
    items: int
    weight: float
    said: float
    came: Estimate


def bands(outcomes: Sequence[Outcome], edges: Sequence[float] = EDGES) -> list[Band]:
    """The bands with any item, the lowest first; a score on an edge belongs to the higher band.

    The interval of a band is that of Wilson, with the effective number of items of Kish (1965) for unequal weights.
    """
    total = sum(one.weight for one in outcomes)
    found = []
    for low, high in pairwise(edges):
        inside = [one for one in outcomes if low <= one.score < high or one.score == high == edges[-1]]
        weight = sum(one.weight for one in inside)
        if not weight:
            continue
        effective = weight**2 / sum(one.weight**2 for one in inside)
        wanted = sum(one.weight for one in inside if one.wanted) / weight
        came = share(wanted * effective, effective)
        assert came is not None
        said = sum(one.weight * one.score for one in inside) / weight
        found.append(Band(low, high, len(inside), weight / total, said, came))
    return found


def error(found: Sequence[Band]) -> float:
    """How far what was said lies from what came on average over the stream (expected calibration error), 0..1."""
    return sum(band.weight * abs(band.said - band.came.value) for band in found)
