"""A reviewer walks the rule bench in a real browser: change a word, see the flips, save, and take it back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes_desk import House
from fakes_pages import served
from playwright.sync_api import Browser, Page, expect

from monitor import learning, words_file
from monitor.desk import session
from monitor.store import people
from monitor.store.database import open_engine

pytestmark = pytest.mark.browser


@pytest.fixture
def house(sqlite_address, tmp_path) -> Iterator[House]:
    """Two items: the words find one and not the other."""
    engine = open_engine(sqlite_address)
    house = House(engine, tmp_path / "config")
    for title in ("Huurderspanel telt 800 leden", "Bewonersberaad gaat van start"):
        house.item(title, intro="De huurders kiezen zelf.")
    learning.judge_again(engine, house.live.current, house.clock())
    yield house
    engine.dispose()


@pytest.fixture
def page(house: House, chromium: Browser) -> Iterator[Page]:
    """The browser of an administrator, at the desk."""
    with served(house.application) as address:
        token, now = session.new_token(), house.clock()
        people.open_session(house.engine, house.reviewer(), token, now, now + session.LASTS)
        context = chromium.new_context(base_url=address, locale="nl-NL")
        context.add_cookies([{"name": "radar", "value": token, "url": address}])
        yield context.new_page()


def titles(page: Page) -> list[str]:
    page.goto("/")
    return page.locator(".card h2").all_inner_texts()


def test_change_a_word_see_the_flips_save_and_take_back(house: House, page: Page) -> None:
    """Each step shows what it did: nothing saved while trying, the queue turned after saving, and back again."""
    before = words_file.read(house.folder)
    assert titles(page) == ["Huurderspanel telt 800 leden"]
    page.goto("/woorden?thema=panels")
    text = page.get_by_label("De woorden van dit thema")
    text.fill(text.input_value().replace("huurderspanel", "bewonersberaad"))
    page.get_by_role("button", name="Proberen").click()
    expect(page.get_by_role("heading", name="Komt erbij in de wachtrij")).to_be_visible()
    expect(page.locator(".flips").first).to_contain_text("Bewonersberaad gaat van start")
    expect(page.locator(".flips").last).to_contain_text("Huurderspanel telt 800 leden")
    assert words_file.read(house.folder) == before

    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("status").first).to_contain_text("Bewaard.")
    learning.judge_again(house.engine, house.live.current, house.clock())
    assert titles(page) == ["Bewonersberaad gaat van start"]

    page.goto("/woorden")
    page.get_by_role("button", name="Deze versie terugzetten").click()
    expect(page.get_by_role("status").first).to_contain_text("Teruggezet.")
    learning.judge_again(house.engine, house.live.current, house.clock())
    assert words_file.read(house.folder) == before
    assert titles(page) == ["Huurderspanel telt 800 leden"]
