"""A reader that hangs is ended; one that no signal can end costs its own source only."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from twisted.internet.task import Clock

from crawlers.publication import Reason, from_line
from crawlers.reading import HUNG, ReadingLimit, ReadingTooLong, hold_back

STUCK = """
import hashlib
from crawlers.reading import ReadingLimit
limit = ReadingLimit(0.2, lambda line: print(line.model_dump_json(), flush=True))
with limit.guard("bond"):
    hashlib.pbkdf2_hmac("sha256", b"x", b"y", 10**9)
"""


def forever():
    while True:
        pass


def test_a_slow_reader_is_interrupted():
    """Reading that takes too long raises, and what comes after has its own time again."""
    limit = ReadingLimit(0.05, lambda line: None)
    with pytest.raises(ReadingTooLong), limit.guard("bond"):
        forever()
    with limit.guard("bond"):
        pass
    assert sum(range(10**6))


def test_a_timeout_does_not_go_off_because_we_were_reading():
    """Five seconds of reading are no seconds of waiting for a site; what was due before reading began is due still."""
    clock, fired = Clock(), list[str]()
    clock.callLater(0, fired.append, "due")
    clock.callLater(3, fired.append, "timeout")
    since, clock.rightNow = clock.seconds(), clock.seconds() + 5
    hold_back(clock, since)
    clock.advance(0)
    assert fired == ["due"]
    clock.advance(2.9)
    assert fired == ["due"]
    clock.advance(0.2)
    assert fired == ["due", "timeout"]


def test_a_reader_stuck_in_a_library_ends_the_process():
    """The source is told as unreadable, and the code says that others are to go on."""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", STUCK], capture_output=True, timeout=15)
    assert done.returncode == HUNG
    assert time.monotonic() - began < 10
    end = from_line(done.stdout)
    assert (end.source, end.reason) == ("bond", Reason.READER_FAILED)
