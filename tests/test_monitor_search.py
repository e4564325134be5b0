from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes_desk import LAST_WEEK, House, item
from sqlalchemy import Engine

from monitor.item import Known
from monitor.recognise import Changed
from monitor.search_words import asked, stems
from monitor.store import items, retention, reviews, search, tellings
from monitor.store.queue import ALL, Wanted


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> House:
    return House(engine, tmp_path / "config")


def found(house: House, words: str, wanted: Wanted = ALL) -> list[int]:
    return search.found(house.engine, asked(words), wanted)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("huurders", "huurder"),
        ("HUREN", "huur"),
        ("coöperaties", "cooperatie"),
        ("cliëntenraad", "clientenraden"),
        ("huizen", "huis"),
        ("brieven", "brief"),
        ("ideeën", "idee"),
        ("gemeentes", "gemeenten"),
        ("sociale", "sociaal"),
        ("nieuwe", "nieuw"),
        ("panels", "panel"),
    ],
)
def test_words_meet_in_their_stem(one: str, other: str) -> None:
    """Plural and singular, capitals and accents make no difference."""
    assert stems(one) == stems(other)


def test_words_that_differ_stay_apart() -> None:
    """What is another word is not found as well: a tenant is no rent, and a municipality no opinion."""
    assert (
        len({tuple(stems(word)) for word in ("huur", "huurder", "huis", "gemeente", "mening", "woning", "wonen")}) == 7
    )


@pytest.mark.parametrize(
    "text", ['"', '""', "*", "' OR 1=1", "a AND (", "NEAR(x y)", '"los', "!&|<->:*", "\x00", "é" * 500]
)
def test_any_text_may_be_asked(house: House, text: str) -> None:
    """What means something to a database's own search language is only text here."""
    house.item()
    search.catch_up(house.engine)
    assert found(house, text) == []


def test_everything_stored_is_found_by_all_its_words(house: House) -> None:
    """Title and text count, all words must occur, quotes keep words together, a star stands for any ending."""
    panel = house.item("Huurderspanel denkt mee", text="De bewoners van de wijk praten over het onderhoud.")
    coop = house.item("Coöperatie koopt flat", text="Het onderhoud van de wijk doen zij zelf.")
    assert (found(house, "onderhoud"), search.behind(house.engine)) == ([], 2)
    search.catch_up(house.engine)
    assert search.behind(house.engine) == 0
    assert found(house, "onderhoud wijken") == [coop, panel]
    assert found(house, "cooperaties") == [coop]
    assert found(house, '"onderhoud van de wijk"') == [coop]
    assert found(house, "huurders*") == [panel]
    assert found(house, "onderhoud zonnepanelen") == []


def test_search_follows_the_newest_text(house: House) -> None:
    """After an edit by the source the new words count and the old ones do not; forgotten texts are gone."""
    item_id = house.item("Bericht", text="Oude woorden")
    search.catch_up(house.engine)
    known = Known(item_id, "linde", "x", "", read=True, version=1)
    with house.engine.begin() as connection:
        items.change(
            connection, Changed(item("Bericht", text="Nieuwe tekst"), known, first_reading=False), house.clock()
        )
    search.catch_up(house.engine)
    assert (found(house, "oude"), found(house, "nieuw tekst")) == ([], [item_id])
    retention.forget_texts(house.engine, datetime(2027, 1, 1, tzinfo=UTC))
    search.catch_up(house.engine)
    assert (found(house, "nieuw"), found(house, "bericht")) == ([], [item_id])


def test_lists_and_search_can_be_narrowed(house: House) -> None:
    """Source, theme, audience, kind and the time of finding each leave out what is not wanted."""
    house.clock.now = LAST_WEEK
    old = house.item("Panel een")
    house.clock.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    new = house.item("Panel twee", source="eik", address="https://eik.example/2")
    search.catch_up(house.engine)
    for wanted, ids in (
        (ALL, [new, old]),
        (Wanted(source="eik"), [new]),
        (Wanted(theme="panels"), [new, old]),
        (Wanted(theme="panel"), []),
        (Wanted(goal="formeel"), []),
        (Wanted(audience="corporatie", kind="nieuws"), [new, old]),
        (Wanted(audience="gemeente"), []),
        (Wanted(kind="agenda"), []),
        (Wanted(until=house.clock()), [old]),
        (Wanted(since=house.clock()), [new]),
    ):
        assert found(house, "panel", wanted) == ids, wanted
        assert [one.id for one in reviews.queue(house.engine, wanted=wanted)] == ids, wanted


def test_the_queue_follows_what_happens_to_items(house: House) -> None:
    """A verdict, a story and a judgement made anew each change who waits, and taking them back does too."""
    one, two, person = house.item("Een", score=0.9), house.item("Twee", score=0.8), house.reviewer()

    def waiting() -> list[int]:
        return [item.id for item in reviews.queue(house.engine)]

    assert waiting() == [one, two]
    reviews.decide(house.engine, one, person, reviews.ACCEPTED, house.clock())
    assert waiting() == [two]
    reviews.undo(house.engine, one, person, house.clock())
    with house.engine.begin() as connection:
        tellings.join(connection, two, one, ())
    assert waiting() == [one]
    tellings.split(house.engine, two, person, house.clock())
    stored = reviews.one(house.engine, two)
    assert stored is not None
    again = stored.judgement.model_copy(update={"score": 0.95})
    items.save_judgements(house.engine, [(two, again)], house.clock())
    assert waiting() == [two, one]
