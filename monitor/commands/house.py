"""What every command needs: the settings, the database and the clock, built once and passed down."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from crawlers.address import is_of_this_machine
from monitor.settings import LiveSettings, Settings, SettingsError
from monitor.store.database import Engine, migrate, open_engine

if TYPE_CHECKING:
    from monitor.editor import Editor

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

ATTENTION = 1
WRONG_USE = 2
OFFLINE = 3
BUSY = 4


FAULTS = {
    errno.ENOENT: "dat bestaat niet",
    errno.EACCES: "dat mag u niet",
    errno.EPERM: "dat mag u niet",
    errno.EROFS: "daar kan alleen gelezen worden",
    errno.ENOTDIR: "dat is geen map",
    errno.EISDIR: "dat is een map",
    errno.ENOSPC: "de schijf is vol",
    errno.EADDRINUSE: "die is al bezet",
    errno.EADDRNOTAVAIL: "dat adres is niet van deze computer",
}


def fault_in_dutch(fault: OSError) -> str:
    """What the system refused, in a few Dutch words; in its own words when it is a rare thing."""
    return FAULTS.get(fault.errno or 0, fault.strerror or str(fault))


def clock() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def stop(message: str, code: int = ATTENTION) -> NoReturn:
    """End the command with a message on standard error."""
    click.echo(message, err=True)
    sys.exit(code)


def progress_bar(*columns: ProgressColumn) -> Progress:
    """A progress bar on standard error, gone when the work is done; only drawn on a terminal."""
    from rich.console import Console  # a service draws none
    from rich.progress import Progress

    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def warn_of_loopback(settings: Settings) -> None:
    """Say that the switch for tests and demo keeps real sources from being read, when it does."""
    addresses = {source.name: [endpoint.address for endpoint in source.endpoints] for source in settings.enabled}
    kept_out = [name for name, given in addresses.items() if not all(map(is_of_this_machine, given))]
    if settings.allow_loopback and kept_out:
        click.echo(
            "Let op: RADAR_ALLOW_LOOPBACK=1 staat aan. Dat is alleen voor tests en demo: er wordt niets buiten deze "
            f"computer gelezen. Zo komt er niets binnen van {', '.join(kept_out[:5])}. Haal die instelling weg.",
            err=True,
        )


@dataclass(frozen=True)
class House:
    """The installation that a command works on, opened when it is first needed."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @cached_property
    def live(self) -> LiveSettings:
        """The settings; a mistake in them ends the command with every problem named."""
        if not self.folder.is_dir():
            stop(f"De map {self.folder} bestaat niet. Wijs de map met de instellingen aan met --config.", WRONG_USE)
        try:
            return LiveSettings(self.folder, self.environment)
        except SettingsError as error:
            stop(str(error), WRONG_USE)

    @property
    def settings(self) -> Settings:
        """The settings of this moment."""
        return self.live.current

    @cached_property
    def engine(self) -> Engine:
        """The database, brought up to date."""
        try:
            engine = open_engine(self.settings.database)
            migrate(engine)
        except Exception as error:
            shown = self.settings.database.rpartition("@")[2]  # what stands before the @ may be a password
            reason = fault_in_dutch(error) if isinstance(error, OSError) else str(error).splitlines()[0]
            stop(
                f"De database {shown} is niet te openen. Klopt het adres, en mag u er schrijven?\n"
                f"Het adres staat bij database in radar.yaml, of in RADAR_DATABASE. Melding: {reason}"
            )
        return engine

    @property
    def editor(self) -> Editor:
        """The editor, who always works with the settings of the moment."""
        from monitor.editor import Editor  # letters and their sending, which no crawl needs

        return Editor(self.engine, lambda: self.settings, clock)


pass_house = click.make_pass_decorator(House)
