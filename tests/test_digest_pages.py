"""The pages that everybody may read: letters, items, examples and agenda."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from fakes_digest import NOW, TODAY, an_entry
from fakes_pages import SITE, a_full_site, a_meeting, an_example, browser, went_out
from protego import Protego

from digest import collection
from digest.edition import Audience
from digest.records import EditionState
from digest.sample import LETTERHEAD

PUBLIC = ("/welkom", "/brieven", "/voorbeelden", "/agenda", "/thema/panels", "/volgen", "/atom.xml", "/feed.json")


def test_a_letter_that_went_out_is_in_the_archive_with_every_item_and_link(engine):
    """What a reader got by mail, anybody can read on the page that the mail links to."""
    a_full_site(engine)
    pages = browser(engine)
    assert "/brieven/huurdersorganisatie/2026-W48" in pages.get("/brieven").text
    letter = pages.get("/brieven/huurdersorganisatie/2026-W48").text
    for entry in (one.entry for one in collection.search(engine, collection.Search(), 20)):
        assert entry.title in letter
        assert f'href="{entry.address}"' in letter
        assert f'href="/berichten/{entry.reference}"' in letter


@pytest.mark.parametrize("state", [EditionState.FROZEN, EditionState.STOPPED])
def test_what_does_not_go_out_is_not_shown(engine, state):
    """A letter that waits, or is held back, is nowhere on the pages, and neither are its items."""
    went_out(engine, [an_example("geheim")], state=EditionState.STOPPED if state is EditionState.STOPPED else state)
    pages = browser(engine)
    assert pages.get("/brieven/gemeente/2026-W48").status_code == 404
    assert pages.get("/berichten/geheim").status_code == 404
    for path in PUBLIC:
        assert "geheim" not in pages.get(path).text


def test_an_item_page_shows_our_words_and_where_it_came_from(engine):
    """The page of an item has its summary, why it matters, its source and a direct link."""
    went_out(engine, [an_entry("a", source="De Bron")])
    page = browser(engine).get("/berichten/a").text
    for words in ("Titel a", "Huurders beslissen mee.", "U kunt dit overnemen.", 'href="https://bron.example/a"'):
        assert words in page
    assert "Lees het hele bericht bij De Bron" in page


def test_a_later_telling_replaces_an_earlier_one_and_keeps_its_place(engine):
    """An item in letters for two audiences is one item, told as it was told last, with its count kept."""
    went_out(engine, [an_example("a", summary="Eerst.", themes=("panels",))])
    assert collection.thank(engine, "a")
    went_out(engine, [an_example("a", summary="Later.", themes=("zelfbeheer",))], audience=Audience.CORPORATIE)
    (only,) = collection.search(engine, collection.Search(), 10)
    assert (only.entry.summary, only.useful) == ("Later.", 1)
    assert collection.search(engine, collection.Search(theme="panels"), 10) == ()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"dak", "lift", "tuin"}),
        ("thema=panels", {"dak", "tuin"}),
        ("thema=panels&regio=twente", {"tuin"}),
        ("regio=landelijk", {"dak", "lift"}),
        ("doel=formeel", {"lift"}),
        ("trede=meebeslissen", {"dak"}),
        ("woorden=TITEL+lift", {"lift"}),
        ("woorden=100%25", set()),
        ("thema=bestaat-niet&trede=ook-niet", {"dak", "lift", "tuin"}),
    ],
)
def test_examples_are_searched_by_theme_goal_rung_region_and_words(engine, query, expected):
    """Each field narrows what is found, together they narrow more, and an unknown choice narrows nothing."""
    went_out(
        engine,
        [
            an_example("dak", themes=("panels",), rung="meebeslissen", goals=("informeel",)),
            an_example("lift", themes=("overlegwet",), goals=("formeel",)),
            an_example("tuin", themes=("panels", "zelfbeheer"), region=True),
            an_entry("nieuws", themes=("panels",)),
        ],
    )
    page = browser(engine).get(f"/voorbeelden?{query}").text
    assert {name for name in ("dak", "lift", "tuin", "nieuws") if f"/berichten/{name}" in page} == expected


def test_older_examples_are_a_page_further(engine):
    """Every example is on exactly one page, and the choice that was made goes along."""
    went_out(engine, [an_example(f"v{number:02}", themes=("panels",)) for number in range(45)])
    pages, path, seen = browser(engine), "/voorbeelden?thema=panels", []
    while path:
        text = pages.get(path).text
        seen += [f"v{number:02}" for number in range(45) if f'"/berichten/v{number:02}"' in text]
        path = text.partition('class="following"><a href="')[2].partition('"')[0].replace("&amp;", "&")
        assert "thema=panels" in path or not path
    assert sorted(seen) == [f"v{number:02}" for number in range(45)]


def test_the_agenda_holds_what_is_still_to_come_by_day(engine):
    """A meeting of yesterday is gone from the agenda, not from its own page."""
    days = {"later": 9, "gisteren": -1, "vandaag": 0}
    went_out(engine, [a_meeting(name, TODAY + timedelta(days=max(days[name], 0))) for name in days])
    page = browser(engine).get("/agenda").text
    assert page.index("Titel vandaag") < page.index("Titel later")
    tomorrow = browser(engine, lambda: NOW + timedelta(days=10))
    assert "Titel later" not in tomorrow.get("/agenda").text
    assert tomorrow.get("/berichten/later").status_code == 200


def test_text_of_strangers_stays_text(engine):
    """A title with a script, a link with javascript: and a summary with markup do nothing on any page."""
    evil = an_example(
        "kwaad",
        title="<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
        address="javascript:alert(1)",
        summary="</p><script>alert(2)</script>",
        source='<a href="https://kwaad.example">',
        why="{{ 7 * 7 }}<svg onload=alert(3)>",
        themes=("panels",),
    )
    meeting = a_meeting("ook", TODAY, title="<script>alert(4)</script>")
    went_out(engine, [evil, meeting])
    pages = browser(engine)
    for path in (*PUBLIC[:-2], "/berichten/kwaad", "/brieven/gemeente/2026-W48", "/voorbeelden?woorden=<script>"):
        text = pages.get(path).text
        assert "<script" not in text, path
        assert "<svg onload" not in text, path
        assert "<img src=x" not in text, path
        assert 'href="javascript' not in text, path
    assert "49" not in pages.get("/berichten/kwaad").text


def test_pages_may_be_kept_and_are_not_sent_twice(engine):
    """A page has a tag and a date; who holds either gets 304 without a body, until something on it changes."""
    a_full_site(engine)
    pages = browser(engine)
    for path in (*PUBLIC, "/berichten/sample-1", "/agenda.ics"):
        first = pages.get(path)
        assert first.headers["cache-control"].startswith("public, max-age="), path
        again = pages.get(path, headers={"If-None-Match": f'W/"ander", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        dated = {"If-Modified-Since": first.headers["last-modified"]}
        assert pages.get(path, headers=dated).status_code == 304, path
        assert pages.get(path, headers=dated | {"If-None-Match": '"ander"'}).status_code == 200, path
        assert pages.get(path, headers={"If-Modified-Since": "gisteren"}).status_code == 200, path
    before = pages.get("/welkom").headers
    went_out(engine, [an_example("nieuw")], issue="2026-W49")
    assert pages.get("/welkom").headers["etag"] != before["etag"]
    assert pages.get("/welkom", headers={"If-Modified-Since": before["last-modified"]}).status_code == 200


def test_a_search_engine_is_told_what_there_is_and_what_is_not_for_it(engine):
    """Every address of the sitemap answers and may be read by robots.txt; the pages of one reader may not."""
    a_full_site(engine)
    went_out(engine, [an_example("tegengehouden")], issue="2026-W50", state=EditionState.STOPPED)
    pages, base = browser(engine), LETTERHEAD.public_url
    rules = Protego.parse(pages.get("/robots.txt").text)
    assert list(rules.sitemaps) == [f"{base}/sitemap.xml"]
    for path in ("/voorkeuren/geheim", "/afmelden/geheim", "/aanmelden/bevestigen/geheim"):
        assert not rules.can_fetch(f"{base}{path}", "zoekmachine")
    urls = ElementTree.fromstring(pages.get("/sitemap.xml").content)
    found = {url[0].text: url[1].text if len(url) > 1 else "" for url in urls}
    assert found[f"{base}/brieven/huurdersorganisatie/2026-W48"] == "2026-11-25"
    assert f"{base}/berichten/sample-1" in found
    assert f"{base}/berichten/tegengehouden" not in found
    for address in found:
        assert rules.can_fetch(address, "zoekmachine"), address
        assert pages.get(address.removeprefix(base)).status_code == 200, address


def test_pages_set_no_cookie_and_load_nothing_from_elsewhere(engine):
    """No cookie, no script, no frame, and styles and images from our own address only; the headers say so too."""
    a_full_site(engine)
    pages = browser(engine)
    for path in (*PUBLIC[:-2], "/berichten/sample-1", "/brieven/gemeente/2026-W48", "/afmelden/x", "/lezers.css"):
        answer = pages.get(path)
        assert "set-cookie" not in answer.headers
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        for mark in ("<script", "<iframe", "@import", 'src="http', "url(http", 'rel="stylesheet" href="http'):
            assert mark not in answer.text, (path, mark)


@pytest.mark.parametrize(
    "path",
    [
        "/berichten/bestaat-niet",
        "/berichten/%00",
        "/berichten/..%5c..%5cetc",
        "/brieven/gemeente/2026-W01",
        "/brieven/niemand/2026-W48",
        "/brieven/gemeente/%00",
        "/thema/onzin",
        "/thema/%3Cscript%3E/atom.xml",
    ],
)
def test_what_is_not_there_is_told_in_plain_words(engine, path):
    """A wrong address gives a page that helps on, and repeats nothing of what was asked."""
    answer = browser(engine).get(path)
    assert answer.status_code == 404
    assert "Niet gevonden" in answer.text
    assert "script>" not in answer.text


@pytest.mark.parametrize("query", ["na=x", "na=-1", "na=99999999999999", "na=%00", "voor=%00", "woorden=%00%25_"])
def test_odd_questions_get_an_ordinary_page(engine, query):
    """Whatever stands behind the question mark, the page comes."""
    a_full_site(engine)
    for path in ("/brieven", "/voorbeelden", "/thema/panels"):
        assert browser(engine).get(f"{path}?{query}").status_code == 200


def test_the_stylesheet_is_kept_for_ever_under_a_name_of_its_own(engine):
    """Its address changes with its content, so browsers need not ask again."""
    pages = browser(engine)
    address = pages.get("/welkom").text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert "immutable" in pages.get(address).headers["cache-control"]
    assert pages.get("/lezers.svg").headers["content-type"] == "image/svg+xml"


def test_themes_and_titles_come_from_the_site(engine):
    """Every theme of the site is on the front page by its title."""
    page = browser(engine).get("/welkom").text
    assert all(f'<a href="/thema/{theme.name}">{theme.title}</a>' in page for theme in SITE.themes)
