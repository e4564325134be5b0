"""When a source is due again; pure, `now` and the luck of the draw are arguments."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

PERIODS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(weeks=1)}
FIRST_RETRY = timedelta(hours=1)
OFFLINE_RETRY = timedelta(minutes=10)
LEFT_OVER_RETRY = timedelta(hours=1)
LONGEST_RETRY = timedelta(weeks=1)
LEAST_NEWS = 5


def next_due(schedule: str, now: datetime, *, jitter: timedelta, luck: float, zone: ZoneInfo) -> datetime:
    """When a source with this schedule is due after `now`; `luck` in 0..1 spreads sources over the jitter."""
    period = PERIODS.get(schedule)
    if period is None:
        from apscheduler.triggers.cron import CronTrigger  # most sources have a simpler rhythm

        trigger = CronTrigger.from_crontab(schedule, timezone=zone)
        fires: datetime = trigger.get_next_fire_time(None, now)
        spread: timedelta = luck * jitter
        return fires + spread
    return now + period + min(jitter, period / 4) * (luck - 0.5)


def retry_at(
    regular: datetime, now: datetime, failures: int, failing_for: timedelta = timedelta(0), *, forbidden: bool = False
) -> datetime:
    """When to try a failing source again; it is never given up.

    After one hour, two, four ..., but not later than its regular turn; once it has failed for a week the waits go on
    doubling up to a week. A site that forbids us is left alone from its regular turn on, twice as long each time.
    """
    turn = max(regular - now, FIRST_RETRY)
    if forbidden:
        return now + min(turn * (1 << min(failures - 1, 10)), LONGEST_RETRY)
    doubled = FIRST_RETRY * (1 << min(failures - 1, 10))
    if failing_for < LONGEST_RETRY:
        return now + min(doubled, turn)
    return now + min(max(doubled, turn), LONGEST_RETRY)


def adapted(regular: datetime, now: datetime, fastest: str | None, news: Sequence[datetime]) -> datetime:
    """When a source that may be read faster is due: halfway its usual pause between news, within its bounds.

    `news` are the moments at which it had something new, the oldest first.
    """
    if fastest is None or len(news) < LEAST_NEWS:
        return regular
    pauses = sorted(later - sooner for sooner, later in itertools.pairwise(news))
    usual = pauses[len(pauses) // 2]
    return min(regular, now + max(usual / 2, PERIODS[fastest]))


def not_before(due: datetime, now: datetime, *seconds: float) -> datetime:
    """The due time, put off for as long as the site asked for rest or calls its listing fresh."""
    return max(due, now + timedelta(seconds=max(seconds)))
