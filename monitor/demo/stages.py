"""How far the demo world has come: a small file that one process writes and another reads."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from monitor.demo.piece import Publisher, publishers

FILE = "world.json"
ARCHIVE = 1


class NoWorld(Exception):
    """There is no demo world in this folder."""


class State(BaseModel):
    """The day the world was made, from which all its dates are counted, and the stage it has reached."""

    model_config = ConfigDict(frozen=True)

    today: date
    stage: int = ARCHIVE


def begin(folder: Path, today: date) -> State:
    """Make a world at its first stage, or keep the one that is there, with the day it was made on."""
    if (folder / FILE).exists():
        return state(folder)
    made = State(today=today)
    _write(folder, made)
    return made


def state(folder: Path) -> State:
    """What the state file says; raises `NoWorld` when there is none."""
    try:
        return State.model_validate_json((folder / FILE).read_bytes())
    except FileNotFoundError:
        raise NoWorld(f"Er is geen demowereld in {folder}. Begin er een met: radar demo start") from None


def stage(folder: Path) -> int:
    """The stage the world has reached: 1 the archive, 2 this week too, 3 and on what was added later."""
    return state(folder).stage


def publish_more(folder: Path) -> int:
    """Let the publishers publish what the next stage holds; returns how many items, 0 when nothing is left."""
    now = state(folder)
    fresh = sum(piece.stage == now.stage + 1 for publisher in publishers() for piece in publisher.items)
    if fresh:
        _write(folder, now.model_copy(update={"stage": now.stage + 1}))
    return fresh


def last_stage(everyone: tuple[Publisher, ...]) -> int:
    """The stage after which nothing is left to publish."""
    return max(piece.stage for publisher in everyone for piece in publisher.items)


def _write(folder: Path, now: State) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=f".{FILE}-", delete=False) as file:
        file.write(now.model_dump_json() + "\n")
    Path(file.name).replace(folder / FILE)
