"""One visit to one source: which addresses to ask, and what to make of the answers; no network in here."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, timedelta

from crawlers.address import key, server, site
from crawlers.ask import LISTINGS, Ask, LookUp, Purpose, Step
from crawlers.endpoint import Answer, Listing, ListingFailed, read_listing
from crawlers.found import Found
from crawlers.page import PageFailed, read_page
from crawlers.plan import pages_to_read
from crawlers.publication import EndpointReport, Event, Reason, Request, SourceFinished
from crawlers.rest import LONGEST_REST, LONGEST_VISIT, fresh_for, rest
from crawlers.source import CrawlOrder, Endpoint, Kind, Memory

MOST_LISTING_PAGES = 10
MOST_CHILD_SITEMAPS = 50
ASK_IN_FULL_EVERY = timedelta(days=7)
FORBIDDEN = frozenset({401, 403, 451})
READER_VERSION = 2

Trail = Sequence[tuple[str, int]]


class Visit:
    """Walks through the endpoints of a source until one yields, then reads the pages of what is new.

    When the order asks to reconcile, or the listing does not connect with what is known, the other endpoints are read
    too. Every method takes what happened and returns what to do next; `events` fills with what to hand over,
    and `finished` is True when nothing is pending any more.
    `reading` guards the time that reading one answer may take.
    """

    def __init__(
        self,
        order: CrawlOrder,
        today: date,
        pages_per_run: int,
        reading: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.order = order
        self.today = today
        self.pages_left = pages_per_run
        self.events: list[Event] = []
        self.finished = False
        self.asked: list[Request] = []
        self.resting: dict[str, float] = {}
        self._reading = reading
        self._endpoints = deque(order.source.endpoints)
        self._closed: list[Found] = []
        self._reports: list[EndpointReport] = []
        self._found = Found(self._endpoints[0])
        self._pages: deque[Ask] = deque()
        self._left_over = 0
        self._rest = self._pause = 0.0
        self._rest_told = ""
        self._asks_left: int | None = None
        self._fresh_for = 0.0
        self._main: Found | None = None

    def keep_pause(self, delay: float) -> None:
        """Take in the pause that robots.txt asks for: a visit asks no more than fits in a quarter of an hour.

        Of a site that wants a longer pause than that one address is asked, and it is left alone for as long.
        """
        if delay > 0 and self._asks_left is None:
            self._pause, self._asks_left = delay, max(int(LONGEST_VISIT / delay), 1) - 1
            self.pages_left = min(self.pages_left, self._asks_left)

    def keep_away(self, seconds: float, address: str) -> None:
        """Take in that the server of an address wants to be left alone for this long."""
        self._rest = max(self._rest, seconds)
        if seconds > 0:
            self.resting[server(address)] = max(self.resting.get(server(address), 0.0), seconds)

    def keep_away_too(self, seconds: float, told: str) -> None:
        """Take in that the site wants to be left alone for this long, as it told at the visit to another source."""
        self._rest, self._rest_told = max(self._rest, seconds), told

    def puts_off(self, ask: Ask) -> list[Step] | None:
        """What to do instead of asking an address of a site that wants to be left alone; None when it may be asked."""
        if self._rest_told and ask.purpose not in LISTINGS:
            self._pages.appendleft(ask)
            return self._next_page()
        if self._rest_told:
            detail = f"not asked: the site wants to be left alone, as it told at the visit to {self._rest_told}"
            return self._listing_failed(ask, Reason.SITE_RESTS, detail)
        if self._rests():
            reason = Reason.ROBOTS_DENIED if self._asks_left == 0 else Reason.HTTP_ERROR
            return self._listing_failed(ask, reason, "not asked: the site wants to be left alone")
        if self._asks_left:
            self._asks_left -= 1
        return None

    def _rests(self) -> bool:
        """Whether the site asked to be left alone, or for pauses in which no further address fits."""
        if self._asks_left == 0:
            self.keep_away(min(self._pause, LONGEST_REST), self._found.endpoint.address)
        return self._rest > 0

    def begin(self) -> list[Step]:
        """Ask the next endpoint."""
        endpoint = self._endpoints.popleft()
        address = endpoint.addresses(self.today)[0]
        purpose = Purpose.CHECK if self._main else Purpose.LISTING
        memory = self.order.remembered(endpoint)
        memory = memory if memory.setup == self._setup(endpoint) else Memory()
        deep = self.order.reconcile and endpoint.kind is Kind.OVERVIEW
        if deep or memory.whole_on is None or self.today - memory.whole_on >= ASK_IN_FULL_EVERY:
            memory = memory.model_copy(update={"etag": "", "last_modified": ""} | ({"digest": ""} if deep else {}))
        stood, read_on = memory.standing, self.order.read_on
        self._found = Found(endpoint, asked={key(address)}, stood=stood, read_on=read_on, deep=deep)
        return [Ask(address, purpose, memory)]

    def answered(self, ask: Ask, answer: Answer) -> list[Step]:
        """Take an answer in."""
        self.keep_away(rest(answer.status, answer.headers), answer.address)
        if ask.purpose not in LISTINGS:
            return self._page_answered(ask, answer)
        if ask.depth == 0:
            self._found.status = answer.status
        endpoint, memory = self._found.endpoint, self.order.remembered(self._found.endpoint)
        digest = hashlib.sha256(answer.body).hexdigest()
        try:
            if ask.depth == 0 and ask.memory.yielded and answer.body and digest == ask.memory.digest:
                raise ListingFailed(Reason.UNCHANGED)
            with self._reading():
                listing = read_listing(endpoint, answer, self.today)
        except ListingFailed as failed:
            self._note(ask, answer, failed.reason.value)
            if ask.depth == 0 and failed.reason is Reason.UNCHANGED:
                whole_on = self.today if answer.body else memory.whole_on
                self._found.memory = memory.model_copy(update={"whole_on": whole_on})
                self._keep_fresh(answer)
            return self._listing_failed(ask, failed.reason, failed.detail)
        self._note(ask, answer, Reason.OK.value)
        if ask.depth == 0 and not listing.children:
            # An index of sitemaps stays the same while its children change, so it is never asked conditionally.
            etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
            setup = self._setup(endpoint)
            self._found.memory = Memory(
                etag=etag, last_modified=modified, digest=digest, whole_on=self.today, setup=setup
            )
            self._keep_fresh(answer)
        return self._listing_read(ask, listing)

    def failed(self, ask: Ask, reason: Reason, detail: str, trail: Trail = ()) -> list[Step]:
        """Take in that an address gave no answer."""
        self._note_trail(ask, trail)
        self.asked.append(Request(address=ask.address, why=ask.purpose.value, answer=reason.value))
        if ask.purpose in LISTINGS:
            return self._listing_failed(ask, reason, detail)
        self._emit(ask, failure=f"{reason.value}: {detail}" if detail else reason.value)
        return self._next_page()

    def told(self, look_up: LookUp, known: Mapping[str, str]) -> list[Step]:
        """Take in which of the keys the source listed before, with the time of change that it gave then."""
        found = self._found
        found.pending -= 1
        fresh = found.know(look_up.keys, known)
        further = self._ask_further(self._further(look_up.listing, fresh=fresh), look_up.depth + 1)
        return further if found.pending else self._endpoint_done()

    def _setup(self, endpoint: Endpoint) -> str:
        """Names how an answer is read; when that changes, the same bytes are another listing."""
        source = self.order.source
        said = (READER_VERSION, endpoint.model_dump_json(), source.articles, source.not_articles)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]

    def _keep_fresh(self, answer: Answer) -> None:
        if self._main is None:
            self._fresh_for = fresh_for(answer.headers)

    def _note(self, ask: Ask, answer: Answer, came: str) -> None:
        self._note_trail(ask, answer.trail)
        moved = f"; redirected to {answer.address}" if answer.address != answer.asked else ""
        self.asked.append(
            Request(
                address=ask.address,
                why=ask.purpose.value,
                status=answer.status,
                answer=came + moved,
                seconds=round(answer.seconds, 3),
            )
        )

    def _note_trail(self, ask: Ask, trail: Trail) -> None:
        """Note what was asked before the last request for an address: hops of a redirect, and tries that failed."""
        for address, status in trail[:-1]:
            came = "leads on" if 300 <= status < 400 else "asked again"
            self.asked.append(Request(address=address, why=ask.purpose.value, status=status, answer=came))

    def _listing_failed(self, ask: Ask, reason: Reason, detail: str) -> list[Step]:
        self._found.pending -= 1
        if ask.depth == 0 or not self._found.items:
            self._found.reason, self._found.detail = reason, detail
        else:
            self._found.detail = f"{ask.address}: {detail or reason.value}"
            self._found.memory = Memory()
        further = self._other_terms(ask)
        return further if self._found.pending else self._endpoint_done()

    def _other_terms(self, ask: Ask) -> list[Step]:
        """What is left to ask of an endpoint whose first question failed: one term says nothing of the others."""
        if ask.depth > 0 or self._rests() or self._found.status in FORBIDDEN:
            return []
        others = self._found.endpoint.addresses(self.today)[1:]
        return self._ask_further(others, depth=1)

    def _ask_further(self, addresses: Sequence[str], depth: int) -> list[Step]:
        """Ask further listings of the endpoint at hand, each once."""
        found, further = self._found, list[Step]()
        for address in addresses:
            if key(address) not in found.asked:
                found.asked.add(key(address))
                further.append(Ask(address, Purpose.NEXT_PAGE, depth=depth))
        found.pending += len(further)
        return further

    def _listing_read(self, ask: Ask, listing: Listing) -> list[Step]:
        self._found.pages += 1
        self._found.full = self._found.full or bool(listing.note)
        self._found.detail = listing.note or self._found.detail
        look_up = LookUp(tuple(self._found.take_in(listing.entries, self.order.source)), listing, ask.depth)
        if ask.depth == 0:
            self._found.first_page_ends()
        return self.told(look_up, {}) if self.order.baseline or not look_up.keys else [look_up]

    def _further(self, listing: Listing, *, fresh: bool) -> tuple[str, ...]:
        """Which further listings to ask: those it names, and the next page while a page brings news or all are read."""
        further = listing.children
        room = max(MOST_CHILD_SITEMAPS - len(self._found.asked), 0)
        if len(further) > room:
            self._found.detail = f"{len(further) - room} child sitemaps were not read"
        if listing.next_page and (fresh or self._found.deep) and self._found.pages < MOST_LISTING_PAGES:
            return (*further[:room], listing.next_page)
        return further[:room]

    def _endpoint_done(self) -> list[Step]:
        found = self._found
        found.close()
        report = found.report(self.order)
        self._closed.append(found)
        self._reports.append(report)
        self.events.append(report)
        if found.yields and self._main is None:
            self._main = found
        wants_more = self._main is None or self.order.reconcile or not self._proven()
        if not wants_more:
            # A watched page is no other way to the same items, so it is always read.
            self._endpoints = deque(one for one in self._endpoints if one.kind is Kind.WATCH)
        if self._endpoints and not self._rests():
            return self.begin()
        if self._main is None:
            return self._finish(self._reports[0].reason)
        try:
            self._plan_pages()
        except ListingFailed as failed:
            return self._finish(failed.reason, failed.detail)
        return self._next_page()

    def _proven(self) -> bool:
        """Whether no listing of this visit has a gap, or another one closes it."""
        return not any(one.gap for one in self._reports) or any(
            found.connects for found in self._closed if self.order.remembered(found.endpoint).yielded
        )

    def _plan_pages(self) -> None:
        assert self._main
        try:
            with self._reading():  # what an entry of a feed says in full is read here, and only of those wanted
                asks = pages_to_read(self.order, self._main, self._closed)
        except Exception as error:  # whatever an entry holds, or however long it takes, its source was not read
            raise ListingFailed(Reason.READER_FAILED, f"{type(error).__name__}: {error}") from error
        for ask in asks:
            self._plan_page(ask)

    def _plan_page(self, ask: Ask) -> None:
        if self.order.baseline or ask.was_there or not self.order.source.read_articles:
            self._emit(ask)
        elif site(ask.address) not in {site(endpoint.address) for endpoint in self.order.source.endpoints}:
            self._emit(ask, failure=Reason.OFF_SITE.value)
        elif self.pages_left <= 0:
            self._left_over += 1
            self._emit(ask)
        else:
            self.pages_left -= 1
            self._pages.append(ask)

    def _next_page(self) -> list[Step]:
        if self._rests():
            # The site asks to be left alone: what was not read yet waits for another run.
            self._left_over += len(self._pages)
            while self._pages:
                self._emit(self._pages.popleft())
        if self._pages:
            return [self._pages.popleft()]
        assert self._main
        return self._finish(self._main.reason)

    def _page_answered(self, ask: Ask, answer: Answer) -> list[Step]:
        assert ask.listed is not None
        try:
            with self._reading():
                publication = read_page(self.order.source.name, ask.listed, answer, self.today)
        except PageFailed as failed:
            self._note(ask, answer, str(failed))
            self._emit(ask, failure=str(failed))
        else:
            self._note(ask, answer, Reason.OK.value)
            found = {"found_by": ask.found_by, "caught_up": ask.caught_up}
            self.events.append(publication.model_copy(update=found))
        return self._next_page()

    def _emit(self, ask: Ask, failure: str = "") -> None:
        self.events.append(ask.unread(self.order.source, failure))

    def _finish(self, reason: Reason, detail: str = "") -> list[Step]:
        self.finished = True
        failed = [f"{one.address}: {one.detail or one.reason.value}" for one in self._reports if _is_failure(one)]
        failed += [detail] if detail else []
        self.events.append(
            SourceFinished(
                source=self.order.source.name,
                reason=reason,
                detail="; ".join(failed),
                requests=len(self.asked),
                left_over=self._left_over,
                rest=self._rest,
                resting=self.resting,
                fresh_for=self._fresh_for,
                asked=tuple(self.asked),
            )
        )
        return []


def _is_failure(report: EndpointReport) -> bool:
    return report.reason not in (Reason.OK, Reason.UNCHANGED)


def with_seconds(event: Event, seconds: float) -> Event:
    """Note on the last event of a source how long its visit took."""
    return event.model_copy(update={"seconds": round(seconds, 2)}) if isinstance(event, SourceFinished) else event
