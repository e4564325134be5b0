"""Whether a listing connects with what was listed before: on lists that live for weeks, made up by chance."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from crawlers.found import Found
from crawlers.publication import Listed
from crawlers.source import Endpoint, Kind

PAGE = Endpoint(kind=Kind.OVERVIEW, address="https://bond.example/nieuws/")
READINGS = 60


@dataclass(frozen=True)
class Layout:
    """A page of some items, with others that always stand above or below them."""

    items: int = 10
    pinned: int = 0
    dossiers: int = 0
    oldest_first: bool = False
    shuffled: bool = False
    renamed: float = 0.0


def read(layout: Layout, seed: int) -> list[tuple[bool, bool]]:
    """For each reading of a page over weeks: whether something was missed, and whether the page connects."""
    chance, told = random.Random(seed), list[tuple[bool, bool]]()
    published = [f"oud-{number}" for number in range(layout.items * 2)]
    known, stood = set[str](), ""
    for reading in range(READINGS):
        many = layout.items + chance.randint(1, 4) if chance.random() < 0.05 else chance.choice([0, 0, 1, 1, 2])
        published[:0] = [f"nieuw-{reading}-{number}" for number in range(many)]
        if chance.random() < layout.renamed:
            published[chance.randrange(layout.items)] = f"anders-{reading}"
        news = published[: layout.items]
        missed = known.isdisjoint(news)
        page = [f"vast-{number}" for number in range(layout.pinned)]
        page += news[::-1] if layout.oldest_first else news
        page += [f"dossier-{number}" for number in range(layout.dossiers)]
        if layout.shuffled:
            chance.shuffle(page)
        found = Found(PAGE, {name: Listed(address=name) for name in page}, dict.fromkeys(known & set(page), ""))
        found.stood = stood
        found.first_page_ends()
        told.append((missed, found.connects))
        known |= set(page)
        stood = found.stands
    return told[1:]


@pytest.mark.parametrize(
    "layout",
    [
        Layout(),
        Layout(pinned=2),
        Layout(dossiers=5),
        Layout(items=8, pinned=2, dossiers=5),
        Layout(items=3, dossiers=6),
        Layout(items=20, pinned=4, dossiers=10),
        Layout(renamed=0.3),
        Layout(dossiers=5, renamed=0.3),
        Layout(oldest_first=True),
        Layout(shuffled=True),
    ],
    ids=str,
)
def test_every_gap_is_seen_and_none_is_made_up(layout: Layout) -> None:
    """Of hundreds of readings, some after more news than the page holds, just those do not connect."""
    told = [one for seed in range(8) for one in read(layout, seed)]
    assert sum(missed for missed, _ in told) > 10
    assert [(missed, connects) for missed, connects in told if missed is connects] == []
