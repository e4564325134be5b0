"""The parts that sick sources are made of: lists, feeds and pages of three old items and two new ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from fakes_site import Answers, Page, Site, article, feed, overview

OLD = ("/nieuws/oud-een/", "/nieuws/oud-twee/", "/nieuws/oud-drie/")
NEWS = ("/nieuws/nieuw-een/", "/nieuws/nieuw-twee/")
ALL = (*NEWS, *OLD)
ADDRESSES = {"overview": "/nieuws/", "feed": "/feed/", "sitemap": "/s.xml", "wordpress": "/posts", "watch": "/thema/"}
RSS = {"Content-Type": "application/rss+xml"}
XML = {"Content-Type": "application/xml"}
JSON = {"Content-Type": "application/json"}
LAYOUT = '<!doctype html><html lang="nl"><head><title>Nieuws</title></head><body><main>{}</main></body></html>'

Ails = Callable[[Site], Answers]


@dataclass(frozen=True)
class Sick:
    """A source: how it is read, what happens to it, and what should become of that.

    It is well at the first crawl; one that is sick from the start (`always`) is not read then. `ails` gives the answers
    that differ from then on, `reason` is its state after the second crawl, and `news` are the paths that then are news.
    `address` is read instead of one of its own site, which may be asked by another `scheme`; `css` overrides the
    reader. `hangs` marks those that never answer.
    """

    name: str
    kind: str
    reason: str
    ails: Ails = lambda site: {}
    news: tuple[str, ...] = ()
    address: str = ""
    scheme: str = "http"
    css: str = ""
    always: bool = False
    hangs: bool = False
    site: Site = field(default_factory=Site)

    def row(self) -> str:
        """The source as it stands in the YAML."""
        own = self.site.url(ADDRESSES[self.kind]).replace("http", self.scheme, 1)
        css = f", css: {{item: {self.css}}}" if self.css else ""
        endpoint = f"{{kind: {self.kind}, address: {json.dumps(self.address or own)}{css}}}"
        return f"  - {{name: {self.name}, title: {self.name}, endpoints: [{endpoint}]}}"


def well(site: Site) -> Answers:
    """A site in good health, as it was before anything was wrong."""
    return (
        listing(site, *OLD) | {path: piece(path) for path in ALL} | {"/thema/": article("Thema", "Oude tekst. " * 40)}
    )


def listing(site: Site, *paths: str) -> Answers:
    """The same items as a page, a feed, a sitemap and the JSON of WordPress."""
    locations = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in paths)
    return {
        "/nieuws/": overview(*paths),
        "/feed/": Page(feed(site, *paths), headers=RSS),
        "/s.xml": Page(f"<urlset>{locations}</urlset>", headers=XML),
        "/posts": Page(json.dumps([post(site, path) for path in paths]), headers=JSON),
    }


def piece(path: str, day: str = "24 november 2026") -> Page:
    """The page of one item; its text is its own."""
    name = path.strip("/").replace("/", " ")
    text = f"In {name} beslissen huurders mee. " + " ".join(f"{name} regel {number}" for number in range(60))
    return article(f"Bericht over {name}", text, day)


def post(site: Site, path: str) -> dict[str, object]:
    """An item as WordPress gives it."""
    return {
        "link": site.url(path),
        "type": "post",
        "date_gmt": "2026-11-23T10:00:00",
        "title": {"rendered": f"Bericht {path}"},
        "content": {"rendered": "<p>Huurders beslissen mee.</p>"},
    }


def publishes(site: Site) -> Answers:
    """Two new items stand at the head of every list."""
    return listing(site, *ALL)


def broken(change: Callable[[str], str | bytes], **headers: str) -> Ails:
    """A feed with two new items, damaged."""
    return lambda site: {"/feed/": Page(change(feed(site, *ALL)), headers=RSS | headers)}


def titled(title: str, charset: str = "utf-8") -> Ails:
    """A feed with two new items, whose titles begin with something else, in a charset that it does not declare."""
    return broken(lambda text: text.replace("Bericht", title).encode(charset))


def at_home(wrong: Page) -> Ails:
    """A list with two new items, the page of one of which is wrong."""
    return lambda site: publishes(site) | {NEWS[0]: wrong}


def answers(page: Page, path: str = "/nieuws/", **others: Page) -> Ails:
    """One answer at the address of the list, and others by their name."""
    return lambda site: {path: page} | {f"/{name}": other for name, other in others.items()}


def redirected(target: str, *, to: Page | None = None, own: bool = True) -> Ails:
    """The list leads elsewhere: to a path of the site, or to another address."""

    def made(site: Site) -> Answers:
        where = site.url(target) if own else target
        return {"/nieuws/": Page(status=302, headers={"Location": where})} | ({target: to} if to else {})

    return made


def page(body: str) -> Page:
    """A page with this in its middle."""
    return Page(LAYOUT.format(body))
