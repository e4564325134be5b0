"""Learning from what people accept and reject, on this machine; a lesson is used only when it beats the present one.

decisions of people, in order of time
| split           the newer half of what the present model never saw is kept apart
| train           on the rest, with the shipped items, which weigh less as people decide more
| compare         present and new judge on the part kept apart: later decisions than either learned from
| train           on everything; kept by version, and used when the new one was better
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.case import Case, judge_input
from monitor.judge import Judge, JudgeInput
from monitor.log import log
from monitor.log_odds import log_odds, logistic
from monitor.settings import Settings
from monitor.store import cases, models
from monitor.store.database import Engine
from monitor.store.models import Lesson
from monitor.trial import try_out

if TYPE_CHECKING:
    from monitor.learn import Example
    from monitor.model import Model

MOST_DECISIONS = 5_000  # the latest ones; learning from 20,000 takes 1.3 GB of memory
MOST_COMPARED = 500
MOST_ALIKE = 300
FEWEST_OF_A_KIND = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of learning; `lesson` is None when there was too little to learn from or to compare on."""

    lesson: Lesson | None
    used: bool = False


def model_in_use(engine: Engine, settings: Settings) -> Model | None:
    """The model that judges now: a lesson or the seed; None when the settings say that the words decide alone."""
    from monitor import seed  # what learns brings NumPy, which the desk waits for when it judges only
    from monitor.model import Model

    if not settings.radar.learning.model:
        return None
    lesson = models.in_use(engine)
    return Model.from_bytes(models.content(engine, lesson.id)) if lesson else seed.model()


def judge(engine: Engine, settings: Settings) -> Judge:
    """The judge of this moment: the words of the settings and the model in use."""
    return Judge(settings.words, model_in_use(engine, settings))


def learn_when_due(
    engine: Engine, settings: Settings, now: datetime, shipped: Sequence[Example] | None = None
) -> Outcome | None:
    """Learn anew, as `learn` does, when people decided often enough since the last time; None when they did not."""
    needed = settings.radar.learning.decisions if settings.radar.learning.model else 0
    latest = models.lessons(engine, 1)
    fresh = cases.count_decided(engine, latest[0].newest_decision_at if latest else None)
    return learn(engine, settings, now, shipped) if needed and fresh >= needed else None


def learn(engine: Engine, settings: Settings, now: datetime, shipped: Sequence[Example] | None = None) -> Outcome:
    """Learn from the latest decisions, keep the lesson, and use it when it beats what is in use.

    `shipped` are the labelled items that come with the radar, unless others are given.
    """
    from monitor import seed
    from monitor.learn import NothingToLearn, train, with_seed

    decided = sorted(cases.decided(engine, MOST_DECISIONS), key=lambda case: (_at(case), case.item_id))
    present = models.in_use(engine)
    known, later = split(decided, present.newest_decision_at if present else None)
    if not later:
        return Outcome(None)
    shipped = seed.examples() if shipped is None else shipped
    try:
        rehearsed = train(with_seed(_examples(known, settings), shipped))
        learned = train(with_seed(_examples(decided, settings), shipped))
    except NothingToLearn:
        return Outcome(None)
    figures = compare(later, settings, judge(engine, settings), Judge(settings.words, rehearsed))
    lesson = models.add(
        engine,
        learned.version,
        learned.to_bytes(),
        examples=len(decided),
        newest=_at(decided[-1]),
        figures=figures,
        now=now,
    )
    better = figures["surprise_after"] < figures["surprise_before"]
    if better:
        models.use(engine, lesson.id, None, now)
    log().info("learned", lesson=lesson.id, decisions=len(decided), used=better, **figures)
    return Outcome(lesson, better)


def split(decided: Sequence[Case], seen_until: datetime | None) -> tuple[list[Case], list[Case]]:
    """The decisions to learn from, and the newest ones to compare on: the later half of what was not seen before.

    Nothing to compare on when that half holds fewer than three accepted or three rejected items.
    """
    fresh = sum(seen_until is None or _at(case) > seen_until for case in decided)
    kept_apart = min((fresh + 1) // 2, MOST_COMPARED)
    known, later = list(decided[: len(decided) - kept_apart]), list(decided[len(decided) - kept_apart :])
    accepted = sum(bool(case.accepted) for case in later)
    return known, later if min(accepted, len(later) - accepted) >= FEWEST_OF_A_KIND else []


def compare(later: Sequence[Case], settings: Settings, present: Judge, new: Judge) -> dict[str, float]:
    """How the present and the new judge do on later decisions; what cannot be told is left out."""
    known = {source.name: source for source in settings.sources}
    judged = {
        name: [(one.judge(judge_input(case, known.get(case.source))).score, bool(case.accepted)) for case in later]
        for name, one in (("before", present), ("after", new))
    }
    trial = try_out(later, known, present, new)
    figures: dict[str, float] = {"compared": len(later)}
    for name, grade in (("before", trial.before), ("after", trial.after)):
        figures[f"surprise_{name}"] = round(surprise(judged[name]), 4)
        if grade.precision:
            figures[f"precision_{name}"] = round(grade.precision.value, 4)
        if grade.recall:
            figures[f"recall_{name}"] = round(grade.recall.value, 4)
    return figures


def surprise(judged: Sequence[tuple[float, bool]]) -> float:
    """The mean log loss of scores, carried over from a stream to the share of accepted items among these."""
    from monitor.learn import BASE_RATE

    share = sum(accepted for _, accepted in judged) / len(judged)
    shift = log_odds(share) - log_odds(BASE_RATE)
    losses = 0.0
    for score, accepted in judged:
        likely = logistic(log_odds(score) + shift)
        losses -= math.log(likely if accepted else 1 - likely)
    return losses / len(judged)


@dataclass(frozen=True, slots=True)
class Near:
    """A decided item and how much it is alike, 0..1."""

    case: Case
    likeness: float


def nearest(engine: Engine, settings: Settings, item_id: int, content: JudgeInput, most: int = 3) -> list[Near]:
    """Of the items people decided on last, the accepted and the rejected ones that are most like this one."""
    from monitor import seed

    known = {source.name: source for source in settings.sources}
    decided = [case for case in cases.decided(engine, MOST_ALIKE) if case.item_id != item_id]
    if not decided:
        return []
    rows = (model_in_use(engine, settings) or seed.model()).vectors(
        [content, *(judge_input(case, known.get(case.source)) for case in decided)]
    )
    likeness = (rows[1:] @ rows[0].T).toarray().ravel()
    ranked = sorted(
        (Near(case, float(one)) for case, one in zip(decided, likeness, strict=True)), key=lambda near: -near.likeness
    )
    return [near for kind in (True, False) for near in [one for one in ranked if one.case.accepted is kind][:most]]


def _examples(decided: Sequence[Case], settings: Settings) -> list[Example]:
    from monitor.learn import Example

    known = {source.name: source for source in settings.sources}
    return [
        Example(judge_input(case, known.get(case.source)), 2 if case.accepted else 0, _at(case).date())
        for case in decided
    ]


def _at(case: Case) -> datetime:
    assert case.decided_at is not None
    return case.decided_at
