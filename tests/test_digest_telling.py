"""Tips, and "hier had ik iets aan": told without being known. And no tracking anywhere."""

from __future__ import annotations

import ast
import email
import re
from datetime import timedelta
from email.policy import default
from pathlib import Path

import pytest
from fakes_digest import NOW, a_reader, an_entry, post_office
from fakes_pages import SITE, a_full_site, browser, went_out
from sqlalchemy import Table

from digest import bounce_tables, collection, outbox, public_tables, store, subscribers, tables, tips
from digest.render import preview_html, preview_text, render
from digest.sample import LETTERHEAD, sample

ROOT = Path(__file__).parent.parent


def test_a_tip_waits_for_the_people_who_choose(engine):
    """Address and remark are kept, with https put before a bare address; the same address waits once."""
    form = {"adres": "www.voorbeeld.example/goed", "opmerking": "Mooi!\r\nEcht."}
    for _ in range(2):
        assert "Bedankt voor uw tip" in browser(engine).post("/tip", data=form).text
    (tip,) = tips.waiting(engine)
    assert (tip.address, tip.remark) == ("https://www.voorbeeld.example/goed", "Mooi!\nEcht.")
    with engine.begin() as connection:
        assert tips.handle(connection, tip.id, NOW)
    assert tips.waiting(engine) == ()


@pytest.mark.parametrize(
    "address", ["", "hallo", "javascript:alert(1)", "https://", "ftp://a.example", "https://a b.nl"]
)
def test_what_is_no_address_is_asked_again(engine, address):
    """The page says what is needed and keeps the remark."""
    answer = browser(engine).post("/tip", data={"adres": address, "opmerking": "<b>bewaar mij"})
    assert answer.status_code == 422
    assert "&lt;b&gt;bewaar mij" in answer.text
    assert tips.waiting(engine) == ()


def test_tips_are_limited_and_robots_ignored(engine):
    """Six an hour from one network, and none of a robot that fills in the hidden field."""
    pages = browser(engine)
    pages.post("/tip", data={"adres": "https://spam.example", "website": "x"})
    codes = [pages.post("/tip", data={"adres": f"https://a.example/{n}"}).status_code for n in range(7)]
    assert codes == [200] * 6 + [429]
    assert len(tips.waiting(engine)) == 6


def test_a_full_list_says_so(engine):
    """When nobody looks at them any more, tips are refused aloud rather than dropped in silence."""
    for number in range(tips.MOST_OPEN):
        assert tips.tell(engine, f"https://a.example/{number}", "", NOW)
    assert browser(engine).post("/tip", data={"adres": "https://b.example"}).status_code == 429


def test_useful_is_counted_and_shown_from_five_upwards(engine):
    """Four are not shown, five are; looking at the page counts nothing."""
    went_out(engine, [an_entry("a")])
    for number in range(5):
        page = browser(engine).get("/berichten/a").text
        assert "hadden hier iets aan" not in page, number
        answer = browser(engine).post("/berichten/a/nuttig")
        assert answer.headers["location"] == "/berichten/a/bedankt"
        assert not answer.cookies
    assert "5 lezers hadden hier iets aan." in browser(engine).get("/berichten/a").text
    assert "Bedankt" in browser(engine).get("/berichten/a/bedankt").text


def test_one_network_cannot_push_an_item_up(engine):
    """The fourth press within a day from one network is thanked and not counted."""
    went_out(engine, [an_entry("a"), an_entry("b")])
    pages = browser(engine)
    for _ in range(6):
        assert pages.post("/berichten/a/nuttig").status_code == 303
    pages.post("/berichten/b/nuttig")
    assert (collection.find(engine, "a").useful, collection.find(engine, "b").useful) == (3, 1)


def test_what_is_not_public_is_not_counted(engine):
    """An item nobody can see has no button, whatever is posted."""
    assert browser(engine).post("/berichten/geen/nuttig").status_code == 404
    assert not collection.thank(engine, "geen")


def test_no_letter_can_tell_who_opened_it_or_clicked():
    """The mail loads nothing, and each link goes to the source, or to a page of ours that is the same for all."""
    edition = sample(NOW.date())
    letter = render(edition, LETTERHEAD)
    page, text = preview_html(letter), preview_text(letter)
    for mark in ("<img", "<link", "<script", "url(", "@import", "background=", " srcset", "<iframe", "<video"):
        assert mark not in page.lower(), mark
    links = set(re.findall(r'href="([^"]+)"', page)) | set(re.findall(r"https?://[^\s>]+", text))
    theirs = {entry.address for entry in edition.entries}
    about_me = {LETTERHEAD.leave_page("voorbeeld"), LETTERHEAD.preferences_page("voorbeeld")}
    for link in links - theirs - about_me:
        assert link.startswith((LETTERHEAD.public_url, "mailto:")), link
        assert "?" not in link or link.startswith("mailto:"), link
        assert "voorbeeld/" not in link.removeprefix(LETTERHEAD.public_url), link


def test_two_readers_get_the_same_links_to_what_they_read(engine):
    """Nothing in a letter tells its readers apart, but the links to leave and to their own page."""
    subscribers.add(engine, [a_reader("een"), a_reader("twee")], NOW)
    entries = sample(NOW.date()).entries
    edition_id = went_out(engine, entries)
    assert store.deliveries_summary(engine, edition_id).total == 2
    with post_office() as post:
        store.move(engine, edition_id, store.EditionState.FROZEN, store.EditionState.SENT)
        outbox.send(engine, edition_id, LETTERHEAD, post.connect(), lambda: NOW)
    bodies = [_links(mail.content) for mail in post.taken]
    own = ("/afmelden/", "/voorkeuren/", "mailto:")
    shared = [{link for link in links if not any(mark in link for mark in own)} for links in bodies]
    assert shared[0] == shared[1]
    assert {entry.address for entry in entries} <= shared[0]


def _links(content: bytes) -> set[str]:
    html = email.message_from_bytes(content, policy=default).get_body(("html",))
    return set(re.findall(r'href="([^"]+)"', str(html.get_content())))


def test_nothing_in_the_database_could_keep_an_opening_or_a_click():
    """No table or column has a place for it, and counting "useful" has none for who."""
    ours = [one for room in (tables, public_tables, bounce_tables) for one in vars(room).values()]
    names = {f"{one.name}.{column.name}" for one in ours if isinstance(one, Table) for column in one.columns}
    assert "delivery.sent_at" in names
    watching = re.compile(r"opened|open_at|click|pixel|visit|user_agent|ip_address|referr?er|fingerprint_of_reader")
    assert [name for name in names if watching.search(name)] == []
    assert "published_item.useful" in names


def test_pages_read_nothing_about_who_asks(engine):
    """The code of the pages reads no cookie, agent or referrer, and asks the network for limits only."""
    for path in (ROOT / "digest" / "pages").glob("*.py"):
        source = path.read_text("utf-8")
        strings = {
            node.value.lower()
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not strings & {"user-agent", "referer", "cookie", "x-forwarded-for"}, path.name
        assert "set_cookie" not in source, path.name
        assert "request.client" not in source or path.name == "doorman.py"
    a_full_site(engine)
    first = browser(engine).get("/berichten/sample-1", headers={"User-Agent": "a", "Referer": "b", "Cookie": "c=d"})
    assert first.content == browser(engine, lambda: NOW + timedelta(minutes=5)).get("/berichten/sample-1").content
    assert SITE.letterhead.sender_name in first.text
