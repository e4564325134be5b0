"""Killed in the middle of crawling, the radar goes on where it was: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes_crawl import Crawler, Held, crawler
from sqlalchemy import func, select

from monitor.crawl_tables import source_run
from monitor.demo.stages import publish_more
from monitor.store import sources
from monitor.store.database import open_engine

KILLS = {1: 2, 2: 2}
MOST_VISITS = 12
PATIENCE = 60


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, migrated_sqlite):
    """What is held after the first crawl and the next one when nobody disturbs them, by stage."""
    folder = tmp_path_factory.mktemp("calm")
    (folder / "radar.db").write_bytes(migrated_sqlite)
    engine = open_engine(f"sqlite:///{folder / 'radar.db'}")
    held = {}
    with crawler(folder, engine, datetime.now(UTC)) as calm:
        for stage in KILLS:
            if stage > 1:
                publish_more(folder / "world")
            calm.crawl(*(source.name for source in calm.settings().enabled))
            held[stage] = calm.held()
    engine.dispose()
    return held


def saved_runs(radar: Crawler) -> int:
    with radar.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(source_run)) or 0


def moment(radar: Crawler, chance: random.Random) -> Callable[[], bool]:
    """A moment to kill at: after so many more requests, or when one more source has just been saved."""
    if chance.random() < 0.4:
        before = saved_runs(radar)
        return lambda: saved_runs(radar) > before
    visits = len(radar.world.visits) + chance.randint(1, MOST_VISITS)
    return lambda: len(radar.world.visits) >= visits


def kill_when(process: subprocess.Popen[bytes], come: Callable[[], bool]) -> None:
    """Kill the command at a moment; it must not have ended before."""
    deadline = time.monotonic() + PATIENCE
    while not come():
        assert time.monotonic() < deadline
        with suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"the command ended by itself, with code {process.wait(0.005)}")
    process.kill()
    assert process.wait() < 0


def crawl_with_kills(radar: Crawler, kills: int, seed: int) -> None:
    """Crawl by command, killing it at random moments, and then once to its end."""
    chance = random.Random(seed)
    for _ in range(kills):
        come = moment(radar, chance)
        kill_when(radar.command("crawl", "--now"), come)
    assert radar.command("crawl", "--now").wait(PATIENCE) == 0


def same(found: dict[str, Held], expected: dict[str, Held]) -> bool:
    """Whether the same items are held, in the same version, read or not, as news or not, as copy or original."""

    def content(held: dict[str, Held]) -> dict[str, object]:
        by_id = {one.id: address for address, one in held.items()}
        return {
            address: (one.title, one.arrival, one.version, one.read, by_id.get(one.told_as or 0))
            for address, one in held.items()
        }

    return content(found) == content(expected)


def test_nothing_is_lost_or_doubled(tmp_path, engine, undisturbed):
    """After kills in the first crawl and in the next one the store equals that of crawls nobody disturbed."""
    with crawler(tmp_path, engine, datetime.now(UTC)) as wild:
        for stage, kills in KILLS.items():
            if stage > 1:
                publish_more(tmp_path / "world")
            crawl_with_kills(wild, kills, seed=stage)
            assert all(state.baseline_at for state in sources.states(engine).values())
            assert same(wild.held(), undisturbed[stage])
        assert {len(wild.versions(one.id)) for one in wild.held().values()} == {1}


def crawling_child(parent: int) -> int | None:
    """The crawling process of a command, when it has one."""
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            if f"\nPPid:\t{parent}\n" in status.read_text() and b"crawlers" in (status.parent / "cmdline").read_bytes():
                return int(status.parent.name)
    return None


def runs_still(process: int) -> bool:
    """Whether a process is there and not merely waiting to be buried."""
    with suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    return False


def test_the_crawling_child_ends_with_its_parent(tmp_path, sqlite_address):
    """A killed command leaves no process behind that goes on asking."""
    engine = open_engine(sqlite_address)
    with crawler(tmp_path, engine, datetime.now(UTC), latency=0.1) as radar:
        command = radar.command("crawl", "--now")
        children = []
        kill_when(command, lambda: len(radar.world.visits) >= 3 and bool(children or _note(children, command.pid)))
        deadline = time.monotonic() + PATIENCE
        while runs_still(children[0]):
            assert time.monotonic() < deadline, "the crawling process outlived its parent"
        visits = len(radar.world.visits)
        assert visits < 20
    engine.dispose()
    assert len(radar.world.visits) <= visits + 3, "one request per host may have been under way"


def _note(children: list[int], parent: int) -> bool:
    children += [child for child in (crawling_child(parent),) if child]
    return bool(children)
