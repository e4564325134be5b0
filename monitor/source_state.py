"""What is remembered of a source, and of each run over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of one source; `reason` is a code of `crawlers.publication.Reason`, `since` is when it began."""

    source: str
    due_at: datetime
    schedule: str = ""
    checked_at: datetime | None = None
    yielded_at: datetime | None = None
    baseline_at: datetime | None = None
    reason: str = ""
    detail: str = ""
    since: datetime | None = None
    failures: int = 0
    validators: Mapping[str, Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class SourceRun:
    """What one run over one source brought."""

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
