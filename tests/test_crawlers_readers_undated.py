"""Pages that have no date of publication, though dates stand all over them: none may be invented."""

from __future__ import annotations

from datetime import UTC, date

import pytest

from crawlers.publication import Origin
from crawlers.readers.article import read_article

TODAY = date(2026, 11, 24)
ADDRESS = "https://bond.example/nieuws/bewoners-beslissen"
BODY = """<p>In de wijk beslissen bewoners voortaan zelf over het onderhoud van hun portiek. De huurdersraad en de
corporatie maakten daar samen afspraken over, na twee avonden in het buurthuis.</p><p>Volgens de voorzitter werkt dat,
omdat buren elkaar kennen en elkaar aanspreken. De corporatie denkt aan een vervolg in andere wijken.</p>"""

UNDATED = {
    "nothing": "",
    "sentence": "<p>Op 12 mei 2024 kwamen veertig huurders bijeen.</p>",
    "short sentence": "<p>De proef startte op 3 april 2023.</p>",
    "changed": "<p>Laatst bijgewerkt: 4 juni 2025</p>",
    "changed in a time element": '<p>Gewijzigd <time class="updated" datetime="2025-06-04">4 juni</time></p>',
    "run of a project": "<p>Looptijd project: 1 januari 2023 - 31 december 2025</p>",
    "empty label": "<p>Gepubliceerd op:</p>",
    "event to come": "<p>Wanneer: 14 januari 2027, 19.30 - 21.30 uur</p>",
    "event that was": "<p>Wanneer: 14 januari 2026, 19.30 - 21.30 uur</p>",
    "deadline": "<p>Aanmelden kan tot en met 1 juli 2026.</p><p>Uiterlijk 1 december 2025 reageren</p>",
    "law": "<p>Zo staat het in de Woningwet van 1 juli 2015.</p>",
    "caption": '<figure><img src="x.jpg" alt=""><figcaption>Bewonersavond, 24 april 2023</figcaption></figure>',
    "caption by class": '<div class="photo-caption">Foto: Noor Smit, 24 april 2023</div>',
    "year in the heading": "<p>Jaarverslag 2024</p>",
    "telephone": "<p>Bel 06-12-11-2024 of 053 123 45 67</p>",
    "quarter in a sentence": "<p>Vanaf het 2e kwartaal 2025 doen meer wijken mee.</p>",
}
BEHIND = {
    "copyright": "<footer>© 2026 Huurdersbond</footer>",
    "other news": """<aside><h2>Ander nieuws</h2><ul><li><a href="/a">Een ander stuk over huren</a> 3 november 2026</li>
    <li><a href="/b">Nog een stuk over wonen</a> <time datetime="2026-11-01">1 november</time></li></ul></aside>""",
    "read also": """<section class="related"><h2>Lees ook</h2><article><time datetime="2026-10-05">5 oktober 2026</time>
    <a href="/c">Bewoners kiezen een nieuwe raad</a></article></section>""",
    "comments": """<section id="comments"><h2>Reacties</h2><article class="comment"><p>Piet, 2 februari 2026</p>
    <p>Goed stuk!</p></article></section>""",
    "archive": """<nav><h3>Archief</h3><a href="/10">oktober 2026</a> <a href="/09">september 2026</a></nav>""",
}
HEAD = {
    "only a day of change": """<script type="application/ld+json">{"@type": "NewsArticle",
    "dateModified": "2026-10-10"}</script><meta property="article:modified_time" content="2026-10-10">""",
    "empty dates": '<meta property="article:published_time" content=""><meta name="date" content="0000-00-00">',
    "first second": '<meta property="article:published_time" content="1970-01-01T00:00:00+00:00">',
    "to come": '<meta property="article:published_time" content="2027-03-01">',
}


def page(head: str = "", above: str = "", behind: str = "") -> bytes:
    return f"""<!doctype html><html lang="nl"><head><title>Bewoners beslissen - Huurdersbond</title>{head}</head><body>
    <header><nav><a href="/">Start</a></nav></header><main><article><h1>Bewoners beslissen</h1>{above}{BODY}</article>
    {behind}</main></body></html>""".encode()


PAGES = (
    {f"above: {name}": page(above=html) for name, html in UNDATED.items()}
    | {f"behind: {name}": page(behind=html) for name, html in BEHIND.items()}
    | {f"head: {name}": page(head=html) for name, html in HEAD.items()}
)


@pytest.mark.parametrize("name", PAGES)
def test_no_date_is_invented(name: str) -> None:
    """Dates of events, changes, captions, laws and other pieces are no date of publication."""
    assert read_article(PAGES[name], ADDRESS, TODAY).published is None


DATED = {
    "<p>24 mei 2023 | Leestijd: 12 minuten</p>": date(2023, 5, 24),
    "<p>Nieuws Nieuws · 30 juni 2022</p>": date(2022, 6, 30),
    "<p>Nieuws 15 oktober 2021</p>": date(2021, 10, 15),
    "<p>27 januari 2016</p>": date(2016, 1, 27),
    "<p>28 april, 2022 - Webredactie</p>": date(2022, 4, 28),
    "<p>Geplaatst op maandag 25 juni 2012</p>": date(2012, 6, 25),
    "<p>Publicatiedatum: 01-07-2022</p>": date(2022, 7, 1),
    "<p>29-11-2019 07:13</p>": date(2019, 11, 29),
    "<p>25.01.13</p>": date(2013, 1, 25),
    "<p>19.3.20</p>": date(2020, 3, 19),
    "<p>juni 5, 2015</p>": date(2015, 6, 5),
    "<p>Door Noor Smit, 9 jun 2020</p>": date(2020, 6, 9),
    "<p>Dinsdag 23 september 2014 om 15:00 uur</p>": date(2014, 9, 23),
    "<p>mei 2015</p>": date(2015, 5, 1),
    "<p>21 september 2023 / 9 minuten / Analyse</p>": date(2023, 9, 21),
    "<figure><figcaption>Foto van 1 mei 2020</figcaption></figure><p>Datum 28.04.2023</p>": date(2023, 4, 28),
}


@pytest.mark.parametrize("above", DATED)
def test_visible_dates_of_publication_are_found(above: str) -> None:
    """Each way in which the publishers we follow print a date near the heading is read, and told to be text."""
    published = read_article(page(above=above), ADDRESS, TODAY).published
    assert published is not None
    assert (published.day, published.origin) == (DATED[above], Origin.TEXT)


@pytest.mark.parametrize(
    "written",
    [
        "Fri Apr 28 19:20:36 CEST 2023",
        "Fri Apr 28 2023 19:20:36 GMT+0200 (Central European Summer Time)",
        "Fri Apr 28 17:20:36 UTC 2023",
    ],
)
def test_dates_as_programs_print_them(written: str) -> None:
    """JSON-LD that holds a date as Java or JavaScript prints it is dated, to the minute."""
    head = f'<script type="application/ld+json">{{"@type": "Article", "datePublished": "{written}"}}</script>'
    published = read_article(page(head=head), ADDRESS, TODAY).published
    assert published is not None
    assert published.moment is not None
    assert published.moment.astimezone(UTC).isoformat() == "2023-04-28T17:20:36+00:00"
