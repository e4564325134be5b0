"""Sites that live for weeks, read by the whole line over real HTTP: nothing is missed, made up, doubled or mixed up."""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes_crawl import SWITCH
from fakes_history import History, Piece
from sqlalchemy import select

from monitor.intake import Intake, run_due
from monitor.settings import load
from monitor.store.database import open_engine
from monitor.tables import item, item_alias

SEEDS = (10, 19, 21, 27, 39)  # chosen among forty: each fails once a rule for rebuilt sites or parameters is taken away
CONFIG = Path(__file__).parent.parent / "config"
START = datetime(2026, 8, 3, 6, 0, tzinfo=UTC)
DAYS = (0, 1, 2, 3, 5, 7, 10, 16, 24, 34)
IN_TIME = timedelta(days=12)
RADAR = """
agent: {contact: radar@voorbeeld.nl}
crawl: {pause: 0.01, jitter: 0, timeout: 10}
digest: {sender_address: radar@voorbeeld.nl, postal: Straat 1, contact: radar@voorbeeld.nl}
"""


@dataclass(frozen=True)
class Lived:
    """A history and, for each of its pieces, under which items it is held, and how each came in."""

    history: History
    held: dict[int, dict[int, str]]

    def told(self, number: int) -> str:
        """One piece in words, for whoever reads that a test failed."""
        one, ways = self.history.pieces[number], "+".join(self.history.ways)
        return f"seed {self.history.seed} ({ways}): {one.path}, on line {one.appeared:%d-%m}, {self.held.get(number)}"


@pytest.fixture(scope="module")
def lived(tmp_path_factory, migrated_sqlite) -> list[Lived]:
    """Every history lived through to its end, read on each of the days."""
    folder = tmp_path_factory.mktemp("histories")
    (folder / "radar.db").write_bytes(migrated_sqlite)
    engine = open_engine(f"sqlite:///{folder}/radar.db")
    histories = [History(seed, START) for seed in SEEDS]
    with ExitStack() as sites:
        for one in histories:
            sites.enter_context(one.site.serve())
        (folder / "sources.yaml").write_text("sources:\n" + "".join(map(row, histories)))
        (folder / "radar.yaml").write_text(RADAR)
        (folder / "words.yaml").write_bytes((CONFIG / "words.yaml").read_bytes())
        settings = load(folder, SWITCH)
        for day in DAYS:
            now = START + timedelta(days=day)
            for one in histories if day else ():
                one.step(now)
            run_due(Intake(engine, settings, lambda now=now: now, luck=lambda: 0.5), [name(one) for one in histories])
    with engine.connect() as connection:
        rows = connection.execute(select(item_alias.c.key, item.c.id, item.c.arrival).join(item)).all()
    engine.dispose()
    return [Lived(one, held(one.keys(), rows)) for one in histories]


def name(history: History) -> str:
    """What a site is called in `sources.yaml`."""
    return f"site{history.seed}"


def row(history: History) -> str:
    """The lines in `sources.yaml` of a site."""
    paths = {"overview": history.section, "feed": "/feed/", "sitemap": "/sitemap.xml"}
    ways = ", ".join(f'{{kind: {way}, address: "{history.site.url(paths[way])}"}}' for way in history.ways)
    called = name(history)
    return f'  - {{name: {called}, title: {called}, endpoints: [{ways}], articles: "{history.section}(?!page/).+"}}\n'


def held(own: dict[str, int], rows) -> dict[int, dict[int, str]]:
    """Under which items each piece is held, with how those came in; parameters of an address do not count."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for address, item_id, arrival in rows:
        if (number := own.get(address.partition("?")[0])) is not None:
            found[number][item_id] = arrival
    return dict(found)


def lists(history: History, one: Piece) -> bool:
    """Whether a piece was there for long enough to be found."""
    return not one.gone and one.appeared <= history.now - IN_TIME


def test_all_that_a_site_lists_is_seen(lived: list[Lived]) -> None:
    """Whatever was on line for twelve days before the end is held, also what was dated back or put on a second page."""
    missed = [
        one.told(number)
        for one in lived
        for number, piece in enumerate(one.history.pieces)
        if lists(one.history, piece) and number not in one.held
    ]
    assert not missed


def test_nothing_is_announced_twice(lived: list[Lived]) -> None:
    """What was there before us is no news, and what came later is news once, also after a site was rebuilt."""
    doubled = [
        one.told(number)
        for one in lived
        for number, items in one.held.items()
        if list(items.values()).count("news") > (one.history.pieces[number].appeared > START)
    ]
    assert not doubled


def test_no_two_items_are_taken_for_one(lived: list[Lived]) -> None:
    """Each item that is held stands for one of the site."""
    mixed = []
    for one in lived:
        owners = defaultdict(list)
        for number, items in one.held.items():
            for item_id in items:
                owners[item_id].append(number)
        mixed += [one.told(number) for numbers in owners.values() if len(numbers) > 1 for number in numbers]
    assert not mixed


def test_the_histories_are_worth_reading(lived: list[Lived]) -> None:
    """They hold what they are made for: hundreds of new items, sites that were rebuilt, and each kind of listing."""
    new = sum(piece.appeared > START for one in lived for piece in one.history.pieces)
    assert new >= 100
    assert sum(one.history.rebuilt for one in lived) >= 3
    assert {way for one in lived for way in one.history.ways} == {"overview", "feed", "sitemap"}
