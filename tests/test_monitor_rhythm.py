"""When sources are due, and when the letter goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawlers.publication import Reason, SourceFinished
from monitor.health import after_failure, after_success, is_own_outage, is_silent, turned
from monitor.press_day import issue, last_press_moment
from monitor.rhythm import adapted, next_due, not_before, retry_at
from monitor.source_state import SourceState

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def due(schedule, luck=0.5, jitter=HOUR):
    return next_due(schedule, NOW, jitter=jitter, luck=luck, zone=ZONE)


def test_daily_is_a_day_later_give_or_take_half_the_jitter():
    """Luck spreads a daily source evenly around a day later."""
    assert due("daily", luck=0.0) == NOW + timedelta(hours=23, minutes=30)
    assert due("daily", luck=1.0) == NOW + timedelta(hours=24, minutes=30)


def test_an_hourly_source_never_waits_much_longer_than_an_hour():
    """The jitter of a short rhythm is bounded by the rhythm."""
    assert due("hourly", luck=1.0, jitter=12 * HOUR) <= NOW + timedelta(minutes=68)


def test_cron_is_in_dutch_time():
    """06:30 in the YAML is 06:30 on a Dutch clock."""
    assert due("30 6 * * *", luck=0.0).astimezone(ZONE).strftime("%H:%M") == "06:30"


def test_a_failing_source_is_tried_sooner_and_never_given_up():
    """Waits double from one hour, bounded by the regular turn; after a week of failing they go up to a week."""
    regular = NOW + timedelta(days=1)
    waits = [retry_at(regular, NOW, failures) - NOW for failures in (1, 2, 3, 6, 500)]
    assert waits == [HOUR, 2 * HOUR, 4 * HOUR, 24 * HOUR, 24 * HOUR]
    week = timedelta(days=7)
    waits = [retry_at(regular, NOW, failures, week) - NOW for failures in (1, 6, 7, 8, 500)]
    assert waits == [24 * HOUR, 32 * HOUR, 64 * HOUR, 128 * HOUR, week]


def test_a_site_that_forbids_us_is_left_alone():
    """After a 403 the next try waits for the regular turn, then twice as long each time, up to a week."""
    regular = NOW + timedelta(days=1)
    waits = [(retry_at(regular, NOW, failures, forbidden=True) - NOW).days for failures in (1, 2, 3, 4, 500)]
    assert waits == [1, 2, 4, 7, 7]


def test_a_source_that_publishes_often_is_read_faster_within_its_bounds():
    """With a bound of hourly, half the usual pause between news decides; without news or without a bound nothing."""
    regular = NOW + timedelta(days=1)
    often = [NOW - timedelta(hours=4 * n) for n in range(9, 0, -1)]
    assert adapted(regular, NOW, "hourly", often) == NOW + timedelta(hours=2)
    assert adapted(regular, NOW, "daily", often) == regular
    assert adapted(regular, NOW, None, often) == adapted(regular, NOW, "hourly", often[:3]) == regular
    rarely = [NOW - timedelta(days=9 * n) for n in range(9, 0, -1)]
    assert adapted(regular, NOW, "hourly", rarely) == regular


def test_rest_and_freshness_put_a_source_off():
    """Retry-After and Cache-Control move the due time later, never earlier."""
    assert not_before(NOW + HOUR, NOW, 7200, 0) == NOW + 2 * HOUR
    assert not_before(NOW + HOUR, NOW, 60, 60) == NOW + HOUR


def test_silence_is_judged_by_the_rhythm_of_the_source():
    """Twice its longest pause, two weeks at least; a source without a rhythm is never called silent."""
    weekly = [NOW - timedelta(days=7 * n + 15) for n in range(6, -1, -1)]
    assert is_silent(weekly, NOW)
    assert not is_silent(weekly, NOW - timedelta(days=2))
    monthly = [NOW - timedelta(days=30 * n + 50) for n in range(6, -1, -1)]
    assert not is_silent(monthly, NOW)
    assert not is_silent(weekly[-4:], NOW + timedelta(days=900))


def test_a_run_that_got_through_nowhere_is_our_own_outage():
    """Sources on two sites that fail without reaching them point at us; one site does not, unless we were offline."""
    lost = [Reason.DNS, Reason.TLS, Reason.OFF_SITE]
    assert is_own_outage(lost, 2)
    assert not is_own_outage(lost, 1)
    assert is_own_outage(lost, 1, already_offline=True)
    assert not is_own_outage([*lost, Reason.HTTP_ERROR], 2)
    assert not is_own_outage(lost, 2, just_back=True)


def test_health_turns_once():
    """Going wrong is told once, and so is recovery; the same failure again is not told again."""
    good = SourceState("a", NOW, reason="ok")
    broken = after_failure(good, SourceFinished(source="a", reason=Reason.EMPTY), NOW, NOW + HOUR)
    still = after_failure(broken, SourceFinished(source="a", reason=Reason.EMPTY), NOW + HOUR, NOW + 2 * HOUR)
    well = after_success(still, SourceFinished(source="a", reason=Reason.OK), {}, NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert [turned(good, broken), turned(broken, still), turned(still, well)] == [True, False, True]
    assert (still.failures, still.since) == (2, NOW)


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        ("http_error timeout http_error timeout http_error timeout", ["http_error"]),
        ("http_error timeout timeout http_error", ["http_error"]),
        ("http_error timeout timeout timeout timeout", ["http_error", "timeout"]),
        ("http_error timeout ok timeout", ["http_error", "ok", "timeout"]),
        ("silent http_error silent silent", ["silent"]),
        ("silent http_error http_error http_error ok unchanged", ["silent", "http_error", "ok"]),
    ],
)
def test_a_source_that_flips_between_failures_is_told_of_once(reasons, told):
    """Another reason is told of when it stays for three readings; well and not well at once."""
    state, heard = SourceState("a", NOW, reason="ok"), []
    for number, reason in enumerate(reasons.split(), 1):
        end, before = SourceFinished(source="a", reason=Reason(reason)), state
        moment = NOW + number * HOUR
        if reason in ("ok", "unchanged", "silent"):
            end = end.model_copy(update={"reason": Reason.OK})
            state = after_success(state, end, {}, moment, moment, silent=reason == "silent")
        else:
            state = after_failure(state, end, moment, moment)
        heard += [state.reason] if turned(before, state) else []
    assert heard == told


def test_a_source_that_flips_is_failing_all_along():
    """What it fails by is told as it is now, and since when from the first failure, so that it is asked less often."""
    state = SourceState("a", NOW, reason="ok")
    for number, reason in enumerate([Reason.HTTP_ERROR, Reason.TIMEOUT] * 3):
        moment = NOW + number * HOUR
        state = after_failure(state, SourceFinished(source="a", reason=reason), moment, moment)
    assert (state.reason, state.since, state.failures) == ("timeout", NOW, 6)


@pytest.mark.parametrize(
    ("now", "planned"),
    [
        ("2026-11-26T07:59:00+00:00", "2026-11-19T09:00:00+01:00"),
        ("2026-11-26T08:00:00+00:00", "2026-11-26T09:00:00+01:00"),
        ("2026-07-02T07:30:00+00:00", "2026-07-02T09:00:00+02:00"),
    ],
)
def test_the_letter_goes_at_nine_on_a_dutch_clock(now, planned):
    """Thursday nine o'clock is Dutch time, in winter and in summer."""
    moment = last_press_moment(datetime.fromisoformat(now), 3, time(9), ZONE)
    assert moment == datetime.fromisoformat(planned)


def test_issues_are_named_by_iso_week():
    """The last days of December may belong to week 53 or to the next year."""
    assert [issue(date(2026, 12, 31)), issue(date(2027, 1, 4))] == ["2026-W53", "2027-W01"]
