"""Texts of others are let go of in time."""

from __future__ import annotations

from datetime import timedelta

from monitor.item import Arrival, Item
from monitor.recognise import New
from monitor.store import items, lookup
from monitor.store.retention import forget_texts


def test_old_texts_go_and_the_item_stays_known(engine, now):
    """After the term the text is gone, in every version, and the address is still known."""
    one = Item("bond", "https://bond.example/a", ("bond.example/a",), "Titel", text="Lange tekst", read=True)
    with engine.begin() as connection:
        items.add(connection, New(one, Arrival.NEWS), now - timedelta(days=400))
        young = Item("bond", "https://bond.example/b", ("bond.example/b",), "Titel", text="Nog vers", read=True)
        items.add(connection, New(young, Arrival.NEWS), now)
    assert forget_texts(engine, now - timedelta(days=365)) == 1
    assert forget_texts(engine, now - timedelta(days=365)) == 0
    known = lookup.known(engine, ["bond.example/a", "bond.example/b"])
    texts = {key: items.versions(engine, found.item_id)[0].text for key, found in known.items()}
    assert texts == {"bond.example/a": "", "bond.example/b": "Nog vers"}
