"""Every page of the desk as people meet it: found from the list of routes, so that a new page cannot escape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from fakes_browser import html_faults
from fakes_desk import PASSWORD, House, reason
from fakes_digest import frozen, leave_in_doubt
from fakes_pages import served
from playwright.sync_api import Browser, BrowserContext, Page
from starlette.applications import Starlette

from crawlers.findings import Candidate, Findings
from crawlers.publication import Listed
from crawlers.source import Kind
from digest import tips
from monitor.desk import session, sign_in
from monitor.desk.app import routes
from monitor.desk.page_route import PageRoute
from monitor.judge import Effect
from monitor.role import Role
from monitor.store import people, sign_in_links
from monitor.store.database import open_engine
from monitor.store.sign_in_links import Purpose

KNOWN = "https://linde.example/nieuws/huurderspanel-telt-800-leden"
VIEWS = [(width, scheme) for width in (320, 600, 1200) for scheme in ("light", "dark")]
FILLED = {"item_id": "1", "audience": "corporatie", "token": "link", "name": "linde", "person_id": "1", "batch": "x"}
FILLED |= {"edition_id": "1"}
NO_PAGES = frozenset({"/healthz", "/inloggen/account", "/inloggen/account/terug", "/logboek.csv", "/logboek.json"})
NOT_HERE = frozenset({"/brief/{audience}/html"})  # the letter lets no script run: tests of its own look at it
ALSO = ["/brief/corporatie?als=tekst", "/zoeken?q=niets", "/?week=2026-W48"]  # other faces of pages
ALSO += ["/?na=1&wat=besluit", "/bronnen?uit=wilg", "/tips?na=2", "/steekproef?vanaf=0.5-1", "/bestaat-niet"]
# And those to which a form leads: on which page, what is filled in, and which button is pressed.
BO = {"#email": "bo@voorbeeld.example"}
FACES = {
    "a wrong password": ("/inloggen", BO | {"#password": "mis"}, "form[action='/inloggen'] button"),
    "a code is asked for": ("/inloggen", BO | {"#password": PASSWORD}, "form[action='/inloggen'] button"),
    "what is no address": ("/bronnen/nieuw", {"[name=adres]": "geen adres"}, "main form button"),
    "an amendment that is refused": ("/item/1", {"#plaats": "Hengelo"}, "form[action$='/aanpassen'] button"),
    "words that are tried": ("/woorden?thema=panels", {}, "form:has(#tekst) button.accept"),
    "a tip that cannot be read": ("/tips", {}, "main button.accept"),
    "somebody who is here already": ("/mensen", BO, "form[action='/mensen'] button"),
    "a code that is wrong": ("/mij", {"#code": "000000"}, "form[action='/mij/code'] button"),
}
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
DRAWN = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
COLOURS = ["color-contrast"]
pytestmark = pytest.mark.browser


@dataclass
class Walk:
    """What was seen on every page: its HTML, what axe said of each view, and all that was asked for."""

    html: dict[str, str] = field(default_factory=dict)
    faults: dict[tuple[str, int, str], list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


def paths(**filled: str) -> list[str]:
    """The address of every page that can be looked at, from the list of routes."""
    shown = [route for route in routes() if isinstance(route, PageRoute) and "GET" in (route.methods or ())]
    wanted = [route.path for route in shown if route.path not in NO_PAGES | NOT_HERE]
    return [path.format(**FILLED | filled) for path in wanted if filled or "{look}" not in path] + ALSO


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: bytes) -> Iterator[House]:
    """A desk with something of everything."""
    folder = tmp_path_factory.mktemp("seen")
    (folder / "radar.db").write_bytes(migrated_sqlite)
    engine = open_engine(f"sqlite:///{folder / 'radar.db'}")
    house = House(engine, folder / "config")
    lowered = reason("vacature", "Wij zoeken een medewerker; de vacature staat open.", effect=Effect.LOWERS)
    house.item("Huurderspanel telt 800 leden", text="Het huurderspanel praat mee.\n\nElke maand.", reasons=[lowered])
    house.item("Eenlangwoordwoningcorporatiehuurdersbelangenverenigingsvergadering " * 3)
    house.item("Huurprijs stijgt", score=0.1)
    house.began(house.clock())
    leave_in_doubt(engine, frozen(engine, readers=3), [1, 2])
    person = house.reviewer()
    now = house.clock()
    sign_in_links.keep(engine, person, "link", Purpose.MAIL, now, now + sign_in.LINK_LASTS)
    house.signed_in().post("/item/1/besluit", data={"besluit": "accepted"})
    bo = house.reviewer("Bo", BO["#email"], PASSWORD, Role.READER)
    people.set_code_secret(engine, bo, "JBSWY3DPEHPK3PXP", now)
    tips.tell(engine, "http://127.0.0.1:9/weg", "Een mooi voorbeeld", now)
    tips.tell(engine, "https://a.example/gezien", "", now)
    house.signed_in().post("/tips/2/gezien")
    yield house
    engine.dispose()


@pytest.fixture(scope="module")
def desk(house: House) -> Starlette:
    """The desk as it is built in production."""
    return house.application


@pytest.fixture(scope="module")
def address(desk: Starlette) -> Iterator[str]:
    """The desk over real HTTP on loopback."""
    with served(desk) as address:
        yield address


@pytest.fixture(scope="module")
def look(desk: Starlette) -> str:
    """A look around that found the news of a site, two ways, with an item that the radar knows of De Linde."""
    listed = (Listed(address=KNOWN, title="Huurderspanel telt 800 leden"), Listed(address=f"{KNOWN}-2", title="Nieuw"))
    ways = [
        Candidate(kind=kind, address=f"https://linde.example/{kind}", listed=2, items=listed, confidence=sure, signs=())
        for kind, sure in ((Kind.FEED, 0.9), (Kind.OVERVIEW, 0.4))
    ]
    found = Findings(address="https://linde.example/", title="De Linde", candidates=tuple(ways))
    name: str = desk.state.looks.begin(found.address, iter([found]))
    assert desk.state.looks.get(name).done.wait(30)
    return name


@pytest.fixture(scope="module")
def somebody(house: House, chromium: Browser, address: str) -> BrowserContext:
    """A browser of an administrator who is signed in."""
    token, now = session.new_token(), house.clock()
    people.open_session(house.engine, 1, token, now, now + session.LASTS)
    context = chromium.new_context(locale="nl-NL")
    context.add_cookies([{"name": "radar", "value": token, "url": address}])
    return context


def faults(page: Page, rules: list[str] | None) -> list[str]:
    """What axe calls moderate or worse, by all its rules or by these, and a page that must be scrolled sideways."""
    options = {"resultTypes": ["violations"], "iframes": False}
    violations = page.evaluate(
        "options => axe.run(document, options).then(found => found.violations)",
        options | ({"runOnly": rules} if rules else {}),
    )
    bad = [one for one in violations if one["impact"] != "minor"]
    found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in bad]
    too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["too wide"] if too_wide else [])]


@pytest.fixture(scope="module")
def walk(somebody: BrowserContext, address: str, look: str) -> Walk:
    """Every page opened once, with all its folds open, and looked at in every view."""
    page, seen = somebody.new_page(), Walk()
    page.on("request", lambda request: seen.asked.append(request.url))
    for path in paths(look=look):
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.status == (404 if path == "/bestaat-niet" else 200), path
        look_at(page, path, answer.text(), seen)
    for face, (path, filled, button) in FACES.items():
        page.goto(address + path)
        page.evaluate(OPEN_ALL)
        for selector, value in filled.items():
            page.locator(selector).fill(value)
        with page.expect_navigation() as led_to:
            page.locator(button).first.click()
        look_at(page, face, led_to.value.text(), seen)
    page.close()
    return seen


def look_at(page: Page, name: str, html: str, seen: Walk) -> None:
    """Keep the HTML of the page that is open, and what is the matter with it in each view."""
    seen.html[name] = html
    page.evaluate(OPEN_ALL)
    page.evaluate(AXE_SCRIPT)
    for number, (width, scheme) in enumerate(VIEWS):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        rules = None if number == 0 else DRAWN if scheme == "light" else COLOURS
        seen.faults[name, width, scheme] = faults(page, rules)


def test_everybody_can_use_every_page(walk: Walk) -> None:
    """In six views axe finds nothing that matters on any page, not even moderately, and none is too wide.

    By all rules in the first view; the others show the same elements, so there only what depends on how they are drawn
    is looked at, and in dark their colours.
    """
    assert len(walk.faults) >= 6 * 44
    assert {view: fault for view, fault in walk.faults.items() if fault} == {}


def test_the_faces_of_pages_are_what_they_are_called(walk: Walk) -> None:
    """Each form led to what its name says, so that nothing is looked at twice instead of once."""
    said = {
        "a wrong password": "horen niet bij elkaar",
        "a code is asked for": "De zes cijfers uit uw app",
        "what is no address": "Dit is geen webadres.",
        "an amendment that is refused": "Een bijeenkomst heeft een datum nodig",
        "words that are tried": "Wat er zou veranderen",
        "a tip that cannot be read": "De pagina is niet gelezen.",
        "somebody who is here already": "heeft al toegang",
        "a code that is wrong": "klopt niet",
    }
    assert {face: words for face, words in said.items() if words not in walk.html[face]} == {}
    assert said.keys() == FACES.keys()


def test_every_page_is_valid_html(walk: Walk, tmp_path: Path) -> None:
    """The checker of the W3C finds no error on any page, nor on the one that says a page is not there."""
    for number, html in enumerate(walk.html.values()):
        (tmp_path / f"{number:02}.html").write_text(html, encoding="utf-8")
    assert html_faults(sorted(tmp_path.iterdir())) == ""


def test_no_page_asks_anything_of_another_site(walk: Walk, address: str) -> None:
    """Whatever a page loads comes from the desk itself."""
    assert len(walk.asked) > len(walk.html)
    assert [url for url in walk.asked if not url.startswith(address)] == []
