"""What a reader asks for: how often, about which themes, from where. Pure values."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Rhythm(StrEnum):
    """How often a reader gets the letter: what is new each week, or one overview of the month."""

    WEEK = "week"
    MONTH = "maand"


class Region(StrEnum):
    """From where a reader wants news."""

    ALL = "alles"
    TWENTE = "twente"
    ELSEWHERE = "landelijk"


class Wishes(BaseModel):
    """Which items a reader wants; no themes means all of them.

    An item without a theme goes to everybody: what cannot be placed must not be missed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    themes: tuple[str, ...] = ()
    region: Region = Region.ALL

    def admit(self, themes: Collection[str], *, in_region: bool) -> bool:
        """Whether a reader with these wishes gets an item with these themes."""
        if self.region is not Region.ALL and in_region is not (self.region is Region.TWENTE):
            return False
        return not self.themes or not themes or not set(self.themes).isdisjoint(themes)


EVERYTHING = Wishes()
