"""The pages for readers in a real browser over real HTTP: usable by all, valid, and whole without script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from fakes_browser import html_faults
from fakes_digest import NOW, a_reader
from fakes_pages import a_full_site, application, served
from playwright.sync_api import Page, expect

from digest import confirmations, subscribers
from digest.consent import Preferences
from digest.edition import Audience
from monitor.store.database import open_engine

SIX_VIEWS = [(width, scheme) for width in (320, 600, 1200) for scheme in ("light", "dark")]
EVERY_PAGE = ((320, "dark"), (1200, "light"))
OPEN = ("/welkom", "/brieven/huurdersorganisatie/2026-W48", "/voorbeelden", "/aanmelden")
MORE = (
    "/berichten/sample-7",
    "/brieven",
    "/agenda",
    "/thema/panels",
    "/volgen",
    "/tip",
    "/privacy",
    "/toegankelijkheid",
    "/voorkeuren",
)
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: bytes) -> Iterator[tuple[str, str, str]]:
    """A full site on loopback: its address, a reader's own page, and a link to confirm."""
    path = tmp_path_factory.mktemp("site") / "radar.db"
    path.write_bytes(migrated_sqlite)
    engine = open_engine(f"sqlite:///{path}")
    subscribers.add(engine, [a_reader("gerda")], NOW)
    a_full_site(engine)
    reader = subscribers.by_email(engine, "gerda@lezers.example")
    assert reader
    confirmations.ask_to_sign_up(engine, "nieuw@lezers.example", Preferences(audience=Audience.GEMEENTE), NOW)
    (asked,) = confirmations.due(engine, NOW)
    with served(application(engine, lambda: NOW + timedelta(minutes=1))) as address:
        yield address, f"/voorkeuren/{reader.preferences_token}", f"/aanmelden/bevestigen/{asked.token}"
    engine.dispose()


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, and a page that must be scrolled sideways."""
    violations = Axe().run(page).response["violations"]
    found = [
        f"{one['id']}: {one['nodes'][0]['html']}" for one in violations if one["impact"] in ("serious", "critical")
    ]
    too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["too wide"] if too_wide else [])]


@pytest.mark.parametrize(("width", "scheme"), SIX_VIEWS)
def test_everybody_can_use_the_pages(site, chromium, width, scheme):
    """In six views axe finds nothing serious on the pages that most people see, in two on every sort of page."""
    address, own, confirm = site
    page = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    found = {}
    paths = (
        *OPEN,
        own,
        *((*MORE, f"{own}/wissen", confirm, "/afmelden/x") if (width, scheme) in EVERY_PAGE else ()),
    )
    for path in paths:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found[path] = faults(page)
    assert {path: fault for path, fault in found.items() if fault} == {}
    page.context.close()


def test_the_pages_are_valid_html(site, chromium, tmp_path: Path):
    """The checker of the W3C finds no error, also on the pages that tell of a mistake in a form."""
    address, own, confirm = site
    request = chromium.new_context().request
    for number, path in enumerate((*OPEN, *MORE, own, f"{own}/wissen", confirm, "/afmelden/x", "/berichten/geen")):
        (tmp_path / f"{number:02}.html").write_text(request.get(address + path).text(), encoding="utf-8")
    for name, path in (("sign-up", "/aanmelden"), ("tip", "/tip"), ("lost", "/voorkeuren")):
        wrong = request.post(address + path, form={"email": "mis", "adres": "mis"})
        assert wrong.status == 422
        (tmp_path / f"{name}.html").write_text(wrong.text(), encoding="utf-8")
    assert html_faults(sorted(tmp_path.iterdir())) == ""


def test_a_reader_signs_up_confirms_and_chooses_without_script(site, chromium):
    """By keyboard and plain forms: ask, confirm, change what one gets, and find it kept."""
    address, own, confirm = site
    page = chromium.new_context(java_script_enabled=False, viewport={"width": 375, "height": 800}).new_page()
    page.goto(f"{address}/aanmelden")
    page.get_by_label("Uw e-mailadres").fill("jan@lezers.example")
    page.get_by_label("Ik werk voor een woningcorporatie").check()
    page.get_by_role("button", name="Meld mij aan").press("Enter")
    expect(page.locator("h1")).to_have_text("Kijk in uw mailbox")
    page.goto(address + confirm)
    page.get_by_role("button", name="Ja, ik wil de brief").click()
    expect(page.locator("h1")).to_have_text("Welkom, u bent aangemeld")
    page.goto(address + own)
    page.locator("summary").click()
    page.get_by_label("Zelfbeheer").check()
    page.get_by_label("Eens per maand").check()
    page.get_by_role("button", name="Bewaar mijn keuzes").click()
    expect(page.get_by_role("status")).to_contain_text("Bewaard.")
    expect(page.get_by_label("Zelfbeheer")).to_be_checked()
    expect(page.get_by_label("Eens per maand")).to_be_checked()
    page.goto(f"{address}/berichten/sample-1")
    page.get_by_role("button", name="Hier had ik iets aan").click()
    expect(page.locator("h1")).to_have_text("Bedankt")
    page.goto(f"{address}/voorbeelden")
    page.get_by_label("Woorden in titel of samenvatting").fill("keukentafel")
    page.get_by_role("button", name="Zoek").click()
    expect(page.locator("article h3")).to_have_count(1)
