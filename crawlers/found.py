"""What one endpoint has listed so far in a visit, and whether that connects with what was listed before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from crawlers.address import key
from crawlers.publication import EndpointReport, Listed, Origin, Reason
from crawlers.source import Endpoint, Kind, Memory, Source


@dataclass(slots=True)
class Found:
    """The listing of one endpoint while its pages come in.

    `known` maps the keys that the source had listed before to the last `modified` time it gave; `pending` counts
    answers that are still to come.
    """

    endpoint: Endpoint
    items: dict[str, Listed] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    listed: int = 0
    without_address: int = 0
    pages: int = 0
    pending: int = 1
    asked: set[str] = field(default_factory=set)
    reason: Reason = Reason.OK
    detail: str = ""
    status: int = 0
    full: bool = False
    memory: Memory = field(default_factory=Memory)

    def take_in(self, listed: Iterable[Listed], source: Source) -> list[str]:
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

    @property
    def yields(self) -> bool:
        """Whether the endpoint did what it is for; an unchanged listing does."""
        return self.reason is Reason.UNCHANGED or bool(self.items)

    @property
    def connects(self) -> bool:
        """Whether the end of the listing was known, so that nothing fell between two readings.

        A listing stands with the newest first: when one of its last third is known, everything after that is listed
        too. One known item at its head proves nothing, for it may be pinned there. A sitemap lists everything.
        """
        if self.reason is Reason.UNCHANGED:
            return True
        names = list(self.items)
        tail = names if self.endpoint.kind is Kind.SITEMAP else names[-max(len(names) // 3, 1) :]
        return any(name in self.known for name in tail)

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

    def report(self, source: str, before: Memory, *, baseline: bool) -> EndpointReport:
        """What to hand over of this endpoint."""
        kept = self.memory if self.reason is not Reason.UNCHANGED else before
        yielded = before.yielded or bool(self.items)
        return EndpointReport(
            source=source,
            address=self.endpoint.address,
            kind=self.endpoint.kind,
            reason=self.reason,
            detail=self.detail,
            status=self.status,
            listed=len(self.items),
            new=sum(name not in self.known for name in self.items),
            full=self.full,
            gap=bool(self.items) and before.yielded and not baseline and not self.connects,
            memory=kept.model_copy(update={"yielded": yielded}) if self.yields else Memory(yielded=yielded),
        )


def was_there(listed: Listed, since: date | None) -> bool:
    """Say whether an item of an endpoint that was never read before was there all along: undated, or older than us."""
    dated = listed.published
    return dated is None or dated.origin is Origin.GUESS or since is None or dated.day < since


def changed(listed: Listed, known: Mapping[str, str], name: str) -> bool:
    """Say whether a known item's source gives a later time of change than before."""
    before = known.get(name)
    return bool(before) and listed.modified > str(before)
