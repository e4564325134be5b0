"""A trial of other words before they are saved: which items flip, why, and what becomes of the figures. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.case import Case, judge_input
from monitor.judge import Effect, Judge, Judgement, JudgeReason
from monitor.measure import Estimate, share
from monitor.source_settings import SourceSettings

MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class Flip:
    """An item that would be flagged or would no longer be, and the reasons that came or went."""

    case: Case
    before: Judgement
    after: Judgement

    @property
    def flagged(self) -> bool:
        """Whether it would be flagged now."""
        return self.after.flagged

    @property
    def came(self) -> tuple[JudgeReason, ...]:
        """Reasons that were not there before, the weightiest first."""
        return _only_in(self.after, self.before)

    @property
    def went(self) -> tuple[JudgeReason, ...]:
        """Reasons that are gone, the weightiest first."""
        return _only_in(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Grade:
    """How a judge does on what people decided: of what it flags the share they accepted, and the other way round."""

    precision: Estimate | None
    recall: Estimate | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a trial over `tried` items, of which people decided on `decided`."""

    tried: int
    decided: int
    flips: tuple[Flip, ...]
    before: Grade
    after: Grade


def try_out(cases: Sequence[Case], sources: Mapping[str, SourceSettings], before: Judge, after: Judge) -> Trial:
    """Judge all cases with both judges; a source keeps the threshold of its own, if it has one."""
    judged = []
    for case in cases:
        source = sources.get(case.source)
        judged.append((case, _judged(case, source, before), _judged(case, source, after)))
    return Trial(
        tried=len(cases),
        decided=sum(case.accepted is not None for case in cases),
        flips=tuple(Flip(case, old, new) for case, old, new in judged if old.flagged != new.flagged),
        before=grade([(case, old) for case, old, _ in judged]),
        after=grade([(case, new) for case, _, new in judged]),
    )


def grade(judged: Sequence[tuple[Case, Judgement]]) -> Grade:
    """Precision and recall on the cases that people decided on."""
    decided = [(judgement.flagged, case.accepted) for case, judgement in judged if case.accepted is not None]
    hits = sum(1 for flagged, accepted in decided if flagged and accepted)
    return Grade(
        precision=share(hits, sum(flagged for flagged, _ in decided)),
        recall=share(hits, sum(accepted for _, accepted in decided)),
    )


def _judged(case: Case, source: SourceSettings | None, judge: Judge) -> Judgement:
    """What a judge says of a case; what is stored already when that judge said it."""
    if (case.judgement.words_version, case.judgement.model_version) == (judge.version, judge.model_version):
        return case.judgement
    return judge.judge(judge_input(case, source), source.threshold if source else None)


def _only_in(one: Judgement, other: Judgement) -> tuple[JudgeReason, ...]:
    there = {(reason.term, reason.place, reason.effect) for reason in other.reasons}
    only = [
        reason
        for reason in one.reasons
        if reason.effect is not Effect.GATE and (reason.term, reason.place, reason.effect) not in there
    ]
    return tuple(only[:MOST_REASONS])
