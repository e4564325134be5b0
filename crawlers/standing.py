"""How the first page of a listing stood, to tell what always stands there from what moves through it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import takewhile

LONGEST = 100
LEAST_GONE = 3
_SIZE = 6


def standing(names: Sequence[str]) -> str:
    """Name the items of a page in their order, in six hexadecimal digits each; "" for a page of more than a hundred.

    Nobody replaces so many between two readings.
    """
    return "".join(map(_mark, names)) if len(names) <= LONGEST else ""


def unmoved(before: str, now: str) -> tuple[int, int]:
    """How many items at the head and at the end of a page stand where they stood while others between them went.

    They may be pinned or evergreen, so they do not show how far back the page reaches. When fewer than three went
    there are none: publishers rename and take away too.
    """
    head, end = _same_ends(before, now)
    return (head, end) if len(before) // _SIZE - head - end >= LEAST_GONE else (0, 0)


def inserted(before: str, now: str) -> range | None:
    """Where items came between those of before, all of which still stand there; None when they do not."""
    head, end = _same_ends(before, now)
    kept = before and len(before) == (head + end) * _SIZE
    return range(head, len(now) // _SIZE - end) if kept else None


def _same_ends(before: str, now: str) -> tuple[int, int]:
    old, new = _marks(before), _marks(now)
    head = _same(old, new)
    return head, _same(old[head:][::-1], new[head:][::-1])


def _marks(page: str) -> list[str]:
    return [page[at : at + _SIZE] for at in range(0, len(page), _SIZE)]


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _mark(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=_SIZE // 2).hexdigest()
