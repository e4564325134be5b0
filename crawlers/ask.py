"""What a visit wants to know next: an address to ask, or which items are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from crawlers.endpoint import Listing
from crawlers.publication import Listed, Publication
from crawlers.source import Kind, Memory, Source


class Purpose(StrEnum):
    """Why an address is asked."""

    LISTING = "listing"
    CHECK = "check"
    NEXT_PAGE = "next_page"
    PAGE = "page"
    AGAIN = "again"
    CHANGED = "changed"


LISTINGS = (Purpose.LISTING, Purpose.CHECK, Purpose.NEXT_PAGE)


@dataclass(frozen=True, slots=True)
class Ask:
    """An address to ask; `memory` makes the request conditional."""

    address: str
    purpose: Purpose
    memory: Memory = field(default_factory=Memory)
    listed: Listed | None = None
    depth: int = 0
    was_there: bool = False
    caught_up: bool = False
    found_by: Kind | None = None

    def unread(self, source: Source, failure: str = "") -> Publication:
        """The listed item as it stands in the listing, without its page; `failure` says why, when it was tried."""
        assert self.listed is not None
        return Publication(
            source=source.name,
            found_by=self.found_by,
            read=not source.read_articles,
            failure=failure,
            was_there=self.was_there,
            caught_up=self.caught_up,
            **vars(self.listed),
        )


@dataclass(frozen=True, slots=True)
class LookUp:
    """Keys of which the visit wants to know whether the source listed them before."""

    keys: tuple[str, ...]
    listing: Listing
    depth: int


Step = Ask | LookUp
