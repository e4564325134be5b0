"""What the radar does with people's decisions: closes weeks and draws samples, learns, and judges again.

close_weeks     once a week: what was flagged, and a random sample of the rest for people to look at
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from monitor import lessons
from monitor.case import judge_input
from monitor.item import TIPS
from monitor.log import log
from monitor.press_day import issue
from monitor.settings import Settings
from monitor.store import cases, items, sources, tally
from monitor.store.database import Engine

AT_ONCE = 200
STILL_NEWS = timedelta(days=90)
WEEKS_BACK = 4
WEEK = timedelta(weeks=1)


def close_weeks(engine: Engine, settings: Settings, now: datetime) -> list[str]:
    """Close the weeks that are over and not closed yet, and draw a sample of each; gives their names.

    A week runs from Monday to Sunday in the time zone of the letter. Weeks more than a month past, or from before
    the first crawl, are left alone.
    """
    first = sources.first_run(engine)
    if first is None:
        return []
    done, fresh = tally.closed(engine), []
    for monday in _mondays(settings, now):
        start, end = (_midnight(settings, day) for day in (monday, monday + WEEK))
        if end > first and issue(monday) not in done:
            tally.close(engine, issue(monday), start, end, settings.radar.learning.sample, now)
            log().info("week closed", week=issue(monday))
            fresh.append(issue(monday))
    return fresh


def judge_again(engine: Engine, settings: Settings, now: datetime, limit: int = AT_ONCE) -> int:
    """Judge waiting news anew that was judged with other words or another model; gives how many items that were.

    With time left, what was there before us gets its first verdict.
    What is left is done the next time: each item tells itself by what it was judged.
    """
    judge = lessons.judge(engine, settings)
    known = {source.name: source for source in settings.sources}
    outdated = cases.outdated(engine, judge.version, judge.model_version, now - STILL_NEWS, limit)
    told = [*outdated, *cases.not_judged(engine, limit - len(outdated))]
    by_source = [(case, known.get(case.source)) for case in told]
    verdicts = judge.judge_all([(judge_input(case, one), one.threshold if one else None) for case, one in by_source])
    judged = []
    for case, verdict in zip(told, verdicts, strict=True):
        asked_for = case.source == TIPS  # by a person
        judged.append((case.item_id, verdict.model_copy(update={"flagged": True}) if asked_for else verdict))
    items.save_judgements(engine, judged, now)
    if judged:
        log().info("judged again", items=len(judged), words=judge.version, model=judge.model_version)
    return len(judged)


def _mondays(settings: Settings, now: datetime) -> Iterator[date]:
    """The Mondays of the latest weeks that are over, the oldest first."""
    today = now.astimezone(settings.radar.digest.zone_info).date()
    monday = today - timedelta(days=today.weekday())
    for weeks in range(WEEKS_BACK, 0, -1):
        yield monday - weeks * WEEK


def _midnight(settings: Settings, day: date) -> datetime:
    return datetime.combine(day, time(), settings.radar.digest.zone_info)
