"""The three sites: from an asked path to the page that is served. Pure; the serving is in `world`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from monitor.demo.document import pdf
from monitor.demo.piece import Piece, Publisher, Shape
from monitor.demo.spelling import Spelling, saturday_from, spell
from monitor.demo.stages import State

PAGES = Path(__file__).parent / "pages"
HTML, XML, RSS = "text/html; charset=utf-8", "application/xml; charset=utf-8", "application/rss+xml; charset=utf-8"
FEED_SIZE = 10
CHILDREN = {
    "/wp-sitemap-posts-post-1.xml": (Shape.ARTICLE,),
    "/wp-sitemap-posts-project-1.xml": (Shape.PROJECT,),
    "/wp-sitemap-posts-publicatie-1.xml": (Shape.PUBLICATION,),
    "/wp-sitemap-posts-page-1.xml": (),
}


@dataclass(frozen=True)
class Page:
    """An answer: its bytes, and what a client may ask again with. `location` is set for a redirect only."""

    body: bytes
    media_type: str = HTML
    status: int = 200
    modified: datetime | None = None
    location: str = ""
    filename: str = ""

    @property
    def etag(self) -> str:
        """A strong validator: the same bytes, the same tag."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


def environment() -> Environment:
    """The templates of all three sites."""
    made = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["blocks"] = _blocks
    made.filters["phone"] = lambda number: number.replace("-", "")
    return made


@dataclass(frozen=True)
class Site:
    """One publisher's site at one stage. `origins` holds where each publisher lives, such as "http://127.0.0.31:8031"."""

    publisher: Publisher
    state: State
    origins: Mapping[str, str]
    templates: Environment

    @property
    def origin(self) -> str:
        """Where this site lives."""
        return self.origins[self.publisher.name]

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """What is visible, newest first."""
        visible = self.publisher.visible(self.state.stage, self.state.today)
        return tuple(self.filled(piece) for piece in visible)

    @property
    def modified(self) -> datetime:
        """When the site last changed: each new item touches every page, by its lists of news."""
        return max(piece.moment(self.state.today) for piece in self.pieces)

    def answer(self, target: str) -> Page:
        """The page at a path with its query; an unknown one gets the site's own 404 page."""
        parts = urlsplit(target)
        path, asked = parts.path, parse_qs(parts.query)
        made = self._machine_readable(path) or self._list(path, asked) or self._item(path) or self._plain(path)
        if made:
            return made
        if not path.endswith("/") and self._exists(path + "/"):
            return Page(b"", status=301, location=f"{self.origin}{path}/")
        return Page(self._html("plain.html", page=None, heading="Pagina niet gevonden", found=()), status=404)

    def filled(self, piece: Piece) -> Piece:
        """An item with the dates and links filled in that its texts leave open."""
        texts = {"title": piece.title, "intro": piece.intro, "text": piece.text}
        return piece.model_copy(update={name: self._written(text) for name, text in texts.items()})

    def _written(self, text: str) -> str:
        if "{{" not in text:
            return text
        today = self.state.today
        return self.templates.from_string(text).render(
            day=lambda ahead: spell(today + timedelta(days=ahead)),
            saturday=lambda ahead: spell(saturday_from(today + timedelta(days=ahead)), Spelling.WEEKDAY),
            month=lambda ahead: spell(today + timedelta(days=ahead), Spelling.MONTH),
            year=lambda ahead: today.year + ahead,
            link=lambda publisher, path: self.origins[publisher] + path,
        )

    def dated(self, piece: Piece) -> str:
        """The date of an item as its page writes it; "" when it has none."""
        published = piece.published(self.state.today)
        return spell(published, piece.spelling) if published else ""

    def _exists(self, path: str) -> bool:
        known = {self.publisher.overview, *(page.path for page in self.publisher.pages)}
        return path in known or any(piece.path == path for piece in self.pieces)

    def _machine_readable(self, path: str) -> Page | None:
        publisher = self.publisher
        if path == "/robots.txt":
            return self._page("robots.txt", "text/plain; charset=utf-8")
        if publisher.feed and path == publisher.feed:
            newest = [piece for piece in self.pieces if piece.listed and piece.days is not None][:FEED_SIZE]
            return self._page("feed.xml", RSS, pieces=newest)
        if path == publisher.sitemap and publisher.sitemap_children:
            return self._page("sitemap_index.xml", XML, children=CHILDREN)
        if path == publisher.sitemap:
            return self._page("sitemap.xml", XML, pieces=self.pieces, pages=publisher.pages)
        if publisher.sitemap_children and path in CHILDREN:
            shapes = CHILDREN[path]
            pieces = [piece for piece in self.pieces if piece.shape in shapes]
            return self._page("sitemap.xml", XML, pieces=pieces, pages=() if shapes else publisher.pages)
        return None

    def _list(self, path: str, asked: Mapping[str, list[str]]) -> Page | None:
        """An overview page; past the last one WordPress (/page/2/) answers 404, Drupal (?page=1) an empty list."""
        publisher = self.publisher
        listed = [piece for piece in self.pieces if piece.listed]
        pages = -(-len(listed) // publisher.page_size)
        number = _page_number(publisher, path, asked)
        if number is None or (publisher.paging == "path" and number >= pages):
            return None
        start = number * publisher.page_size
        return self._page(
            f"{publisher.name}/overview.html",
            HTML,
            pieces=listed[start : start + publisher.page_size],
            number=number,
            pages=pages,
            turn=partial(_page_path, publisher),
        )

    def _item(self, path: str) -> Page | None:
        for piece in self.pieces:
            if piece.path == path:
                beside = [other for other in self.pieces if other != piece and _theme(other) == _theme(piece)]
                return self._page(f"{self.publisher.name}/item.html", HTML, piece=piece, beside=beside[:3])
            if piece.document and piece.document.path == path:
                return Page(
                    pdf(piece.title, piece.document.text),
                    "application/pdf",
                    modified=piece.moment(self.state.today),
                    filename=f"{piece.document.name}.pdf",
                )
        return None

    def _plain(self, path: str) -> Page | None:
        if path == "/":
            heading = self.publisher.motto
            return self._page("plain.html", HTML, page=None, heading=heading, found=self.pieces[:4])
        for page in self.publisher.pages:
            if page.path == path:
                found = [piece for piece in self.pieces if page.lists and piece.path.startswith(page.lists)]
                return self._page("plain.html", HTML, page=page, heading=page.title, found=found)
        return None

    def _page(self, template: str, media_type: str, **values: object) -> Page:
        return Page(self._html(template, **values), media_type, modified=self.modified)

    def _html(self, template: str, **values: object) -> bytes:
        return self.templates.get_template(template).render(site=self, **values).encode()

    def running_time(self) -> str:
        """The running time of a project: a range of dates that is not the date of publication."""
        today = self.state.today
        return f"{spell(date(today.year - 1, 1, 1))} - {spell(date(today.year + 1, 12, 31))}"

    def kilobytes(self, piece: Piece) -> int:
        """The size of a document as the download link names it."""
        return -(-len(pdf(piece.title, piece.document.text)) // 1000) if piece.document else 0

    def moment(self, piece: Piece) -> datetime:
        """When an item was put on the site, in Dutch time."""
        return piece.moment(self.state.today)


def _theme(piece: Piece) -> str:
    return piece.path.split("/")[1]


def _page_number(publisher: Publisher, path: str, asked: Mapping[str, list[str]]) -> int | None:
    """Which page of the overview is asked for, counted from 0; None when it is no overview page."""
    if publisher.paging == "query":
        number = asked.get("page", ["0"])[0]
        return int(number) if path == publisher.overview and number.isdecimal() else None
    if path == publisher.overview:
        return 0
    number = path.removeprefix(f"{publisher.overview}page/").removesuffix("/")
    return int(number) - 1 if path == _page_path(publisher, _whole(number) - 1) else None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


def _page_path(publisher: Publisher, number: int) -> str:
    """Where page `number` of the overview is, counted from 0."""
    if number == 0:
        return publisher.overview
    if publisher.paging == "query":
        return f"{publisher.overview}?page={number}"
    return f"{publisher.overview}page/{number + 1}/"


def _blocks(text: str) -> Markup:
    """Turn the small markup of the content files into HTML: headings, lists and paragraphs; links are let through."""
    return Markup("\n").join(_block(block) for block in text.strip().split("\n\n"))


def _block(block: str) -> Markup:
    heading, rest = "", block
    if block.startswith("## "):
        heading, _, rest = block.removeprefix("## ").partition("\n")
    made = Markup("<h2>{}</h2>\n").format(heading) if heading else Markup()
    lines = rest.splitlines()
    if lines and all(line.startswith("- ") for line in lines):
        items = Markup().join(Markup("<li>{}</li>").format(line.removeprefix("- ")) for line in lines)
        return made + Markup("<ul>{}</ul>").format(items)
    return made + (Markup("<p>{}</p>").format(Markup(rest)) if rest else Markup())  # noqa: S704 - our own text
