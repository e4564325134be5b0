"""The towns of the Netherlands that a text may name: enough to tell a town from a house, not a register."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

TOWNS = "towns.txt"


@cache
def towns() -> frozenset[str]:
    """The names of municipalities and larger towns, as they are written."""
    return frozenset(files(__package__).joinpath(TOWNS).read_text(encoding="utf-8").split("\n")) - {""}


def town_in(name: str) -> str:
    """The town a name begins or ends with: "Zwolle-Zuid", "Utrecht Centraal", "Station Almelo"; "" when it has none.

    Not the end of a surname: "Piet van Dongen".
    """
    known = towns()
    if name in known:
        return name
    words = re.split(r"[ -]", name)
    parts = [words[:end] for end in range(len(words) - 1, 0, -1)]
    if len(words) > 1 and words[-2][:1].isupper():
        parts.append(words[-1:])
    return next((" ".join(part) for part in parts if " ".join(part) in known), "")
