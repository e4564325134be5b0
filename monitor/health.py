"""How a source fares: its state after a run, and what to tell people when that changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from crawlers.publication import Reason, SourceFinished
from monitor.source_state import SourceState

HEALTHY = frozenset({Reason.OK, Reason.UNCHANGED})
OURSELVES = frozenset({Reason.DNS, Reason.TIMEOUT, Reason.REFUSED, Reason.CONNECTION})


def is_own_outage(failed: Iterable[SourceFinished], *, already_offline: bool) -> bool:
    """Say whether a run in which every source failed did so because of us: none of them got through to its site.

    One source alone proves nothing, unless we were offline already.
    """
    reasons = [outcome.reason for outcome in failed]
    return all(reason in OURSELVES for reason in reasons) and len(reasons) >= (1 if already_offline else 2)


def after_success(
    state: SourceState,
    finished: SourceFinished,
    validators: Mapping[str, Mapping[str, str]],
    now: datetime,
    due: datetime,
) -> SourceState:
    """The state after a run that got through; the first one sets the baseline."""
    kept = dict(state.validators or {}) | dict(validators)
    return replace(
        _turned(state, finished, now),
        due_at=due,
        checked_at=now,
        yielded_at=now,
        baseline_at=state.baseline_at or now,
        failures=0,
        validators=kept,
    )


def after_failure(state: SourceState, finished: SourceFinished, now: datetime, due: datetime) -> SourceState:
    """The state after a run that brought nothing."""
    return replace(_turned(state, finished, now), due_at=due, checked_at=now, failures=state.failures + 1)


def after_own_outage(state: SourceState, due: datetime) -> SourceState:
    """The state after a run that failed because of us: nothing is held against the source."""
    return replace(state, due_at=due)


def turned(before: SourceState, after: SourceState) -> bool:
    """Say whether the health changed, so that people are told once."""
    return _good(before) != _good(after) or (not _good(after) and before.reason != after.reason)


def _turned(state: SourceState, finished: SourceFinished, now: datetime) -> SourceState:
    reason = finished.reason.value
    same = state.reason == reason or (_good(state) and finished.reason in HEALTHY and state.reason)
    return replace(state, reason=reason, detail=finished.detail, since=state.since if same else now)


def _good(state: SourceState) -> bool:
    return state.reason in ("", *HEALTHY)
