"""What the pages for readers know of the installation: its sender, and the words it sorts by."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from digest.letterhead import Letterhead


class Choice(BaseModel):
    """One of a list to choose from: the word in addresses and data, and the words on the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str


class Site(BaseModel):
    """The installation as its readers see it.

    `rungs` are those of the participation ladder, the lowest first. `planned` says in Dutch when the weekly letter goes
    ("elke donderdag om 09:00 uur"); `desk_page` is where the people who make it sign in. `kept_days` is how long the
    address of somebody who left is kept as proof.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    letterhead: Letterhead
    themes: tuple[Choice, ...] = ()
    goals: tuple[Choice, ...] = ()
    rungs: tuple[Choice, ...] = ()
    planned: str = "elke week"
    desk_page: str = "/"
    kept_days: int = 365

    def theme(self, name: str) -> Choice | None:
        """The theme of that name, or None."""
        return find(self.themes, name)


def find(choices: Iterable[Choice], name: str) -> Choice | None:
    """The choice of that name, or None."""
    return next((choice for choice in choices if choice.name == name), None)


def titles(choices: Iterable[Choice], names: Iterable[str]) -> list[str]:
    """The titles of the named choices, in the order of the names; a name that is no choice any more is left out."""
    known = {choice.name: choice.title for choice in choices}
    return [known[name] for name in names if name in known]
