from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from fakes_desk import House
from fakes_pages import served
from jinja2 import Environment, PackageLoader
from playwright.sync_api import Browser, Page, expect

from digest import tips
from digest.edition import Audience
from monitor.arrangement import Arrangement
from monitor.desk import session
from monitor.desk.plot import plot
from monitor.measure import Estimate
from monitor.store import arrangements, people, reviews
from monitor.store.database import open_engine

pytestmark = pytest.mark.browser


@pytest.fixture
def house(sqlite_address: str, tmp_path: Path) -> Iterator[House]:
    engine = open_engine(sqlite_address)
    house = House(engine, tmp_path / "config")
    for number, title in enumerate(("Eerste bericht", "Tweede bericht", "Derde bericht")):
        house.item(title, score=0.9 - number / 10)
    yield house
    engine.dispose()


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """The desk over real HTTP on loopback."""
    with served(house.application) as address:
        yield address


def signed_in(house: House, chromium: Browser, address: str, **options: object) -> Page:
    token, now = session.new_token(), house.clock()
    people.open_session(house.engine, house.reviewer(), token, now, now + session.LASTS)
    context = chromium.new_context(locale="nl-NL", **options)
    context.add_cookies([{"name": "radar", "value": token, "url": address}])
    page = context.new_page()
    page.goto(address)
    return page


def test_a_reviewer_triages_by_keyboard(house: House, chromium: Browser, address: str) -> None:
    """Keys walk, accept, undo and reject without a reload, and letters typed in a field decide nothing."""
    page = signed_in(house, chromium, address)
    cards, message = page.locator(".card"), page.locator("#melding")

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#item-2")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("#item-1")).to_be_focused()
    page.keyboard.press("a")
    expect(message).to_contain_text("Gekozen: “Eerste bericht”.")
    expect(cards).to_have_count(2)
    page.keyboard.press("u")
    expect(message).to_contain_text("Ongedaan gemaakt.")
    expect(cards).to_have_count(3)
    expect(page.locator("#item-1")).to_be_focused()
    page.keyboard.press("r")
    expect(message).to_contain_text("Afgewezen: “Eerste bericht”.")
    expect(page.locator("#item-2")).to_be_focused()
    expect(page.locator("h1")).to_contain_text("2 te beoordelen")
    page.locator("#item-2 summary").click()
    page.locator("#item-2 textarea").first.press_sequentially("aarde u?")
    page.keyboard.press("Escape")
    expect(cards).to_have_count(2)
    page.keyboard.press("Tab")
    page.locator("#item-2").focus()
    page.keyboard.press("Shift+?")
    expect(page.locator("#hulp")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(cards).to_have_count(1)
    page.keyboard.press("a")
    expect(page.locator(".empty")).to_contain_text("De wachtrij is leeg")
    page.goto(f"{address}/gekozen")
    expect(page.locator("#item-2 textarea").first).to_have_value("aarde u?")


def test_a_reviewer_writes_comments_and_searches_by_keyboard(house: House, chromium: Browser, address: str) -> None:
    """Keys lead to the comment, back to the item and to search, and take it up; typing tells the reading level."""
    page = signed_in(house, chromium, address)
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator("#item-1 .claimed")).to_have_text("U bekijkt dit")
    page.keyboard.press("u")
    expect(page.locator("#melding")).to_contain_text("U bekijkt “Eerste bericht” niet meer.")
    expect(page.locator("#item-1 .claimed")).to_have_count(0)
    page.locator("#item-1").focus()
    page.keyboard.press("n")
    expect(page.locator("#item-1 [name=notitie]")).to_be_focused()
    page.locator("#item-1 [name=samenvatting]").fill("Huurders praten mee. Teneinde samen te beslissen.")
    expect(page.locator("#item-1 .level")).to_contain_text("Taalniveau")
    expect(page.locator("#item-1 .level")).to_contain_text("teneinde")
    page.keyboard.press("Escape")
    expect(page.locator("#item-1")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#zoek")).to_be_focused()


def test_an_item_is_read_from_its_top_whichever_way_one_comes(house: House, chromium: Browser, address: str) -> None:
    """Also what is taller than the window shows its title when one goes back to it."""
    page = signed_in(house, chromium, address, viewport={"width": 320, "height": 200})
    for key, number in (("j", 1), ("j", 2), ("j", 3), ("k", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(page.locator(f"#item-{number} h2")).to_be_in_viewport(ratio=1)


def test_a_key_decides_on_nothing_out_of_sight(house: House, chromium: Browser, address: str) -> None:
    """Who scrolled on decides on what is in sight: the first press goes there, the second one is about it."""
    page = signed_in(house, chromium, address, viewport={"width": 900, "height": 300})
    page.keyboard.press("j")
    last = page.locator("#item-3")
    last.evaluate("card => scrollTo(0, card.getBoundingClientRect().top + scrollY)")
    page.keyboard.press("r")
    expect(last).to_be_focused()
    expect(page.locator("#melding p")).to_have_count(0)
    page.keyboard.press("r")
    expect(page.locator("#melding")).to_contain_text("Afgewezen: “Derde bericht”.")
    assert reviews.waiting(house.engine) == 2


def test_who_skips_the_last_item_of_a_page_goes_on_to_the_next_page(
    house: House, chromium: Browser, address: str
) -> None:
    """The key that leads to the next item does so over the end of a page too."""
    for number in range(19):
        house.item(f"Bericht {number}", score=0.55)
    page = signed_in(house, chromium, address)
    expect(page.locator(".card")).to_have_count(20)
    for _ in range(20):
        page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".card")).to_have_count(2)
    expect(page.locator(".card").first).to_be_focused()


def test_a_text_is_kept_and_its_item_chosen_from_within_the_text(house: House, chromium: Browser, address: str) -> None:
    """Control with Enter chooses the item that is written about; among the chosen it keeps the text."""
    page = signed_in(house, chromium, address)
    page.keyboard.press("t")
    page.keyboard.insert_text("Eén zin.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#melding")).to_contain_text("Gekozen: “Eerste bericht”.")
    page.goto(f"{address}/gekozen")
    page.keyboard.press("t")
    page.keyboard.press("End")
    page.keyboard.insert_text(" Nog één.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#melding")).to_contain_text("Bewaard bij “Eerste bericht”.")
    stored = reviews.one(house.engine, 1)
    assert stored is not None
    assert (stored.decision, stored.summary) == (reviews.ACCEPTED, "Eén zin. Nog één.")


def test_one_goes_back_more_than_one_step_by_keyboard(house: House, chromium: Browser, address: str) -> None:
    """The same key takes back one decision after the other, the latest first."""
    page = signed_in(house, chromium, address)
    cards, message = page.locator(".card"), page.locator("#melding")
    page.keyboard.press("r")
    expect(cards).to_have_count(2)
    page.keyboard.press("a")
    expect(cards).to_have_count(1)
    page.keyboard.press("u")
    expect(cards).to_have_count(2)
    expect(message.get_by_role("button")).to_have_text("Nog een stap terug")
    page.keyboard.press("u")
    expect(cards).to_have_count(3)
    expect(message).to_contain_text("“Eerste bericht” staat weer in de wachtrij.")
    expect(message.get_by_role("button")).to_have_count(0)
    assert [card.get_attribute("id") for card in cards.all()] == ["item-1", "item-2", "item-3"]
    assert reviews.waiting(house.engine) == 3


def test_what_was_typed_is_not_lost_unasked(house: House, chromium: Browser, address: str) -> None:
    """A page with words that were not sent asks before it goes; when they are sent or kept, it does not ask."""
    page, asked = signed_in(house, chromium, address), []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.keyboard.press("t")
    expect(page.locator("#item-1 [name=samenvatting]")).to_be_focused()
    page.keyboard.insert_text("Huurders praten mee.")
    page.locator("#item-1 .keep").click()
    expect(page.locator("#melding")).to_contain_text("Bewaard bij “Eerste bericht”.")
    page.goto(f"{address}/item/1")
    page.get_by_label("Eigen titel").fill("Huurders aan tafel")
    assert asked == []
    page.get_by_role("button", name="Afwijzen", exact=True).click()
    expect(page.locator("#melding")).to_contain_text("Afgewezen")
    assert asked == ["beforeunload"]
    page.get_by_label("Eigen titel").fill("Huurders aan tafel")
    page.get_by_role("button", name="Aanpassing bewaren").click()
    expect(page.locator("#melding")).to_contain_text("is bewaard")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize(
    ("path", "field", "button"),
    [
        ("/", "#item-1 [name=samenvatting]", "#item-1 .keep"),
        ("/item/1", "#opmerking", "form:has(#opmerking) button"),
        ("/brief/corporatie", "#intro", "form:has(#intro) button"),
        ("/woorden", "#tekst", "form:has(#tekst) button[formaction$=bewaren]"),
    ],
)
def test_what_was_typed_outlives_the_end_of_a_session(
    house: House, chromium: Browser, address: str, path: str, field: str, button: str
) -> None:
    """Who is no longer signed in, or out of reach, reads so beside the text; signed in elsewhere, the press works."""
    page = signed_in(house, chromium, address)
    page.on("dialog", lambda dialog: pytest.fail(f"the browser asks: {dialog.type}"))
    page.goto(f"{address}{path}")
    if path == "/":
        page.locator("#item-1 summary").click()
    text = page.locator(field).first
    text.fill(f"{text.input_value()} # Het panel praat mee.")
    typed = text.input_value()
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.locator(button).first.click()
    message = page.locator("#melding")
    expect(message).to_contain_text("U bent niet meer ingelogd. Wat u schreef, staat hier nog.")
    expect(message.get_by_role("link")).to_have_attribute("target", "_blank")
    expect(text).to_have_value(typed)
    page.context.add_cookies(cookies)
    page.context.set_offline(True)
    page.locator(button).first.click()
    expect(message).to_contain_text("geen verbinding")
    expect(text).to_have_value(typed)
    page.context.set_offline(False)
    with page.expect_response(lambda response: response.request.method == "POST") as sent:
        page.locator(button).first.click()
    assert sent.value.status in (200, 303)


def test_a_reviewer_without_script_can_do_the_same(house: House, chromium: Browser, address: str) -> None:
    """Without script the buttons, the undo and the text for the letter work by plain forms."""
    page = signed_in(house, chromium, address, java_script_enabled=False)

    page.locator("#item-1 .accept").click()
    expect(page.locator("#melding")).to_contain_text("Gekozen: “Eerste bericht”.")
    expect(page.locator(".card")).to_have_count(2)
    page.locator("#melding button").click()
    expect(page.locator(".card")).to_have_count(3)
    page.locator("#item-1 summary").click()
    page.locator("#item-1 textarea").first.fill("Eén zin.")
    page.locator("#item-1 .keep").click()
    expect(page.locator("#melding")).to_contain_text("Bewaard bij “Eerste bericht”.")
    expect(page.locator("#item-1 textarea").first).to_have_value("Eén zin.")


def test_ones_own_page_is_within_reach_on_a_phone(house: House, chromium: Browser, address: str) -> None:
    """On the narrowest screen the name of who is signed in is there, and leads to password, code and sessions."""
    page = signed_in(house, chromium, address, viewport={"width": 320, "height": 640})
    page.get_by_role("link", name="Els de Vries").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mijn toegang")


IN_SIGHT = """() => {
  const one = document.activeElement, box = one.getClientRects()[0];
  const seen = document.elementFromPoint(box.left + box.width / 2, Math.max(box.top, 0) + Math.min(box.height, 20) / 2);
  return one.contains(seen) ? "" : `${one.tagName} ${one.id || one.innerText} is under ${seen?.outerHTML.slice(0, 80)}`;
}"""
PLOTTED = """() => {
  const svg = document.querySelector("svg"), around = svg.getBoundingClientRect(), scale = svg.getScreenCTM().a;
  return [...svg.querySelectorAll("text")].map((text) => {
    const box = text.getBoundingClientRect();
    const inside = box.left >= around.left && box.right <= around.right && box.bottom <= around.bottom + 3;
    return [text.textContent, inside, scale * parseFloat(getComputedStyle(text).fontSize)];
  });
}"""
COVERED = "document.getElementById('melding').getBoundingClientRect().height / innerHeight"


@pytest.mark.parametrize(
    ("width", "height"),
    [pytest.param(320, 200, id="400 % in a low window"), pytest.param(320, 640, id="phone"), (1280, 800)],
)
def test_a_message_covers_nothing_one_goes_to(
    house: House, chromium: Browser, address: str, width: int, height: int
) -> None:
    """What was done last stays in sight on a quarter of the window at most, and never over what has the focus."""
    house.item("Huurders van Eikenrade beslissen voortaan mee over onderhoud, huur en de buurt", score=0.95)
    page = signed_in(house, chromium, address, viewport={"width": width, "height": height})
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator("#melding")).to_contain_text("Afgewezen: “Huurders van Eikenrade")
    expect(page.locator("#melding button")).to_be_in_viewport()
    assert page.evaluate(COVERED) < 0.25
    for key in ("j", "j", *["Tab"] * 5, *["Shift+Tab"] * 12):
        page.keyboard.press(key)
        assert page.evaluate(IN_SIGHT) == "", key


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("/tips", "form[action$='/gezien']", "De tip is van de lijst."),
        ("/bronnen", "form[action$='/linde/uit']", "Wat de radar van deze bron heeft, blijft bewaard."),
        ("/brief/corporatie", "form:has(#intro)", "Een collega schreef intussen een andere."),
    ],
)
def test_what_can_be_undone_is_read_whole_on_a_phone(
    house: House, chromium: Browser, address: str, path: str, form: str, said: str
) -> None:
    """At 320 pixels the sentence beside the button is not cut off, and the button does what it says."""
    tips.tell(house.engine, "https://a.example/goed", "", house.clock())
    page = signed_in(house, chromium, address, viewport={"width": 320, "height": 640})
    page.goto(f"{address}{path}")
    if "intro" in form:
        page.locator("#intro").fill("Van mij.")
        put = Arrangement(intro="Van een collega.")
        colleague = house.reviewer("Piet", "piet@voorbeeld.example")
        told = (Audience.CORPORATIE, 1, colleague, "introduce", house.clock())
        arrangements.change(house.engine, *told, lambda _: put)
    page.locator(form).get_by_role("button").click()
    sentence = page.locator(".told p")
    expect(sentence).to_contain_text(said)
    cut = sentence.evaluate("one => one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth")
    assert not cut
    page.locator(".told").get_by_role("button", name="Ongedaan maken").click()
    expect(page.locator(".told p")).not_to_contain_text(said)


def test_the_help_of_the_keys_begins_at_its_heading(house: House, chromium: Browser, address: str) -> None:
    """In a low window the help shows its first keys, not its last button."""
    page = signed_in(house, chromium, address, viewport={"width": 320, "height": 200})
    page.keyboard.press("?")
    expect(page.locator("#hulp-titel")).to_be_focused()
    expect(page.locator("#hulp-titel")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#hulp")).to_be_hidden()


@pytest.mark.parametrize("path", ["/", "/overzicht", "/item/1", "/bronnen"])
def test_what_one_comes_for_begins_high_on_a_phone(house: House, chromium: Browser, address: str, path: str) -> None:
    """On the narrowest screen the menu leaves more than half of the first view to the page itself."""
    page = signed_in(house, chromium, address, viewport={"width": 320, "height": 640})
    page.goto(f"{address}{path}")
    header = page.locator("header.top").bounding_box()
    assert header is not None
    assert header["height"] < 640 * 0.4
    for link in page.locator("nav a").all():
        box = link.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24


def test_the_words_of_a_plot_can_be_read_on_a_phone(chromium: Browser) -> None:
    """On the narrowest screen every word of a plot is drawn whole, of twelve pixels or more."""
    weeks = [str(week) for week in range(36, 48)]
    drawn = plot("zo", "Zo ging het", weeks, {"Zo": [Estimate(1, 0.5, 1)] * 12, "Ook": [Estimate(0, 0, 0.5)] * 12})
    pages = Environment(loader=PackageLoader("monitor.desk"), autoescape=True)
    shown = pages.from_string('{% from "plot.html" import draw %}{{ draw(plot) }}').render(plot=drawn)
    style = files("monitor.desk").joinpath("static", "desk.css").read_text(encoding="utf-8")
    page = chromium.new_page(viewport={"width": 320, "height": 640})
    page.set_content(f'<style>{style}</style><main class="wrap"><div class="panel">{shown}</div></main>')
    seen = page.evaluate(PLOTTED)
    assert len(seen) >= 5 + 6
    assert [text for text, inside, pixels in seen if not inside or pixels < 12] == []
