"""Histories of made-up sites over weeks, drawn from a seed, with the truth of what each published and when.

A site has an overview with pages, a feed of its latest items and a sitemap, as Drupal, WordPress or Umbraco make them.
Day by day it publishes, edits, withdraws and puts back, dates items back, adds parameters to its links, changes its
order, goes down, moves its feed, and once it may be rebuilt under new addresses.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from itertools import pairwise

from fakes_site import Page, Site

from crawlers.address import key

XML = {"Content-Type": "application/xml"}
SYLLABLES = (
    "wal",
    "ber",
    "hoe",
    "ven",
    "lin",
    "den",
    "mer",
    "kas",
    "tan",
    "ros",
    "kruis",
    "dijk",
    "til",
    "burg",
    "oos",
)
TITLES = (
    "Huurders van {} beslissen mee over onderhoud",
    "Zo pakt {} de verduurzaming aan",
    "Nieuwe afspraken over servicekosten in {}",
    "Bewoners van {} tevreden over hun flat",
    "Bijeenkomst over zelfbeheer in {}",
)
WAYS = (("overview",), ("feed", "overview"), ("overview", "sitemap"), ("feed", "overview", "sitemap"), ("sitemap",))
HAPPENINGS = {
    "edit": 6, "withdraw": 3, "date back": 4, "second page": 3, "parameter": 2, "order": 1, "down": 2, "move feed": 1,
    "whole feed": 1, "slash": 1, "rebuild": 3, "burst": 1,
}  # fmt: skip
PARAMETERS = ("", "?utm_source=site", "?page=0", "?terug=nieuws")


@dataclass
class Piece:
    """One item as it is: its address now and those it had, the day it bears and the moment it came on line."""

    title: str
    text: str
    path: str
    dated: datetime
    appeared: datetime
    changed: datetime
    gone: bool = False
    before: dict[str, bool] = field(default_factory=dict)  # earlier paths, and whether they lead on to this one


@dataclass
class History:
    """One site, from `start` on; asked for a path it answers as the site does at `now`."""

    seed: int
    start: datetime

    def __post_init__(self) -> None:
        """Draw what kind of site it is, with the archive that it has."""
        draw = self.draw = random.Random(self.seed)
        self.site = Site(host=f"127.0.3.{10 + self.seed}", pages=self)  # type: ignore[arg-type]
        self.now = self.start
        self.cms = draw.choice(("drupal", "wordpress", "umbraco"))
        self.ways = draw.choice(WAYS)
        self.section, self.feed_at = draw.choice(("/nieuws/", "/actueel/")), "/feed/"
        self.slash, self.page_size = draw.choice(("", "/")), draw.choice((12, 15, 20))
        self.dates_listed, self.canonical = draw.random() < 0.7, draw.random() < 0.6
        self.parameter, self.whole_feed, self.down, self.rebuilt = "", False, False, False
        self.order = "dated"
        self.per_day = draw.choice((0.2, 0.6, 1.5))
        self.pieces: list[Piece] = []
        self.back: list[tuple[datetime, Piece]] = []
        for _ in range(draw.choice((8, 25, 50))):
            self.publish(self.start - timedelta(days=draw.uniform(1, 400)), archive=True)

    def publish(self, dated: datetime, *, archive: bool = False) -> None:
        """Put an item on line that bears this date."""
        places = ["".join(self.draw.choices(SYLLABLES, k=4)).capitalize() for _ in range(40)]
        title = self.draw.choice(TITLES).format(places[0])
        text = " ".join(f"De huurders van {one} spreken met {other}." for one, other in pairwise(places))
        path = self.section + re.sub(r"\W+", "-", title.lower()) + self.slash
        self.pieces.append(Piece(title, text, path, dated, dated if archive else self.now, dated))

    def step(self, now: datetime) -> None:
        """Let time go on to `now`, with what happens until then."""
        passed, self.now, self.down = now - self.now, now, False
        for when, piece in self.back:
            piece.gone = piece.gone and when > now
        chance = self.per_day * passed / timedelta(days=1)
        for _ in range(int(chance) + (self.draw.random() < chance % 1)):
            self.publish(now - passed * self.draw.random())
        for _ in range(self.draw.randint(0, 2)):
            self.happen(self.draw.choices(list(HAPPENINGS), list(HAPPENINGS.values()))[0])

    def happen(self, what: str) -> None:
        """Let one thing happen."""
        draw, shown = self.draw, self.listed()
        one = draw.choice(sorted(shown, key=lambda piece: piece.appeared)[-6:])
        match what:
            case "edit":
                one.text, one.changed = f"{one.text} Zij kozen ook voor {draw.choice(SYLLABLES)}.", self.now
            case "withdraw":
                one.gone = True
                self.back.append((self.now + timedelta(days=draw.uniform(2, 9)), one))
            case "date back":
                self.publish(self.now - timedelta(days=draw.uniform(3, 40)))
            case "second page" if len(shown) > self.page_size + 2:
                self.publish(max(shown[self.page_size + 2].dated, self.now - timedelta(days=50)))
            case "parameter":
                self.parameter = draw.choice(PARAMETERS)
            case "order":
                self.order = draw.choice(("dated", "changed", "title"))
            case "down":
                self.down = True
            case "move feed":
                self.feed_at = "/rss/nieuws.xml"
            case "whole feed":
                self.whole_feed = not self.whole_feed
            case "slash":
                self.slash = "" if self.slash else "/"
                for piece in self.pieces:
                    piece.path = piece.path.rstrip("/") + self.slash
            case "burst":
                for _ in range(draw.randint(5, 12)):
                    self.publish(self.now)
            case "rebuild" if not self.rebuilt:
                self._rebuild(leads_on=draw.random() < 0.5, dates_anew=draw.random() < 0.3)

    def _rebuild(self, *, leads_on: bool, dates_anew: bool) -> None:
        self.rebuilt, self.cms = True, self.draw.choice(("drupal", "wordpress", "umbraco"))
        for piece in self.pieces:
            piece.before[piece.path] = leads_on
            piece.path = f"{self.section}{piece.dated.year}/{piece.path.removeprefix(self.section)}"
            piece.changed = self.now
            piece.dated = self.now if dates_anew else piece.dated

    def listed(self) -> list[Piece]:
        """What is on line, in the order of the overview."""
        shown = [piece for piece in self.pieces if not piece.gone]
        return sorted(shown, key=lambda piece: getattr(piece, self.order), reverse=self.order != "title")

    def keys(self) -> dict[str, int]:
        """The keys of all addresses that an item had, with its place among the pieces."""
        paths = ((path, number) for number, one in enumerate(self.pieces) for path in (one.path, *one.before))
        return {key(self.site.url(path)): number for path, number in paths}

    def get(self, asked: str, default: Page) -> Page:
        """What the site answers."""
        path, _, query = asked.partition("?")
        if path == "/robots.txt":
            return default
        if self.down:
            return Page("<h1>Storing</h1>", status=503)
        if path == "/feed/" != self.feed_at:
            return Page(status=301, headers={"Location": self.site.url(self.feed_at)})
        if path in (self.feed_at, "/sitemap.xml"):
            return self._feed() if path == self.feed_at else self._sitemap()
        number = re.fullmatch(rf"{self.section}(?:page/(\d+)/)?", path)
        if number:
            page = int(number[1] or query.removeprefix("page=") or 1) - (self.cms != "drupal" or not query)
            return self._overview(page)
        return next((answer for one in self.pieces if (answer := self._article(one, path))), default)

    def _frame(self, inner: str, head: str = "") -> Page:
        old = random.Random(self.now.toordinal() // 7).sample(self.pieces, 5)
        box = "".join(f'<li><a href="{one.path}">{one.title}</a></li>' for one in old if not one.gone)
        menu, beside = (
            "<nav><a href='/over-ons/'>Over ons</a></nav>",
            f"<aside><h3>Meest gelezen</h3><ul>{box}</ul></aside>",
        )
        body = f"<header>{menu}</header><main>{inner}</main>{beside}"
        return Page(f"<!doctype html><html lang=nl><head><title>Bond</title>{head}</head><body>{body}</body></html>")

    def _overview(self, page: int) -> Page:
        shown, size = self.listed(), self.page_size
        cards = "".join(self._card(one) for one in shown[page * size : (page + 1) * size])
        following = {"drupal": f"?page={page + 1}", "wordpress": f"page/{page + 2}/", "umbraco": f"?page={page + 2}"}
        more = f'<a href="{self.section}{following[self.cms]}">Volgende</a>' if len(shown) > (page + 1) * size else ""
        return self._frame(f"<h1>Nieuws</h1>{cards}<nav class=pager>{more}</nav>")

    def _card(self, one: Piece) -> str:
        day = f"<span class=datum>{self._day(one)}</span>" if self.dates_listed else ""
        link = f'<a href="{one.path}{self.parameter}">'
        return f"<article><h2>{link}{one.title}</a></h2>{day}<p>{one.text[:90]}</p>{link}Lees meer</a></article>"

    def _day(self, one: Piece) -> str:
        return f"{one.dated:%d-%m-%Y}"

    def _article(self, one: Piece, path: str) -> Page | None:
        spellings = {one.path.rstrip("/") + slash for slash in ("", "/")} | {
            old for old, on in one.before.items() if on
        }
        if one.gone or path not in spellings:
            return None
        if path != one.path:
            return Page(status=301, headers={"Location": self.site.url(one.path)})
        head = f'<link rel=canonical href="{self.site.url(one.path)}">' if self.canonical else ""
        return self._frame(f"<article><h1>{one.title}</h1><p>{self._day(one)}</p><p>{one.text}</p></article>", head)

    def _feed(self) -> Page:
        latest = sorted((one for one in self.pieces if not one.gone), key=lambda one: one.dated, reverse=True)
        rows = "".join(
            f"<item><title>{one.title}</title><link>{escape(self.site.url(one.path))}?utm_source=rss</link>"
            f"<pubDate>{format_datetime(one.dated)}</pubDate><description>{one.text[:90]}</description></item>"
            for one in (latest if self.whole_feed else latest[:10])
        )
        return Page(f"<rss version='2.0'><channel><title>Bond</title>{rows}</channel></rss>", headers=XML)

    def _sitemap(self) -> Page:
        rows = "".join(
            f"<url><loc>{self.site.url(one.path)}</loc><lastmod>{one.changed.isoformat()}</lastmod></url>"
            for one in self.pieces
            if not one.gone
        )
        return Page(f"<urlset>{rows}<url><loc>{self.site.url('/over-ons/')}</loc></url></urlset>", headers=XML)
