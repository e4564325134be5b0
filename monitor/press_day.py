"""When the weekly digest goes out; pure, in the time zone of the settings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MAY_STILL_GO = timedelta(hours=24)
MONTH_MAY_STILL_GO = timedelta(days=7)


def last_press_moment(now: datetime, weekday: int, at: time, zone: ZoneInfo) -> datetime:
    """The latest planned moment that is not after `now`; `weekday` counts from Monday, 0.

    A wall-clock time that a change to summer time skips is taken as the moment the clocks jump to.
    """
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - weekday) % 7)
    moment = datetime.combine(day, at, zone)
    return moment if moment <= now else datetime.combine(day - timedelta(days=7), at, zone)


def due_moment(now: datetime, weekly: datetime, own: datetime | None) -> datetime | None:
    """The moment at which the letter that is worked on was, or is, to go; None while its own moment is still ahead.

    `weekly` is the latest weekly moment. A moment of its own that passed too long ago is let go.
    """
    if own is None or now - own > MAY_STILL_GO:
        return weekly
    return own if own <= now else None


def first_of_month(planned: datetime) -> datetime:
    """The first planned moment of the month in which this one falls: then the letter of the month before goes."""
    day = planned.date() - timedelta(days=7 * ((planned.day - 1) // 7))
    return datetime.combine(day, planned.timetz())


def first_of_a_month_from(planned: datetime) -> datetime:
    """The first planned moment of a month, from this planned moment on: when the next letter of a month goes."""
    while planned != first_of_month(planned):
        planned += timedelta(days=7)
    return planned


def month_before(day: date) -> date:
    """The first day of the month before the one of this day."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def issue_of_month(day: date) -> str:
    """The name of a monthly issue, such as "2026-M11"."""
    return f"{day.year}-M{day.month:02}"


def issue(day: date) -> str:
    """The name of a weekly issue: the ISO 8601 week, such as "2026-W48"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"
