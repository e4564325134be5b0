"""The whole line as people meet it: sites on loopback, a browser for the reviewer, an outbox folder for the readers.

With RADAR_TRACE=1 the walk is recorded in var/trace, to be looked at with `playwright show-trace`.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fakes_installation import EMAIL, PASSWORD, Installation, read_world
from fakes_line import text_of, titles
from fakes_pages import served
from fakes_reviewing import review
from playwright.sync_api import Browser, BrowserContext, Page, expect

from digest.edition import Audience, Kind
from monitor.store import record, reviews
from monitor.store.database import Engine

SUMMARY = "Huurders in Dorsterveen kozen zelf hoe hun flats worden opgeknapt. Bijna iedereen stemde voor."
STORIES, MOST_TABS = 40, 150
FOCUSED = "document.activeElement.id || document.activeElement.innerText || ''"
pytestmark = pytest.mark.browser


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> Installation:
    """An installation that read the demo world, once on SQLite and once on PostgreSQL."""
    read_world(tmp_path, engine)
    return Installation(engine, tmp_path / "config", tmp_path / "outbox")


@pytest.fixture
def desk(house: Installation) -> Iterator[str]:
    """The desk over real HTTP on loopback."""
    with served(house.application) as address:
        yield address


@contextmanager
def somebody(chromium: Browser, name: str, *, script: bool) -> Iterator[BrowserContext]:
    """A browser of somebody, recorded when that is asked for."""
    context = chromium.new_context(java_script_enabled=script, locale="nl-NL")
    traced = os.environ.get("RADAR_TRACE")
    if traced:
        context.tracing.start(screenshots=True, snapshots=True)
    yield context
    if traced:
        context.tracing.stop(path=f"var/trace/{name}.zip")
    context.close()


def sign_in(page: Page, desk: str) -> None:
    page.goto(desk)
    page.locator("#email").fill(EMAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Overzicht")
    page.get_by_role("link", name=re.compile("in de wachtrij$")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wachtrij")


def card(page: Page, title: str) -> object:
    return page.locator("article.card").filter(has=page.get_by_role("heading", name=title))


def test_from_the_sites_to_a_letter_without_script(house: Installation, desk: str, chromium: Browser) -> None:
    """What a reviewer accepts in the browser, and nothing else, reaches the reader's mailbox in her own words."""
    asked, works = [], "Huurders beslissen mee over groot onderhoud in Dorsterveen"
    with somebody(chromium, "without-script", script=False) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(urlsplit(request.url).hostname))
        sign_in(page, desk)
        expect(card(page, works).locator("mark").first).to_be_visible()
        expect(card(page, works)).to_contain_text("Huurdersbond")
        card(page, works).locator("summary").click()
        card(page, works).get_by_label("In eigen woorden").fill(SUMMARY)
        card(page, works).get_by_role("button", name="Kiezen").click()
        expect(card(page, works)).to_have_count(0)
        for title in ("Sleutelpersonen openen deuren", "Rechter: andere servicekosten"):
            card(page, title).get_by_role("button", name="Afwijzen").click()
            expect(card(page, title)).to_have_count(0)
        page.get_by_role("button", name="Ongedaan maken").first.click()
        expect(card(page, title)).to_have_count(1)
        page.goto(f"{desk}/brief/huurdersorganisatie?als=tekst")
        expect(page.locator("pre")).to_contain_text("Dorsterveen")
    assert set(asked) == {"127.0.0.1"}
    edition_id, _ = house.editor.freeze(house.editor.draft(Audience.HUURDERSORGANISATIE))
    house.editor.send(edition_id)
    ((name, letter),) = house.letters().items()
    assert name == "huurdersorganisatie"
    text = text_of(letter)
    (item,) = reviews.decided(house.engine, reviews.ACCEPTED)
    for words in (works, SUMMARY, item.address):
        assert words in text
    for words in ("Sleutelpersonen", "servicekosten"):
        assert words not in text


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is at something with this id or these words, or an id that begins so."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused == name or (name.endswith("-") and focused.startswith(name)):
            return
    raise AssertionError(f"no {name!r} within {MOST_TABS} tabs")


def press(page: Page, name: str) -> None:
    """Go to a button by keyboard, press it, and wait for the page that it leads to."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def put_together(page: Page, audience: Audience) -> None:
    """Introduce, order, move, leave out, plan and approve a letter with keys alone, each from where the last ended."""
    tab_to(page, "Naar de inhoud")
    page.keyboard.press("Enter")
    tab_to(page, "intro")
    page.keyboard.type(f"Dag {audience.plural}.")
    press(page, "Inleiding bewaren")
    press(page, "Omlaag")
    assert page.evaluate(FOCUSED) == "Omlaag"
    tab_to(page, "deel-")
    page.keyboard.type("Uit Twente")
    press(page, "Verplaats")
    assert page.evaluate(FOCUSED).startswith("deel-")
    press(page, "Niet deze week")
    assert page.evaluate(FOCUSED).startswith("Neem op")
    tab_to(page, "Een ander moment van versturen")
    page.keyboard.press("Enter")
    tab_to(page, "tijd")
    page.keyboard.type("1130")
    press(page, "Dit moment nemen")
    press(page, "Goedkeuren")
    expect(page.locator("#versturen ~ .good")).to_have_text("Goedgekeurd door Anna")


def test_a_week_by_keyboard(house: Installation, desk: str, chromium: Browser) -> None:
    """One person reviews forty stories and puts three letters together, without a mouse; they go as she left them."""
    house.wait_for_judgement(STORIES)
    with somebody(chromium, "review", script=True) as context:
        page, complaints = context.new_page(), []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        sign_in(page, desk)
        assert len(review(page, STORIES, summary=SUMMARY)) == STORIES
        expect(page.locator(".empty")).to_contain_text("De wachtrij is leeg")
    assert complaints == []
    actions = Counter(one.action for one in record.page(house.engine, record.Filter(sort="item"), limit=200))
    assert actions == {"accepted": 10, "rejected": 30, "write": 10}
    before = {audience: house.editor.upcoming(audience) for audience in Audience}
    with somebody(chromium, "letters", script=False) as context:
        context.add_cookies([{"name": "radar", "value": house.token(), "url": desk}])
        page = context.new_page()
        for audience in Audience:
            page.goto(f"{desk}/brief/{audience.value}")
            put_together(page, audience)
    after = {audience: house.editor.upcoming(audience) for audience in Audience}
    for audience, edition in after.items():
        assert any(one.placed is Kind.TWENTE for one in edition.entries)
        assert len(edition.entries) == len(before[audience].entries) - 1
        assert titles(edition.entries) != titles(before[audience].entries)[: len(edition.entries)]
    house.clock.now = house.editor.ahead(Audience.GEMEENTE)
    house.service().press()
    house.service().outbox()
    assert f"{house.clock.now:%d-%m %H:%M}" == "26-11 11:30"
    letters = house.letters()
    assert set(letters) == {audience.value for audience in Audience}
    for audience, edition in after.items():
        text = text_of(letters[audience.value])
        assert f"Dag {audience.plural}." in text
        places = [text.rindex(title) for title in titles(edition.entries)]
        assert places == sorted(places)
        (left_out,) = set(titles(before[audience].entries)) - set(titles(edition.entries))
        assert left_out not in text
        assert left_out in titles(house.editor.upcoming(audience).entries)
