"""Ends the reading of an answer that takes too long, and holds it against no other source."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from crawlers.publication import Emit, Reason, SourceFinished

HUNG = 3
PATIENCE = 3
LOOK_EVERY = 0.5
NOTICED = 0.05


def hold_back(reactor: Any, since: float) -> None:
    """Put off what was to happen while an answer was read, by as long as that took.

    This process listens to nobody meanwhile, so a timeout that is due then is not the fault of the site it is for.
    `since` is when reading began on the clock of the reactor; what was due before then stays so.
    """
    spent = reactor.seconds() - since
    if spent > NOTICED:
        for call in reactor.getDelayedCalls():
            if call.getTime() > since:
                call.delay(spent)


class ReadingTooLong(Exception):
    """Reading one answer took longer than it may."""


class ReadingLimit:
    """Bounds the seconds that one answer may take to read.

    A reader in Python is interrupted by a signal. One that hangs in a library cannot be: after three times as long the
    process says so for the source at hand and ends with code `HUNG`, for its parent to go on without that source.
    """

    def __init__(self, seconds: float, emit: Emit) -> None:
        self._seconds = seconds
        self._emit = emit
        self._began: tuple[str, float] | None = None
        signal.signal(signal.SIGALRM, self._interrupt)
        threading.Thread(target=self._watch, daemon=True).start()

    @contextmanager
    def guard(self, source: str) -> Iterator[None]:
        """Raise `ReadingTooLong` in the block when it lasts too long."""
        self._began = (source, time.monotonic())
        signal.setitimer(signal.ITIMER_REAL, self._seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._began = None

    def _interrupt(self, *_: Any) -> None:
        if self._began:
            raise ReadingTooLong(f"reading it took more than {self._seconds:g} seconds")

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_EVERY)
            began = self._began
            if began and time.monotonic() - began[1] > PATIENCE * self._seconds:
                detail = f"reading an answer hung for {PATIENCE * self._seconds:g} seconds"
                self._emit(SourceFinished(source=began[0], reason=Reason.READER_FAILED, detail=detail))
                os._exit(HUNG)
