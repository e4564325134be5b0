"""The geometry of a plot of shares by week, for an SVG without script: points with the bounds they lie between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.measure import Estimate

WIDTH = 340
HEIGHT = 170
LEFT, RIGHT, TOP, BOTTOM = 58, 8, 12, 26
MOST_LABELS = 7
APART = 8


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
class Course:
    """How one share went: its name and its points."""

    name: str
    points: tuple[Point, ...]

    @property
    def line(self) -> str:
        """The points joined, as the `points` of an SVG polyline."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


@dataclass(frozen=True)
class Plot:
    """All that a template needs in order to draw; `rows` say the same as a table: a week and the share of each course.

    `name` tells the plots of a page apart, `heads` stand above the rows.
    """

    name: str
    title: str
    courses: tuple[Course, ...]
    weeks: tuple[Label, ...]
    levels: tuple[Label, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def plot(
    name: str,
    title: str,
    weeks: Sequence[str],
    shares: Mapping[str, Sequence[Estimate | None]],
    along: str = "Week",
) -> Plot | None:
    """Place the weeks from left to right; `shares` has a value or None per week. None when no share has two values.

    `along` is what the weeks are called, where they are something else.
    """
    if not any(sum(one is not None for one in course) > 1 for course in shares.values()):
        return None
    gap = (WIDTH - LEFT - RIGHT) / len(weeks)
    every = -(-len(weeks) // MOST_LABELS)
    places = [LEFT + gap * (number + 0.5) for number in range(len(weeks))]
    return Plot(
        name=name,
        title=title,
        courses=tuple(
            Course(course, _points(places, estimates, APART * (number - (len(shares) - 1) / 2)))
            for number, (course, estimates) in enumerate(shares.items())
        ),
        weeks=tuple(
            Label(round(x, 1), HEIGHT - 6, week)
            for number, (x, week) in enumerate(zip(places, weeks, strict=True))
            if (len(weeks) - 1 - number) % every == 0
        ),
        levels=tuple(Label(LEFT - 6, _height(level), f"{round(level * 100)}%") for level in (0, 0.25, 0.5, 0.75, 1)),
        heads=(along, *shares),
        rows=tuple(
            (week, *map(_in_words, estimates)) for week, *estimates in zip(weeks, *shares.values(), strict=True)
        )[::-1],
    )


def _points(places: Sequence[float], estimates: Sequence[Estimate | None], aside: float) -> tuple[Point, ...]:
    """The points of one course, a little aside so that those of two do not hide each other."""
    return tuple(
        Point(round(x + aside, 1), _height(estimate.value), _height(estimate.low), _height(estimate.high))
        for x, estimate in zip(places, estimates, strict=True)
        if estimate
    )


def _in_words(estimate: Estimate | None) -> str:
    if estimate is None:
        return "nog niet bekend"
    return f"{round(estimate.value * 100)}% (tussen {round(estimate.low * 100)} en {round(estimate.high * 100)})"


def _height(share: float) -> float:
    """How far below the top a share stands."""
    return round(TOP + (1 - share) * (HEIGHT - TOP - BOTTOM), 1)
