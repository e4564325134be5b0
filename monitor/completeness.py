"""Whether anything can have been missed: listings that connect, gaps that stay open, and the statement of a week.

Every listing of a source is compared with what is known. When the end of a listing is known, nothing fell between two
readings. When it is not, the visit has already turned its pages and read the other endpoints; if none of them connects
either, the time since the last good reading is a gap. It stays open until a listing reaches back over it, or a person
has looked and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawlers.publication import EndpointReport, Reason
from crawlers.source import Kind
from monitor.source_state import SourceState

RECONCILE_EVERY = timedelta(days=7)
STATEMENT_OVER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Gap:
    """A source published between `since` and `opened_at`, and maybe not all of it was seen."""

    source: str
    address: str
    since: datetime
    opened_at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """What came in at a source in a week: how often reading it went well, what was new, what only a check brought."""

    good: int = 0
    new: int = 0
    caught_up: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """What a week proves: `seen` of the `published` items have been read, and `open` things still have to be done.

    It proves nothing when reading never went well in it (`read`).
    """

    seen: int
    published: int
    caught_up: int
    open: int
    read: bool = True


def wants_reconciling(state: SourceState, addresses: Sequence[str], gaps: int, now: datetime) -> bool:
    """Say whether all endpoints of a source are to be read side by side, and overviews looked through.

    That is once a week and, where there are several, when one was never read and as long as a gap is open. The first
    reading of a source looks through the one that it reads.
    """
    if state.baseline_at is None:
        return False
    several = len(addresses) > 1
    if several and (gaps > 0 or any(address not in (state.endpoints or {}) for address in addresses)):
        return True
    last = state.reconciled_at or (None if several else state.baseline_at)
    return last is None or now - last >= RECONCILE_EVERY


def reconciled(state: SourceState, reports: Sequence[EndpointReport], addresses: Sequence[str], now: datetime) -> bool:
    """Say whether every endpoint was read; when there is but one, whether it was time to look it through."""
    if len({report.address for report in reports}) < len(addresses):
        return False
    return len(addresses) > 1 or wants_reconciling(state, addresses, 0, now)


def opened(state: SourceState, reports: Sequence[EndpointReport], now: datetime) -> list[Gap]:
    """The gap that a run leaves: a listing that did not connect while no other one did."""
    unconnected = [report for report in reports if report.gap]
    if not unconnected or any(_connects(state, report) for report in reports):
        return []
    since = state.yielded_at or state.baseline_at or now
    return [Gap(state.source, unconnected[0].address, since, now)]


def closes(
    gaps: Sequence[Gap], state: SourceState, reports: Sequence[EndpointReport], seen: Mapping[str, datetime]
) -> bool:
    """Say whether a run closes the gaps: a sitemap lists all there is, or a listing reaches back over them.

    `seen` tells of the known items that a run listed when they were first seen. Items from before the gap that are
    pinned to the head of a page, or always stand at its end, prove nothing (see `crawlers.found`).
    """
    if not gaps:
        return False
    whole = any(report.kind is Kind.SITEMAP and report.listed and _connects(state, report) for report in reports)
    oldest = min(gap.since for gap in gaps)
    return whole or any(seen[key] <= oldest for report in reports for key in report.reaches)


def statement(week: Week, waiting: int, gaps: int) -> Statement:
    """What a week proves; `waiting` counts the items whose page still has to be read."""
    seen, published = max(week.new - waiting, 0), max(week.new, waiting)
    return Statement(seen, published, week.caught_up, waiting + gaps, read=week.good > 0)


def _connects(state: SourceState, report: EndpointReport) -> bool:
    before = (state.endpoints or {}).get(report.address, {})
    return bool(before.get("yielded")) and not report.gap and report.reason in (Reason.OK, Reason.UNCHANGED)
