"""Log lines: one event each, for machines and for people."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from monitor.log import NAME, Line, log


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What is written down, as JSON and then for people."""
    out, logger = StringIO(), logging.getLogger(NAME)
    before = (logger.handlers, logger.level)
    handlers = [logging.StreamHandler(out), logging.StreamHandler(out)]
    for handler, for_people in zip(handlers, (False, True), strict=True):
        handler.setFormatter(Line(for_people=for_people))
    logger.handlers = handlers
    logger.setLevel(logging.INFO)  # not by attribute: what is on and off is kept, and only this forgets it
    yield out
    logger.handlers = before[0]
    logger.setLevel(before[1])


def test_an_event_is_one_line_of_json_or_one_row_for_people(written: StringIO) -> None:
    """All that belongs to it is in it, whatever it is called and whatever it is; one line stays one line."""
    log().info("source run", name="linde", message="één\nregel", new=3, at=logging)
    machine, *people = written.getvalue().splitlines()
    told = json.loads(machine)
    assert (told.pop("at"), told.pop("timestamp")[-1]) == (repr(logging), "Z")
    assert told == {"event": "source run", "level": "info", "name": "linde", "message": "één\nregel", "new": 3}
    assert "één" in machine
    assert "info    source run name=linde message=één" in people[0]


def test_a_fault_is_written_down_with_its_traceback(written: StringIO) -> None:
    """The fault that is being handled stands in the line; what stands in percent signs is not filled in."""
    try:
        raise ValueError("stuk")
    except ValueError:
        log().exception("100% mis %s", source="linde")
    told = json.loads(written.getvalue().splitlines()[0])
    assert (told["event"], told["level"], told["source"]) == ("100% mis %s", "error", "linde")
    assert told["exception"].endswith("ValueError: stuk")
    assert written.getvalue().count("Traceback") == 2
