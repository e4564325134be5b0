"""How editors put one letter together: what is in it, in which order, in which words, and when. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from digest.edition import Edition, Entry, Kind


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What editors chose for one number of the letter of one audience; without any choice the letter makes itself.

    `order`, `taken_in` and `left_out` hold references of entries. What is left out waits for the next number;
    what is taken in goes to this audience though it was meant for others. `placed` says in which part of the letter an
    entry stands, where that is not the part it belongs to. `planned_at` is an aware moment of its own instead of the
    weekly one. A letter that is `held` does not go.
    """

    intro: str = ""
    order: tuple[str, ...] = ()
    taken_in: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    placed: Mapping[str, Kind] = field(default_factory=dict)
    planned_at: datetime | None = None
    held: bool = False

    def holds(self, reference: str, *, meant: bool) -> bool:
        """Whether an accepted item is in the letter; `meant` says whether it is for this audience by its judgement."""
        return reference not in self.left_out and (meant or reference in self.taken_in)

    def taking(self, reference: str) -> Arrangement:
        """With this item in the letter."""
        return replace(
            self, left_out=_without(self.left_out, reference), taken_in=(*_without(self.taken_in, reference), reference)
        )

    def leaving(self, reference: str) -> Arrangement:
        """Without this item in the letter."""
        return replace(
            self, taken_in=_without(self.taken_in, reference), left_out=(*_without(self.left_out, reference), reference)
        )

    def put(self, entry: Entry) -> Entry:
        """The entry in the part of the letter that was chosen for it."""
        chosen = self.placed.get(entry.reference)
        return entry.model_copy(update={"placed": chosen}) if chosen else entry

    def moving(self, edition: Edition, entry: Entry, part: Kind, to: int) -> Arrangement:
        """With an entry of the edition at a place of a part; `to` counts from 0 and is kept in bounds."""
        placed = {one: where for one, where in self.placed.items() if one != entry.reference}
        if part is not entry.model_copy(update={"placed": None}).part:
            placed[entry.reference] = part
        return replace(self, order=moved(edition, entry.reference, part, to), placed=placed)


NOTHING_CHOSEN = Arrangement()


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody found the letter good as it was then; it holds as long as the letter says just that."""

    reviewer_id: int
    who: str
    wording: str
    at: datetime


def wording(edition: Edition) -> str:
    """A fingerprint of what people chose for an edition: the intro, and the entries in their order.

    The number, the day and the yearly days follow from the calendar, so they do not count.
    """
    chosen = edition.model_dump(mode="json", include={"audience", "intro", "entries"})
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()


def moved(edition: Edition, reference: str, part: Kind, to: int) -> tuple[str, ...]:
    """The order of the letter with one entry at a place of a part; `to` counts from 0 and is kept in bounds."""
    order: list[str] = []
    for kind in Kind:
        inside = [one.reference for one in edition.entries if one.part is kind and one.reference != reference]
        if kind is part:
            inside.insert(max(0, to), reference)
        order += inside
    return tuple(order)


def _without(references: tuple[str, ...], reference: str) -> tuple[str, ...]:
    return tuple(one for one in references if one != reference)
