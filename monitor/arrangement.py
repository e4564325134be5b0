"""How editors put one letter together: what is in it, in which order, in which words, and when. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime

from digest.edition import Edition


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What editors chose for one number of the letter of one audience; without any choice the letter makes itself.

    `order`, `taken_in` and `left_out` hold references of entries. What is left out waits for the next number;
    what is taken in goes to this audience though it was meant for others. `planned_at` is an aware moment of its own
    instead of the weekly one. A letter that is `held` does not go.
    """

    intro: str = ""
    order: tuple[str, ...] = ()
    taken_in: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
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


def moved(edition: Edition, reference: str, to: int) -> tuple[str, ...]:
    """The order of the letter with one entry at another place of its part; `to` counts from 0 and is kept in bounds."""
    order: list[str] = []
    for group in edition.groups:
        part = [entry.reference for entry in group.entries]
        if reference in part:
            part.remove(reference)
            part.insert(max(0, to), reference)
        order += part
    return tuple(order)


def _without(references: tuple[str, ...], reference: str) -> tuple[str, ...]:
    return tuple(one for one in references if one != reference)
