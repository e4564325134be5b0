"""Looks around at an address that somebody pasted: which feeds, sitemaps and repeated items are there? No network here.

the page itself      a feed, a sitemap, a search, or a page with repeated items
| declared           link tags, and Sitemap lines of robots.txt
| usual places       only when nothing was declared
| sections           of a front page: "Nieuws", "Actueel", "Publicaties"
| the page as text   to be watched, when it has something to say itself
| candidates         with what they list, how sure we are, and why
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterable, Set
from datetime import date, timedelta
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawlers.address import absolute, key, site
from crawlers.endpoint import Answer, Fetched, Listing, ListingFailed, NoAnswer, read_listing
from crawlers.findings import Candidate, Findings
from crawlers.publication import Reason
from crawlers.readers.feed import read_feed
from crawlers.readers.known_links import selector_of
from crawlers.readers.page import parse, text_of
from crawlers.readers.walls import is_script_only, walls
from crawlers.source import Endpoint, Kind, Selectors

SHOWN = 10
AS_FOUND = Selectors()
USUAL_FEEDS = ("/feed/", "/rss.xml", "/rss", "/feed.xml")
USUAL_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml")
FEED_TYPES = re.compile(r"^application/(rss|atom|rdf|feed)\+(xml|json)|^text/xml", re.IGNORECASE)
SECTION = re.compile(r"^(nieuws|actueel|artikelen|publicaties|berichten|blogs?|updates|agenda)\b", re.IGNORECASE)
SITEMAP_LINE = re.compile(r"^\s*sitemap:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
NEWS_PART = re.compile(r"nieuws|actueel|artikel|publicat|bericht|blog|update|post|news", re.IGNORECASE)
NO_NAME = re.compile(
    r"\W*(?:(?:laatste |latest )?(?:nieuws|news|posts|feed|rss|blog|home|atom|untitled)\W*)+", re.IGNORECASE
)
BORING = re.compile(r"/(comments|reacties)/", re.IGNORECASE)
SURE = {Kind.FEED: 0.6, Kind.OVERVIEW: 0.45, Kind.SITEMAP: 0.35, Kind.WORDPRESS: 0.58, Kind.SRU: 0.6}
NOT_BY_TLS = frozenset({Reason.TLS, Reason.REFUSED, Reason.CONNECTION})
FEW = 3
STALE = timedelta(days=365)
LEAST_WORDS, LEAST_PROSE, SENTENCE = 40, 80, 20
WATCH_ALONE, WATCH_BESIDE = 0.6, 0.3


Asking = Generator[str, Fetched, "Candidate | None"]


def look_around(address: str, today: date, known: Set[str] = frozenset()) -> Generator[str, Fetched, Findings]:
    """Yield the addresses to ask, one by one, and take what they answered; returns what was found.

    `known` are keys of items that may stand on the page: when nothing lists them, a selector is looked for that does.
    """
    page = yield address
    if isinstance(page, NoAnswer) and page.reason in NOT_BY_TLS and address.startswith("https://"):
        # Who pastes a bare name means whichever of the two answers.
        plain = yield address.replace("https://", "http://", 1)
        page = page if isinstance(plain, NoAnswer) else plain
    if isinstance(page, NoAnswer):
        return Findings(address=address, trouble=page.reason.value, detail=page.detail)
    if page.status >= 400:
        return Findings(address=address, trouble=Reason.HTTP_ERROR.value, detail=f"HTTP {page.status}")
    if site(page.address) != site(address):
        page = Answer(page.address, page.address, page.status, page.body, page.headers)
    looks = _Looks(page, today, known)
    found = [one for kind in (Kind.FEED, Kind.SITEMAP, Kind.SRU) if (one := looks.candidate(kind))]
    if found:
        title = yield from looks.title_of_site()
        return Findings(address=page.address, title=title, candidates=tuple(found))
    wall = walls(page.body, page.address)
    if wall:
        return Findings(address=page.address, trouble=wall.value)
    found += yield from looks.around()
    if not any(one.shared for one in found):
        found += looks.where_known()
    found += looks.itself(alone=all("places" in one.signs for one in found))
    unique = {(one.kind, key(one.address), one.css.link): one for one in sorted(found, key=lambda one: one.confidence)}
    best = tuple(sorted(unique.values(), key=lambda one: -one.confidence))
    trouble = "" if best else "script_only" if is_script_only(page.body) else "nothing_found"
    return Findings(address=page.address, title=_title(page), candidates=best, trouble=trouble)


class _Looks:
    """The looks at everything around one page."""

    def __init__(self, page: Answer, today: date, known: Set[str]) -> None:
        self.page = page
        self.today = today
        self.known = known
        self.document = parse(page.body)

    def title_of_site(self) -> Generator[str, Fetched, str]:
        """How the site of a feed or sitemap calls itself: on its front page, else in the feed, else by its host."""
        front = yield self.at_root("/")
        here = parse(front.body) if isinstance(front, Answer) and front.status < 400 else None
        feed = read_feed(self.page.body, self.page.address).title if self.candidate(Kind.FEED) else ""
        own = feed if len(feed) > 2 and not NO_NAME.fullmatch(feed) else ""
        named = _site_name(here) if here is not None else ""
        return named or own[:80] or (_last_of_title(here) if here is not None else "") or site(self.page.address)

    def around(self) -> Generator[str, Fetched, list[Candidate]]:
        """All looks in turn."""
        found = [one for one in (self.candidate(Kind.OVERVIEW),) if one]
        feeds = self.declared_feeds()
        found += yield from self.some(Kind.FEED, feeds, "declared", 3)
        if not feeds:
            found += yield from self.some(Kind.FEED, map(self.at_root, USUAL_FEEDS), "usual", 1)
        found += yield from self.some(Kind.WORDPRESS, self.wordpress(), "declared", 1)
        robots = yield self.at_root("/robots.txt")
        rules = robots.body if isinstance(robots, Answer) and robots.status < 400 else b""
        declared = SITEMAP_LINE.findall(rules.decode("utf-8", "replace"))
        found += yield from self.some(Kind.SITEMAP, declared, "declared", 2)
        if not declared:
            found += yield from self.some(Kind.SITEMAP, map(self.at_root, USUAL_SITEMAPS), "usual", 1)
        if self.front():
            found += yield from self.some(Kind.OVERVIEW, self.sections(), "section", 2)
        return found

    def itself(self, *, alone: bool) -> list[Candidate]:
        """The page as one to be watched, when it is a page of text; beside others only when it has whole paragraphs."""
        page = self.page
        listing = _listing(Kind.WATCH, page, self.today) if "html" in (page.content_type or "html") else None
        text = listing.items[0].text if listing and listing.items else ""
        paragraphs = [len(one.split()) for one in text.split("\n\n")]
        prose = sum(words for words in paragraphs if words >= SENTENCE)
        enough = sum(paragraphs) >= LEAST_WORDS if alone else prose >= LEAST_PROSE and not self.front()
        if not listing or not enough:
            return []
        sure, sign = (WATCH_ALONE, "no_list") if alone else (WATCH_BESIDE, "itself")
        watched = Candidate(
            kind=Kind.WATCH,
            address=page.address,
            listed=1,
            items=listing.items,
            confidence=sure,
            signs=("page", sign),
        )
        return [watched]

    def where_known(self) -> list[Candidate]:
        """The page as a list of what stands where the known items stand on it."""
        page, known = self.page, self.known
        selector = selector_of(page.body, page.address, known, page.content_type) if known else ""
        one = self.candidate(Kind.OVERVIEW, Selectors(link=selector)) if selector else None
        return [one] if one else []

    def candidate(self, kind: Kind, css: Selectors = AS_FOUND) -> Candidate | None:
        """The page itself as an endpoint of some kind; None when it lists nothing so."""
        listing = _listing(kind, self.page, self.today, css)
        if not listing or not listing.items:
            return None
        return self.rated(kind, self.page.address, listing, "page").model_copy(update={"css": css})

    def rated(self, kind: Kind, address: str, listing: Listing, sign: str) -> Candidate:
        """A candidate with how sure we are of it, and how many of the known items it lists."""
        shared = sum(name in self.known for name in {key(item.address) for item in listing.items})
        one = _rated(kind, address, listing, sign, self.page.address).model_copy(update={"shared": shared})
        if not _stands_still(listing, self.today):
            return one
        sure = round(max(one.confidence - 0.4, 0.05), 2)
        return one.model_copy(update={"confidence": sure, "signs": (*one.signs, "stale")})

    def front(self) -> bool:
        """Whether this is the front page of its site."""
        return urlsplit(self.page.address).path in ("", "/")

    def some(
        self, kind: Kind, addresses: Iterable[str], sign: str, most: int
    ) -> Generator[str, Fetched, list[Candidate]]:
        """Ask addresses until `most` of them list something; at most twice as many and two are asked."""
        found: list[Candidate] = []
        for address in list(addresses)[: 2 * most + 2]:
            if len(found) >= most:
                break
            one = yield from self.one(kind, address, sign)
            found += [one] if one else []
        return found

    def one(self, kind: Kind, address: str, sign: str) -> Asking:
        """Ask one address; of an index of sitemaps the child that looks most like news is what counts."""
        answer = yield address
        if isinstance(answer, NoAnswer):
            return None
        listing = _listing(kind, answer, self.today)
        if listing and listing.children and not listing.items:
            child = yield max(listing.children, key=lambda name: (bool(NEWS_PART.search(name)), name))
            inner = None if isinstance(child, NoAnswer) else _listing(kind, child, self.today)
            listing = Listing(inner.items) if inner else None
        return self.rated(kind, address, listing, sign) if listing and listing.items else None

    def declared_feeds(self) -> list[str]:
        """The feeds that the page's link tags name (RFC 8288 `alternate`), those of comments left out."""
        links = [
            absolute(self.page.address, link.get("href") or "")
            for link in self.document.iter("link")
            if "alternate" in (link.get("rel") or "").lower().split() and FEED_TYPES.match(link.get("type") or "")
        ]
        return [one for one in dict.fromkeys(links) if one and not BORING.search(one)]

    def wordpress(self) -> list[str]:
        """The posts of a WordPress site, when the page names its API (link relation `https://api.w.org/`)."""
        links = [
            link.get("href") or "" for link in self.document.iter("link") if link.get("rel") == "https://api.w.org/"
        ]
        return [absolute(self.page.address, f"{link.rstrip('/')}/wp/v2/posts") for link in links[:1] if link]

    def sections(self) -> list[str]:
        """Links of a front page that lead to a section where publications stand."""
        links = [
            absolute(self.page.address, link.get("href") or "")
            for link in self.document.iter("a")
            if SECTION.match(text_of(link).strip()) and len(text_of(link).split()) <= 3
        ]
        here = key(self.page.address)
        return [
            one for one in dict.fromkeys(links) if one and site(one) == site(self.page.address) and key(one) != here
        ]

    def at_root(self, path: str) -> str:
        """A path at the root of the site."""
        parts = urlsplit(self.page.address)
        return f"{parts.scheme}://{parts.netloc}{path}"


def _listing(kind: Kind, answer: Answer, today: date, css: Selectors = AS_FOUND) -> Listing | None:
    try:
        return read_listing(Endpoint(kind=kind, address=answer.asked, css=css), answer, today)
    except ListingFailed:
        return None


def _stands_still(listing: Listing, today: date) -> bool:
    """Whether all that a listing lists is of long ago: feeds often go on to exist when nobody feeds them any more."""
    days = [one.published.day for one in listing.items if one.published]
    return len(days) >= FEW and max(days) < today - STALE


def _rated(kind: Kind, address: str, listing: Listing, sign: str, page: str) -> Candidate:
    """A candidate with how sure we are that its items are the publications of the site."""
    articles = _articles(page, [one.address for one in listing.items]) if kind is Kind.SITEMAP else ""
    items = [one for one in listing.items if not articles or re.search(articles, one.address)] or list(listing.items)
    dated = sum(one.published is not None or bool(one.modified) for one in items) / len(items)
    titled = sum(bool(one.title) for one in items) / len(items)
    here = sum(site(one.address) == site(page) for one in items) / len(items)
    signs = [sign, "dated" if dated > 0.5 else "undated"]
    if kind is not Kind.SITEMAP:
        signs.append("titled" if titled > 0.8 else "untitled")
    sure = SURE[kind] + 0.1 * (sign in ("declared", "page")) + 0.15 * dated + 0.1 * titled
    if len(items) < FEW:
        signs.append("few")
        sure -= 0.2
    if kind is Kind.OVERVIEW and all(_is_place_on(one.address, address) for one in items):
        signs.append("places")
        sure -= 0.2
    if here < 0.5 and kind is not Kind.SRU:
        signs.append("off_site")
        sure -= 0.3
    return Candidate(
        kind=kind,
        address=address,
        listed=len(items),
        items=tuple(items[:SHOWN]),
        confidence=round(min(max(sure, 0.05), 0.95), 2),
        signs=tuple(signs),
        articles=articles,
    )


def _is_place_on(address: str, page: str) -> bool:
    """Whether an address names a place on a page; what a script reads as a path is another page."""
    there, mark, place = address.partition("#")
    return bool(mark) and not place.startswith(("!", "/")) and key(there) == key(page)


def _articles(page: str, addresses: Iterable[str]) -> str:
    """An expression for the part of a sitemap where the publications stand; "" when there is no such part.

    That is the part under the page that was pasted, else the largest part with a name such as "nieuws".
    """
    paths = [urlsplit(address).path for address in addresses]
    pasted = urlsplit(page).path.rstrip("/")
    under = [path for path in paths if pasted and path.startswith(f"{pasted}/")]
    if len(under) >= FEW:
        return f"{re.escape(pasted)}/[^?#]+"
    firsts = Counter(path.strip("/").split("/")[0] for path in paths if path.strip("/").count("/"))
    named = [(many, first) for first, many in firsts.items() if NEWS_PART.search(first) and many >= FEW]
    return f"/{re.escape(max(named)[1])}/[^?#]+" if named else ""


def _title(page: Answer) -> str:
    """How the site calls itself: og:site_name, else the last part of the title, else its host."""
    document = parse(page.body)
    return _site_name(document) or _last_of_title(document) or site(page.address)


def _site_name(document: HtmlElement) -> str:
    for meta in document.iter("meta"):
        if (meta.get("property") or "").lower() == "og:site_name" and (meta.get("content") or "").strip():
            return " ".join(str(meta.get("content")).split())[:80]
    return ""


def _last_of_title(document: HtmlElement) -> str:
    title = next((text_of(one) for one in document.iter("title")), "")
    return re.split(r"\s+[|–—-]\s+", " ".join(title.split()))[-1][:80]
