"""Feeds and the calendar, read with the parsers that others use."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from xml.etree import ElementTree

import feedparser
from fakes_digest import TODAY, an_entry
from fakes_pages import a_meeting, an_example, browser, went_out
from icalendar import Calendar

from digest.feeds import ATOM as NAMESPACE
from digest.sample import LETTERHEAD

ATOM = f"{{{NAMESPACE}}}"


def test_the_atom_feed_tells_items_in_our_words_and_links_to_their_source(engine):
    """A feed reader sees title, summary, date and both links, newest first, well-formed whatever a title holds."""
    went_out(engine, [an_example("a", title="Vorm & “inhoud” <b>\u0001", themes=("panels",))])
    went_out(engine, [an_entry("b")], issue="2026-W49")
    answer = browser(engine).get("/atom.xml")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(io.BytesIO(answer.content))
    assert not feed.bozo
    newest, oldest = feed.entries
    assert newest.link.endswith("/berichten/b")
    assert {link.href for link in newest.links if link.rel == "via"} == {"https://bron.example/b"}
    assert "Huurders beslissen mee. Waarom dit telt: U kunt dit overnemen." in newest.summary
    assert oldest.tags[0].term == "Panels en inspraak"
    assert newest.id.startswith("tag:")


def test_the_feed_keeps_the_rules_that_no_reader_may_miss(engine):
    """RFC 4287: one id, title and updated each, ids that differ, moments with a zone, an author and a way to itself."""
    went_out(engine, [an_example("a"), an_entry("b")])
    feed = ElementTree.fromstring(browser(engine).get("/atom.xml").content)
    parts = [feed, *feed.findall(f"{ATOM}entry")]
    for part in parts:
        assert {name: len(part.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated")} == dict.fromkeys(
            ("id", "title", "updated"), 1
        )
        assert datetime.fromisoformat(part.findtext(f"{ATOM}updated", "")).tzinfo
    assert len({part.findtext(f"{ATOM}id") for part in parts}) == 3
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    (own,) = [link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own.get("href") == f"{LETTERHEAD.public_url}/atom.xml" == feed.findtext(f"{ATOM}id")


def test_a_theme_has_a_feed_of_its_own(engine):
    """Only items of the theme are in its feeds, as Atom and as JSON, and the page of the theme names them."""
    went_out(engine, [an_entry("wel", themes=("panels",)), an_entry("niet")])
    pages = browser(engine)
    assert [one.title for one in feedparser.parse(io.BytesIO(pages.get("/thema/panels/atom.xml").content)).entries] == [
        "Titel wel"
    ]
    feed = pages.get("/thema/panels/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [(one["title"], one["external_url"]) for one in feed["items"]] == [("Titel wel", "https://bron.example/wel")]
    assert 'href="/thema/panels/atom.xml"' in pages.get("/thema/panels").text


def test_a_feed_without_items_is_a_feed(engine):
    """Before the first letter a feed reader finds an empty feed, not a fault."""
    assert not feedparser.parse(io.BytesIO(browser(engine).get("/atom.xml").content)).bozo
    assert json.loads(browser(engine).get("/feed.json").text)["items"] == []


def test_the_calendar_holds_the_meetings_to_come_as_whole_days(engine):
    """A calendar program gets day, place, link and last day to sign up, under a name that never changes."""
    day = TODAY + timedelta(days=9)
    went_out(engine, [a_meeting("dag", day, title="Training; met\\komma, en meer"), an_entry("geen")])
    answer = browser(engine).get("/agenda.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == day
    assert event.decoded("dtend") == day + timedelta(days=1)
    assert str(event["location"]) == "Hengelo"
    assert str(event["summary"]) == "Training; met\\komma, en meer"
    assert "Aanmelden kan tot en met" in str(event["description"])
    lines = answer.content.split(b"\r\n")  # RFC 5545, 3.1: CRLF, and at most 75 bytes a line
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert browser(engine).get("/agenda.ics").content == answer.content
