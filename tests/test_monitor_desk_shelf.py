"""Pieces of pages that are kept: each page is right all the same, whoever asks and whatever changed since."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes_desk import NOW, RADAR, SOURCES, House
from sqlalchemy import Engine, event, func, insert, select

from monitor.desk.review import PER_PAGE
from monitor.desk.shelf import Shelf
from monitor.role import Role
from monitor.settings import LiveSettings
from monitor.store import notices, people, reviews, talk
from monitor.store.database import Snapshot, open_engine, reading
from monitor.tables import notice


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> House:
    return House(engine, tmp_path / "config")


def test_a_shelf_gives_back_what_shows_the_same_and_keeps_no_more_than_it_may(house: House) -> None:
    """What shows something else is not found, the longest unused goes first, and other settings empty it."""
    shelf: Shelf[str, bytes] = Shelf(2)
    first, other = house.live.current, LiveSettings(house.folder, {}).current
    assert shelf.find(first, {"a": 1}) == {}
    shelf.put(first, {"a": (1, b"A"), "b": (1, b"B")})
    assert shelf.find(first, {"a": 1, "b": 2}) == {"a": b"A"}
    shelf.put(first, {"c": (1, b"C")})
    assert shelf.find(first, {"a": 1, "b": 1, "c": 1}) == {"a": b"A", "c": b"C"}
    shelf.put(other, {"d": (1, b"D")})
    assert shelf.find(other, {"a": 1, "c": 1, "d": 1}) == {}


def test_a_list_says_at_once_what_changed_around_it(house: House) -> None:
    """A notice, how many wait, and what was just done stand on the next page, and are gone on the one after."""
    first, second = house.item(), house.item("Bewoners kiezen zelf een aannemer")
    browser = house.signed_in()
    assert browser.get("/").text.count("<article") == 2
    notices.begin(house.engine, "proef", "Er is iets aan de hand.", house.clock())
    assert "Er is iets aan de hand." in browser.get("/").text
    notices.end(house.engine, "proef", house.clock())
    assert "Er is iets aan de hand." not in browser.get("/").text
    me = people.reviewers(house.engine)[0].id
    reviews.decide(house.engine, second, me, reviews.REJECTED, house.clock())
    page = browser.get(f"/?na={second}&wat=besluit").text
    assert "<span data-waiting>1</span>" in page
    assert f'action="/item/{second}/ongedaan"' in page
    assert f"/item/{second}/ongedaan" not in browser.get("/").text
    reviews.decide(house.engine, first, me, reviews.REJECTED, house.clock())
    assert "De wachtrij is leeg." in browser.get("/").text


def test_each_sees_their_own_page(house: House) -> None:
    """Name, role and language are those of who asks, also when a colleague saw the same list just before."""
    item_id = house.item()
    els = house.signed_in()
    piet = house.signed_in("Piet Jansen", "piet@voorbeeld.example", Role.READER, **{"accept-language": "en"})
    for _ in range(2):
        mine, his = els.get("/").text, piet.get("/").text
        assert ("Els de Vries" in mine, "Piet Jansen" in mine, "Uitloggen" in mine) == (True, False, True)
        assert ("Els de Vries" in his, "Piet Jansen" in his, "Sign out" in his) == (False, True, True)
        assert ("/mensen" in mine, "/mensen" in his) == (True, False)
        assert (f"/item/{item_id}/besluit" in mine, f"/item/{item_id}/besluit" in his) == (True, False)
    people.set_role(
        house.engine, people.by_email(house.engine, "piet@voorbeeld.example").id, Role.EDITOR, house.clock()
    )
    assert f"/item/{item_id}/besluit" in piet.get("/").text


def test_a_card_says_at_once_what_a_colleague_did(house: House) -> None:
    """Who looks at an item and what was said of it stand on the next page of everybody, and go when they are over."""
    item_id = house.item()
    browser = house.signed_in()
    colleague = house.reviewer("Piet Jansen", "piet@voorbeeld.example")
    assert "Piet Jansen" not in browser.get("/").text
    talk.take(house.engine, item_id, colleague, house.clock())
    assert "Piet Jansen bekijkt dit tot" in browser.get("/").text
    talk.say(house.engine, item_id, colleague, "Dit lijkt me goed.", house.clock())
    assert "Eén opmerking" in browser.get("/").text
    house.clock.add(talk.LEASE)
    assert "Piet Jansen bekijkt" not in browser.get("/").text


def test_other_words_in_the_settings_are_shown_at_once(house: House) -> None:
    """The title of a source stands on the page as it is now in the settings."""
    house.item()
    browser = house.signed_in()
    assert "De Linde" in browser.get("/").text
    (house.folder / "sources.yaml").write_text(SOURCES.replace("De Linde", "De Oude Linde"), encoding="utf-8")
    assert house.live.refresh()
    assert "De Oude Linde</span>" in browser.get("/").text
    assert "De Linde" not in browser.get("/").text
    (house.folder / "radar.yaml").write_text(RADAR + "\nfout: ja\n", encoding="utf-8")
    house.live.refresh()
    assert "Er staat een fout in de instellingen." in browser.get("/").text


def test_a_page_of_the_queue_asks_the_database_twice_at_most(house: House) -> None:
    """Who asks and what is up; then the items and how many wait, on PostgreSQL only when anything was written since.

    It is asked a few times, for on PostgreSQL what is written into another database counts too.
    """
    ids = [house.item(f"Bericht {number}") for number in range(PER_PAGE + 5)]
    notices.begin(house.engine, "proef", "Er is iets aan de hand.", house.clock())
    browser = house.signed_in()
    first, asked = browser.get("/").text, list[str]()
    event.listen(house.engine, "before_cursor_execute", lambda _one, _cursor, words, *_: asked.append(words))
    questions = set()
    for _ in range(20):
        asked.clear()
        assert browser.get("/").text == first
        questions.add(len(asked))
    assert first.count("<article") == PER_PAGE
    assert f"<span data-waiting>{PER_PAGE + 5}</span>" in first
    assert min(questions) == (1 if house.engine.dialect.name == "postgresql" else 2)
    assert max(questions) <= 2
    reviews.decide(house.engine, ids[0], people.reviewers(house.engine)[0].id, reviews.REJECTED, house.clock())
    asked.clear()
    assert f"<span data-waiting>{PER_PAGE + 4}</span>" in browser.get("/").text
    assert len(asked) == 2


def test_nobody_looks_at_an_item_any_more_when_the_time_is_over(house: House) -> None:
    """Also where nothing is written in between: that a quarter of an hour goes by is no change in the database."""
    item_id, browser = house.item(), house.signed_in()
    talk.take(house.engine, item_id, people.reviewers(house.engine)[0].id, house.clock())
    for _ in range(2):
        assert "Els de Vries bekijkt dit" in browser.get("/").text
    house.clock.add(talk.LEASE)
    assert "Els de Vries bekijkt dit" not in browser.get("/").text


def test_two_statements_that_see_the_same_rows_show_it(new_postgresql: Callable[[], str]) -> None:
    """On PostgreSQL it is the same while nobody writes, in any database, and other once somebody has."""
    engine, other = (open_engine(address) for address in [new_postgresql()] * 2)
    with reading(engine) as reader, other.connect() as writer:
        before = [reader.scalar(select(Snapshot())) for _ in range(20)]
        notices_before = reader.scalar(select(func.count()).select_from(notice))
        writer.execute(insert(notice).values(name="proef", text="Iets.", since=NOW))
        during = reader.scalar(select(Snapshot()))
        assert reader.scalar(select(func.count()).select_from(notice)) == notices_before
        writer.commit()
        after = reader.scalar(select(Snapshot()))
        assert reader.scalar(select(func.count()).select_from(notice)) == notices_before + 1
    engine.dispose()
    other.dispose()
    assert len(set(before)) < len(before)
    assert after not in (*before, during)
