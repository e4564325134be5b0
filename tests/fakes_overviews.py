"""Overview pages as Dutch sites build them, in our own words, each with what a reader should find on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

MONTHS = [
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
]
SITE = "https://bond.example"


@dataclass(frozen=True)
class Piece:
    """One item of a list as it should be found."""

    slug: str
    title: str
    day: date
    teaser: str

    @property
    def written(self) -> str:
        """The day as a Dutch site prints it."""
        return f"{self.day.day} {MONTHS[self.day.month - 1]} {self.day.year}"

    @property
    def digits(self) -> str:
        """The day in digits, day first."""
        return f"{self.day:%d-%m-%Y}"


PIECES = (
    Piece(
        "bewoners-kiezen-raad",
        "Bewoners kiezen een nieuwe raad",
        date(2026, 11, 12),
        "Negen namen stonden op de lijst.",
    ),
    Piece(
        "panel-onderhoud",
        "Panel denkt mee over onderhoud",
        date(2026, 11, 3),
        "Twee avonden praatten huurders over hun portiek.",
    ),
    Piece(
        "stem-in-prestatieafspraken",
        "Meer stem in prestatieafspraken",
        date(2026, 10, 21),
        "Gemeente en corporatie luisteren eerder.",
    ),
    Piece(
        "zelfbeheer-de-linde",
        "Zelfbeheer in De Linde bevalt goed",
        date(2026, 10, 1),
        "Buren regelen samen tuin en trap.",
    ),
    Piece(
        "cursus-overlegwet",
        "Cursus over de Overlegwet vol",
        date(2026, 9, 17),
        "In het voorjaar komt een tweede groep.",
    ),
    Piece("jonge-huurders", "Zo bereik je jonge huurders", date(2026, 8, 30), "Een app alleen is niet genoeg."),
    Piece("klachten", "Klachten sneller opgelost", date(2026, 7, 8), "Een vaste buurtbeheerder helpt."),
)
NOISE_ABOVE = """<header><a href="/">Bond</a><nav class="menu"><ul><li><a href="/over-ons">Over ons</a></li><li><a
href="/nieuws">Nieuws</a></li><li><a href="/themas/huurdersparticipatie">Thema huurdersparticipatie</a></li><li><a
href="/contact">Contact</a></li></ul></nav></header><div class="breadcrumb"><a href="/">Start</a> &gt; Nieuws</div>"""
NOISE_BESIDE = """<aside class="sidebar"><h3>Meest gelezen</h3><ul><li><a href="/nieuws/oud-stuk-over-huren">Een oud
stuk over huren en wonen</a></li><li><a href="/nieuws/nog-een-oud-stuk">Nog een oud stuk over de huurprijs</a></li></ul>
<h3>Thema's</h3><ul class="tags"><li><a href="/thema/leefbaarheid">Leefbaarheid (12)</a></li><li><a
href="/thema/zeggenschap">Zeggenschap (7)</a></li></ul></aside>"""
NOISE_BELOW = """<nav class="pager"><a href="/nieuws?page=1">2</a> <a href="/nieuws?page=2">3</a> <a rel="next"
href="/nieuws?page=1">Volgende</a></nav><footer><h4>Snel naar</h4><a href="/lid-worden">Word lid van de huurdersbond</a>
<a href="/privacy">Privacy en cookies</a><p>© 2026 Bond, bel 053 123 45 67</p></footer>"""


def whole(inner: str, noise: bool) -> bytes:
    """A page around a list, with or without what sites put around it."""
    above, beside, below = (NOISE_ABOVE, NOISE_BESIDE, NOISE_BELOW) if noise else ("", "", "")
    return f"""<!doctype html><html lang="nl"><head><title>Nieuws - Bond</title></head><body>{above}<main>
    <h1>Nieuws</h1>{inner}</main>{beside}{below}</body></html>""".encode()


def link(piece: Piece) -> str:
    """The address of an item, as a site writes it in its own pages."""
    return f"/nieuws/{piece.slug}"


def _each(write: Callable[[Piece], str], pieces: tuple[Piece, ...] = PIECES) -> str:
    return "\n".join(write(piece) for piece in pieces)


def _cards(p: Piece) -> str:
    return (
        f'<article class="post"><h2><a href="{link(p)}">{p.title}</a></h2><time datetime="{p.day}">{p.written}</time>'
        f'<p>{p.teaser}</p><a class="more" href="{link(p)}">Lees meer</a></article>'
    )


def _rows(p: Piece) -> str:
    return (
        f'<div class="views-row"><span class="label">Nieuws</span><h3><a href="{link(p)}">{p.title}</a></h3>'
        f'<span class="date">Nieuws · {p.written}</span><div>{p.teaser}</div></div>'
    )


def _linked_cards(p: Piece) -> str:
    inner = f'<p class="meta">{p.written}</p><h3>{p.title}</h3><p>{p.teaser}</p>'
    return f'<a class="card" href="{link(p)}"><div>{inner}</div></a>'


def _title_outside(p: Piece) -> str:
    return f'<li><h3>{p.title}</h3><p class="d">{p.digits}</p><p>{p.teaser}</p><a href="{link(p)}">Lees meer</a></li>'


def _table(p: Piece) -> str:
    return f'<tr><td>{p.digits}</td><td><a href="{link(p)}">{p.title}</a></td><td>Publicatie</td></tr>'


def _old(p: Piece) -> str:
    return f'<p><b><a href="{SITE}{link(p)}">{p.title}</a></b><br>{p.written} - {p.teaser}</p>'


def _joomla(p: Piece) -> str:
    return (
        f'<div class="item column-1"><h2 itemprop="name"><a href="/index.php{link(p)}">{p.title}</a></h2><dl>'
        f'<dd class="published">Geplaatst op {p.written}</dd></dl><p>{p.teaser}</p></div>'
    )


def _day_above(p: Piece) -> str:
    post = f'<div class="post"><h3><a href="{link(p)}">{p.title}</a></h3><p>{p.teaser}</p></div>'
    return f'<h2 class="date-header">{p.written}</h2>{post}'


def _day_in_link(p: Piece) -> str:
    return f'<li><a href="{link(p)}">{p.title}</a> ({p.digits})</li>'


def _pictures(p: Piece) -> str:
    return (
        f'<figure><a href="{link(p)}"><img src="/{p.slug}.jpg" alt="{p.title}"></a><figcaption>{p.title}<br>'
        f"<small>{p.written}</small></figcaption></figure>"
    )


def _two_links(p: Piece) -> str:
    return (
        f'<div class="teaser"><a href="{link(p)}" tabindex="-1"><img src="/x.jpg" alt=""></a><div class="text"><h4><a '
        f'href="{link(p)}">{p.title}</a></h4><p class="author"><a href="/auteur/noor">Noor Smit</a> | {p.written} | '
        f'<a href="/thema/zeggenschap">Zeggenschap</a></p><p>{p.teaser}</p></div></div>'
    )


def _featured() -> str:
    first, *others = PIECES
    return (
        f'<section class="hero"><a href="{link(first)}"><h2>{first.title}</h2></a><p>{first.teaser}</p>'
        f'<span>{first.written}</span></section><div class="grid">{_each(_linked_cards, tuple(others))}</div>'
    )


BUILDS = {
    "cards": f'<div class="posts">{_each(_cards)}</div>',
    "rows": f'<div class="view-content">{_each(_rows)}</div>',
    "linked cards": f'<div class="grid">{_each(_linked_cards)}</div>',
    "title outside the link": f"<ul>{_each(_title_outside)}</ul>",
    "table": f"<table><tr><th>Datum</th><th>Titel</th><th>Soort</th></tr>{_each(_table)}</table>",
    "old": f'<table><tr><td width="70%">{_each(_old)}</td></tr></table>',
    "joomla": f'<div class="blog">{_each(_joomla)}</div>',
    "day above": f'<div class="blog-posts">{_each(_day_above)}</div>',
    "day behind": f"<ul>{_each(_day_in_link)}</ul>",
    "pictures": f'<div class="gallery">{_each(_pictures)}</div>',
    "two links": f'<div class="list">{_each(_two_links)}</div>',
    "featured": _featured(),
}
