"""The page that says how well the radar does: precision, recall, and what changed at the sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from monitor import calibration, figures_words
from monitor.calibration import Band
from monitor.desk.pages import desk_of, page
from monitor.desk.plot import Plot, plot
from monitor.measure import ClosedWeek, figures
from monitor.store import queue, tally
from monitor.weekly_report import NOW_WEEKS, WEEKS_SHOWN, drifts

WEEKS_TOGETHER = 4


@dataclass(frozen=True)
class WeekLine:
    """One week in the table."""

    week: str
    flagged: int
    accepted: int
    rejected: int
    drawn: str
    missed: int


@dataclass(frozen=True)
class BandLine:
    """One height of score in the table: what the radar said, and how much of it people chose."""

    span: str
    said: str
    came: str
    bounds: str
    items: int


def overview(request: Request) -> Response:
    """How good is the radar?"""
    desk = desk_of(request)
    weeks = tally.weeks(desk.engine, WEEKS_SHOWN)
    found = figures(weeks)
    bands = calibration.bands(tally.outcomes(desk.engine, WEEKS_SHOWN))
    return page(
        request,
        "figures.html",
        weeks=[_week_line(week) for week in reversed(weeks)],
        precision=figures_words.precision(found),
        recall=figures_words.recall(found),
        course=course(weeks),
        waiting=len(queue.drawn_waiting(desk.engine)),
        bands=_band_lines(bands),
        band_plot=_band_plot(bands),
        off=round(calibration.error(bands) * 100),
        sources=[(desk.source_title(one.source), figures_words.drift(one), one.turned) for one in drifts(desk.engine)],
        shown=WEEKS_SHOWN,
        together=WEEKS_TOGETHER,
        now_weeks=NOW_WEEKS,
        sample=desk.live.current.radar.learning.sample,
    )


def course(weeks: Sequence[ClosedWeek]) -> Plot | None:
    """How precision went week by week, and recall of several weeks together: one week's sample says too little."""
    spans = [weeks[max(0, end - WEEKS_TOGETHER) : end] for end in range(1, len(weeks) + 1)]
    shares = {
        "Gekozen van wat in de wachtrij kwam, per week": [figures([week]).precision for week in weeks],
        f"Gevonden van wat ertoe doet, {WEEKS_TOGETHER} weken samen": [figures(span).recall for span in spans],
    }
    return plot("verloop", "Hoe vaak de radar gelijk heeft, en hoeveel hij vindt", _numbers(weeks), shares)


def _numbers(weeks: Sequence[ClosedWeek]) -> list[str]:
    return [week.week[-2:].lstrip("0") for week in weeks]


def _week_line(week: ClosedWeek) -> WeekLine:
    return WeekLine(
        week.week[-2:].lstrip("0"),
        week.flagged,
        week.flagged_accepted,
        week.flagged_decided - week.flagged_accepted,
        f"{week.drawn_decided} van {week.drawn}",
        week.drawn_accepted + week.found,
    )


def _band_plot(found: list[Band]) -> Plot | None:
    heights = [f"{round(band.high * 100)}%" for band in found]
    return plot("kansen", "Gekozen, per hoogte van de kans", heights, {"Gekozen": [one.came for one in found]}, "Tot")


def _band_lines(found: list[Band]) -> list[BandLine]:
    """Each height of score with what became of it, the highest first."""
    return [
        BandLine(
            span=f"{round(band.low * 100)} tot {round(band.high * 100)}%",
            said=f"{round(band.said * 100)}%",
            came=f"{round(band.came.value * 100)}%",
            bounds=f"tussen {round(band.came.low * 100)} en {round(band.came.high * 100)}%",
            items=band.items,
        )
        for band in reversed(found)
    ]
