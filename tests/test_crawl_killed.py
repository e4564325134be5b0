"""Killed in the middle of crawling, the radar goes on where it was: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import subprocess
import time
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from fakes_crawl import Crawler, crawler

from monitor.demo.stages import publish_more
from monitor.store import sources
from monitor.store.database import open_engine

KILLS = 5
PATIENCE = 60


def kill_after(process: subprocess.Popen[bytes], radar: Crawler, visits: int) -> bool:
    """Kill the command once the world has seen so many visits; False when it ended before."""
    deadline = time.monotonic() + PATIENCE
    while len(radar.world.visits) < visits and process.poll() is None:
        assert time.monotonic() < deadline
        process.poll()
    killed = process.poll() is None
    process.kill()
    process.wait()
    return killed


def crawl_with_kills(radar: Crawler, seed: int) -> int:
    """Crawl by command, killing it at random moments, until a run comes to its end; gives the number of kills."""
    chance = random.Random(seed)
    for kills in count():
        process = radar.command("crawl", "--now")
        allowed = len(radar.world.visits) + chance.randint(1, 25)
        if kills == KILLS:
            assert process.wait(PATIENCE) == 0
            return kills
        if not kill_after(process, radar, allowed):
            return kills
    raise AssertionError


def children_of_nobody() -> list[str]:
    """Crawling processes on this machine that work for a parent that is gone."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            command = (status.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            parent = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("PPid"))
        except (OSError, StopIteration):
            continue
        if command.strip().endswith("-m crawlers") and parent == "1":
            found.append(command)
    return found


def test_nothing_is_lost_or_doubled(tmp_path, engine, migrated_sqlite):
    """After kills in the first crawl and in the next one the store equals that of a crawl nobody disturbed."""
    kills, now = 0, datetime.now(UTC)
    (tmp_path / "calm").mkdir()
    (tmp_path / "calm.db").write_bytes(migrated_sqlite)
    calm_engine = open_engine(f"sqlite:///{tmp_path / 'calm.db'}")
    with crawler(tmp_path / "calm", calm_engine, now) as calm, crawler(tmp_path / "wild", engine, now) as wild:
        for stage in (1, 2):
            if stage == 2:
                publish_more(calm.folder.parent / "world")
                publish_more(wild.folder.parent / "world")
            names = [source.name for source in calm.settings().enabled]
            calm.crawl(*names)
            kills += crawl_with_kills(wild, seed=stage)
            assert all(state.baseline_at for state in sources.states(engine).values())
        expected, found = calm.held(), wild.held()
    calm_engine.dispose()
    assert kills >= KILLS
    assert set(found) == set(expected)
    for address, one in found.items():
        other = expected[address]
        assert (one.title, one.arrival, one.version, one.read) == (
            other.title,
            other.arrival,
            other.version,
            other.read,
        )
    assert sum(one.told_as is not None for one in found.values()) == 1


def test_the_crawling_child_ends_with_its_parent(tmp_path, engine):
    """A killed command leaves no process behind that goes on asking."""
    with crawler(tmp_path, engine, datetime.now(UTC), latency=0.1) as radar:
        kill_after(radar.command("crawl", "--now"), radar, 3)
        deadline = time.monotonic() + PATIENCE
        while children_of_nobody():
            assert time.monotonic() < deadline, "a crawling process outlived its parent"
