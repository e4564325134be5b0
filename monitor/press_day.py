"""When the weekly digest goes out; pure, in the time zone of the settings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MAY_STILL_GO = timedelta(hours=24)


def last_press_moment(now: datetime, weekday: int, at: time, zone: ZoneInfo) -> datetime:
    """The latest planned moment that is not after `now`; `weekday` counts from Monday, 0.

    A wall-clock time that a change to summer time skips is taken as the moment the clocks jump to.
    """
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - weekday) % 7)
    moment = datetime.combine(day, at, zone)
    return moment if moment <= now else datetime.combine(day - timedelta(days=7), at, zone)


def issue(day: date) -> str:
    """The name of a weekly issue: the ISO 8601 week, such as "2026-W48"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
