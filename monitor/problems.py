"""What is wrong in the settings, said so that the person who typed it can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

KeyPath = tuple[str | int, ...]

MANY = 30


class Problem(BaseModel):
    """One mistake in the settings: where it stands, what is wrong and what to do.

    `reason` and `hint` are Dutch sentences for the screen; `line` counts from 1, or is 0 when there is no line.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    line: int = 0
    key: str = ""
    reason: str
    hint: str = ""

    def __str__(self) -> str:
        """The whole problem on one line: `config/sources.yaml, regel 14, sources[2].knd: deze sleutel ...`."""
        place = [self.file, f"regel {self.line}" if self.line else "", self.key]
        said = f"{', '.join(part for part in place if part)}: {self.reason}"
        return f"{said} {self.hint}" if self.hint else said


class SettingsError(Exception):
    """The settings cannot be used; `problems` holds everything that was found, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def written(path: KeyPath) -> str:
    """A path as a person writes it: `sources[2].endpoints[0].kind`."""
    key = ""
    for step in path:
        key += f"[{step}]" if isinstance(step, int) else f".{step}" if key else step
    return key


def nearest(name: str, names: Iterable[str]) -> str:
    """The right name that looks most like this one, or "" when none does."""
    lowered = {right.lower(): right for right in names}
    near = difflib.get_close_matches(name.lower(), sorted(lowered), n=1, cutoff=0.6)
    return lowered[near[0]] if near else ""


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A Dutch question that offers the nearest right name, or else the choice; "" when there is no choice."""
    choice = sorted(set(names))
    if near := nearest(name, choice):
        return f'Bedoelde u "{near}"?'
    return f"Kies uit: {', '.join(choice)}." if 0 < len(choice) <= MANY else ""
