"""What changed between two versions of a text: by paragraph, with the words marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_PARAGRAPHS = 400
ALIKE = 0.4


class Change(StrEnum):
    """What happened to a stretch of text."""

    SAME = "same"
    GONE = "gone"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A few words and what happened to them."""

    text: str
    change: Change = Change.SAME


Paragraph = tuple[Stretch, ...]


def changed_paragraphs(before: str, after: str) -> tuple[Paragraph, ...]:
    """The paragraphs that are not the same in both texts, with their words marked as gone or added."""
    old, new = _paragraphs(before), _paragraphs(after)
    told: list[Paragraph] = []
    for step, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step != "equal":
            told += _told(old[a:b], new[c:d])
    return tuple(told)


def share_changed(before: str, after: str) -> float:
    """Which share of the words of both texts together is not in the other, 0..1: how much a page changed."""
    old, new = before.split(), after.split()
    if not old and not new:
        return 0.0
    same = sum(block.size for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks())
    return 1 - 2 * same / (len(old) + len(new))


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()][:MOST_PARAGRAPHS]


def _told(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    """A paragraph beside the one it became when they are alike, else each on its own."""
    left = list(old)
    for paragraph in new:
        alike = [(SequenceMatcher(None, one.split(), paragraph.split()).ratio(), one) for one in left]
        likeness, origin = max(alike, default=(0.0, ""))
        if likeness >= ALIKE:
            yield from ((Stretch(one, Change.GONE),) for one in left[: left.index(origin)])
            del left[: left.index(origin) + 1]
            yield tuple(_words(origin.split(), paragraph.split()))
        else:
            yield (Stretch(paragraph, Change.ADDED),)
    yield from ((Stretch(one, Change.GONE),) for one in left)


def _words(old: Sequence[str], new: Sequence[str]) -> Iterator[Stretch]:
    for step, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            yield Stretch(" ".join(new[c:d]))
            continue
        if a < b:
            yield Stretch(" ".join(old[a:b]), Change.GONE)
        if c < d:
            yield Stretch(" ".join(new[c:d]), Change.ADDED)
