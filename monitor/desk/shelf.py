"""Pieces of pages as they were last made, so that most of a page is put together from what is there.

A piece is kept with all that it shows, and found again only as long as all of that is the same: it is never stale, and
nothing has to be told when something changes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from monitor.settings import Settings

Key = TypeVar("Key", bound=Hashable)
Piece = TypeVar("Piece")


class Shelf(Generic[Key, Piece]):
    """A bounded number of pieces, the longest unused goes first; other settings empty it. Many threads may use it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: OrderedDict[Key, tuple[object, Piece]] = OrderedDict()
        self._settings: Settings | None = None
        self._lock = threading.Lock()
        self.making = threading.Lock()

    def find(self, settings: Settings, wanted: Mapping[Key, object]) -> dict[Key, Piece]:
        """Those of the wanted pieces that are there and show the same."""
        found = {}
        with self._lock:
            if self._settings is not settings:
                self._pieces.clear()
                self._settings = settings
            for key, shown in wanted.items():
                kept = self._pieces.get(key)
                if kept and kept[0] == shown:
                    self._pieces.move_to_end(key)
                    found[key] = kept[1]
        return found

    def put(self, settings: Settings, made: Mapping[Key, tuple[object, Piece]]) -> None:
        """Keep pieces that were made with these settings, each with what it shows."""
        with self._lock:
            if self._settings is settings:
                self._pieces.update(made)
                while len(self._pieces) > self._most:
                    self._pieces.popitem(last=False)
