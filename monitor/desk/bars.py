"""A small row of bars, one for each of the latest weeks, for an SVG without script."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

WEEKS = 12
WIDTH, HEIGHT = 168, 32
STEP = WIDTH // WEEKS
GAP = 3
DAYS = 7


@dataclass(frozen=True)
class Bar:
    """One week, in units of the SVG; a week without anything is a thin line."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Bars:
    """All that a template needs in order to draw; `told` says the same in words."""

    bars: tuple[Bar, ...]
    told: str
    width: int = WIDTH
    height: int = HEIGHT


def bars(news: Iterable[tuple[datetime, int]], now: datetime) -> Bars:
    """The number of new items in each of the latest weeks, this one last; a week is seven days back from now."""
    counts = [0] * WEEKS
    for at, many in news:
        back = (now - at).days // DAYS
        if 0 <= back < WEEKS:
            counts[WEEKS - 1 - back] += many
    most = max(*counts, 1)
    heights = [max(round(HEIGHT * count / most), 1) for count in counts]
    placed = tuple(Bar(n * STEP, HEIGHT - high, STEP - GAP, high) for n, high in enumerate(heights))
    return Bars(placed, f"Nieuw in de laatste {WEEKS} weken: {', '.join(map(str, counts))}")
