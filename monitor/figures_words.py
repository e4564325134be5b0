"""How well the radar does, in plain Dutch: for the page and for the report by mail."""

from __future__ import annotations

from dataclasses import dataclass

from digest import dutch
from monitor.measure import Drift, Estimate, Figures


@dataclass(frozen=True)
class FigureInWords:
    """A figure: the short answer, how sure it is, and what it was counted from."""

    short: str
    bounds: str
    counted: str


def of_hundred(share: float) -> str:
    """A share as people say it: "83 van de 100"."""
    return f"{round(share * 100)} van de 100"


def between(estimate: Estimate) -> str:
    """The bounds of a share: "tussen 70 en 91"."""
    return f"tussen {round(estimate.low * 100)} en {round(estimate.high * 100)}"


def precision(found: Figures) -> FigureInWords | None:
    """How much of what was put in the queue was chosen; None as long as nobody decided."""
    if not found.precision:
        return None
    return FigureInWords(
        f"Van de berichten in de wachtrij is {of_hundred(found.precision.value)} gekozen.",
        f"Door toeval kan dat iets hoger of lager uitvallen: {between(found.precision)}.",
        f"Geteld over {dutch.count(found.decided, 'besluit', 'besluiten')}: {found.accepted} gekozen, "
        f"{found.decided - found.accepted} afgewezen.",
    )


def recall(found: Figures) -> FigureInWords | None:
    """How much of what matters was found; None as long as nobody looked at a sample."""
    if not found.recall or not found.missed:
        return None
    return FigureInWords(
        f"Van alle berichten die ertoe doen, vond de radar er naar schatting {of_hundred(found.recall.value)}.",
        f"Het echte getal ligt waarschijnlijk {between(found.recall)}. "
        "Hoe meer steekproeven u bekijkt, hoe preciezer dit wordt.",
        f"In de steekproef: {dutch.count(found.drawn_decided, 'bericht', 'berichten')} bekeken, "
        f"{found.drawn_accepted} daarvan toch gekozen. Samen met wat u zelf vond is dat naar schatting "
        f"{dutch.count(round(found.missed.value), 'gemist bericht', 'gemiste berichten')}.",
    )


def drift(one: Drift) -> str:
    """How a source fares now against before, and whether to look at it."""
    text = f"{of_hundred(one.flagged_now)} berichten komen nu in de wachtrij; eerder waren dat er "
    text += f"{round(one.flagged_before * 100)}."
    text += f" De gemiddelde kans is nu {round(one.score_now * 100)}%; eerder {round(one.score_before * 100)}%."
    if one.turned:
        text += " Dat is meer dan toeval. Kijk of de site anders is, of dat de radar iets niet meer herkent."
    return text
