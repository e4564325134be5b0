"""How a source fares, as a machine of few states: pure, what to tell people is decided here and said elsewhere.

                 first answer                  nothing new for far longer than it is used to
    not yet ────────────────────▶ good ──────────────────────────────────────────────▶ silent
                                  ▲  │                                                  │ │
                                  │  │ nothing, for a reason        something new       │ │ nothing, for a reason
                                  │  ▼                                                  │ │
                                failing ◀───────────────────────────────────────────────┼─┘
                                  ▲  │                                                  ▼
                                  └──┘ another reason, three readings long             good

Beside silent stand two more: "site changed" when old items stand under new addresses, "all undated" when no item has a
date. A source is never given up: it is tried again after one hour, two, four ..., and at last once a week
(`monitor.rhythm`).
When no source at all reaches its site the cause lies with us, and no source changes state.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crawlers.publication import EndpointReport, Reason, SourceFinished
from crawlers.source import Kind
from monitor.source_state import SourceState

HEALTHY = frozenset({Reason.OK, Reason.UNCHANGED})
GOOD = frozenset({"", *HEALTHY})
# What a line that is down, a clock that is wrong, or a network that wants a password first does to every source.
OURSELVES = frozenset({Reason.DNS, Reason.TIMEOUT, Reason.REFUSED, Reason.CONNECTION, Reason.TLS, Reason.OFF_SITE})
VANISHED = frozenset({Reason.EMPTY, Reason.SELECTOR_ZERO})
GONE = frozenset({404, 410})
FORBIDDEN = frozenset({401, 403, 451})
WELL_AGAIN_FOR = timedelta(days=1)
LEAST_NEWS = 5
LEAST_READ = 3
LEAST_OTHERWISE = 3
LEAST_SILENCE = timedelta(days=14)
TIMES_THE_LONGEST = 2


def is_own_outage(
    reasons: Collection[Reason], sites: int, *, already_offline: bool = False, just_back: bool = False
) -> bool:
    """Say whether a run in which every source failed did so because of us: none of them got through to its site.

    One site alone proves nothing, however many sources are on it, unless we were offline already. Sources that fail
    while we are just back online are ill themselves.
    """
    return all(reason in OURSELVES for reason in reasons) and sites >= (1 if already_offline else 2) and not just_back


def is_silent(news: Sequence[datetime], now: datetime) -> bool:
    """Say whether a source has been silent for too long by its own rhythm: twice its longest pause, two weeks at least.

    `news` are the moments at which it had something new, the oldest first; fewer than five show no rhythm.
    """
    if len(news) < LEAST_NEWS:
        return False
    longest = max(later - sooner for sooner, later in itertools.pairwise(news))
    return now - news[-1] > max(TIMES_THE_LONGEST * longest, LEAST_SILENCE)


def site_changed(state: SourceState, reports: Iterable[EndpointReport]) -> bool:
    """Say whether an overview that used to list items has none any more, or is gone: the site was rebuilt."""
    before = state.endpoints or {}
    return any(
        report.kind is Kind.OVERVIEW
        and before.get(report.address, {}).get("yielded")
        and (report.reason in VANISHED or report.status in GONE)
        for report in reports
    )


def is_undated(dated: Sequence[bool], state: SourceState) -> bool:
    """Say whether a source gives no dates: of its last pages, three at least, none had one.

    `dated` says of each page read whether it had a date that was no guess. Fewer pages prove nothing, and then it stays
    as it was.
    """
    if any(dated):
        return False
    return len(dated) >= LEAST_READ or state.reason == Reason.ALL_UNDATED


def forbidden(reports: Iterable[EndpointReport]) -> bool:
    """Say whether a site keeps us out (401, 403 or 451): then we back off, and never try another way in."""
    return any(report.status in FORBIDDEN for report in reports)


def after_success(
    state: SourceState,
    finished: SourceFinished,
    memories: Mapping[str, Mapping[str, object]],
    now: datetime,
    due: datetime,
    *,
    news: bool = False,
    silent: bool = False,
    changed: bool = False,
    undated: bool = False,
) -> SourceState:
    """The state after a run that got through; the first one sets the baseline.

    `news` when it brought something new, `silent` when it has been quiet for too long, `changed` when old items
    stand under new addresses, and `undated` when its items carry no date. The first of these that is so is told.
    """
    oddities = ((changed, Reason.SITE_CHANGED), (silent, Reason.SILENT), (undated, Reason.ALL_UNDATED))
    odd = next((reason for so, reason in oddities if so), None)
    told = finished.model_copy(update={"reason": odd}) if odd else finished
    return replace(
        _turned(state, told, now, failed=False),
        due_at=due,
        checked_at=now,
        yielded_at=now,
        baseline_at=state.baseline_at or now,
        news_at=now if news else state.news_at,
        failures=0,
        endpoints=dict(state.endpoints or {}) | dict(memories),
    )


def after_failure(
    state: SourceState, finished: SourceFinished, now: datetime, due: datetime, *, changed: bool = False
) -> SourceState:
    """The state after a run that brought nothing.

    What is remembered of its endpoints stays, for nothing of the run was saved: an answer that was read but not taken
    in must not be "unchanged" the next time.
    """
    told = finished.model_copy(update={"reason": Reason.SITE_CHANGED}) if changed else finished
    return replace(_turned(state, told, now, failed=True), due_at=due, checked_at=now, failures=state.failures + 1)


def put_off(state: SourceState, due: datetime) -> SourceState:
    """The state after a run that failed because of us, or in which its site rested: nothing is held against it."""
    return replace(state, due_at=due)


def turned(before: SourceState, after: SourceState) -> bool:
    """Say whether the health changed, so that people are told once."""
    return is_good(before) != is_good(after) or before.told != after.told


def is_good(state: SourceState) -> bool:
    """Say whether nothing is wrong with a source, as far as we know."""
    return state.reason in GOOD


def _turned(state: SourceState, finished: SourceFinished, now: datetime, *, failed: bool) -> SourceState:
    """The state with what a run said; a source that flips between two reasons is told of once, and fails all along."""
    reason = finished.reason.value
    well, was_well = finished.reason in HEALTHY, is_good(state)
    same = state.reason == reason or (well and was_well)
    readings = state.readings + 1 if same else 1
    if well:
        told = ""
    elif was_well or readings >= LEAST_OTHERWISE:
        told = reason
    else:
        told = state.told
    lasts = bool(state.reason) and well == was_well and told == state.told and failed == bool(state.failures)
    since = state.since if lasts else now
    return replace(state, reason=reason, detail=finished.detail, since=since, told=told, readings=readings)
