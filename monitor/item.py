"""An item: a publication as monitor remembers it, and how it relates to what was known."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

FEWEST_WORDS = 3
NUMBERED = re.compile(r"^\d+-|-(?!(?:19|20)\d\d$)\d+$")  # the number that a site puts before or behind the words
EXACT = ("time", "day")
TIPS = "tips"  # the source of what readers told us of


class Arrival(StrEnum):
    """How an item came in: NEWS may be flagged, BASELINE was there before us, ARCHIVE surfaced late but is old."""

    NEWS = "news"
    BASELINE = "baseline"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Item:
    """A publication with one identity and clean text.

    `keys` are all spellings of its address: its own (the canonical one) first, the one it was found at last.
    `listed_as` is the title in the listing, when the page has another.
    A `watched` item is a page that keeps changing; only a change of some size is told.
    """

    source: str
    address: str
    keys: tuple[str, ...]
    title: str
    intro: str = ""
    text: str = ""
    label: str = ""
    authors: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    published: date | None = None
    published_precision: str = ""
    published_origin: str = ""
    modified: str = ""
    fingerprint: str = ""
    read: bool = False
    failure: str = ""
    found_at: str = ""
    watched: bool = False
    listed_as: str = ""

    @property
    def has_day(self) -> bool:
        """Whether it says on which day it was published; a guess does not count."""
        return self.published is not None and self.published_precision in EXACT and self.published_origin != "guess"

    @property
    def title_keys(self) -> tuple[str, ...]:
        """The keys of its title, of the one in the listing, and of its address (`title_key`): any may be known."""
        spelt = spelt_out(self.keys[0])
        names = (self.title, self.listed_as, spelt, NUMBERED.sub("", spelt))
        return tuple(dict.fromkeys(key for name in names if (key := title_key(name))))


@dataclass(frozen=True, slots=True)
class Known:
    """What the store already holds of an item, as far as recognising needs it.

    `told_as` is the item that stands in front of it, `apart` says that a person took it out of a story.
    `text` is filled only for watched items, and for those that may be an old text under a new address.
    """

    item_id: int
    source: str
    key: str
    fingerprint: str
    read: bool
    version: int
    title: str = ""
    modified: str = ""
    arrival: Arrival = Arrival.NEWS
    told_as: int | None = None
    apart: bool = False
    published: date | None = None
    first_seen_at: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Publisher:
    """A source as a teller of stories: how a text may name it, and whether it mostly writes its own.

    `names` are in lower case.
    """

    names: tuple[str, ...] = ()
    original: bool = True


def spelt_out(key: str) -> str:
    """The words at the end of an address: a sitemap gives no other title."""
    return key.partition("?")[0].rpartition("/")[2].replace("_", " ")


def words_of(title: str) -> list[str]:
    """The words of a title, without capitals and punctuation."""
    return re.findall(r"\w+", title.casefold())


def title_key(title: str) -> str:
    """A short name of the words of a title, to look items up by; "" for a title that says too little."""
    words = words_of(title)
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:16] if len(words) >= FEWEST_WORDS else ""
