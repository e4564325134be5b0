"""Links of the coming letters that are gone, asked over real HTTP on loopback, and the rest that memory tells."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from fakes_line import EVERYBODY, Line, line
from fakes_site import Page, Site
from sqlalchemy import Engine

from digest.edition import Audience
from monitor import dead_links
from monitor.store import link_checks

COPIED = "De huurders van de flat kozen zelf hun aannemer voor het onderhoud."


def found(house: Line, words: str) -> list[tuple[str, str]]:
    """At which items of the letter for municipalities something of this sort is the matter, and what."""
    edition = house.editor.upcoming(Audience.GEMEENTE)
    return [(one.reference, one.message) for one in house.editor.findings(edition) if words in one.message]


def look(house: Line) -> int:
    """Ask what is due, of this machine only."""
    settings = house.live.current
    crawl = settings.radar.crawl.model_copy(update={"pause": 0.0, "timeout": 5})
    radar = settings.radar.model_copy(update={"crawl": crawl})
    here = settings.model_copy(update={"radar": radar, "allow_loopback": True})
    return dead_links.look(house.engine, here, house.editor, house.clock())


def test_a_page_that_is_gone_is_named_and_asked_again_later(engine: Engine, tmp_path: Path) -> None:
    """A 404 is told with its item, a page that is there and one that is forbidden are not; each is asked once a day."""
    house = line(engine, tmp_path)
    house.clock.add(timedelta(days=-1))
    with Site(pages={"/er": Page("hier"), "/dicht": Page(status=403)}).serve() as site:
        for path in ("/er", "/weg", "/dicht"):
            house.accepted(f"Bericht {path[1:]}", *EVERYBODY, address=site.url(path))
        assert look(house) == 3
        assert found(house, "link") == [("2", "De link werkt niet meer (gekeken op 23 november 2026).")]
        assert look(house) == 0
        house.clock.add(timedelta(hours=21))
        site.pages["/weg"] = Page("terug")
        assert look(house) == 3
    assert found(house, "link") == []
    link_checks.forget(engine, house.clock() + timedelta(seconds=1))
    assert link_checks.of(engine, [site.url("/er")]) == {}


def test_sentences_of_the_source_are_named(engine: Engine, tmp_path: Path) -> None:
    """A summary that repeats the source is told with its item; one in own words is not."""
    house = line(engine, tmp_path)
    house.clock.add(timedelta(days=-1))
    house.accepted("Eigen woorden", *EVERYBODY, text=COPIED)
    house.accepted("Andermans woorden", *EVERYBODY, text=COPIED, summary=COPIED)
    assert [reference for reference, _ in found(house, "bij de bron")] == ["2"]
