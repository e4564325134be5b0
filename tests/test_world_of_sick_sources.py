"""A world of sick sources, read twice over real HTTP: the right state for each, and every item that can be found."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes_crawl import SWITCH, child_of_ours, forget_most_held, most_held
from fakes_sick import Sick, well
from fakes_sick_sources import HEALTHY, world
from fakes_site import Site, overview
from sqlalchemy import Engine, select

from crawlers.publication import Event, SourceFinished
from monitor.demo.configuration import write_config as write_demo_config
from monitor.intake import Intake, run_due
from monitor.settings import load
from monitor.source_state import SourceState
from monitor.store import sources
from monitor.store.database import open_engine
from monitor.tables import item

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RADAR = """
agent: {contact: radar@voorbeeld.nl}
crawl: {pause: 0, jitter: 0, timeout: 3}
digest: {sender_address: radar@voorbeeld.nl, postal: Straat 1, contact: radar@voorbeeld.nl}
"""
MOST_MEMORY = 400 * 1024


@dataclass
class Told:
    """What two crawls of the world came to.

    `ended` has the sources in the order in which they were done in the second one and `asked` the addresses that each
    then asked, with the status; `memory` is the most that the crawling process held then, and `grown` what the process
    that takes in held more at its most, both in KiB.
    """

    rows: tuple[Sick, ...]
    states: dict[str, SourceState]
    news: dict[str, list[str]]
    ended: list[str]
    asked: dict[str, list[tuple[str, int]]]
    memory: int
    grown: int


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: bytes) -> Iterator[Told]:
    """The world is read when all is well, then when nearly all is not."""
    folder = tmp_path_factory.mktemp("sick")
    (folder / "radar.db").write_bytes(migrated_sqlite)
    engine = open_engine(f"sqlite:///{folder / 'radar.db'}")
    elsewhere = Site(host="127.0.6.1", pages={"/nieuws/": overview("/elders/een/", "/elders/twee/", "/elders/drie/")})
    rows = world(elsewhere)
    with ExitStack() as stack:
        for site in (elsewhere, *(one.site for one in rows)):
            stack.enter_context(site.serve())
        write_config(folder, rows)
        for one in rows:
            one.site.pages = well(one.site)
        watched(engine, folder, NOW, [one.name for one in rows if not one.always])
        for one in rows:
            one.site.pages |= one.ails(one.site)
        before = forget_most_held()
        ended, memory = watched(engine, folder, NOW + timedelta(days=1), [one.name for one in rows])
        grown = most_held(os.getpid()) - before
        yield Told(rows, sources.states(engine), news(engine), ended, asked(engine, rows), memory, grown)
    engine.dispose()


def write_config(folder: Path, rows: tuple[Sick, ...]) -> None:
    """Settings that follow these sources, with the words of the demo."""
    write_demo_config(folder / "config", 0)
    (folder / "config" / "sources.yaml").write_text("sources:\n" + "\n".join(one.row() for one in rows) + "\n")
    (folder / "config" / "radar.yaml").write_text(RADAR)


def asked(engine: Engine, rows: tuple[Sick, ...]) -> dict[str, list[tuple[str, int]]]:
    """What the last run over each source asked: every address with its status, 0 for no answer."""
    runs = {one.name: sources.runs(engine, one.name, 1)[0] for one in rows}
    return {name: [(one["address"], one["status"]) for one in run.asked] for name, run in runs.items()}


def watched(engine: Engine, folder: Path, now: datetime, names: list[str]) -> tuple[list[str], int]:
    """Read these sources once, and note in which order they were done and how much the crawling process held."""
    ended, memory, over = list[str](), [0], threading.Event()

    def note(event: Event) -> None:
        if isinstance(event, SourceFinished):
            ended.append(event.source)

    def look() -> None:
        while not over.wait(0.2):
            with suppress(ValueError, OSError, StopIteration):  # it has not begun, or is just gone
                memory.append(most_held(child_of_ours()))

    looking = threading.Thread(target=look)
    looking.start()
    intake = Intake(engine, load(folder / "config", SWITCH), lambda: now, luck=lambda: 0.5, progress=note)
    try:
        run_due(intake, names)
    finally:
        over.set()
        looking.join()
    return ended, max(memory)


def news(engine: Engine) -> dict[str, list[str]]:
    """The paths of the items that are news, by source."""
    found: dict[str, list[str]] = {}
    with engine.connect() as connection:
        for row in connection.execute(select(item.c.source, item.c.address).where(item.c.arrival == "news")):
            found.setdefault(row.source, []).append("/" + row.address.split("/", 3)[3])
    return found


def test_each_source_is_in_the_right_state(told: Told) -> None:
    """Every ailment has its own reason code, and a healthy source among them is well."""
    assert len(told.rows) >= 72
    states = {name: state.reason for name, state in told.states.items()}
    assert [(one.name, states[one.name]) for one in told.rows if states[one.name] != one.reason] == []


def test_every_item_that_can_be_found_is_found_and_none_is_made_up(told: Told) -> None:
    """What each source published since the first reading is news, and nothing else is: no archive, no moved page."""
    found = {one.name: sorted(told.news.get(one.name, [])) for one in told.rows}
    assert [(one.name, found[one.name]) for one in told.rows if found[one.name] != sorted(one.news)] == []


def test_healthy_sources_do_not_wait_for_sick_ones(told: Told) -> None:
    """Those that hang stand first in line and the healthy ones last, and yet those that hang end after all others.

    The order is the proof, not a time: read one by one, or a few at a time, the first in line would be done first.
    """
    hang = [one.name for one in told.rows if one.hangs]
    assert [one.name for one in told.rows[: len(hang)]] == hang
    assert told.rows[-len(HEALTHY) :][0].name == HEALTHY[0].name
    assert sorted(told.ended[-len(hang) :]) == sorted(hang)


def test_a_source_that_hangs_costs_two_timeouts_for_an_address(told: Told) -> None:
    """Of what a run may take in all, patience is the largest part: each address that never answers is tried twice."""
    for one in told.rows:
        tries = Counter(address for address, status in told.asked[one.name] if one.hangs and not status)
        assert max(tries.values(), default=0) <= 2, one.name
    assert sum(one.hangs for one in told.rows) >= 3


def test_memory_stays_bounded(told: Told) -> None:
    """Bombs, endless answers and seas of tags take neither process near what a small machine has."""
    assert 0 < told.memory < MOST_MEMORY
    assert told.grown < MOST_MEMORY / 2
