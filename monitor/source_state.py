"""What is remembered of a source, and of each run over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of one source; `reason` is a code of `crawlers.publication.Reason`, `readings` how often in a row.

    `since` is when the source began to be as it is, and `told` the reason that people were told, "" when it is well.
    `yielded_at` is when it last answered as it should, `news_at` when it last had something new, `reconciled_at` when
    all its endpoints were last read side by side, `rests_until` until when its site asked to be left alone.
    `endpoints` holds by address what is remembered of it (see `crawlers.source.Memory`).
    """

    source: str
    due_at: datetime
    schedule: str = ""
    checked_at: datetime | None = None
    yielded_at: datetime | None = None
    baseline_at: datetime | None = None
    reconciled_at: datetime | None = None
    news_at: datetime | None = None
    reason: str = ""
    detail: str = ""
    since: datetime | None = None
    told: str = ""
    readings: int = 0
    failures: int = 0
    rests_until: datetime | None = None
    endpoints: Mapping[str, Mapping[str, Any]] | None = None

    def rests(self, now: datetime) -> bool:
        """Whether its site asked to be left alone now."""
        return self.rests_until is not None and self.rests_until > now


@dataclass(frozen=True, slots=True)
class SourceRun:
    """What one run over one source brought.

    `caught_up` counts the new items that only another endpoint than the main one listed; `asked` is every request.
    """

    source: str
    finished_at: datetime
    seconds: float
    requests: int
    reason: str
    detail: str
    baseline: bool
    listed: int
    new: int
    changed: int
    flagged: int
    left_over: int
    endpoints: Sequence[Mapping[str, Any]]
    caught_up: int = 0
    asked: Sequence[Mapping[str, Any]] = ()
