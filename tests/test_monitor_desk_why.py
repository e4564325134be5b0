"""How a score came about, on the page of an item: the parts, the versions, and decided items that are alike."""

from __future__ import annotations

import pytest
from fakes_desk import House

from monitor import learning
from monitor.store import reviews
from monitor.store.database import open_engine


@pytest.fixture
def house(sqlite_address, tmp_path):
    engine = open_engine(sqlite_address)
    yield House(engine, tmp_path / "config").learns()
    engine.dispose()


def test_the_page_of_an_item_tells_both_parts_and_both_versions(house):
    """Also for what was set aside: words, learned part, its share, and which versions said so."""
    aside = house.item("Kwartaalcijfers van het fonds", score=0.1, text="De koers van het aandeel steeg.")
    learning.judge_again(house.engine, house.live.current, house.clock())
    stored = reviews.one(house.engine, aside)
    assert stored is not None
    page = house.signed_in().get(f"/item/{aside}").text
    assert "De kans dat dit bericht over ons onderwerp gaat, is " in page
    assert "De kans dat u het kiest, is " in page
    assert "De woordenlijst alleen komt op" in page
    assert f"Woorden: versie {stored.judgement.words_version}." in page
    assert f"Geleerd: versie {stored.judgement.model_version}." in page


def test_decided_items_that_are_alike_are_one_click_away(house):
    """The most alike chosen and rejected ones, each kind apart, and never the item itself."""
    els = house.reviewer()
    for title, decision in (
        ("Bewoners koken samen in de flat", reviews.ACCEPTED),
        ("Koers van het aandeel daalt", reviews.REJECTED),
    ):
        reviews.decide(house.engine, house.item(title), els, decision, house.clock())
    new = house.item("Bewoners koken weer samen in hun flat")
    browser = house.signed_in()
    assert f'href="/item/{new}/lijkt-op"' in browser.get(f"/item/{new}").text
    page = browser.get(f"/item/{new}/lijkt-op").text
    chosen, rejected = page.split('id="afgewezen"')
    assert "Bewoners koken samen in de flat" in chosen.split('id="gekozen"')[1]
    assert "Koers van het aandeel daalt" in rejected


def test_before_anybody_decided_nothing_is_alike(house):
    """The page says so for both kinds."""
    page = house.signed_in().get(f"/item/{house.item()}/lijkt-op").text
    assert "Er is nog niets gekozen." in page
    assert "Er is nog niets afgewezen." in page
