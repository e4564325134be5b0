"""The file words.yaml as text that people edit: a theme cut out of it and put back, and the whole put in its place.

Comments and layout stay as they are, since only the lines that somebody edited are replaced.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from monitor.yaml_file import parse

NAME = "words.yaml"


class Overtaken(Exception):
    """De woorden zijn intussen door iemand anders veranderd. Bekijk die eerst en probeer het dan opnieuw."""

    def __str__(self) -> str:
        return self.__doc__ or ""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the file: the lines after `start` up to and with `end`, and their text."""

    start: int
    end: int
    text: str


def read(folder: Path) -> str:
    """The text of words.yaml as it is now; raises OSError or UnicodeDecodeError when it cannot be read."""
    return (folder / NAME).read_text(encoding="utf-8")


def fingerprint(text: str) -> str:
    """Tells one text of the file from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def part(text: str, theme: str) -> Part | None:
    """The lines of one theme, without the comments and empty lines that follow it; None when there is no such theme."""
    file = parse(NAME, text.encode())
    themes = file.data.get("themes") if isinstance(file.data, dict) else None
    for place, one in enumerate(themes if isinstance(themes, list) else []):
        if isinstance(one, dict) and one.get("name") == theme:
            lines = text.splitlines(keepends=True)
            start = file.line(("themes", place)) - 1
            end = _end(lines, start)
            return Part(start, end, "".join(lines[start:end]))
    return None


def with_part(text: str, of: Part, new: str) -> str:
    """The whole text with other lines in place of a part."""
    lines = text.splitlines(keepends=True)
    return "".join([*lines[: of.start], new.rstrip("\n") + "\n" if new.strip() else "", *lines[of.end :]])


def replace(folder: Path, text: str, over: str) -> None:
    """Put a whole text in place of the file at once; raises Overtaken when the file no longer says `over`.

    Whoever reads the file sees the old text or the new one, and a crash leaves one of the two (POSIX rename).
    """
    path = folder / NAME
    if read(folder) != over:
        raise Overtaken
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{NAME}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _end(lines: list[str], start: int) -> int:
    """Where the item of a list that begins at `start` ends: before the next line that stands as far to the left."""
    indent = _indent(lines[start])
    end = start + 1
    for place in range(start + 1, len(lines)):
        bare = lines[place].strip()
        if not bare or bare.startswith("#"):
            continue
        if _indent(lines[place]) <= indent:
            break
        end = place + 1
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
