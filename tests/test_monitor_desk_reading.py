"""How long the queue takes to read: what the real judge lets through, counted in words as the cards show them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from fakes_desk import House
from fakes_installation import CORPUS

from monitor import seed
from monitor.item import Arrival, Item
from monitor.judge import Judge, JudgeInput
from monitor.recognise import New
from monitor.store import items
from monitor.store.database import open_engine

STORIES = 40
WORDS_A_MINUTE = 200  # how fast somebody reads who must understand it
MINUTES = 10  # of the quarter of an hour; the rest is for the keys, and for whom a sentence makes think
DATED = {"published": date(2026, 11, 20), "published_precision": "day", "published_origin": "feed"}


@pytest.fixture
def house(sqlite_address: str, tmp_path: Path) -> Iterator[House]:
    """A desk with forty stories that wait, judged as in production."""
    engine = open_engine(sqlite_address)
    house = House(engine, tmp_path / "config")
    judge, taken = Judge(house.live.current.words, seed.model()), 0
    with CORPUS.open(encoding="utf-8") as lines, engine.begin() as connection:
        for one in map(json.loads, lines):
            parts = {"title": one["title"], "intro": one["intro"], "text": one["body"]}
            judged = judge.judge(JudgeInput(source="linde", **parts))
            if judged.flagged and taken < STORIES:
                item = Item(source="linde", address=one["url"], keys=(one["url"],), **parts, **DATED)
                item_id = items.add(connection, New(item, Arrival.NEWS), house.clock())
                items.save_judgement(connection, item_id, judged, house.clock())
                taken += 1
    yield house
    engine.dispose()


def words_in(card: Tag) -> int:
    """The words that a card shows while nothing on it is unfolded, those on its buttons too."""
    for folded in card.select("details > :not(summary), .hidden"):
        folded.decompose()
    return len(card.get_text(" ").split())


def test_forty_stories_read_in_ten_minutes(house: House) -> None:
    """Every word on forty cards is read once within ten minutes."""
    els, counted, path = house.signed_in(), [], "/"
    while path:
        soup = BeautifulSoup(els.get(path).text, "html.parser")
        counted += [words_in(card) for card in soup.select(".card")]
        following = soup.select_one(".following a")
        path = f"/{following['href']}" if following else ""
    assert len(counted) == STORIES
    assert 30 * STORIES < sum(counted) <= MINUTES * WORDS_A_MINUTE
