"""One visit to one source: which addresses to ask, and what to make of the answers; no network in here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from crawlers.address import key, site
from crawlers.endpoint import Answer, Listing, ListingFailed, read_listing
from crawlers.page import PageFailed, read_page
from crawlers.publication import EndpointReport, Listed, Publication, Reason, SourceFinished
from crawlers.source import CrawlOrder, Endpoint, Kind, Validators

MOST_LISTING_PAGES = 10
MOST_CHILD_SITEMAPS = 50

Event = Publication | EndpointReport | SourceFinished


class Purpose(StrEnum):
    """Why an address is asked."""

    LISTING = "listing"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Ask:
    """An address to ask; `validators` make the request conditional."""

    address: str
    purpose: Purpose
    validators: Validators = field(default_factory=Validators)
    listed: Listed | None = None
    depth: int = 0


@dataclass(slots=True)
class Found:
    """What the endpoint at hand has listed so far."""

    items: dict[str, Listed] = field(default_factory=dict)
    listed: int = 0
    without_address: int = 0
    pages: int = 0
    pending: int = 0
    asked: set[str] = field(default_factory=set)
    reason: Reason = Reason.OK
    detail: str = ""
    status: int = 0
    validators: Validators = field(default_factory=Validators)


class Visit:
    """Walks through the endpoints of a source until one yields, then reads the pages of what is new.

    Every method takes what happened and returns what to ask next; `events` fills with what to hand over,
    and `finished` is True when nothing is pending any more.
    """

    def __init__(self, order: CrawlOrder, today: date, pages_per_run: int) -> None:
        self.order = order
        self.today = today
        self.pages_left = pages_per_run
        self.events: list[Event] = []
        self.finished = False
        self.requests = 0
        self._endpoints = list(order.source.endpoints)
        self._tried: list[EndpointReport] = []
        self._found = Found()
        self._pages_pending = 0
        self._left_over = 0

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint at hand."""
        return self._endpoints[len(self._tried)]

    def begin(self) -> list[Ask]:
        """Ask the next endpoint."""
        address = self.endpoint.addresses(self.today)[0]
        validators = self.order.validators.get(address, Validators())
        self._found = Found(pending=1, asked={key(address)})
        return [Ask(address, Purpose.LISTING, validators)]

    def answered(self, ask: Ask, answer: Answer) -> list[Ask]:
        """Take an answer in."""
        self.requests += 1
        if ask.purpose is Purpose.PAGE:
            assert ask.listed is not None
            self._hand_over(ask.listed, answer)
            return self._page_done()
        self._found.pending -= 1
        if ask.depth == 0:
            self._found.status = answer.status
        try:
            listing = read_listing(self.endpoint, answer, self.today)
        except ListingFailed as failed:
            return self._listing_failed(ask, failed.reason, failed.detail)
        if ask.depth == 0 and not listing.children:
            # An index of sitemaps stays the same while its children change, so it is never asked conditionally.
            etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
            self._found.validators = Validators(etag=etag, last_modified=modified)
        return self._listing_read(ask, listing)

    def failed(self, ask: Ask, reason: Reason, detail: str) -> list[Ask]:
        """Take in that an address gave no answer."""
        self.requests += 1
        if ask.purpose is Purpose.PAGE:
            assert ask.listed is not None
            self._emit(ask.listed, failure=f"{reason.value}: {detail}" if detail else reason.value)
            return self._page_done()
        self._found.pending -= 1
        return self._listing_failed(ask, reason, detail)

    def _listing_failed(self, ask: Ask, reason: Reason, detail: str) -> list[Ask]:
        if ask.depth == 0 or not self._found.items:
            self._found.reason, self._found.detail = reason, detail
        else:
            self._found.detail = f"{ask.address}: {detail or reason.value}"
            self._found.validators = Validators()
        return self._endpoint_done() if self._found.pending == 0 else []

    def _listing_read(self, ask: Ask, listing: Listing) -> list[Ask]:
        found = self._found
        found.pages += 1
        found.listed += len(listing.items)
        found.detail = listing.note or found.detail
        fresh = False
        for one in listing.items:
            if not one.address:
                found.without_address += 1
            elif (
                self.order.source.wants(one.address, self.endpoint.kind)
                and (name := key(one.address)) not in found.items
            ):
                found.items[name] = one
                fresh = fresh or name not in self.order.known
        further = [
            Ask(address, Purpose.LISTING, depth=ask.depth + 1)
            for address in self._further(listing, fresh=fresh)
            if key(address) not in found.asked
        ]
        found.asked.update(key(one.address) for one in further)
        found.pending += len(further)
        return further if found.pending else self._endpoint_done()

    def _further(self, listing: Listing, *, fresh: bool) -> tuple[str, ...]:
        """Which further listings to ask: child sitemaps, or the next page as long as a page brings something new."""
        if listing.children:
            room = MOST_CHILD_SITEMAPS - len(self._found.asked)
            if len(listing.children) > room:
                self._found.detail = f"{len(listing.children) - room} child sitemaps were not read"
            return listing.children[: max(room, 0)]
        if listing.next_page and fresh and self._found.pages < MOST_LISTING_PAGES:
            return (listing.next_page,)
        return ()

    def _endpoint_done(self) -> list[Ask]:
        found = self._found
        if found.reason is Reason.OK and not found.items:
            found.reason = Reason.SELECTOR_ZERO if self.endpoint.css.item or self.endpoint.css.link else Reason.EMPTY
            found.detail = f"{found.listed} listed, none of them an article" if found.listed else "nothing listed"
        yields = found.reason is Reason.UNCHANGED or bool(found.items)
        if found.items:
            found.reason = Reason.OK
        if found.without_address:
            found.detail = f"{found.without_address} items without an address"
        report = EndpointReport(
            source=self.order.source.name,
            address=self.endpoint.address,
            kind=self.endpoint.kind,
            reason=found.reason,
            detail=found.detail,
            status=found.status,
            listed=len(found.items),
            validators=found.validators if yields else Validators(),
        )
        kind = self.endpoint.kind
        self._tried.append(report)
        self.events.append(report)
        if not yields and len(self._tried) < len(self._endpoints):
            return self.begin()
        if not yields:
            return self._finish(self._tried[0].reason)
        return self._read_pages(kind)

    def _read_pages(self, kind: Kind) -> list[Ask]:
        """Ask the pages of what is new, then of what could not be read before, then of what changed."""
        found, known = self._found.items, self.order.known
        unread = {key(address): Listed(address=address) for address in self.order.unread}
        new = [listed for name, listed in found.items() if name not in known]
        again = [found.get(name, listed) for name, listed in unread.items()]
        changed = [
            listed
            for name, listed in found.items()
            if name not in unread and (before := known.get(name)) and listed.modified > before
        ]
        asks = [ask for listed in (*new, *again, *changed) for ask in self._ask_page(listed)]
        self._pages_pending = len(asks)
        return asks or self._finish(self._tried[-1].reason)

    def _ask_page(self, listed: Listed) -> list[Ask]:
        if self.order.baseline or not self.order.source.read_articles:
            self._emit(listed)
        elif site(listed.address) != site(self._tried[-1].address):
            self._emit(listed, failure=Reason.OFF_SITE.value)
        elif self.pages_left <= 0:
            self._left_over += 1
            self._emit(listed)
        else:
            self.pages_left -= 1
            return [Ask(listed.address, Purpose.PAGE, listed=listed)]
        return []

    def _hand_over(self, listed: Listed, answer: Answer) -> None:
        try:
            publication = read_page(self.order.source.name, listed, answer, self.today)
        except PageFailed as failed:
            self._emit(listed, failure=str(failed))
        else:
            self.events.append(publication.model_copy(update={"found_by": self._kind()}))

    def _emit(self, listed: Listed, failure: str = "") -> None:
        read = not self.order.source.read_articles
        self.events.append(
            Publication(
                source=self.order.source.name,
                found_by=self._kind(),
                read=read,
                failure=failure,
                **listed.model_dump(exclude={"published"}),
                published=listed.published,
            )
        )

    def _kind(self) -> Kind:
        return self._tried[-1].kind

    def _page_done(self) -> list[Ask]:
        self._pages_pending -= 1
        return [] if self._pages_pending else self._finish(self._tried[-1].reason)

    def _finish(self, reason: Reason) -> list[Ask]:
        self.finished = True
        failed = [f"{one.address}: {one.detail or one.reason.value}" for one in self._tried if _is_failure(one)]
        self.events.append(
            SourceFinished(
                source=self.order.source.name,
                reason=reason,
                detail="; ".join(failed),
                requests=self.requests,
                left_over=self._left_over,
            )
        )
        return []


def _is_failure(report: EndpointReport) -> bool:
    return report.reason not in (Reason.OK, Reason.UNCHANGED)


def with_seconds(event: Event, seconds: float) -> Event:
    """Note on the last event of a source how long its visit took."""
    return event.model_copy(update={"seconds": round(seconds, 2)}) if isinstance(event, SourceFinished) else event
