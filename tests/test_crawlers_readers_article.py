"""Article pages shaped like those of the publishers we follow, walls, and encodings."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from crawlers.publication import Article, Origin, Reason
from crawlers.readers.article import read_article, walls
from crawlers.readers.headline import without_site
from crawlers.readers.page import decode

PAGES = Path(__file__).parent / "pages"
TODAY = date(2026, 11, 24)


def article(name: str, address: str = "https://www.platform31.nl/artikelen/x/") -> Article:
    return read_article((PAGES / f"{name}.html").read_bytes(), address, TODAY)


def page(head: str = "", body: str = "") -> bytes:
    return f"<html lang=nl><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def test_article_with_visible_date_and_authors() -> None:
    """Title without site name, date from the line under it, lead, named authors, canonical address."""
    found = article("platform31-artikel")
    assert found.title == "Bewoners kiezen zelf de volgorde van onderhoud"
    assert found.published is not None
    assert (found.published.day, found.published.origin) == (date(2026, 11, 18), Origin.TEXT)
    assert found.intro.startswith("In een flat met 120 woningen")
    assert found.authors == ("Sanne de Vries", "Karim Haddad")
    assert found.canonical.endswith("/bewoners-kiezen-zelf-de-volgorde-van-onderhoud/")


def test_text_is_the_main_content_in_paragraphs() -> None:
    """The text holds the body without its title, menu and footer, its paragraphs parted by an empty line."""
    text = article("platform31-artikel").text
    assert text.startswith("In een flat met 120 woningen")
    assert "\n\nVooral de tocht in de trappenhuizen" in text
    assert "Jaarverslag" not in text
    assert "Publicaties" not in text


def test_contact_data_of_people_is_left_out() -> None:
    """Telephone numbers and e-mail addresses do not reach the store."""
    text = article("platform31-artikel").text
    assert "12 34 56 78" not in text
    assert "@" not in text
    assert "sinds 1968" in text


def test_documents_come_from_the_main_content() -> None:
    """PDF links and /media/document/ links in the text count; one in the footer does not."""
    assert article("platform31-artikel").documents == (
        "https://www.platform31.nl/media/document/handreiking-samen-beslissen",
        "https://www.platform31.nl/wp-content/uploads/2026/11/stappenplan.pdf",
    )


def test_doubled_label_before_the_date() -> None:
    """ "Nieuws Nieuws · 5 november 2026" gives the label once, and the date."""
    found = article("aedes-artikel", "https://aedes.nl/vereniging/ledencongres")
    assert found.label == "Nieuws"
    assert found.published is not None
    assert found.published.day == date(2026, 11, 5)


@pytest.mark.parametrize("name", ["aedes-oud", "platform31-project"])
def test_pages_without_a_date_stay_undated(name: str) -> None:
    """No date is invented from a year in the text, the run of a project or a list beside it."""
    found = article(name)
    assert found.published is None
    assert found.label in ("Praktijk", "Project")


def test_declared_date_goes_first() -> None:
    """JSON-LD goes before meta, meta before what is visible; the future and empty fields are passed over."""
    ld = (
        '<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","datePublished":"%s",'
        '"author":{"name":"A. Bos"}}]}</script>'
    )
    meta = '<meta property="article:published_time" content="2026-03-02T10:00:00+01:00">'
    body = "<h1>Titel van dit bericht</h1><p>3 maart 2026</p>"
    both = read_article(page(ld % "2026-03-01" + meta, body), "https://x.nl/a", TODAY)
    empty = read_article(page(ld % "0001-01-01T00:00:00" + meta, body), "https://x.nl/a", TODAY)
    future = read_article(page(ld % "2027-03-01", body), "https://x.nl/a", TODAY)
    dates = [found.published for found in (both, empty, future)]
    assert [dated and (dated.day.day, dated.origin) for dated in dates] == [
        (1, Origin.JSON_LD), (2, Origin.META), (3, Origin.TEXT),
    ]  # fmt: skip
    assert both.authors == ("A. Bos",)


def test_address_gives_a_date_when_the_page_has_none() -> None:
    """The path of the address is the last resort, marked as such; "laatst bijgewerkt" is not used."""
    body = "<h1>Overleg</h1><p>Laatst bijgewerkt op 4 mei 2026</p>"
    found = read_article(page("", body), "https://koepel.example/2023/12/17/overleg/", TODAY)
    assert found.published is not None
    assert (found.published.day, found.published.origin) == (date(2023, 12, 17), Origin.ADDRESS)


def test_day_of_an_event_is_not_the_date_of_publication() -> None:
    """A future day under the heading of an announcement leaves the page undated."""
    body = "<h1>Huurdersdag</h1><p>Wanneer: 12 juni 2026</p><p>12 december 2026, Ede</p>"
    assert read_article(page("", body), "https://x.nl/agenda/huurdersdag", TODAY).published is None


@pytest.mark.parametrize(
    ("title", "site_name", "told"),
    [
        ("Huurders aan zet - Platform31", "Platform31", "Huurders aan zet"),
        ("Huurders aan zet | Nieuws van de bond", "Nieuws van de bond", "Huurders aan zet"),
        ("Woonbond: Huurders aan zet in de wijk", "", "Woonbond: Huurders aan zet in de wijk"),
        ("Platform31 | Huurders aan zet", "Platform31", "Huurders aan zet"),
        (
            "Samen beslissen - hoe doe je dat met alle huurders?",
            "",
            "Samen beslissen - hoe doe je dat met alle huurders?",
        ),
    ],
)
def test_site_name_leaves_the_title(title: str, site_name: str, told: str) -> None:
    """A site name before or behind the title goes; a dash that belongs to the title stays."""
    assert without_site(title, site_name, "https://www.platform31.nl/x/") == told


@pytest.mark.parametrize(
    ("body", "address", "reason"),
    [
        ("<h1>Cookies</h1><p>Wij plaatsen cookies.</p><button>Accepteren</button>", "/cookie?b=1", Reason.COOKIE_WALL),
        ("<h1>Inloggen</h1><form><input type=password></form>", "/user/login", Reason.LOGIN_WALL),
        ("<h1>Onderhoud</h1><p>Wij zijn zo terug.</p>", "/nieuws", Reason.MAINTENANCE),
        ("<h1>Onderhoud</h1>" + "<p>Huurders kiezen zelf wanneer het onderhoud begint.</p>" * 40, "/nieuws", None),
        ("<h1>Nieuws</h1><p>Bericht.</p><footer>Wij gebruiken cookies. Akkoord</footer>", "/nieuws", None),
    ],
)
def test_walls_are_told_from_pages(body: str, address: str, reason: Reason | None) -> None:
    """Short pages with plain signs are walls; an article on maintenance or a cookie line is not."""
    assert walls(page("", body), f"https://x.nl{address}") is reason


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("é".encode(), ""),
        ("é".encode(), "text/html; charset=iso-8859-1"),
        ("é".encode("latin-1"), "text/html; charset=iso-8859-1"),
        (b"<meta charset=windows-1252>" + "é".encode("cp1252"), ""),
        ("é".encode("utf-16"), ""),
    ],
)
def test_letters_survive_every_declared_charset(body: bytes, content_type: str) -> None:
    """Valid UTF-8 wins over a wrong declaration; otherwise header, meta and byte order mark count."""
    assert decode(body, content_type).endswith("é")


def test_doubly_encoded_text_is_mended() -> None:
    """Text that was encoded as UTF-8 twice is put right."""
    broken = ("coöperatie één ‘zeggenschap’ " * 3).encode().decode("cp1252", "ignore").encode()
    assert "coöperatie" in decode(broken)


@pytest.mark.parametrize(
    ("heading", "og_title", "headline", "page_title", "expected"),
    [
        ("Bewoners kiezen", "Almelo: Bewoners kiezen", "Almelo: Bewoners kiezen", "Nieuws", "Almelo: Bewoners kiezen"),
        (
            "Bewoners kiezen zelf",
            "Zo kiezen bewoners hun raad",
            "",
            "Bewoners kiezen zelf - Bond",
            "Zo kiezen bewoners hun raad",
        ),
        (
            "Bewoners kiezen zelf",
            "Voor alle huurders van Twente",
            "",
            "Bewoners kiezen zelf - Bond",
            "Bewoners kiezen zelf",
        ),
        ("Bewoners kiezen zelf", "Bond", "", "Bewoners kiezen zelf - Bond", "Bewoners kiezen zelf"),
        ("Bewoners kiezen zelf", "Bewoners kiezen zelf | Bond", "", "Bond", "Bewoners kiezen zelf"),
        ("", "", "Bewoners &amp; huurders kiezen", "Bond", "Bewoners & huurders kiezen"),
    ],
    ids=[
        "two declared agree",
        "one was written by hand",
        "a motto",
        "site name",
        "site name behind",
        "entities in JSON",
    ],
)
def test_the_title_is_what_most_of_a_page_agrees_on(
    heading: str, og_title: str, headline: str, page_title: str, expected: str
) -> None:
    """Of heading, og:title, headline and page title the one is taken that the others bear out."""
    article = json.dumps({"@type": "Article", "headline": headline})
    body = f"""<html><head><title>{page_title}</title><meta property="og:title" content="{og_title}">
    <meta property="og:site_name" content="Bond"><script type="application/ld+json">{article}</script></head>
    <body><h1>{heading}</h1><p>Een alinea.</p></body></html>"""
    assert read_article(body.encode(), "https://bond.example/een", TODAY).title == expected


def test_mojibake_is_put_right_where_it_stands() -> None:
    """Text encoded twice beside text that is right: only the first is changed, and a capital Ã is left alone."""
    twice = "".join(bytes([byte]).decode("cp1252") for byte in "coöperatie, café, ’s avonds ©".encode())
    assert decode(f"één {twice}".encode()) == "één coöperatie, café, ’s avonds ©"
    assert decode("NÃO, SÃO, coraÇÃO".encode()) == "NÃO, SÃO, coraÇÃO"


def test_a_single_letter_encoded_twice_is_put_right() -> None:
    """One letter is enough when it is an everyday one; a closing quote behind a capital is no second encoding."""
    assert decode("De cooperatie heeft een cafÃ©".encode()) == "De cooperatie heeft een café"
    assert decode("Het heet “CAFÉ” en “idée”\u00a0".encode()) == "Het heet “CAFÉ” en “idée”\u00a0"


def test_the_other_dates_of_a_page_are_kept() -> None:
    """Beside the day that a page declares stands the day that it shows; a day that is said twice stands there once."""
    head = '<script type="application/ld+json">{"@type": "WebPage", "datePublished": "2019-03-01"}</script>'
    page = f"<html><head>{head}</head><body><main><h1>Besluit</h1><p>20 november 2026</p>"
    found = read_article(
        f"{page}<p>Huurders kiezen.</p></main></body></html>".encode(), "https://x.nl/2019/03/01/a", TODAY
    )
    assert found.published is not None
    assert (found.published.day, found.published.origin) == (date(2019, 3, 1), Origin.JSON_LD)
    assert [(one.day, one.origin) for one in found.other_dates] == [(date(2026, 11, 20), Origin.TEXT)]
