"""What a trial of other words came to, in Dutch words."""

from __future__ import annotations

from dataclasses import dataclass

from digest import dutch
from monitor.desk.cards import UNTITLED
from monitor.desk.marks import Piece, mark
from monitor.desk.pages import Desk
from monitor.figures_words import between, of_hundred
from monitor.measure import Estimate
from monitor.trial import Flip, Trial

FLIPS_SHOWN = 15


@dataclass(frozen=True)
class FlipLine:
    """An item that would change sides, in words."""

    id: int
    title: str
    source: str
    decision: str
    came: tuple[tuple[Piece, ...], ...]
    went: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True)
class Outcome:
    """What a trial came to, in words."""

    summary: str
    arriving: tuple[FlipLine, ...]
    leaving: tuple[FlipLine, ...]
    more: int
    rows: tuple[tuple[str, str, str], ...]


def outcome(desk: Desk, trial: Trial) -> Outcome:
    """Put the flips and the figures into words."""
    telling = sorted(trial.flips, key=lambda flip: flip.case.accepted is None)  # those decided on say most
    arriving = [flip for flip in telling if flip.flagged]
    leaving = [flip for flip in telling if not flip.flagged]
    came = dutch.count(len(arriving), "bericht komt erbij", "berichten komen erbij")
    went = dutch.count(len(leaving), "bericht valt weg", "berichten vallen weg")
    tried = f"Geprobeerd op {dutch.count(trial.tried, 'bericht', 'berichten')}"
    return Outcome(
        f"{tried}: {came} in de wachtrij, {went}." if trial.flips else f"{tried}: er verandert niets.",
        tuple(_flip_line(desk, flip) for flip in arriving[:FLIPS_SHOWN]),
        tuple(_flip_line(desk, flip) for flip in leaving[:FLIPS_SHOWN]),
        max(len(arriving) - FLIPS_SHOWN, 0) + max(len(leaving) - FLIPS_SHOWN, 0),
        (
            ("Van wat in de wachtrij komt, kiest u", _share(trial.before.precision), _share(trial.after.precision)),
            ("Van wat u koos, vindt de radar", _share(trial.before.recall), _share(trial.after.recall)),
        )
        if trial.decided
        else (),
    )


def _share(estimate: Estimate | None) -> str:
    return f"{of_hundred(estimate.value)} ({between(estimate)})" if estimate else "niet te zeggen"


def _flip_line(desk: Desk, flip: Flip) -> FlipLine:
    case = flip.case
    decision = {True: "U koos dit.", False: "U wees dit af.", None: "Nog niet beoordeeld."}[case.accepted]
    return FlipLine(
        case.item_id,
        case.title or UNTITLED,
        desk.source_title(case.source),
        decision,
        tuple(mark(reason.sentence, [reason.found]) for reason in flip.came),
        tuple(mark(reason.sentence, [reason.found]) for reason in flip.went),
    )
