"""One document, one key: everyday spellings merge, different documents never do."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.address import absolute, key, key_of_any, part, site

EVERYDAY = [
    "https://www.woonbond.nl/nieuws/coöperatie/",
    "http://www.woonbond.nl/nieuws/coöperatie/",
    "https://woonbond.nl/nieuws/coöperatie",
    "HTTPS://WWW.Woonbond.NL/nieuws/co%C3%B6peratie/",
    "https://www.woonbond.nl:443/nieuws/co%c3%b6peratie/",
    "https://www.woonbond.nl/nieuws/coo\u0308peratie/",
    "https://www.woonbond.nl/nieuws/coöperatie/?utm_source=rss&utm_medium=rss",
    "https://www.woonbond.nl/nieuws/coöperatie/#reacties",
    "https://www.woonbond.nl/nieuws/coöperatie/#main",
    "https://www.woonbond.nl/nieuws/coöperatie/#respond",
    "https://www.woonbond.nl/nieuws/coöperatie#comment-12",
    "https://www.woonbond.nl/nieuws/coöperatie#!",
    "https://www.woonbond.nl/nieuws/coöperatie#",
]
DIFFERENT = [
    "https://woonbond.nl/nieuws/1",
    "https://woonbond.nl/nieuws/1-0",
    "https://woonbond.nl/Nieuws/1",
    "https://woonbond.nl/nieuws?id=1",
    "https://woonbond.nl/nieuws?id=2",
    "https://woonbond.nl/nieuws?id=1&page=2",
    "https://woonbond.nl/nieuws%2F1",
    "https://woonbond.nl/nieuws%3Fid=1",
    "https://woonbond.nl/nieuws?a=b%26c",
    "https://woonbond.nl/nieuws?a=b&c",
    "https://woonbond.nl/nieuws?a=1%2B1",
    "https://woonbond.nl/nieuws?a=1+1",
    "https://leden.woonbond.nl/nieuws/1",
    "https://woonbond.nl:8443/nieuws/1",
    "https://woonbond.nl/aanpakken",
    "https://woonbond.nl/aanpakken#aanpak-1",
    "https://woonbond.nl/aanpakken#aanpak-10",
    "https://woonbond.nl/aanpakken#!/nieuws/1",
    "https://woonbond.nl/aanpakken#/nieuws/1",
]
SPELT_OTHERWISE = [
    ("https://aedes.nl/artikelen/_x0027_thuis-ontwikkelt-app.html", "https://aedes.nl/artikelen/'thuis-ontwikkelt-app"),
    ("https://aedes.nl/artikelen/index.html", "https://aedes.nl/artikelen/"),
    ("https://x.nl/coo%CC%88peratie", "https://x.nl/co%C3%B6peratie"),
    ("https://coöperatie.nl/a", "https://xn--coperatie-17a.nl/a"),
    ("https://x.nl/a?jaar=2026&thema=wonen", "https://x.nl/a?thema=wonen&jaar=2026&fbclid=abc"),
]
SLUG = st.text(
    st.characters(categories=("Ll", "Lu", "Nd", "Po", "Sm", "Zs"), max_codepoint=0x24F), min_size=1, max_size=12
)
NEARLY_PLAIN = [
    f"{scheme}://{host}{port}{path}"
    for scheme in ("http", "https")
    for host in ("www.woonbond.nl", "www.www.nl", "www.nl", "Woonbond.nl", "127.0.0.1", "x.nl.", "a..nl", "www")
    for port in ("", ":", ":0", ":080", ":80", ":443", ":4430", ":8080", ":45678", ":65535", ":65536")
    for path in ("", "/", "//", "/a//b/", "/a/index.html", "/index.html/", "/index", "/a.HTM", "/a_x0027_b",
                 "/A_X002F_b", "/~a/./../b-c.d", "/a%20b", "/a?b=1", "/a#b", "/é", "/a" * 600)
]  # fmt: skip


def test_everyday_spellings_share_a_key():
    """Scheme, www, case of the host, port, slash, escapes, Unicode form, trackers and fragment do not count."""
    assert len({key(spelling) for spelling in EVERYDAY}) == 1


@pytest.mark.parametrize(("one", "other"), SPELT_OTHERWISE)
def test_what_systems_spell_in_their_own_way_is_one_document(one, other):
    """Endings of files, escaped apostrophes, other Unicode and host spellings, and the order of parameters."""
    assert key(one) == key(other)


@given(st.lists(SLUG, min_size=1, max_size=3), st.dictionaries(st.sampled_from("abc"), SLUG, max_size=3), st.data())
def test_all_everyday_spellings_of_any_document_merge(path, query, data):
    """Whatever the document: scheme, www, slash, ending, trackers, order, escapes and fragment make no other."""
    parts = "/".join(quote(part, safe="") for part in path)
    pairs = [f"{name}={quote(value, safe='')}" for name, value in query.items()]
    shuffled = data.draw(st.permutations([*pairs, "utm_source=rss", "fbclid=x1"]))
    ending = data.draw(st.sampled_from(["", "/", ".html", ".htm"]))
    host = data.draw(st.sampled_from(["http://x.nl", "https://www.x.nl", "HTTPS://WWW.X.NL:443"]))
    plain = f"https://x.nl/{parts}" + (f"?{'&'.join(pairs)}" if pairs else "")
    assert key(f"{host}/{parts}{ending}?{'&'.join(shuffled)}#kop") == key(plain)


@given(SLUG)
def test_a_place_on_a_page_is_no_other_page(place):
    """Whatever place on a page a link names, it leads to that page, but for what a script reads as a path."""
    page = "https://x.nl/aanpakken"
    found = absolute(page, f"#{place}")
    assert found == page or (place[0] in "!/" and key(found) != key(page))


@given(SLUG, SLUG)
def test_two_parts_that_are_items_never_merge(one, other):
    """Of parts that are known to be items of their own, only one that is spelt in two ways is one."""
    page = "https://x.nl/aanpakken"
    keys = [key(part(page, f"#aanpak-{quote(name, safe='')}")) for name in (one, other)]
    assert (keys[0] == keys[1]) == (one == other)
    assert key(page) not in keys
    assert keys[0] == key(part("http://www.x.nl/", f"/aanpakken/?utm_source=rss#aanpak-{quote(one, safe='')}"))


def test_different_documents_keep_their_own_key():
    """Suffixes, case of the path, queries, escaped separators, hosts and ports do count."""
    assert len({key(address) for address in DIFFERENT}) == len(DIFFERENT)


@given(SLUG, SLUG)
def test_two_slugs_never_merge(one, other):
    """Two different path segments or query values, however spelled, never become one document."""
    keys = [key(f"https://x.nl/{quote(slug, safe='')}/?v={quote(slug, safe='')}") for slug in (one, other)]
    assert (keys[0] == keys[1]) == (one == other)


def test_the_short_way_to_a_key_leads_where_the_long_one_does():
    """An address in which nothing is to be mended has the key that taking it apart gives."""
    assert [address for address in NEARLY_PLAIN if key(address) != key_of_any(address)] == []


@given(SLUG)
def test_a_key_is_its_own_key(slug):
    """Making a key of an address that is spelled as a key changes nothing more."""
    once = key(f"https://x.nl/{slug}")
    assert key(f"https://{once}") == once


@given(st.lists(st.sampled_from([*"a/.?#=&%@:;,- \xe9", "..", "http:", "//", "nl", "index.html", "?a=b"])).map("".join))
def test_an_address_that_is_whole_stays_as_it_is(rest):
    """An absolute link is found as a relative one with the same words would be, in whatever way it is read."""
    whole = f"https://bond.example/{rest}"
    assert absolute("https://bond.example/nieuws/", whole) == absolute("https://bond.example/nieuws/", f" {whole}")


def test_a_very_long_address_keeps_an_identity():
    """Addresses that are too long for an index still merge and differ as others do."""
    long = "https://x.nl/" + "é" * 5000
    assert key(long) == key(long.replace("https://", "http://www.") + "/?utm_source=rss")
    assert key(long) != key(long + "e")
    assert len(key(long)) < 1000


def test_a_link_holds_no_blanks_or_control_characters():
    """What a careless editor pasted into a link is escaped, as a browser does, and has the same key either way."""
    made = absolute("https://x.nl/nieuws/", " mijn stuk\x00.pdf ")
    assert made == "https://x.nl/nieuws/mijn%20stuk%00.pdf"
    assert key(made) == key("https://x.nl/nieuws/mijn stuk\x00.pdf")


@pytest.mark.parametrize("reference", ["javascript:alert(1)", "mailto:a@b.nl", "tel:0612", "http://", "http://a:b/"])
def test_what_is_no_web_address_is_nothing(reference):
    """Links that lead to no page are left out instead of being followed or crashing."""
    assert absolute("https://x.nl/", reference) == ""


def test_a_site_is_known_with_and_without_www():
    """The same site with or without www is one site, another host is not."""
    assert site("https://www.aedes.nl/a") == site("http://aedes.nl/b") != site("https://leden.aedes.nl/")


def test_an_ampersand_that_was_escaped_twice_is_one():
    """Of a feed that escapes its links twice the link leads where it should, and no item is known by two keys."""
    found = absolute("https://bond.example/feed", "https://bond.example/stuk?jaar=2026&amp;nummer=4")
    assert found == "https://bond.example/stuk?jaar=2026&nummer=4"
