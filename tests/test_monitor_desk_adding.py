"""Adding a source on the desk: paste, look, choose, and it stands in the settings; without script."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from fakes_desk import House
from fakes_site import Page, Site, overview

from crawlers.findings import Candidate, Findings
from crawlers.publication import Listed
from crawlers.source import Kind, Selectors
from monitor.desk.english import in_english
from monitor.desk.phrasebook import phrasebook
from monitor.role import Role
from monitor.settings import LiveSettings
from monitor.store import record

NEWS = ("/nieuws/huurders-kiezen/", "/nieuws/panel-begint/", "/nieuws/nieuwe-afspraken/")


@pytest.fixture
def house(engine, tmp_path):
    """A desk that may look around on this computer, and hardly waits between two requests."""
    made = House(engine, tmp_path / "config")
    path = made.folder / "radar.yaml"
    path.write_text(path.read_text() + "crawl: {pause: 0.02}\n")
    made.live = LiveSettings(made.folder, {"RADAR_ALLOW_LOOPBACK": "1"})
    return made


def words(response):
    return " ".join(BeautifulSoup(response.text, "lxml").select_one("main").get_text(" ").split())


def looked(browser, address):
    """Paste an address and wait until the look is done; returns the address of its page."""
    response = browser.post("/bronnen/nieuw", data={"adres": address})
    assert response.status_code == 303
    where = response.headers["location"]
    assert browser.get(where).status_code == 200
    assert browser.app.state.looks.get(where.rsplit("/", 1)[1]).done.wait(120)
    return where


def test_a_pasted_address_is_looked_at_chosen_and_added(house):
    """The page shows what was found with why; the chosen address becomes a source, on record, and the desk knows it."""
    els = house.signed_in()
    with Site("127.0.0.97", {"/nieuws/": overview(*NEWS)}).serve() as site:
        where = looked(els, site.url("/nieuws/"))
        found = els.get(where)
        assert "Bericht over nieuws panel-begint" in words(found)
        assert "dit is het adres dat u gaf" in words(found)
        assert "Kies minstens één adres" in words(els.post(where, data={}))
        added = els.post(where, data={"adres": "0"})
        assert added.status_code == 303
        source = house.live.current.sources[-1]
        assert source.endpoints[0].address == site.url("/nieuws/")
        assert f"De radar leest {source.title} zo dadelijk" in words(els.get(added.headers["location"]))
        again = els.post("/bronnen/nieuw", data={"adres": site.url("/nieuws?utm_source=x")})
        assert "volgt de radar al" in words(again)
    (line,) = record.of_subject(house.engine, f"source/{source.name}")
    assert line.action == "add source"


def test_an_item_without_a_date_shows_when_it_was_changed(house):
    """A sitemap says when each page was changed; the page shows that instead of "date unknown", in both languages."""
    els, address = house.signed_in(), "https://bond.example/kaart.xml"
    listed = (
        Listed(address="https://bond.example/nieuws/een", modified="2026-11-20T08:00:00Z"),
        Listed(address="https://bond.example/nieuws/twee"),
    )
    sitemap = Candidate(kind=Kind.SITEMAP, address=address, listed=2, items=listed, confidence=0.6, signs=("declared",))
    findings = Findings(address=address, title="De Bond", candidates=(sitemap,))
    where = f"/bronnen/nieuw/{els.app.state.looks.begin(address, iter([findings]))}"
    assert els.app.state.looks.get(where.rsplit("/", 1)[1]).done.wait(30)
    found = els.get(where)
    assert "nieuws/een laatst gewijzigd: 20 november 2026" in words(found)
    assert "nieuws/twee datum onbekend" in words(found)
    english = in_english(found.text, phrasebook())
    assert "last changed: 20 November 2026" in english[0]


def test_a_page_without_a_list_is_watched_with_one_button(house):
    """The page to be watched is shown by its title and first lines, in both languages, and added as such."""
    els, address = house.signed_in(), "https://bond.example/meepraten"
    listed = Listed(address=address, title="Zo praat u mee", text="U praat mee.\n\n" + "Over de huur. " * 20)
    watch = Candidate(
        kind=Kind.WATCH, address=address, listed=1, items=(listed,), confidence=0.6, signs=("page", "no_list")
    )
    findings = Findings(address=address, title="De Bond", candidates=(watch,))
    where = f"/bronnen/nieuw/{els.app.state.looks.begin(address, iter([findings]))}"
    assert els.app.state.looks.get(where.rsplit("/", 1)[1]).done.wait(30)
    found = els.get(where)
    assert "Pagina om in de gaten te houden" in words(found)
    assert "Zo begint de pagina Zo praat u mee" in words(found)
    assert "U praat mee. Over de huur. Over" in words(found)
    assert "berichten" not in words(found).replace("geen lijst met berichten", "")
    assert in_english(found.text, phrasebook())[1] <= {"Zo praat u mee", "De Bond", address}
    assert els.post(where, data={"adres": "0"}).status_code == 303
    assert house.live.current.sources[-1].endpoints[0].kind is Kind.WATCH


def test_what_stands_in_the_way_is_told_above_the_form(house):
    """A wall, and something that is no address: one sentence, and the typed text is still there."""
    els = house.signed_in()
    with Site(
        "127.0.0.97", {"/x": Page("<title>Inloggen</title><h1>Inloggen</h1><input type=password>")}
    ).serve() as site:
        assert "moet u inloggen" in words(els.get(looked(els, site.url("/x"))))
    wrong = els.post("/bronnen/nieuw", data={"adres": "mailto:x@y.nl"})
    assert wrong.status_code == 422
    assert "geen webadres" in words(wrong)
    assert 'value="mailto:x@y.nl"' in wrong.text
    assert "geen webadres" in words(els.post("/bronnen/nieuw", data={"adres": "de site van de bond"}))
    assert els.get("/bronnen/nieuw/weg").status_code == 404


def test_a_source_that_lost_its_items_is_mended_with_one_button(house):
    """The known items are found on another page of the site; accepting it writes the address, on record."""
    els, path = house.signed_in(), house.folder / "sources.yaml"
    blog = [f"/blog/{number}/" for number in range(9)]
    with Site("127.0.0.97", {"/actueel/": overview(*NEWS), "/blog/": overview(*blog)}).serve() as site:
        site.pages["/"] = Page(
            '<html lang=nl><body><a href="/blog/">Blogs</a><a href="/actueel/">Actueel</a></body></html>'
        )
        old = site.url("/nieuws/")
        path.write_text(
            f'sources:\n  - name: bond\n    title: Bond\n    endpoints:\n      - {{kind: feed, address: "{old}"}}\n'
        )
        house.live.refresh()
        assert "kent de radar nog geen berichten" in words(els.post("/bronnen/bond/herstel"))
        for one in NEWS[:2]:
            house.item(f"Bericht over {one.strip('/').replace('/', ' ')}", source="bond")
        where = els.post("/bronnen/bond/herstel").headers["location"]
        assert els.app.state.looks.get(where.rsplit("/", 1)[1]).done.wait(120)
        assert "2 van de 3 berichten zijn bekend" in words(els.get(where))
        accepted = els.post(where)
        assert "De radar leest Bond" in words(els.get(accepted.headers["location"]))
        assert house.live.current.source("bond").endpoints[0].address == site.url("/actueel/")
    (line,) = record.of_subject(house.engine, "source/bond")
    assert (line.action, line.before["addresses"]) == ("repair source", old)


BOND = """sources:
  # wat de bond zegt
  - name: bond
    title: Bond
    endpoints:
      - kind: overview  # het oude adres
        address: "https://bond.example/nieuws"
        css:
          link: h2 > a
    schedule: daily
"""


def moved(house, browser):
    """Accept a proposal for the source of `BOND`, of which one item stands at another address; gives the answer."""
    old, new = "https://bond.example/nieuws", "https://bond.example/actueel"
    (house.folder / "sources.yaml").write_text(BOND)
    house.live.refresh()
    house.item("Panel begint", source="bond")
    listed = (Listed(address="https://bond.example/1", title="Panel begint"),)
    one = Candidate(kind=Kind.OVERVIEW, address=new, listed=1, items=listed, confidence=0.6, signs=("page",))
    name = browser.app.state.looks.begin(old, iter([Findings(address=new, candidates=(one,))]))
    assert browser.app.state.looks.get(name).done.wait(30)
    return browser.get(browser.post(f"/bronnen/bond/herstel/{name}").headers["location"])


def test_a_repair_is_taken_back_to_the_letter(house):
    """Undo writes what stood in sources.yaml before, with its comments; the record keeps both, and no second undo."""
    els, path = house.signed_in(), house.folder / "sources.yaml"
    told, undo = moved(house, els), "/bronnen/bond/herstel/ongedaan"
    assert f'action="{undo}"' in told.text
    assert "bond.example/actueel" in path.read_text()
    undone = els.get(els.post(undo).headers["location"])
    assert "Ongedaan gemaakt: Bond heeft weer het vorige adres. De radar leest Bond zo dadelijk." in words(undone)
    assert f'action="{undo}"' not in undone.text
    assert path.read_text() == BOND
    again = els.post(undo)
    assert (again.status_code, "niets meer om ongedaan te maken" in words(again)) == (409, True)
    lines = record.of_subject(house.engine, "source/bond")
    assert [line.action for line in lines] == ["repair source", "repair undone"]
    assert (lines[0].before, lines[0].after) == (lines[1].after, lines[1].before)


def test_a_repair_by_command_is_taken_back_on_the_desk(house):
    """The record of the command line holds the same, and how it was done."""
    els, path, old = house.signed_in(), house.folder / "sources.yaml", "https://bond.example/nieuws"
    path.write_text(BOND.replace("/nieuws", "/actueel"))
    house.live.refresh()
    before = {"addresses": old, "endpoint": f'{{kind: feed, address: "{old}"}}'}
    after = {"addresses": "https://bond.example/actueel", "endpoint": "{}", "way": "radar source"}
    record.note_alone(house.engine, None, "repair source", "source/bond", house.clock(), before=before, after=after)
    assert els.post("/bronnen/bond/herstel/ongedaan").status_code == 303
    assert house.live.current.source("bond").endpoints[0].address == old


def test_a_repair_that_was_changed_by_hand_is_not_taken_back(house):
    """Where the address of the proposal no longer stands in the file, nothing is written and it is told why."""
    els, path = house.signed_in(), house.folder / "sources.yaml"
    moved(house, els)
    path.write_text(path.read_text().replace("/actueel", "/elders"))
    house.live.refresh()
    refused = els.post("/bronnen/bond/herstel/ongedaan")
    assert (refused.status_code, "heeft geen adres https://bond.example/actueel meer" in words(refused)) == (409, True)
    assert "/elders" in path.read_text()
    assert [line.action for line in record.of_subject(house.engine, "source/bond")] == ["repair source"]


def test_a_source_is_mended_by_a_selector_on_the_page_it_has(house):
    """Known items in another place on the same page: it says so in both languages, and writes where they stand."""
    els, old = house.signed_in(), "https://bond.example/nieuws"
    block = f'  - name: bond\n    title: Bond\n    endpoints:\n      - {{kind: overview, address: "{old}"}}\n'
    (house.folder / "sources.yaml").write_text(f"sources:\n{block}")
    house.live.refresh()
    house.item("Panel begint", source="bond")
    listed = (Listed(address="https://bond.example/1", title="Panel begint"),)
    css = Selectors(link="li.x > a")
    one = Candidate(kind=Kind.OVERVIEW, address=old, listed=1, items=listed, confidence=0.6, signs=("page",), css=css)
    name = els.app.state.looks.begin(old, iter([Findings(address=old, candidates=(one,))]))
    assert els.app.state.looks.get(name).done.wait(30)
    found = els.get(f"/bronnen/bond/herstel/{name}")
    assert "vond er 1 terug op een andere plek op de pagina" in words(found)
    assert in_english(found.text, phrasebook())[1] <= {"Panel begint", "Bond", old}
    assert els.post(f"/bronnen/bond/herstel/{name}").status_code == 303
    assert house.live.current.source("bond").endpoints[0].css.link == css.link


def test_only_who_manages_adds_sources(house):
    """Who may not add sources gets neither the link nor the pages."""
    reader = house.signed_in(role=Role.EDITOR)
    assert "/bronnen/nieuw" not in reader.get("/bronnen").text
    assert reader.get("/bronnen/nieuw").status_code == 403
    assert reader.post("/bronnen/nieuw", data={"adres": "https://x.example"}).status_code == 403
