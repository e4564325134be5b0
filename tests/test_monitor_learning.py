"""Closing weeks: what is counted, what is drawn, and that it happens once; on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fakes_desk import LAST_WEEK, NOW, House, judgement
from sqlalchemy import Engine

from monitor import learning
from monitor.store import items, queue, reviews, tally


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> House:
    """A desk whose radar began six weeks ago; its clock stands in last week."""
    house = House(engine, tmp_path / "config")
    house.began(NOW - timedelta(weeks=6))
    house.clock.now = LAST_WEEK
    return house


def close(house: House) -> list[str]:
    house.clock.now = NOW
    return learning.close_weeks(house.engine, house.live.current, NOW)


def test_a_week_is_closed_once_with_a_sample_of_what_was_set_aside(house):
    """Ten of thirty are drawn, none of them flagged, and a second tick draws no others."""
    flagged = [house.item(f"Opvallend {number}", score=0.9) for number in range(5)]
    aside = {house.item(f"Terzijde {number}", score=0.1) for number in range(30)}
    reviews.decide(house.engine, flagged[0], house.reviewer(), reviews.ACCEPTED, house.clock())
    assert close(house)[-1] == "2026-W47"
    drawn = queue.drawn_waiting(house.engine)
    assert len(drawn) == 10
    assert set(drawn) < aside
    assert close(house) == []
    assert queue.drawn_waiting(house.engine) == drawn
    week = tally.weeks(house.engine, 1)[0]
    assert (week.flagged, week.flagged_decided, week.flagged_accepted) == (5, 1, 1)
    assert (week.set_aside, week.drawn, week.drawn_decided) == (30, 10, 0)


def test_decisions_on_the_sample_are_counted_and_leave_the_queue(house):
    """One chosen and one turned down of the sample: two decided, one missed by the radar."""
    for number in range(12):
        house.item(f"Terzijde {number}", score=0.1)
    close(house)
    els, (first, second, *rest) = house.reviewer(), queue.drawn_waiting(house.engine)
    reviews.decide(house.engine, first, els, reviews.ACCEPTED, NOW)
    reviews.decide(house.engine, second, els, reviews.REJECTED, NOW)
    assert list(queue.drawn_waiting(house.engine)) == rest
    week = tally.weeks(house.engine, 1)[0]
    assert (week.drawn_decided, week.drawn_accepted) == (2, 1)


def test_what_a_person_dug_up_before_the_week_was_closed_is_certain_and_not_drawn(house):
    """It counts as found, outside the sample; what was turned down unasked counts for nothing."""
    found, wrong = house.item("Opgegraven", score=0.1), house.item("Weg ermee", score=0.1)
    els = house.reviewer()
    reviews.decide(house.engine, found, els, reviews.ACCEPTED, house.clock())
    reviews.decide(house.engine, wrong, els, reviews.REJECTED, house.clock())
    close(house)
    week = tally.weeks(house.engine, 1)[0]
    assert (week.found, week.set_aside, week.drawn) == (1, 0, 0)


def test_an_item_that_changes_after_a_decision_counts_as_it_was_judged_before(house):
    """A later model has learned from the decision, so that its verdict on the changed text is no proof of anything.

    Neither is what it says after the decision was taken back and taken again.
    """
    missed, els = house.item("Gemist", score=0.1), house.reviewer()
    reviews.decide(house.engine, missed, els, reviews.ACCEPTED, house.clock())
    with house.engine.begin() as connection:
        items.save_judgement(connection, missed, judgement("Gemist", score=0.9), house.clock())
    reviews.undo(house.engine, missed, els, house.clock())
    reviews.decide(house.engine, missed, els, reviews.ACCEPTED, house.clock())
    close(house)
    week = tally.weeks(house.engine, 1)[0]
    assert (week.flagged, week.found) == (0, 1)


def test_this_week_and_other_weeks_stay_outside(house):
    """Only news first seen from Monday to Sunday in Amsterdam belongs to a week."""
    for moment in (NOW, LAST_WEEK - timedelta(days=7)):
        house.clock.now = moment
        house.item(f"Van {moment:%d %m}", score=0.1)
    close(house)
    assert {week.week: week.set_aside for week in tally.weeks(house.engine, 9)} == {
        "2026-W44": 0,
        "2026-W45": 0,
        "2026-W46": 1,
        "2026-W47": 0,
    }


def test_weeks_before_the_first_run_are_not_closed(engine, tmp_path):
    """A radar that began today has no week to close, and one that never ran neither."""
    house = House(engine, tmp_path / "config")
    assert close(house) == []
    house.began(NOW)
    assert close(house) == []


def test_an_item_of_the_sample_stands_for_all_that_was_set_aside(house):
    """Thirty set aside, ten drawn, two of them decided on: each stands for fifteen; what was flagged for itself."""
    high, dug_up = house.item("Hoog", score=0.9), house.item("Opgegraven", score=0.2)
    for number in range(30):
        house.item(f"Terzijde {number}", score=0.1)
    els = house.reviewer()
    reviews.decide(house.engine, dug_up, els, reviews.ACCEPTED, house.clock())
    close(house)
    first, second, *_ = queue.drawn_waiting(house.engine)
    for item_id, decision in ((high, reviews.ACCEPTED), (first, reviews.REJECTED), (second, reviews.REJECTED)):
        reviews.decide(house.engine, item_id, els, decision, NOW)
    assert sorted((one.score, one.wanted, one.weight) for one in tally.outcomes(house.engine, 4)) == [
        (0.1, False, 15.0),
        (0.1, False, 15.0),
        (0.2, True, 1.0),
        (0.9, True, 1.0),
    ]


def test_sources_are_counted_by_week(house):
    """Items, flags and scores of each source, for telling drift."""
    house.item("Een", score=0.9)
    house.item("Twee", score=0.1)
    close(house)
    (line,) = tally.source_weeks(house.engine, 4)
    assert (line.source, line.week, line.items, line.flagged) == ("linde", "2026-W47", 2, 1)
    assert line.score == pytest.approx(1.0)
