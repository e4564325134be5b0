"""What memory tells of a letter: links that are gone, words of the source, stories told twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from fakes_desk import item, judgement
from fakes_line import EVERYBODY, SUMMARY, Line, line
from fakes_site import Page, Site
from sqlalchemy import Engine

from crawlers.links import LinkAnswer
from crawlers.publication import Reason
from digest.edition import Audience
from monitor import dead_links
from monitor.footprint import footprint
from monitor.item import Arrival
from monitor.recognise import New
from monitor.settings import LiveSettings
from monitor.store import items, link_checks, reviews, tellings
from monitor.store.database import open_engine

PATH = "/brief/gemeente"
STORY = (
    "In de Spoorbuurt kozen de huurders van 120 woningen zelf de aannemer die hun flats gaat opknappen. Een groep van "
    "elf bewoners sprak met drie bedrijven, bezocht hun bouwplaatsen en legde de keuze voor aan alle buren. Bijna "
    "iedereen stemde mee. De verhuurder betaalt het werk en houdt zich aan de uitslag. Het opknappen begint in de "
    "lente en duurt ongeveer een half jaar, met logeerwoningen voor wie last heeft van stof of lawaai."
)
COPIED = "De huurders van de flat kozen zelf hun aannemer voor het onderhoud."


def found(house: Line, words: str) -> list[tuple[str, str]]:
    """At which items of the letter for municipalities something of this sort is the matter, and what."""
    edition = house.editor.upcoming(Audience.GEMEENTE)
    return [(one.reference, one.message) for one in house.editor.findings(edition) if words in one.message]


def look(house: Line) -> int:
    """Ask what is due, of this machine only."""
    settings = house.live.current
    return dead_links.look(house.engine, settings, house.editor, house.clock())


def test_a_page_that_is_gone_is_named_and_asked_again_later(sqlite_address: str, tmp_path: Path) -> None:
    """Over real HTTP a 404 is told and a page that is forbidden is not; the desk asks now, the radar once a day."""
    engine = open_engine(sqlite_address)
    house = line(engine, tmp_path)
    house.clock.add(timedelta(days=-1))
    radar = house.folder / "radar.yaml"
    radar.write_text(f"{radar.read_text()}crawl: {{pause: 0.0, timeout: 5}}\n", encoding="utf-8")
    house.live = LiveSettings(house.folder, {"RADAR_ALLOW_LOOPBACK": "1"})
    browser = house.signed_in()
    with Site(pages={"/er": Page("hier"), "/dicht": Page(status=403)}).serve() as site:
        for path in ("/er", "/weg", "/dicht"):
            house.accepted(f"Bericht {path[1:]}", *EVERYBODY, address=site.url(path))
        assert "De links zijn nog niet nagekeken." in browser.get(PATH).text
        assert browser.post(f"{PATH}/links").headers["location"] == f"{PATH}?wat=links#controle"
        assert "Alle links zijn nagekeken, het laatst vandaag om 10:00." in browser.get(PATH).text
        assert found(house, "link") == [("2", "De link werkt niet meer (gekeken op 23 november 2026).")]
        assert look(house) == 0
        house.clock.add(timedelta(hours=21))
        site.pages["/weg"] = Page("terug")
        assert look(house) == 3
    assert found(house, "link") == []
    engine.dispose()


def test_what_an_address_answered_is_kept_for_a_while(engine: Engine, tmp_path: Path) -> None:
    """The latest answer counts, and is let go of in time."""
    house = line(engine, tmp_path)
    house.clock.add(timedelta(days=-1))
    house.accepted("Weg", *EVERYBODY, address="https://linde.example/weg")
    for status in (200, 410):
        answer = LinkAnswer(link="https://linde.example/weg", status=status, reason=Reason.HTTP_ERROR)
        link_checks.keep(engine, [answer], house.clock())
    assert found(house, "link") == [("1", "De link werkt niet meer (gekeken op 23 november 2026).")]
    link_checks.forget(engine, house.clock() + timedelta(seconds=1))
    assert found(house, "link") == []


def test_sentences_of_the_source_are_named(engine: Engine, tmp_path: Path) -> None:
    """A summary that repeats the source is told with its item; one in own words is not."""
    house = line(engine, tmp_path)
    house.clock.add(timedelta(days=-1))
    house.accepted("Eigen woorden", *EVERYBODY, text=COPIED)
    house.accepted("Andermans woorden", *EVERYBODY, text=COPIED, summary=COPIED)
    assert [reference for reference, _ in found(house, "bij de bron")] == ["2"]


def told(house: Line, title: str, text: str, source: str, told_as: int | None = None) -> int:
    """Store how a source tells a story, and accept it for the letter; returns its id."""
    one = item(title, text=text, source=source)
    new = New(one, Arrival.NEWS, told_as=told_as, footprint=footprint(title, "", text, one.published))
    with house.engine.begin() as connection:
        item_id = items.add(connection, new, house.clock())
        judged = judgement(title, score=0.9).model_copy(update={"audiences": EVERYBODY})
        items.save_judgement(connection, item_id, judged, house.clock())
    house.decide(item_id, reviews.ACCEPTED)
    house.write(item_id, SUMMARY)
    return item_id


def test_a_story_told_twice_is_named_however_it_is_worded(engine: Engine, tmp_path: Path) -> None:
    """By the tables or by its text, in this letter or in one before; not when people set the two apart."""
    house = line(engine, tmp_path)
    house.clock.add(timedelta(days=-1))
    first = told(house, "Huurders kiezen zelf hun aannemer", STORY, "linde")
    told(house, "Aannemer gekozen door bewoners", f"{STORY} Meer staat op de site.", "eik")
    told(house, "Zeggenschap in de Spoorbuurt", "Een kort bericht.", "berk", told_as=first)
    said = "Hetzelfde verhaal als bericht {}. Eén van de twee is genoeg."
    assert found(house, "verhaal") == [(str(first), said.format(1)), (str(first), said.format(2))]
    house.editor.freeze(house.editor.upcoming(Audience.GEMEENTE))
    again = told(house, "Bewoners beslissen over onderhoud", f"Overgenomen. {STORY}", "iep")
    before = "Dit verhaal stond al in nummer 1, van een andere bron."
    assert found(house, "verhaal") == [(str(again), before)]
    house.decide(again, reviews.REJECTED)
    apart = told(house, "Wij kiezen de aannemer", f"Eerder dit jaar. {STORY}", "olm", told_as=first)
    assert found(house, "verhaal") == [(str(apart), before)]
    tellings.split(engine, apart, house.reviewer(), house.clock())
    assert found(house, "verhaal") == []
