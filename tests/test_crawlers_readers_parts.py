"""Parts of one page that are items of their own: what each of them says."""

from __future__ import annotations

from datetime import date

import pytest

from crawlers.readers.parts import read_part

PAGE = "https://bond.example/aanpakken"
TODAY = date(2026, 11, 24)
STORY = "Bewoners van de flat {n} kiezen zelf hun aannemer en de volgorde van het werk."
HEADED = "".join(
    f"<h2 id='aanpak-{n}'>Aanpak {n}</h2><p>{n} november 2026</p><h3>Zo ging het</h3><p>{STORY.format(n=n)}"
    f" Bel 053-1234567.</p><p>Lees <a href='/stukken/{n}.pdf'>het plan</a>.</p>"
    for n in (1, 2, 3)
)
BOXED = "".join(
    f"<section id='aanpak-{n}'><h2>Aanpak {n}</h2><time datetime='2026-11-0{n}'>{n} november</time>"
    f"<p>{STORY.format(n=n)}</p><p>Lees <a href='/stukken/{n}.pdf'>het plan</a>.</p></section>"
    for n in (1, 2, 3)
)
MARKED = "".join(
    f"<a name='aanpak-{n}'></a><h2>Aanpak {n}</h2><p>{n} november 2026</p><p>{STORY.format(n=n)}</p>"
    f"<p>Lees <a href='/stukken/{n}.pdf'>het plan</a>.</p>"
    for n in (1, 2, 3)
)


@pytest.mark.parametrize("body", [HEADED, BOXED, MARKED], ids=["heading", "box", "mark"])
def test_a_part_says_only_what_is_its_own(body: str) -> None:
    """Title, text, day and document are those of the part, wherever its name stands: heading, box or bare mark."""
    part = read_part(f"<main><h1>Aanpakken</h1>{body}</main>".encode(), f"{PAGE}#aanpak-2", TODAY)
    assert part is not None
    assert part.title == "Aanpak 2"
    assert "flat 2" in part.text
    assert not any(other in part.text for other in ("flat 1", "flat 3", "Aanpak", "1234567"))
    assert part.published is not None
    assert part.published.day == date(2026, 11, 2)
    assert part.documents == ("https://bond.example/stukken/2.pdf",)


@pytest.mark.parametrize("name", ["!/nieuws/2", "aanpak-9", "", "%00"])
def test_a_part_that_is_not_on_the_page_is_none(name: str) -> None:
    """What only a script would show, or what is gone, gives nothing instead of the whole page."""
    assert read_part(f"<main>{HEADED}</main>".encode(), f"{PAGE}#{name}", TODAY) is None
