"""The page that says how well the radar does: precision, recall, and what changed at the sources."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from digest import dutch
from monitor.desk.pages import Desk, desk_of, page
from monitor.desk.phrases import between, of_hundred
from monitor.desk.plot import plot
from monitor.measure import ClosedWeek, Drift, Figures, drift, figures
from monitor.store import tally
from monitor.store.tally import ScoreBand

WEEKS_SHOWN = 12
WEEKS_TOGETHER = 4
NOW_WEEKS = 4
COMPARED_WEEKS = 16


@dataclass(frozen=True)
class Answer:
    """A figure in words: the short answer, how sure it is, and what it was counted from."""

    short: str
    bounds: str
    counted: str


@dataclass(frozen=True)
class WeekLine:
    """One week in the table."""

    week: str
    flagged: int
    accepted: int
    rejected: int
    drawn: str
    missed: int


def overview(request: Request) -> Response:
    """How good is the radar?"""
    desk = desk_of(request)
    weeks = tally.weeks(desk.engine, WEEKS_SHOWN)
    found = figures(weeks)
    return page(
        request,
        "figures.html",
        weeks=[_week_line(week) for week in reversed(weeks)],
        precision=_precision(found),
        recall=_recall(found),
        plots=[one for one in (_precision_plot(weeks), _recall_plot(weeks)) if one],
        waiting=len(tally.drawn_waiting(desk.engine)),
        bands=_bands(tally.score_bands(desk.engine, WEEKS_SHOWN)),
        sources=[_drift_line(desk, one) for one in _drift(desk)],
        shown=WEEKS_SHOWN,
        together=WEEKS_TOGETHER,
        now_weeks=NOW_WEEKS,
        sample=desk.live.current.radar.learning.sample,
    )


def _precision(found: Figures) -> Answer | None:
    if not found.precision:
        return None
    return Answer(
        f"Van de berichten in de wachtrij is {of_hundred(found.precision.value)} gekozen.",
        f"Door toeval kan dat iets hoger of lager uitvallen: {between(found.precision)}.",
        f"Geteld over {dutch.count(found.decided, 'besluit', 'besluiten')}: {found.accepted} gekozen, "
        f"{found.decided - found.accepted} afgewezen.",
    )


def _recall(found: Figures) -> Answer | None:
    if not found.recall or not found.missed:
        return None
    return Answer(
        f"Van alle berichten die ertoe doen, vond de radar er naar schatting {of_hundred(found.recall.value)}.",
        f"Het echte getal ligt waarschijnlijk {between(found.recall)}. "
        "Hoe meer steekproeven u bekijkt, hoe preciezer dit wordt.",
        f"In de steekproef: {dutch.count(found.drawn_decided, 'bericht', 'berichten')} bekeken, "
        f"{found.drawn_accepted} daarvan toch gekozen. Samen met wat u zelf vond is dat naar schatting "
        f"{dutch.count(round(found.missed.value), 'gemist bericht', 'gemiste berichten')}.",
    )


def _precision_plot(weeks: list[ClosedWeek]) -> object:
    return plot(
        "Gekozen van wat in de wachtrij kwam, per week", [(week.week[-2:], figures([week]).precision) for week in weeks]
    )


def _recall_plot(weeks: list[ClosedWeek]) -> object:
    """Recall of several weeks together, since one week's sample says too little."""
    spans = [weeks[max(0, end - WEEKS_TOGETHER) : end] for end in range(1, len(weeks) + 1)]
    title = f"Gevonden van wat ertoe doet, telkens {WEEKS_TOGETHER} weken samen"
    return plot(title, [(span[-1].week[-2:], figures(span).recall) for span in spans])


def _week_line(week: ClosedWeek) -> WeekLine:
    return WeekLine(
        week.week[-2:].lstrip("0"),
        week.flagged,
        week.flagged_accepted,
        week.flagged_decided - week.flagged_accepted,
        f"{week.drawn_decided} van {week.drawn}",
        week.drawn_accepted + week.found,
    )


def _bands(found: list[ScoreBand]) -> list[tuple[str, str, str]]:
    """Each height of score with what became of it; nothing as long as nobody decided."""
    step = 1 / len(found)
    return [
        (
            f"{round(band.low * 100)} tot {round((band.low + step) * 100)}%",
            str(band.decided),
            f"{round(band.accepted / band.decided * 100)}%",
        )
        for band in reversed(found)
        if band.decided
    ]


def _drift(desk: Desk) -> list[Drift]:
    weeks = tally.source_weeks(desk.engine, COMPARED_WEEKS)
    recent = sorted({week.week for week in weeks})[-NOW_WEEKS:]
    return drift(weeks, frozenset(recent))


def _drift_line(desk: Desk, one: Drift) -> tuple[str, str, bool]:
    """A source with how it fares now against before, and whether to look at it."""
    now, before = of_hundred(one.flagged_now), round(one.flagged_before * 100)
    text = f"{now} berichten komen nu in de wachtrij; eerder waren dat er {before}."
    text += f" De gemiddelde kans is nu {round(one.score_now * 100)}%; eerder {round(one.score_before * 100)}%."
    if one.turned:
        text += " Dat is meer dan toeval. Kijk of de site anders is, of dat de radar iets niet meer herkent."
    return desk.source_title(one.source), text, one.turned
