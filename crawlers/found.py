"""What one endpoint has listed so far in a visit, and whether that connects with what was listed before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from crawlers.address import key
from crawlers.publication import EndpointReport, Entry, Origin, Precision, Reason
from crawlers.source import CrawlOrder, Endpoint, Kind, Memory, Source
from crawlers.standing import inserted, standing, unmoved

TAIL = 3
LEAST_TOGETHER = 10
DAYS = frozenset({Precision.TIME, Precision.DAY})
NO_PUBLICATION = frozenset({Origin.GUESS, Origin.MODIFIED})


@dataclass(slots=True)
class Found:
    """The listing of one endpoint while its pages come in.

    `known` maps the keys that the source had listed before to the last `modified` time it gave; `pending` counts
    answers that are still to come. A `deep` one is turned on when a page brings nothing new, of which `proven` then
    counts the items up to there. `on_first_page` counts the items of its first page, `stands` tells how that page
    stands (see `crawlers.standing`) and `stood` how it stood at the last reading, which was on the day `read_on`.
    """

    endpoint: Endpoint
    items: dict[str, Entry] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    on_first_page: int = 0
    stood: str = ""
    stands: str = ""
    read_on: date | None = None
    listed: int = 0
    without_address: int = 0
    pages: int = 0
    pending: int = 1
    asked: set[str] = field(default_factory=set)
    reason: Reason = Reason.OK
    detail: str = ""
    status: int = 0
    full: bool = False
    deep: bool = False
    proven: int | None = None
    memory: Memory = field(default_factory=Memory)

    def take_in(self, listed: Iterable[Entry], source: Source) -> list[str]:
        """Add what one page lists; returns the keys that were not seen in this visit."""
        fresh = []
        for one in listed:
            self.listed += 1
            if not one.address:
                self.without_address += 1
            elif source.wants(one.address, self.endpoint.kind) and (name := key(one.address)) not in self.items:
                self.items[name] = one
                fresh.append(name)
        return fresh

    def first_page_ends(self) -> None:
        """Take in that all listed so far stands on the first page; a sitemap has no order."""
        if self.endpoint.kind is not Kind.SITEMAP:
            self.on_first_page, self.stands = len(self.items), standing(list(self.items))

    def know(self, keys: Sequence[str], known: Mapping[str, str]) -> bool:
        """Take in which keys of a page the source listed before; returns whether any is new."""
        self.known.update(known)
        if len(known) < len(keys):
            return True
        self.proven = len(self.items) if self.proven is None else self.proven
        return False

    @property
    def inserted(self) -> frozenset[str]:
        """The new items that came in behind a page without news, and so are no part of the newest."""
        return frozenset(name for name in self._behind if name not in self.known)

    @property
    def slid_in(self) -> frozenset[str]:
        """Those of them behind the last known one: older items slide in at the end when newer ones are taken away."""
        names = self._behind
        last = max((at for at, name in enumerate(names) if name in self.known), default=-1)
        return frozenset(names[last + 1 :])

    @property
    def _behind(self) -> list[str]:
        return list(self.items)[self.proven :] if self.deep and self.proven is not None else []

    @property
    def yields(self) -> bool:
        """Whether the endpoint did what it is for; an unchanged listing does."""
        return self.reason is Reason.UNCHANGED or bool(self.items)

    @property
    def connects(self) -> bool:
        """Whether the end of the listing was known, so that nothing fell between two readings.

        A listing stands with the newest first: when one of its last third is known, everything after that is listed
        too, and so it is when one of them is dated before the last reading. An item that stands unmoved at the head
        or the end while all between was replaced proves nothing. A sitemap lists everything.
        """
        if self.reason is Reason.UNCHANGED:
            return True
        if self.endpoint.kind is Kind.SITEMAP:
            return any(name in self.known for name in self.items)
        return bool(self.reaches) or (bool(self.items) and not self._has_news) or self._dated_back

    @property
    def reaches(self) -> tuple[str, ...]:
        """The known items that show how far back the listing reaches."""
        names = list(self.items)
        known = [name for name in self._tail if name in self.known]
        between = inserted(self.stood, self.stands)
        if between and self._has_news:
            # All that stood there still does: the newest of it, or at a list that grows at its end, the last.
            known.append(names[between.stop if between.stop < self.on_first_page else between.start - 1])
        return tuple(known)

    @property
    def _tail(self) -> list[str]:
        """The last third of the listing, without what stands unmoved on its first page."""
        names = list(self.items)
        first = names[: self.on_first_page]
        head, end = unmoved(self.stood, self.stands)
        moving = first[head : len(first) - end] + names[self.on_first_page :]
        return moving[-max(len(moving) // TAIL, 1) :]

    @property
    def _has_news(self) -> bool:
        return any(name not in self.known for name in self.items)

    @property
    def _dated_back(self) -> bool:
        """Whether an item at the end of the listing is dated before the last reading."""
        dates = [self.items[name].published for name in self._tail]
        return self.read_on is not None and any(
            one.day < self.read_on
            for one in dates
            if one and one.precision in DAYS and one.origin not in NO_PUBLICATION
        )

    def close(self) -> None:
        """Settle the reason once every page has come in."""
        if self.reason is Reason.OK and not self.items:
            css = self.endpoint.css
            self.reason = Reason.SELECTOR_ZERO if css.item or css.link else Reason.EMPTY
            self.detail = f"{self.listed} listed, none of them an article" if self.listed else "nothing listed"
        if self.items:
            self.reason = Reason.OK
        if self.without_address:
            self.detail = f"{self.without_address} items without an address"

    def report(self, order: CrawlOrder) -> EndpointReport:
        """What to hand over of this endpoint."""
        before = order.remembered(self.endpoint)
        lasting = {
            "yielded": before.yielded or bool(self.items),
            "standing": self.stands if self.on_first_page else before.standing,
        }
        return EndpointReport(
            source=order.source.name,
            address=self.endpoint.address,
            kind=self.endpoint.kind,
            reason=self.reason,
            detail=self.detail,
            status=self.status,
            listed=len(self.items),
            new=sum(name not in self.known for name in self.items),
            full=self.full,
            gap=bool(self.items) and before.yielded and not order.baseline and not self.connects,
            reaches=() if self.endpoint.kind is Kind.SITEMAP or order.baseline else self.reaches,
            memory=self.memory.model_copy(update=lasting) if self.yields else Memory(**lasting),
        )


def was_there(listed: Entry, since: date | None) -> bool:
    """Say whether an item of an endpoint that was never read before was there all along: undated, or older than us."""
    dated = listed.published
    return dated is None or dated.origin is Origin.GUESS or since is None or dated.day < since


def changed(listed: Entry, known: Mapping[str, str], name: str) -> bool:
    """Say whether a known item's source gives a later time of change than before."""
    before = known.get(name)
    return bool(before) and listed.modified > str(before)


def renewed_together(found: Found) -> str:
    """The day on which a site set the time of change of half of its known items at once, ten at least; "" for none.

    Many write the time at which a sitemap or feed was made. That says nothing of a page, and all would be read again.
    """
    days = Counter(one.modified[:10] for name, one in found.items.items() if changed(one, found.known, name))
    day, many = days.most_common(1)[0] if days else ("", 0)
    known = sum(name in found.known for name in found.items)
    return day if many >= LEAST_TOGETHER and 2 * many >= known else ""
