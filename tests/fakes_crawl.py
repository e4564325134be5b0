"""An installation that crawls the demo world on loopback, and what it then holds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, select

from monitor.demo.configuration import write_config
from monitor.demo.world import World
from monitor.intake import Intake, RunReport, run_due
from monitor.settings import LiveSettings, Settings
from monitor.tables import item, item_version, notice

SWITCH = {"RADAR_ALLOW_LOOPBACK": "1"}


@dataclass
class Held:
    """An item as the database holds it."""

    id: int
    address: str
    title: str
    arrival: str
    version: int
    told_as: int | None
    read: bool


@dataclass(frozen=True)
class Crawler:
    """A world, settings for it and a database."""

    world: World
    folder: Path
    engine: Engine
    now: datetime

    @cached_property
    def live(self) -> LiveSettings:
        """The settings, read again only when a file changed."""
        return LiveSettings(self.folder, SWITCH)

    def settings(self) -> Settings:
        """The settings as the files have them now; raises `SettingsError` when they are bad."""
        if self.live.refresh() and self.live.error:
            raise self.live.error
        return self.live.current

    def crawl(self, *names: str, now: datetime | None = None) -> RunReport:
        """Run the line once: what is due, or `names` whether due or not."""
        moment = now or self.now
        return run_due(Intake(self.engine, self.settings(), lambda: moment, luck=lambda: 0.5), names)

    def command(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the command `radar` on this installation."""
        command = [sys.executable, "-m", "monitor.cli", *arguments]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, env=self.environment(), **quiet)

    def environment(self) -> dict[str, str]:
        """The environment of a command on this installation."""
        url = self.engine.url.render_as_string(hide_password=False)
        return dict(os.environ) | SWITCH | {"RADAR_DATABASE": url, "RADAR_CONFIG": str(self.folder)}

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run the command `radar` on this installation to its end."""
        command = [sys.executable, "-m", "monitor.cli", *arguments]
        return subprocess.run(command, env=self.environment(), input=typed, capture_output=True, text=True, timeout=120)

    def held(self) -> dict[str, Held]:
        """Every item by its address without host, so that worlds on other ports compare."""
        columns = (
            item.c.id,
            item.c.address,
            item.c.title,
            item.c.arrival,
            item.c.version,
            item.c.told_as,
            item.c.read_at,
        )
        with self.engine.connect() as connection:
            rows = [Held(*row[:6], row[6] is not None) for row in connection.execute(select(*columns))]
        found = {row.address.split(":", 2)[1] + "/" + row.address.split("/", 3)[3]: row for row in rows}
        assert len(found) == len(rows), "an item is held twice"
        return found

    def versions(self, item_id: int) -> list[str]:
        """The texts an item had, the oldest first."""
        wanted = select(item_version.c.text).where(item_version.c.item_id == item_id).order_by(item_version.c.version)
        with self.engine.connect() as connection:
            return list(connection.scalars(wanted))

    def notices(self) -> list[str]:
        """The names of the notices that are up."""
        with self.engine.connect() as connection:
            return sorted(connection.scalars(select(notice.c.name).where(notice.c.ended_at.is_(None))))


@contextmanager
def crawler(folder: Path, engine: Engine, now: datetime, latency: float = 0.0) -> Iterator[Crawler]:
    """A crawler on a new demo world, made on the day of `now`, that answers until the block ends.

    Commands go by the real clock: give them the real `now`.
    """
    with World(folder / "world", 0, now.date(), latency).serve() as world:
        write_config(folder / "config", world.port)
        radar = folder / "config" / "radar.yaml"
        radar.write_text(radar.read_text().replace("pause: 0.1 ", "pause: 0.02 "))
        yield Crawler(world, folder / "config", engine, now)


def child_of_ours() -> int:
    """The crawling process that this process started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            parent = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("PPid"))
            command = (status.parent / "cmdline").read_bytes()
            if parent == str(os.getpid()) and command.endswith(b"-m\0crawlers\0"):
                found.append(int(status.parent.name))
    (pid,) = found
    return pid


def listening(pid: int) -> list[str]:
    """The TCP ports at which a process listens, as the system writes them."""
    links = []
    for held in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since the folder was read
            links.append(str(held.readlink()))
    own = {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")}
    rows = [row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()]
    return [row[1] for row in rows if row[3] == "0A" and row[9] in own]


def most_held(pid: int) -> int:
    """The most memory that a process has held until now, in KiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def forget_most_held() -> int:
    """Begin anew with what this process has held at most (proc(5), clear_refs); returns what it holds now, in KiB."""
    Path("/proc/self/clear_refs").write_text("5")
    return most_held(os.getpid())
