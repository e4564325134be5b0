"""The figures on the radar's own quality: right on known numbers, unbiased, and honest about how sure they are."""

from __future__ import annotations

import random

import pytest
from scipy.special import gammainc

from monitor.gamma import lower_share
from monitor.measure import ClosedWeek, SourceWeek, drift, figures, missed, share


def test_a_share_has_the_interval_of_wilson():
    """8 of 10 lies between 49 and 94 %, as in the published table."""
    found = share(8, 10)
    assert found is not None
    assert (found.value, round(found.low, 4), round(found.high, 4)) == (0.8, 0.4902, 0.9433)


def test_a_share_of_nothing_is_not_zero():
    """Without decisions there is no precision to tell."""
    assert share(0, 0) is None


def test_the_bounds_stay_within_nought_and_one():
    """All or none right gives one open side only."""
    none, every = share(0, 12), share(12, 12)
    assert none is not None
    assert every is not None
    assert none.low == 0 < none.high < 0.3
    assert every.high == 1 > every.low > 0.7


@pytest.mark.parametrize(("matter", "weeks", "sizes"), [(0.01, 12, (250,)), (0.04, 8, (40, 120, 400)), (0.1, 4, (60,))])
def test_the_estimate_of_what_is_missed_is_unbiased_and_its_interval_covers_the_truth(matter, weeks, sizes):
    """In 400 made-up histories the mean error is chance only, and the truth lies within the bounds in 95 % or more."""
    errors, covered, recall_covered = [], 0, 0
    for seed in range(400):
        luck = random.Random(seed)
        history, truly_missed, truly_found = [], 0, 0
        for number in range(weeks):
            aside = [luck.random() < matter for _ in range(luck.choice(sizes))]
            sample = luck.sample(aside, 10)
            flagged = luck.randint(5, 12)
            accepted = luck.randint(2, flagged)
            truly_missed += sum(aside)
            truly_found += accepted
            history.append(ClosedWeek(str(number), flagged, flagged, accepted, 0, len(aside), 10, 10, sum(sample)))
        said = figures(history)
        assert said.missed
        assert said.recall
        errors.append(said.missed.value - truly_missed)
        covered += said.missed.low <= truly_missed <= said.missed.high
        recall_covered += said.recall.low <= truly_found / (truly_found + truly_missed) <= said.recall.high
    mean = sum(errors) / len(errors)
    standard_error = (sum((error - mean) ** 2 for error in errors) / len(errors)) ** 0.5 / len(errors) ** 0.5
    assert abs(mean) < 3 * standard_error
    assert 0.94 <= covered / 400 <= 0.995
    assert covered == recall_covered


def test_a_sample_without_a_hit_follows_the_rule_of_three():
    """None of 100 drawn from 1,000 leaves room for about 3 per 100."""
    said = missed([ClosedWeek("2026-W40", set_aside=1000, drawn=100, drawn_decided=100)])
    assert said is not None
    assert said.value == said.low == 0
    assert said.high == pytest.approx(30, abs=0.5)


def test_looking_at_everything_leaves_no_doubt():
    """When the whole of what was set aside was looked at, both bounds are the number itself."""
    said = missed([ClosedWeek("2026-W40", set_aside=20, drawn=20, drawn_decided=20, drawn_accepted=3)])
    assert said is not None
    assert (said.value, said.low, said.high) == (3, 3, 3)


def test_a_week_whose_sample_nobody_looked_at_says_nothing_of_recall():
    """Its flagged items count for precision only."""
    seen = ClosedWeek("2026-W40", 10, 10, 8, 0, 100, 10, 10, 0)
    unseen = ClosedWeek("2026-W41", 10, 10, 2, 0, 100, 10, 0, 0)
    said = figures([seen, unseen])
    assert said.precision is not None
    assert said.precision.value == 0.5
    assert said.recall == figures([seen]).recall
    assert figures([unseen]).recall is None


def test_what_a_person_found_among_the_set_aside_items_counts_as_missed():
    """Two items that somebody dug up are two misses for certain."""
    said = figures([ClosedWeek("2026-W40", 8, 8, 6, 2, 50, 50, 50, 0)])
    assert said.recall is not None
    assert said.recall.value == 0.75


def test_undecided_flags_widen_the_bounds_of_recall():
    """What nobody decided on may all matter, or none of it."""
    done = figures([ClosedWeek("2026-W40", 10, 10, 5, 0, 100, 20, 20, 1)]).recall
    half = figures([ClosedWeek("2026-W40", 20, 10, 5, 0, 100, 20, 20, 1)]).recall
    assert done is not None
    assert half is not None
    assert half.high > done.high
    assert half.low == pytest.approx(done.low)


def test_drift_names_the_source_that_turned_and_lets_chance_be():
    """From 40 % to 2 % flagged is a turn; from 10 to 12 % is not; a source with few items is left out."""
    weeks = [
        SourceWeek("gekeerd", "2026-W40", 50, 20, 25.0),
        SourceWeek("gekeerd", "2026-W47", 50, 1, 5.0),
        SourceWeek("gewoon", "2026-W40", 50, 5, 10.0),
        SourceWeek("gewoon", "2026-W47", 50, 6, 11.0),
        SourceWeek("klein", "2026-W40", 3, 3, 3.0),
        SourceWeek("klein", "2026-W47", 3, 0, 0.0),
    ]
    turned, calm = drift(weeks, frozenset({"2026-W47"}))
    assert (turned.source, turned.turned, turned.flagged_before, turned.flagged_now) == ("gekeerd", True, 0.4, 0.02)
    assert (calm.source, calm.turned) == ("gewoon", False)


def test_the_gamma_function_is_that_of_scipy():
    """To twelve digits, from very small to large, on both sides of where the series gives way to the fraction."""
    for a in (0.01, 0.5, 1, 1.5, 3, 10, 57.3, 400, 3000):
        for part in (0, 1e-6, 0.01, 0.3, 0.7, 0.95, 1, 1.05, 1.5, 3, 10, 40):
            assert lower_share(a, a * part) == pytest.approx(float(gammainc(a, a * part)), abs=1e-12)
