"""An entry of the letter dragged in a real browser; the keyboard is in the walk along the whole line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes_line import EVERYBODY, Line, line, titles
from fakes_pages import served
from playwright.sync_api import Browser, Page, expect

from digest.edition import Audience, Kind
from monitor.desk import session
from monitor.store import people
from monitor.store.database import open_engine

pytestmark = pytest.mark.browser


@pytest.fixture
def house(tmp_path: Path, migrated_sqlite: bytes) -> Iterator[Line]:
    """A day before the letter goes, with three items for everybody."""
    (tmp_path / "radar.db").write_bytes(migrated_sqlite)
    engine = open_engine(f"sqlite:///{tmp_path / 'radar.db'}")
    house = line(engine, tmp_path)
    house.clock.add(timedelta(days=-1))
    for name in ("Eerste", "Tweede", "Derde"):
        house.accepted(f"{name} bericht", *EVERYBODY)
    yield house
    engine.dispose()


@pytest.fixture
def address(house: Line) -> Iterator[str]:
    """The desk over real HTTP on loopback."""
    with served(house.application) as address:
        yield address


def editor_at(house: Line, browser: Browser, address: str, **options: object) -> Page:
    """A page of an editor who is signed in."""
    token, now = session.new_token(), house.clock()
    people.open_session(house.engine, house.reviewer(), token, now, now + session.LASTS)
    context = browser.new_context(locale="nl-NL", **options)
    context.add_cookies([{"name": "radar", "value": token, "url": address}])
    return context.new_page()


def test_an_entry_is_dragged(house: Line, address: str, chromium: Browser) -> None:
    """With a mouse the last entry takes the place of the first, and then goes to a part that was still empty."""
    page = editor_at(house, chromium, address)
    page.goto(f"{address}/brief/gemeente")
    entries = page.locator("[data-part] > li")
    with page.expect_navigation():
        entries.nth(2).drag_to(entries.nth(0))
    told = titles(house.editor.upcoming(Audience.GEMEENTE).entries)
    assert told == ["Eerste bericht", "Derde bericht", "Tweede bericht"]
    examples = page.locator("[data-part=praktijkvoorbeeld]")
    expect(examples).to_be_hidden()
    entries.nth(0).locator(".quiet").hover()
    page.mouse.down()
    entries.nth(1).hover()
    with page.expect_navigation():
        examples.hover()
        page.mouse.up()
    edition = house.editor.upcoming(Audience.GEMEENTE)
    told = [(one.kind, titles(one.entries)) for one in edition.groups]
    assert told == [
        (Kind.NIEUWS, ["Derde bericht", "Tweede bericht"]),
        (Kind.PRAKTIJKVOORBEELD, ["Eerste bericht"]),
    ]


def test_a_refusal_is_seen_beside_what_it_is_about(house: Line, address: str, chromium: Browser) -> None:
    """At 400 % zoom in a low window the message stands above the part of the page one is led back to, not over it."""
    page = editor_at(house, chromium, address, viewport={"width": 320, "height": 200})
    page.goto(f"{address}/brief/gemeente")
    page.get_by_text("Een ander moment van versturen").click()
    page.get_by_label("Dag").fill("2020-01-01")
    page.get_by_role("button", name="Dit moment nemen").click()
    message, heading = page.locator(".told"), page.locator("#versturen")
    expect(message).to_contain_text("Dat moment is al voorbij. Kies een later moment.")
    expect(message).to_be_in_viewport(ratio=1)
    expect(heading).to_be_in_viewport(ratio=1)
    above, below = message.bounding_box(), heading.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]
