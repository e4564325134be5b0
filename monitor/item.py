"""An item: a publication as monitor remembers it, and how it relates to what was known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Arrival(StrEnum):
    """How an item came in: NEWS may be flagged, BASELINE was there before us, ARCHIVE surfaced late but is old."""

    NEWS = "news"
    BASELINE = "baseline"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Item:
    """A publication with one identity and clean text.

    `keys` are all spellings of its address: its own (the canonical one) first, the one it was found at last.
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


@dataclass(frozen=True, slots=True)
class Known:
    """What the store already holds of an item, as far as recognising needs it."""

    item_id: int
    source: str
    key: str
    fingerprint: str
    read: bool
    version: int
    title: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Recent:
    """An item of the last weeks, for telling whether a new one tells the same story."""

    item_id: int
    source: str
    title: str
    intro: str
    text: str
    original: bool = True
