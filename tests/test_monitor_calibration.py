"""Whether scores mean what they say: right on known numbers, with weights, and with honest bounds."""

from __future__ import annotations

import random

import pytest

from monitor.calibration import Outcome, bands, error


def test_scores_that_mean_what_they_say_have_hardly_an_error():
    """Of 20,000 made-up items, each wanted as often as its score says, no band lies more than chance away."""
    luck = random.Random(7)
    scores = [luck.random() ** 3 for _ in range(20_000)]
    found = bands([Outcome(score, luck.random() < score) for score in scores])
    assert len(found) == 6
    assert error(found) < 0.01
    assert all(band.came.low - 0.01 < band.said < band.came.high + 0.01 for band in found)


def test_weights_say_for_how_many_an_item_stands():
    """One wanted item among ten of weight nine is one in ninety-one, and the bounds are those of few items."""
    (band,) = bands([Outcome(0.9, True), *(Outcome(0.9, False, 9.0) for _ in range(10))])
    assert band.came.value == pytest.approx(1 / 91)
    assert (band.items, band.weight) == (11, 1.0)
    assert band.came.high > 0.2
    assert error([band]) == pytest.approx(0.9 - 1 / 91)


def test_the_edges_belong_to_the_higher_band_and_the_top_to_the_highest():
    """A score of 0.07 is in the band of 0.07 to 0.3; a score of 1 is in the highest band; empty bands are left out."""
    found = bands([Outcome(0.07, True), Outcome(1.0, True)])
    assert [(band.low, band.high) for band in found] == [(0.07, 0.3), (0.8, 1.0)]
    assert bands([]) == []
    assert error([]) == 0
