"""Runs that brought nothing are written together."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.quiet import LONGEST, MOST, Quiet
from monitor.source_state import SourceRun, SourceState
from monitor.store import sources


def ended(name, now):
    """How a run without news ended: the title, the state before and after, and the run."""
    run = SourceRun(name, now, 0.1, 1, "unchanged", "", False, 0, 0, 0, 0, 0, [])
    return name, SourceState(name, now), SourceState(name, now + timedelta(hours=1), reason="unchanged"), run


def written(engine):
    return {run.source for run in sources.runs(engine)}


def test_runs_wait_for_each_other_but_not_for_long(engine, now):
    """They are written once there are fifty of them, or when the first has waited two seconds."""
    quiet = Quiet(engine)
    quiet.add(*ended("een", now))
    assert written(engine) == set()
    quiet.add(*ended("twee", now + LONGEST))
    assert written(engine) == {"een", "twee"}
    many = [f"bron{number}" for number in range(MOST)]
    for name in many:
        quiet.add(*ended(name, now))
    assert sources.states(engine).keys() == {"een", "twee", *many}


def test_one_that_cannot_be_written_spoils_no_other(engine, now):
    """Of a run that the database refuses nothing is kept, and the others are."""
    quiet = Quiet(engine)
    title, before, after, run = ended("ziek", now)
    quiet.add(title, before, after, replace(run, reason=None))
    quiet.add(*ended("gezond", now))
    quiet.write()
    assert written(engine) == {"gezond"}
    assert sources.states(engine).keys() == {"gezond"}
