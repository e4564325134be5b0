"""How good the readers are on pages of our own making, as figures with a floor that may only rise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from fakes_overviews import BUILDS, PIECES, whole

from crawlers.address import key
from crawlers.readers.overview import read_overview

TODAY = date(2026, 11, 24)
ADDRESS = "https://bond.example/nieuws"
WANTED = {piece.slug: piece for piece in PIECES}


@dataclass(frozen=True)
class Score:
    """How well one page was read: the F1 of its links, and the share of titles and days that are right."""

    links: float
    titles: float
    days: float


def score(build: str, noise: bool) -> Score:
    found = {
        key(item.address).rsplit("/", 1)[1]: item
        for item in read_overview(whole(BUILDS[build], noise), ADDRESS, today=TODAY).items
    }
    right = found.keys() & WANTED.keys()
    if not right:
        return Score(0, 0, 0)
    titles = sum(found[slug].title == WANTED[slug].title for slug in right)
    dated = ((found[slug].published, WANTED[slug].day) for slug in right)
    days = sum(published is not None and published.day == day for published, day in dated)
    return Score(2 * len(right) / (len(found) + len(WANTED)), titles / len(right), days / len(right))


@pytest.mark.parametrize("noise", [False, True], ids=["bare", "with menus and boxes"])
def test_overviews_of_many_builds_are_read_whole(noise: bool) -> None:
    """Twelve ways to build a list: nearly all are found whole, with title and day, and menus and boxes add nothing."""
    scores = {build: score(build, noise) for build in BUILDS}
    many = len(scores)
    weak = {build: one for build, one in scores.items() if one != Score(1, 1, 1)}
    assert sum(one.links for one in scores.values()) / many >= 0.99, weak
    assert sum(one.titles for one in scores.values()) / many >= 0.99, weak
    assert sum(one.days for one in scores.values()) / many >= 0.99, weak
