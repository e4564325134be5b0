"""Runs that brought nothing, written together: a transaction for each would cost more than the reading did."""

from __future__ import annotations

from datetime import timedelta

from monitor import telling
from monitor.log import log
from monitor.source_state import SourceRun, SourceState
from monitor.store import line
from monitor.store.database import Engine

MOST = 50
LONGEST = timedelta(seconds=2)


class Quiet:
    """Keeps runs without news back for a moment; one that is lost with the process leaves its source due."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: list[tuple[str, SourceState, SourceState, SourceRun]] = []

    def add(self, title: str, before: SourceState, after: SourceState, run: SourceRun) -> None:
        """Take in how a run of the source with this title ended, and write when it is time."""
        self._waiting.append((title, before, after, run))
        if len(self._waiting) >= MOST or run.finished_at - self._waiting[0][3].finished_at >= LONGEST:
            self.write()

    def write(self) -> None:
        """Write what waits, in one transaction; when that fails one by one, so that one source spoils no other.

        Raises what went wrong when nothing at all can be written.
        """
        waiting, self._waiting = self._waiting, []
        try:
            line.save_quiet(self._engine, [(after, run) for _, _, after, run in waiting])
        except Exception:
            waiting = [one for one in waiting if self._is_written(one[2], one[3])]
            if not waiting:
                raise
        for title, before, after, run in waiting:
            telling.of_run(self._engine, title, before, after, run)

    def _is_written(self, after: SourceState, run: SourceRun) -> bool:
        try:
            line.save_quiet(self._engine, [(after, run)])
        except Exception:
            log().exception("source not taken in", source=run.source)
            return False
        return True
