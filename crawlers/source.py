"""A source, the endpoints it is read from, and the order to crawl it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

QUESTION = re.compile(r"\{(term|since|until)\}")
SAFE = "%/:?&=#,;+@!$'()*[]~"


class Kind(StrEnum):
    """How an endpoint lists publications."""

    FEED = "feed"
    OVERVIEW = "overview"
    SITEMAP = "sitemap"
    WORDPRESS = "wordpress"
    SRU = "sru"
    WATCH = "watch"


class Selectors(BaseModel):
    """CSS selectors that override what the overview reader finds by itself; each part is optional."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str | None = None
    link: str | None = None
    title: str | None = None
    date: str | None = None


class Endpoint(BaseModel):
    """One address of a source that lists its publications; of kind `watch` it is itself the publication.

    An address may ask a question: `{term}` in it becomes each of `terms`, one request each, and `{since}` and `{until}`
    become the first and last day (ISO 8601) of the last `window` days. `cap` is the most items that one answer holds,
    so that a full answer may not be all; 0 when there is no such limit. Where an address holds both days, a full answer
    leads to the same question over half as many days.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    address: str
    css: Selectors = Selectors()
    terms: tuple[str, ...] = ()
    window: int = 30
    cap: int = 0

    def addresses(self, today: date) -> tuple[str, ...]:
        """The addresses to ask, in order: one for each term, else the one there is."""
        if not QUESTION.search(self.address):
            return (self.address,)
        return tuple(self._asking(term, today - timedelta(days=self.window), today) for term in self._terms)

    def narrower(self, asked: str, today: date) -> tuple[str, ...]:
        """The question of an address over the two halves of its days; nothing when it asks for one day, or no days."""
        if "{since}" not in self.address or "{until}" not in self.address:
            return ()
        return next((halves for term in self._terms if (halves := self._halves(term, asked, today))), ())

    @property
    def _terms(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.terms or ("",)))

    def _halves(self, term: str, asked: str, today: date) -> tuple[str, ...]:
        """Halve the days of a term's question, and those halves again, until one of them is what was asked."""
        periods = [(today - timedelta(days=self.window), today)]
        while periods:
            since, until = periods.pop()
            if since == until:
                continue
            middle = since + (until - since) // 2
            halves = [(since, middle), (middle + timedelta(days=1), until)]
            if self._asking(term, since, until) == asked:
                return tuple(self._asking(term, first, last) for first, last in halves)
            periods += halves
        return ()

    def _asking(self, term: str, since: date, until: date) -> str:
        return _asking(self.address, {"term": term, "since": str(since), "until": str(until)})


def _asking(address: str, words: dict[str, str]) -> str:
    """An address with these words in their places, escaped; what else it holds is escaped where it must be."""
    return quote(QUESTION.sub(lambda found: quote(words[found[1]], safe=""), address), SAFE)


class Source(BaseModel):
    """A publisher as the crawler needs to know it.

    `articles` and `not_articles` are regular expressions searched in the address of a listed item:
    an item is kept when it matches `articles` (or that is empty) and does not match `not_articles`.
    Of an item that is a part of a page, the address of that page may match `articles`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    endpoints: tuple[Endpoint, ...] = Field(min_length=1)
    articles: str = ""
    not_articles: str = ""
    read_articles: bool = True

    def wants(self, address: str, kind: Kind = Kind.OVERVIEW) -> bool:
        """Say whether a listed address passes the source's filters; a watched page was asked for by name."""
        if kind is Kind.WATCH:
            return True
        if self.articles and not re.search(self.articles, address):
            page, mark, _ = address.partition("#")
            if not mark or not re.search(self.articles, page):
                return False
        return not (self.not_articles and re.search(self.not_articles, address))


class Memory(BaseModel):
    """What is remembered of an endpoint between two readings.

    `etag` and `last_modified` are what the server gave us to ask "has it changed?" with (RFC 9110, section 13);
    `digest` names the bytes of its last answer, for servers that give neither.
    `whole_on` is the day of that answer: now and then a server is not believed when it says that nothing changed.
    `setup` names how that answer was read: with other settings the same bytes are another listing.
    `standing` names the items of its first page in their order (see `crawlers.standing`).
    `yielded` is True once it has listed anything.
    """

    model_config = ConfigDict(frozen=True)

    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    whole_on: date | None = None
    setup: str = ""
    standing: str = ""
    yielded: bool = False


class RobotsFile(BaseModel):
    """The robots.txt of an origin (scheme, host and port) as it was read before and still holds."""

    model_config = ConfigDict(frozen=True)

    origin: str
    text: str


class CrawlOrder(BaseModel):
    """One source to crawl now, and what is already known of it.

    `unread` are addresses that were listed before but whose page could not be read yet.
    `memories` belong to endpoint addresses.
    `baseline` marks a first crawl: items are listed but their pages are not read.
    `reconcile` asks to read every endpoint, to see whether they agree, instead of stopping at the first that yields,
    and to look overviews through instead of stopping at a page without news.
    `since` is the day of the source's first crawl: what an endpoint that was never read before lists is news only when
    it is dated on that day or later.
    `read_on` is the day on which it was last read well.
    """

    model_config = ConfigDict(frozen=True)

    source: Source
    unread: tuple[str, ...] = ()
    memories: dict[str, Memory] = {}
    baseline: bool = False
    reconcile: bool = False
    since: date | None = None
    read_on: date | None = None

    def remembered(self, endpoint: Endpoint) -> Memory:
        """What is remembered of one of its endpoints."""
        return self.memories.get(endpoint.address, Memory())


class CrawlJob(BaseModel):
    """All that one crawling process is asked to do, and its manners.

    `pause` is the least time between two requests to one host and `timeout` bounds one request, both in seconds;
    `pages_per_run` bounds the article pages read per source, `reading` (seconds) the reading of one answer, and
    `longest` (seconds) the whole job: a process that hangs is ended then. `memory` (MiB) bounds what it may hold.
    `robots` are the robots.txt files that still hold.
    `allow_loopback` is the one switch for tests and demo: only addresses of this machine are asked then.
    """

    model_config = ConfigDict(frozen=True)

    orders: tuple[CrawlOrder, ...]
    agent: str
    today: date
    pause: float = 3.0
    timeout: float = 30.0
    pages_per_run: int = 40
    reading: float = 20.0
    longest: float = 2 * 3600.0
    memory: int = 1024
    robots: tuple[RobotsFile, ...] = ()
    allow_loopback: bool = False
