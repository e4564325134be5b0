"""The demo as a newcomer runs it: once, once more, and with more published."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


def demo(folder: Path, *words: str) -> str:
    """Run `radar demo` in a folder; gives what it says."""
    command = [sys.executable, "-m", "monitor.cli", "demo", "--folder", str(folder), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder for a demo, which is stopped in the end."""
    yield tmp_path / "demo"
    demo(tmp_path / "demo", "stop")


def letters(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "outbox").glob("*.eml")}


def test_the_demo_shows_the_line_and_doubles_nothing(folder):
    """The first run finds, flags and mails; the second finds nothing; more published is all that comes in."""
    first = demo(folder, "start")
    assert "27 berichten gevonden" in first
    assert "16 nieuwe berichten gevonden" in first
    assert str(json.loads((folder / "ports.json").read_text())["desk"]) in first
    sent = letters(folder)
    assert len(sent) == 8

    second = demo(folder, "start")
    assert "Niets nieuws" in second
    assert letters(folder) == sent

    more = demo(folder, "more")
    assert "5 nieuwe berichten gevonden" in more
    assert letters(folder) == sent
