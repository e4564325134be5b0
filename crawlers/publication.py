"""What the crawlers hand over: publications, and the failures that kept them from handing over more."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import PydanticSerializationError

from crawlers.source import Kind, Memory


class Precision(StrEnum):
    """How exactly a date is known."""

    TIME = "time"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Origin(StrEnum):
    """Where a date came from, the most trustworthy first; a GUESS never decides what is new."""

    JSON_LD = "json_ld"
    META = "meta"
    TIME_TAG = "time_tag"
    FEED = "feed"
    LISTING = "listing"
    TEXT = "text"
    ADDRESS = "address"
    MODIFIED = "modified"
    GUESS = "guess"


class Dated(BaseModel):
    """A date with its precision and its origin.

    `day` is the first day of the month, quarter or year when only that is known.

    `moment` is set when the time of day is known too; it always carries a time zone.
    """

    model_config = ConfigDict(frozen=True)

    day: date
    precision: Precision
    origin: Origin
    moment: datetime | None = None


class Entry(Protocol):
    """What a listing holds of one item; `whole` works out all that it says, which of most nobody wants to know."""

    @property
    def address(self) -> str:
        """The page of the item, "" when the listing names none."""

    @property
    def published(self) -> Dated | None:
        """When it was published."""

    @property
    def modified(self) -> str:
        """When it changed, as text that grows with time, or ""."""

    def whole(self) -> Listed:
        """All that the listing says of it."""


class Listed(BaseModel):
    """An item as a feed, overview page or sitemap lists it, before its own page is read.

    `address` is "" when the listing gives none; `identity` is what a feed itself calls the item (guid, id).
    """

    model_config = ConfigDict(frozen=True)

    address: str
    identity: str = ""
    title: str = ""
    intro: str = ""
    published: Dated | None = None
    modified: str = ""
    label: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    def whole(self) -> Listed:
        """All that is listed stands here already."""
        return self


class Article(BaseModel):
    """What the page of one item says: main content only, paragraphs parted by an empty line.

    `other_dates` are those it gives beside the one of publication, the most trustworthy first.
    """

    model_config = ConfigDict(frozen=True)

    title: str = ""
    intro: str = ""
    text: str = ""
    published: Dated | None = None
    other_dates: tuple[Dated, ...] = ()
    canonical: str = ""
    label: str = ""
    authors: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


class Publication(BaseModel):
    """One item of a source as it was found: the listing and, when it could be read, its page.

    `read` is False when the page has not been read (a first crawl, a page that failed, or too many at once);
    `failure` then says why, or is empty when nobody tried.
    `was_there` marks what an endpoint lists when it is read for the first time: it was there before, so it is no news.
    `caught_up` marks what only another endpoint than the main one listed.
    `listed_as` is the title in the listing, when the page has another.
    `other_dates` are dates of the page and the listing that count for less than `published`, the best first.
    """

    model_config = ConfigDict(frozen=True)

    event: Literal["publication"] = "publication"
    source: str
    address: str
    found_by: Kind | None = None
    canonical: str = ""
    title: str = ""
    listed_as: str = ""
    intro: str = ""
    text: str = ""
    published: Dated | None = None
    other_dates: tuple[Dated, ...] = ()
    modified: str = ""
    label: str = ""
    authors: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    read: bool = False
    failure: str = ""
    was_there: bool = False
    caught_up: bool = False


class Reason(StrEnum):
    """Why an endpoint or a page gave nothing; OK when it did."""

    OK = "ok"
    UNCHANGED = "unchanged"
    EMPTY = "empty"
    NOT_A_FEED = "not_a_feed"
    NOT_A_SITEMAP = "not_a_sitemap"
    NOT_WORDPRESS = "not_wordpress"
    NOT_SRU = "not_sru"
    HTTP_ERROR = "http_error"
    ERROR_PAGE = "redirected_to_error_page"
    OFF_SITE = "off_site_redirect"
    DNS = "dns"
    TIMEOUT = "timeout"
    REFUSED = "connection_refused"
    CONNECTION = "connection_lost"
    TLS = "tls"
    TOO_LARGE = "too_large"
    COOKIE_WALL = "cookie_wall"
    LOGIN_WALL = "login_wall"
    MAINTENANCE = "maintenance_page"
    SELECTOR_ZERO = "selector_zero"
    ALL_UNDATED = "all_undated"
    ROBOTS_DENIED = "robots_denied"
    ROBOTS_UNREADABLE = "robots_unreadable"
    SITE_RESTS = "site_rests"
    ADDRESS_REFUSED = "address_refused"
    READER_FAILED = "reader_failed"
    CRASHED = "crawler_crashed"
    SCRIPT_ONLY = "script_only"
    SITE_CHANGED = "site_changed"
    SILENT = "silent"


class EndpointReport(BaseModel):
    """What one endpoint answered: the reason, in words for the log, and how many items it listed.

    `new` counts the listed items that were not known. `gap` says that nothing at the end of a listing that was read
    before is known, so that items may have come and gone between two readings. `full` says that an answer held as many
    items as it ever does, so that there may be more. `reaches` are the keys of known items that show how far it goes
    back.
    """

    model_config = ConfigDict(frozen=True)

    event: Literal["endpoint"] = "endpoint"
    source: str
    address: str
    kind: Kind
    reason: Reason
    detail: str = ""
    status: int = 0
    listed: int = 0
    new: int = 0
    gap: bool = False
    full: bool = False
    reaches: tuple[str, ...] = ()
    memory: Memory = Memory()


class Request(BaseModel):
    """One request and its answer: `why` it was made, the HTTP status (0 without one) and what came of it in words."""

    model_config = ConfigDict(frozen=True)

    address: str
    why: str
    status: int = 0
    answer: str = ""
    seconds: float = 0.0


class WhichKnown(BaseModel):
    """The crawling process asks which of these address keys the source has listed before."""

    model_config = ConfigDict(frozen=True)

    event: Literal["which_known"] = "which_known"
    source: str
    keys: tuple[str, ...]


class RobotsRead(BaseModel):
    """A robots.txt that was read (RFC 9309), to be kept until `expires` (seconds since 1970)."""

    model_config = ConfigDict(frozen=True)

    event: Literal["robots"] = "robots"
    origin: str
    text: str
    expires: float


class SourceFinished(BaseModel):
    """The last line of a source: its publications are complete, or `reason` says why there are none.

    `left_over` counts pages that were not read this time, because the cap of one run was reached or the site asked
    for rest.
    `rest` is how long the site asked to be left alone, `fresh_for` how long it calls its listing fresh, in seconds.
    `resting` are the servers that asked for it at this visit, with the seconds of each.
    `asked` is every request of the visit.
    """

    model_config = ConfigDict(frozen=True)

    event: Literal["finished"] = "finished"
    source: str
    reason: Reason
    detail: str = ""
    seconds: float = 0.0
    requests: int = 0
    left_over: int = 0
    rest: float = 0.0
    resting: dict[str, float] = {}
    fresh_for: float = 0.0
    asked: tuple[Request, ...] = ()


Event = Publication | EndpointReport | SourceFinished
Line = Event | WhichKnown | RobotsRead
Emit = Callable[[*tuple[Line, ...]], None]
LINES: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="event")])


def to_line(event: BaseModel) -> str:
    """Write an event as one JSON line; half a surrogate pair, as broken JSON-LD may hold, becomes a question mark."""
    try:
        return event.model_dump_json() + "\n"
    except PydanticSerializationError:
        told = json.dumps(event.model_dump(mode="json"), ensure_ascii=False)
        return told.encode("utf-8", "replace").decode() + "\n"


def from_line(line: str | bytes) -> Line:
    """Read one JSON line of the crawling process; raises `pydantic.ValidationError` on anything else."""
    return LINES.validate_json(line)
