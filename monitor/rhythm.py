"""When a source is due again; pure, `now` and the luck of the draw are arguments."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

PERIODS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(weeks=1)}
FIRST_RETRY = timedelta(hours=1)
OFFLINE_RETRY = timedelta(minutes=10)
LEFT_OVER_RETRY = timedelta(hours=1)


def next_due(schedule: str, now: datetime, *, jitter: timedelta, luck: float, zone: ZoneInfo) -> datetime:
    """When a source with this schedule is due after `now`; `luck` in 0..1 spreads sources over the jitter."""
    period = PERIODS.get(schedule)
    if period is None:
        trigger = CronTrigger.from_crontab(schedule, timezone=zone)
        fires: datetime = trigger.get_next_fire_time(None, now)
        spread: timedelta = luck * jitter
        return fires + spread
    return now + period + min(jitter, period / 4) * (luck - 0.5)


def retry_at(regular: datetime, now: datetime, failures: int) -> datetime:
    """When to try a failing source again: after one hour, two, four ..., but not later than its regular turn."""
    return min(regular, now + FIRST_RETRY * (1 << min(failures - 1, 8)))
