"""Overview pages shaped like those of the publishers we follow; the texts are our own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from cssselect import SelectorError

from crawlers.publication import Listed, Origin, Precision
from crawlers.readers.overview import Overview, read_overview
from crawlers.source import Selectors

PAGES = Path(__file__).parent / "pages"
TODAY = date(2026, 11, 24)


def overview(name: str, address: str, css: Selectors | None = None) -> Overview:
    return read_overview((PAGES / f"{name}.html").read_bytes(), address, css, today=TODAY)


def by_title(found: Overview, start: str) -> Listed:
    return next(item for item in found.items if item.title.startswith(start))


def test_cards_of_several_shapes_are_found_and_nothing_else() -> None:
    """A large first card and smaller ones are all items; menus, filters, tags, "meest gelezen" and footer are not."""
    found = overview("platform31-artikelen", "https://www.platform31.nl/artikelen/")
    assert [item.title for item in found.items] == [
        "Bewoners kiezen zelf de volgorde van onderhoud",
        "Drie lessen van een bewonersraad",
        "Zo bereik je stille huurders",
        "Huurders aan zet in de wijk",
        "Handreiking samen beslissen",
    ]


def test_a_box_of_old_items_beside_a_short_list_adds_nothing() -> None:
    """Five titles under "Meest gelezen" in the margin are no items, though the list itself has four; alone they are."""
    new, old = "/nieuws/huurders-van-complex", "/nieuws/waarom-zelfbeheer-in-wijk"
    cards = "".join(
        f'<article><h2><a href="{new}-{n}-beslissen-mee/">Huurders van complex {n} beslissen mee</a></h2>'
        f'<time datetime="2026-11-0{n}">{n} november 2026</time><p>Zij kozen zelf de aannemer.</p></article>'
        for n in range(1, 5)
    )
    rows = "".join(
        f'<li><a href="{old}-{n}-zo-goed-werkt/">Waarom zelfbeheer in wijk {n} zo goed werkt</a></li>' for n in range(5)
    )
    box = f"<aside><h3>Meest gelezen</h3><ul>{rows}</ul></aside>"
    for listed, start, many in ((cards, "Huurders van", 4), ("", "Waarom", 5)):
        page = f"<html lang=nl><body><main><h1>Nieuws</h1>{listed}</main>{box}</body></html>"
        found = read_overview(page.encode(), "https://bond.example/nieuws/", today=TODAY).items
        assert [item.title.startswith(start) for item in found] == [True] * many


def test_card_gives_date_label_intro_and_document() -> None:
    """The block of an item gives its date, its label, its teaser, and a download beside its own page."""
    item = by_title(overview("platform31-artikelen", "https://www.platform31.nl/artikelen/"), "Handreiking")
    assert item.address == "https://www.platform31.nl/publicaties/handreiking-samen-beslissen/"
    assert item.published is not None
    assert (item.published.day, item.published.origin) == (date(2026, 9, 1), Origin.LISTING)
    assert item.label == "Publicatie"
    assert item.intro.startswith("Met stappenplan")
    assert item.documents == ("https://www.platform31.nl/wp-content/uploads/2026/09/handreiking.pdf",)


def test_run_of_a_project_is_no_date_of_publication() -> None:
    """A card that prints only "Looptijd ... - ..." stays undated."""
    item = by_title(overview("platform31-artikelen", "https://www.platform31.nl/artikelen/"), "Huurders aan zet")
    assert item.published is None


def test_next_page_by_rel_and_by_number() -> None:
    """The next page is the declared one, or the next number of a pager; a page without either is the last."""
    assert overview("platform31-artikelen", "https://www.platform31.nl/artikelen/").next_page.endswith(
        "/artikelen/page/2/"
    )
    assert overview("aedes-nieuws", "https://aedes.nl/nieuws").next_page == "https://aedes.nl/nieuws?page=1"
    assert overview("woonbond-nieuws", "https://www.woonbond.nl/nieuws/").next_page == ""


def test_whole_card_inside_a_link() -> None:
    """A card that is one large link gives its heading as title, and the doubled label beside the date once."""
    found = overview("aedes-nieuws", "https://aedes.nl/nieuws")
    assert len(found.items) == 4
    item = by_title(found, "Zo deden wij het")
    assert item.title == "Zo deden wij het: een huurderspanel van start"
    assert item.label == "Praktijk"
    assert item.published is not None
    assert item.published.day == date(2026, 10, 22)


def test_date_in_the_teaser_is_not_the_date_of_the_item() -> None:
    """ "De bedragen gaan in op 1 januari 2027" loses from the date that stands by itself."""
    item = by_title(overview("aedes-nieuws", "https://aedes.nl/nieuws"), "Nieuwe bedragen")
    assert item.published is not None
    assert item.published.day == date(2026, 10, 30)


def test_dates_of_sections_and_loose_dates() -> None:
    """Items under a date heading share that date; a date loose behind a link belongs to that link."""
    found = overview("woonbond-nieuws", "https://www.woonbond.nl/nieuws/")
    days = [item.published.day if item.published else None for item in found.items]
    assert days == [date(2026, 11, 17), date(2026, 11, 17), date(2026, 11, 10), date(2026, 10, 27), date(2026, 10, 13)]


def test_table_with_bare_downloads_takes_titles_from_the_row() -> None:
    """In a table whose links say "PDF" and "Word" the title is the cell beside them and the PDF is the item."""
    found = overview("tabel-publicaties", "https://koepel.example/publicaties.html")
    assert [(item.address.rsplit("/", 1)[1], item.title) for item in found.items] == [
        ("2013-01.pdf", "Jaarverslag huurderskoepel, deel één"),
        ("2020-03.pdf", "Advies over het huurbeleid van dit jaar"),
        ("2015-05.pdf", "Enquête onder bewoners van de Oosterpoort"),
    ]
    precisions = [item.published.precision if item.published else None for item in found.items]
    assert precisions == [Precision.DAY, Precision.DAY, Precision.MONTH]


@pytest.mark.parametrize("between", ["<br>", "</span><span>"])
def test_date_at_the_head_of_a_link_is_no_part_of_the_title(between: str) -> None:
    """A link that holds date and title, one under the other, is called by the title alone."""
    rows = "".join(
        f"<li><a href='/n/{day}'><span>{day} oktober 2026{between}Huurders over plan {day}</span></a></li>"
        for day in range(4, 9)
    )
    items = read_overview(f"<main><ul>{rows}</ul></main>".encode(), "https://bond.example/nieuws/").items
    assert [item.title for item in items] == [f"Huurders over plan {day}" for day in range(4, 9)]
    assert [item.published.day.day for item in items if item.published] == [4, 5, 6, 7, 8]


def test_a_link_that_loads_more_is_no_item() -> None:
    """A button that leads to the next page stands under the items, and is followed instead of listed."""
    cards = "".join(f"<article><h3><a href='/n/{day}'>Huurders over plan {day}</a></h3></article>" for day in range(4))
    more = "<a class='load-more' href='/nieuws/page/2/'>Meer laden</a>"
    found = read_overview(f"<main>{cards}{more}</main>".encode(), "https://bond.example/nieuws/")
    assert found.next_page == "https://bond.example/nieuws/page/2/"
    assert [item.address for item in found.items] == [f"https://bond.example/n/{day}" for day in range(4)]


def test_title_before_a_link_that_says_nothing_on_one_line() -> None:
    """Of a line with the title and "Lees verder" the title is taken, and no teaser is made of the line."""
    rows = "".join(
        f"<dt>{day} oktober 2026</dt><dd><b>Huurders over plan {day}</b> <a href='/n/{day}'>Lees verder</a></dd>"
        for day in range(4, 9)
    )
    items = read_overview(f"<main><dl>{rows}</dl></main>".encode(), "https://bond.example/nieuws/").items
    assert [item.title for item in items] == [f"Huurders over plan {day}" for day in range(4, 9)]
    assert {item.intro for item in items} == {""}
    assert [item.published.day.day for item in items if item.published] == [4, 5, 6, 7, 8]


def test_page_without_a_list_has_no_items() -> None:
    """A page with only a menu and a message lists nothing."""
    page = b"""<title>Niet gevonden</title><nav><ul><li><a href=/a>Home</a>
    <li><a href=/b>Over ons</a><li><a href=/c>Contact
    </a></ul></nav><main><h1>404</h1><p>Ga naar de <a href="/">startpagina</a>.</p></main>"""
    assert read_overview(page, "https://www.woonbond.nl/nieuws/").items == ()


def test_selectors_override_each_part() -> None:
    """`item` names the blocks, `link`, `title` and `date` what stands in them."""
    css = Selectors(item="article.card", link="h3 a", title=".card__label", date=".card__meta")
    found = overview("platform31-artikelen", "https://www.platform31.nl/artikelen/", css)
    assert [item.title for item in found.items] == ["Artikel", "Artikel", "Project", "Publicatie"]
    assert found.items[0].address.endswith("/drie-lessen-van-een-bewonersraad/")
    assert found.items[0].published is not None
    assert found.items[0].published.day == date(2026, 11, 9)


def test_selector_for_links_alone_finds_their_blocks() -> None:
    """With only `link` given the reader still finds the date around each link."""
    found = overview("platform31-artikelen", "https://www.platform31.nl/artikelen/", Selectors(link="h3 a"))
    assert len(found.items) == 4
    assert found.items[1].published is not None
    assert found.items[1].published.day == date(2026, 10, 28)


def test_selector_that_matches_nothing_gives_no_items() -> None:
    """A selector gone stale gives nothing; it is never quietly replaced by what the reader would find itself."""
    for css in (Selectors(item=".bestaat-niet"), Selectors(link=".bestaat-niet"), Selectors(title=".bestaat-niet")):
        assert overview("aedes-nieuws", "https://aedes.nl/nieuws", css).items == ()


def test_bad_selector_is_told() -> None:
    """A selector that is no CSS raises the error of the CSS library."""
    with pytest.raises(SelectorError):
        overview("aedes-nieuws", "https://aedes.nl/nieuws", Selectors(item="div["))


BESIDE_A_DAY = {
    "loose": "<li><a href='/n/{n}'>{day} november 2026</a> {title}</li>",
    "before": "<li>{title}: <a href='/n/{n}'>{day} november 2026 &gt;</a></li>",
    "span": "<li><a href='/n/bericht-{n}.html'>dinsdag {day} nov. 2026</a><span>{title}</span></li>",
    "cell": "<dl><dt><a href='/n/{n}'>{day}-11-2026</a></dt><dd>{title}</dd></dl>",
}
BESIDE = [
    "Huurders kiezen een kleur",
    "Bewoners over sloop",
    "Een raad in Enschede",
    "Zeggenschap groeit",
    "Samen plannen",
]


@pytest.mark.parametrize("row", BESIDE_A_DAY.values(), ids=BESIDE_A_DAY)
def test_a_link_that_says_only_its_day_is_called_by_what_stands_beside_it(row: str) -> None:
    """Where the day is the link and the title stands loose beside it, every item is found, by that title and day."""
    rows = "".join(row.format(n=n, day=20 - n, title=title) for n, title in enumerate(BESIDE))
    menu = "".join(f"<li><a href='/a/{month}'>{month} 2026</a></li>" for month in ("augustus", "september", "oktober"))
    page = f"<nav><ul>{menu}</ul></nav><main><h1>Nieuws</h1>{rows}</main>"
    items = read_overview(page.encode(), "https://bond.example/nieuws/", today=TODAY).items
    assert [item.title for item in items] == BESIDE
    assert [item.published.day.day for item in items if item.published] == [20, 19, 18, 17, 16]


PARTS = ["Huurders kiezen een kleur", "Bewoners over sloop", "Een raad in Enschede", "Zeggenschap", "Samen plannen"]


@pytest.mark.parametrize("to", ["#aanpak-{n}", "/aanpakken#aanpak-{n}", "#!/nieuws/{n}", "/#/nieuws/{n}"])
def test_items_apart_only_by_the_part_of_a_page_are_as_many(to: str) -> None:
    """Links to one page by titles of their own are items, each under the address that leads there."""
    rows = "".join(f"<li><a href='{to.format(n=n)}'>{title}</a></li>" for n, title in enumerate(PARTS))
    page = f"<nav><a href='/over'>Over ons</a></nav><main><h1>Aanpakken</h1><ul>{rows}</ul></main>"
    items = read_overview(page.encode(), "https://bond.example/nieuws/").items
    assert [item.title for item in items] == PARTS
    assert [item.address for item in items] == [
        f"https://bond.example{'/nieuws/' if to.startswith('#') else ''}{to.format(n=n)}" for n in range(len(PARTS))
    ]


LETTERS = "".join(f"<a href='#{letter}'>{letter}</a> " for letter in "ABCDEF")
COMMENTS = "".join(f"<li><a href='#comment-{n}'>{title}</a></li>" for n, title in enumerate(PARTS))
CONTENTS = "".join(f"<li><a href='#kop-{n}'>{title} in het kort</a></li>" for n, title in enumerate(PARTS))
ELSEWHERE = "".join(
    f"<article><h2><a href='/n/{n}'>{title}</a></h2><p>{title}.</p></article>" for n, title in enumerate(PARTS)
)


@pytest.mark.parametrize(
    ("page", "addresses"),
    [
        (f"<main>{LETTERS}</main>", []),
        (f"<main><ul>{COMMENTS}</ul></main>", []),
        (f"<nav><ul>{CONTENTS}</ul></nav>", []),
        (f"<main><ul>{CONTENTS}</ul>{ELSEWHERE}</main>", [f"https://bond.example/n/{n}" for n in range(len(PARTS))]),
    ],
    ids=["letters", "comments", "menu", "contents"],
)
def test_places_on_a_page_that_are_no_items(page: str, addresses: list[str]) -> None:
    """Letters of an index, comments, a menu, and a table of contents beside a list are no items."""
    assert [item.address for item in read_overview(page.encode(), "https://bond.example/nieuws/").items] == addresses
