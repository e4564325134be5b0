"""Marks the words that were found, in the sentence or text they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `marked` when it is one of the words."""

    text: str
    marked: bool = False


def mark(text: str, words: Iterable[str]) -> tuple[Piece, ...]:
    """Cut a text into pieces, so that the words in it can be shown marked; the longest word wins."""
    pattern = _pattern(tuple(words))
    if pattern is None:
        return (Piece(text),) if text else ()
    pieces: list[Piece] = []
    end = 0
    for match in pattern.finditer(text):
        pieces += [Piece(text[end : match.start()]), Piece(match[0], marked=True)]
        end = match.end()
    pieces.append(Piece(text[end:]))
    return tuple(piece for piece in pieces if piece.text)


@lru_cache(maxsize=256)  # the words of an item are marked in its title, its intro and each sentence of it
def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    ways = sorted({" ".join(word.split()) for word in words} - {""}, key=len, reverse=True)
    if not ways:
        return None
    either = "|".join(rf"(?<!\w){re.escape(way)}(?!\w)" for way in ways)
    return re.compile(either.replace(r"\ ", r"\s+"), re.IGNORECASE)
