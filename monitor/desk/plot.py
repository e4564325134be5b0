"""The geometry of a plot of shares by week, for an SVG without script: points with the bounds they lie between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.measure import Estimate

WIDTH = 340
HEIGHT = 170
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 12, 26
MOST_LABELS = 7


@dataclass(frozen=True)
class Point:
    """One week in the plot, in units of the SVG; `low` and `high` are the ends of the upright line."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Label:
    """A text beside an axis."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Plot:
    """All that a template needs in order to draw."""

    title: str
    points: tuple[Point, ...]
    weeks: tuple[Label, ...]
    levels: tuple[Label, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT

    @property
    def line(self) -> str:
        """The points joined, as the `points` of an SVG polyline."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def plot(title: str, weeks: Sequence[tuple[str, Estimate | None]]) -> Plot | None:
    """Place the weeks that have a value from left to right; None when fewer than two have one."""
    if sum(estimate is not None for _, estimate in weeks) < 2:
        return None
    gap = (WIDTH - LEFT - RIGHT) / len(weeks)
    every = -(-len(weeks) // MOST_LABELS)
    places = [round(LEFT + gap * (number + 0.5), 1) for number in range(len(weeks))]
    return Plot(
        title=title,
        points=tuple(
            Point(x, _height(estimate.value), _height(estimate.low), _height(estimate.high))
            for x, (_, estimate) in zip(places, weeks, strict=True)
            if estimate
        ),
        weeks=tuple(
            Label(x, HEIGHT - 6, week)
            for number, (x, (week, _)) in enumerate(zip(places, weeks, strict=True))
            if (len(weeks) - 1 - number) % every == 0
        ),
        levels=tuple(Label(LEFT - 6, _height(level), f"{round(level * 100)}%") for level in (0, 0.25, 0.5, 0.75, 1)),
    )


def _height(share: float) -> float:
    """How far below the top a share stands."""
    return round(TOP + (1 - share) * (HEIGHT - TOP - BOTTOM), 1)
