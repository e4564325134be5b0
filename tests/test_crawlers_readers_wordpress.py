"""What WordPress sites answer in JSON; the answers are our own."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from crawlers.readers.wordpress import NotWordPress, read_wordpress

ADDRESS = "https://bond.example/wp-json/wp/v2/posts?per_page=50"
POST = {
    "id": 41,
    "type": "publicatie",
    "link": "https://bond.example/publicatie/stem/",
    "date": "2026-11-17T00:30:00",
    "date_gmt": "2026-11-16T23:30:00",
    "modified_gmt": "2026-11-18T10:00:00",
    "title": {"rendered": "Huurders &amp; hun stem"},
    "excerpt": {"rendered": "<p>Kort gezegd.</p>"},
    "content": {"rendered": '<p>Eerste alinea.</p><p>Zie <a href="/stem.pdf">het rapport</a>.</p>'},
}


def answer(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_post_gives_title_text_and_moment() -> None:
    """A post gives what its page says: title, lead, text, the moment in Greenwich, its documents and its type."""
    (item,) = read_wordpress(answer([POST]), ADDRESS).items
    assert (item.address, item.title) == ("https://bond.example/publicatie/stem/", "Huurders & hun stem")
    assert (item.intro, item.text) == ("Kort gezegd.", "Eerste alinea.\n\nZie het rapport.")
    assert item.published is not None
    assert (item.published.moment, item.published.day) == (
        datetime(2026, 11, 16, 23, 30, tzinfo=UTC),
        date(2026, 11, 17),
    )
    assert (item.modified, item.label) == ("2026-11-18T10:00:00+00:00", "Publicatie")
    assert item.documents == ("https://bond.example/stem.pdf",)


def test_pages_follow_until_the_last() -> None:
    """The number of pages in the header leads from page to page, and ends."""
    more = read_wordpress(answer([POST]), ADDRESS, {"x-wp-totalpages": "2"})
    assert more.next_page == "https://bond.example/wp-json/wp/v2/posts?per_page=50&page=2"
    assert read_wordpress(answer([POST]), more.next_page, {"x-wp-totalpages": "2"}).next_page == ""
    assert read_wordpress(answer([POST]), ADDRESS).next_page == ""


def test_types_of_post_are_asked_each() -> None:
    """The list of types leads to the posts of each type of publication, not to menus, pictures and standing pages."""
    types = {
        "post": {"rest_base": "posts", "rest_namespace": "wp/v2"},
        "page": {"rest_base": "pages", "rest_namespace": "wp/v2"},
        "attachment": {"rest_base": "media", "rest_namespace": "wp/v2"},
        "wp_template": {"rest_base": "templates", "rest_namespace": "wp/v2"},
        "project": {"rest_base": "project"},
    }
    found = read_wordpress(answer(types), "https://bond.example/wp-json/wp/v2/types")
    assert found.children == (
        "https://bond.example/wp-json/wp/v2/posts?per_page=50",
        "https://bond.example/wp-json/wp/v2/project?per_page=50",
    )
    root = read_wordpress(answer({"name": "Bond", "routes": {}}), "https://bond.example/wp-json/")
    assert root.children == ("https://bond.example/wp-json/wp/v2/types",)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (answer({"code": "rest_forbidden", "message": "U mag dit niet zien."}), "U mag dit niet zien"),
        (b"<!doctype html><html></html>", "no JSON"),
        (b"7", "another kind"),
        (answer({"iets": {"anders": 1}}), "no type of post"),
    ],
)
def test_what_is_no_wordpress_is_named(body: bytes, told: str) -> None:
    """A refusal, a page and other JSON are told apart."""
    with pytest.raises(NotWordPress, match=told):
        read_wordpress(body, ADDRESS)


def test_odd_posts_are_survived() -> None:
    """A post without a link is left out; one with odd values keeps what can be read."""
    odd = {"link": "/los", "title": None, "content": {"rendered": 5}, "date": 7, "id": None, "type": []}
    (item,) = read_wordpress(answer([{"id": 1}, 4, odd]), ADDRESS).items
    assert (item.address, item.title, item.published) == ("https://bond.example/los", "", None)
