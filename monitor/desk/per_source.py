"""The geometry of the plot of what each source brought: two bars per source, for an SVG without script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.store.arrivals import CameIn

WIDTH = 340
ROW = 42
MOST_ROWS = 12
LONGEST_TITLE = 28


@dataclass(frozen=True)
class Row:
    """One source: its title, shortened for the plot, its numbers, and its bars in units of the SVG; `y` is its top."""

    title: str
    short: str
    news: int
    flagged: int
    y: int
    news_width: int
    flagged_width: int


@dataclass(frozen=True)
class PerSource:
    """All that a template needs; `rows` are all sources that brought something, `drawn` the first few of them."""

    rows: tuple[Row, ...]
    quiet: int
    width: int = WIDTH

    @property
    def drawn(self) -> tuple[Row, ...]:
        """The sources that brought most."""
        return self.rows[:MOST_ROWS]

    @property
    def height(self) -> int:
        """The height of the SVG."""
        return ROW * len(self.drawn)


def per_source(brought: Mapping[str, CameIn]) -> PerSource:
    """Draw what each source brought, by its title, the most first; a source with little still has a bar to be seen."""
    ordered = sorted(brought.items(), key=lambda one: (-one[1].news, one[0]))
    most = max((one.news for one in brought.values()), default=0)
    rows = tuple(
        Row(title, _short(title), one.news, one.flagged, ROW * at, _width(one.news, most), _width(one.flagged, most))
        for at, (title, one) in enumerate(ordered)
        if one.news
    )
    return PerSource(rows, len(brought) - len(rows))


def _width(number: int, most: int) -> int:
    return max(round(WIDTH * number / most), 2) if number else 0


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"
