"""How well the radar does, from what people decided: precision, recall and drift, with how sure that is. Pure.

Each week is closed once. What was flagged then counts for precision; of what was set aside a random sample was put
before people, and what they choose from it stands for all that was missed. An item is always judged before anybody
decides on it, so these figures are of later weeks than the radar had learned from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from monitor.gamma import lower_share

SURE_Z = 1.959964  # both bounds together leave out 5 % of a normal distribution
TAIL = 0.025
HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the bounds between which the truth lies in 95 of 100 cases."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ClosedWeek:
    """What became of the news of one week, as the radar saw it when the week was closed.

    `week` is an ISO 8601 week such as "2026-W47". `found` are items that it had set aside and a person chose
    unasked; `set_aside` are the others, of which `drawn` were put before people.
    """

    week: str
    flagged: int = 0
    flagged_decided: int = 0
    flagged_accepted: int = 0
    found: int = 0
    set_aside: int = 0
    drawn: int = 0
    drawn_decided: int = 0
    drawn_accepted: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and the number of items missed; None as long as nothing can be said."""

    weeks: int
    flagged: int
    decided: int
    accepted: int
    drawn_decided: int
    drawn_accepted: int
    precision: Estimate | None
    missed: Estimate | None
    recall: Estimate | None


def share(hits: float, total: float) -> Estimate | None:
    """A share with the interval of Wilson (1927); None out of nothing."""
    if total == 0:
        return None
    share = hits / total
    spread = SURE_Z**2 / total
    middle = (share + spread / 2) / (1 + spread)
    half = SURE_Z / (1 + spread) * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    return Estimate(share, min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share))


def figures(weeks: Sequence[ClosedWeek]) -> Figures:
    """What can be said of these weeks together; recall only of weeks whose sample was looked at."""
    looked_at = [week for week in weeks if week.drawn_decided or not week.set_aside]
    accepted = sum(week.flagged_accepted for week in weeks)
    decided = sum(week.flagged_decided for week in weeks)
    lost = missed(looked_at)
    return Figures(
        weeks=len(weeks),
        flagged=sum(week.flagged for week in weeks),
        decided=decided,
        accepted=accepted,
        drawn_decided=sum(week.drawn_decided for week in weeks),
        drawn_accepted=sum(week.drawn_accepted for week in weeks),
        precision=share(accepted, decided),
        missed=lost,
        recall=_recall(looked_at, lost) if lost else None,
    )


def missed(weeks: Sequence[ClosedWeek]) -> Estimate | None:
    """How many items that matter were set aside, all weeks together; None when no sample was looked at.

    In each week every item that was drawn stands for as many as were set aside per item drawn. The interval is the
    mid-p gamma interval for a weighted sum of counts (Fay and Kim, 2017), which holds up where few or none are found.
    """
    if not weeks:
        return None
    weights = [(week.set_aside / week.drawn_decided, week.drawn_accepted) for week in weeks if week.drawn_decided]
    found = sum(week.found for week in weeks)
    total = sum(weight * hits for weight, hits in weights)
    low, high = _weighted_interval(weights)
    seen = found + sum(hits for _, hits in weights)
    unseen = sum(week.set_aside - week.drawn_decided for week in weeks if week.drawn_decided)
    return Estimate(found + total, max(found + low, seen), min(found + high, seen + unseen))


def _weighted_interval(weights: Iterable[tuple[float, int]]) -> tuple[float, float]:
    """The 95 % bounds of a sum of weight x count."""
    pairs = [(weight, hits) for weight, hits in weights if weight]
    if not pairs:
        return 0.0, 0.0
    total = sum(weight * hits for weight, hits in pairs)
    spread = sum(weight**2 * hits for weight, hits in pairs)
    widest = max(weight for weight, _ in pairs)

    def below(value: float) -> float:
        lower = lower_share(total**2 / spread, value * total / spread) if total else 1.0
        more, wider = total + widest, spread + widest**2
        return (lower + lower_share(more**2 / wider, value * more / wider)) / 2

    most = 4 * (total + widest) + 40 * widest
    low = _crossing(below, TAIL, most) if total else 0.0
    return low, _crossing(below, 1 - TAIL, most)


def _crossing(rising: Callable[[float], float], level: float, most: float) -> float:
    """Where a rising function of 0..most crosses a level."""
    low, high = 0.0, most
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < level else (low, middle)
    return (low + high) / 2


def _recall(weeks: Sequence[ClosedWeek], lost: Estimate) -> Estimate | None:
    """Of all that matters the share that was flagged.

    What was flagged and nobody decided on is taken to be as the rest; the bounds allow for all or nothing of it.
    """
    known = sum(week.flagged_accepted for week in weeks)
    open_ones = sum(week.flagged - week.flagged_decided for week in weeks)
    decided = sum(week.flagged_decided for week in weeks)
    likely = known + (open_ones * known / decided if decided else 0.0)
    if likely + lost.value == 0:
        return None
    return Estimate(
        likely / (likely + lost.value),
        known / (known + lost.high) if known + lost.high else 0.0,
        (known + open_ones) / (known + open_ones + lost.low) if known + open_ones + lost.low else 1.0,
    )


@dataclass(frozen=True, slots=True)
class SourceWeek:
    """What the radar made of the news of one source in one week; `score` is the sum of the scores."""

    source: str
    week: str
    items: int
    flagged: int
    score: float


@dataclass(frozen=True, slots=True)
class Drift:
    """How a source fares now against before; `turned` when chance alone hardly explains the difference."""

    source: str
    items_before: int
    items_now: int
    flagged_before: float
    flagged_now: float
    score_before: float
    score_now: float
    turned: bool


FEWEST_ITEMS = 8
TURN_Z = 2.58  # one false alarm in a hundred sources


def drift(weeks: Iterable[SourceWeek], recent: frozenset[str]) -> list[Drift]:
    """Each source that has enough items in both times, the clearest change first; `recent` names the weeks of now."""
    sums: dict[str, list[list[float]]] = {}
    for week in weeks:
        part = sums.setdefault(week.source, [[0, 0, 0.0], [0, 0, 0.0]])[week.week in recent]
        for place, number in enumerate((week.items, week.flagged, week.score)):
            part[place] += number
    found = []
    for source, (before, now) in sums.items():
        if before[0] >= FEWEST_ITEMS and now[0] >= FEWEST_ITEMS:
            found.append((_z(before, now), source, before, now))
    return [
        Drift(
            source=source,
            items_before=int(before[0]),
            items_now=int(now[0]),
            flagged_before=before[1] / before[0],
            flagged_now=now[1] / now[0],
            score_before=before[2] / before[0],
            score_now=now[2] / now[0],
            turned=z >= TURN_Z,
        )
        for z, source, before, now in sorted(found, key=lambda one: (-one[0], one[1]))
    ]


def _z(before: Sequence[float], now: Sequence[float]) -> float:
    """How far two shares lie apart, in standard deviations."""
    pooled = (before[1] + now[1]) / (before[0] + now[0])
    deviation = math.sqrt(pooled * (1 - pooled) * (1 / before[0] + 1 / now[0]))
    return abs(before[1] / before[0] - now[1] / now[0]) / deviation if deviation else 0.0
