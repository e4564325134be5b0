"""Learning from decisions: what is kept apart, when a lesson is used, and how it is taken back; on both databases."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from fakes_desk import NOW, House, judgement

from monitor import learning, lessons, seed
from monitor.case import Case, judge_input
from monitor.lessons import split, surprise
from monitor.store import cases, models, reviews

GOOD = ("koffietafel in de flat", "bewoners koken samen", "buurthuis zoekt een idee", "de straat kiest een boom")
BAD = ("rente op de obligatie", "kwartaalcijfers van het fonds", "koers van het aandeel", "dividend voor de belegger")


@pytest.fixture
def house(engine, tmp_path):
    """A desk without decisions."""
    return House(engine, tmp_path / "config").learns()


def decide(house, number, luck=None, swap=False):
    """Store that many items and decide on them one by one, a minute apart: the flat is chosen, the fund is not."""
    luck = luck or random.Random(1)
    els = house.reviewer()
    for _ in range(number):
        good = luck.random() < 0.5
        words = luck.sample(GOOD if good else BAD, 3)
        stamp = luck.randrange(10**9)
        item_id = house.item(f"{words[0]} {stamp}", intro=words[1], text=f"{words[2]}. {words[0]}.")
        accepted = good != swap
        house.clock.add(timedelta(minutes=1))
        reviews.decide(house.engine, item_id, els, reviews.ACCEPTED if accepted else reviews.REJECTED, house.clock.now)


def some_shipped():
    """One in 21 of the shipped items: enough to learn with, in a twentieth of the time."""
    return seed.examples()[::21]


def learn(house):
    return lessons.learn(house.engine, house.live.current, house.clock(), some_shipped())


def test_what_people_chose_is_learned_used_and_judged_by(house):
    """After thirty decisions a new item of the chosen kind gets a far higher score than one of the other kind."""
    decide(house, 30)
    outcome = learn(house)
    assert outcome.used
    assert outcome.lesson is not None
    assert outcome.lesson.examples == 30
    assert outcome.lesson.figures["surprise_after"] < outcome.lesson.figures["surprise_before"]
    model = lessons.model_in_use(house.engine, house.live.current)
    assert model.version == outcome.lesson.version
    decided = cases.decided(house.engine, 100)
    by_kind = {kind: [judge_input(one, None) for one in decided if one.accepted is kind] for kind in (True, False)}
    good, bad = (sum(map(model.probability, inputs)) / len(inputs) for inputs in (by_kind[True], by_kind[False]))
    assert good > 3 * bad


def test_a_lesson_that_does_not_beat_the_present_one_is_kept_but_not_used(house):
    """When people suddenly decide the other way round half-way, what was learned before that does worse."""
    decide(house, 14)
    first = learn(house).lesson
    decide(house, 30, random.Random(2))
    decide(house, 30, random.Random(3), swap=True)
    outcome = learn(house)
    assert outcome.lesson is not None
    assert not outcome.used
    assert models.in_use(house.engine) == first
    assert [one.id for one in models.lessons(house.engine)] == [outcome.lesson.id, first.id]


def case(minute, accepted):
    """A decided item, decided on that minute."""
    return Case(
        minute, "linde", "x", "", "", "", None, judgement("x", score=0.5), accepted, NOW + timedelta(minutes=minute)
    )


def test_the_comparison_is_on_decisions_that_neither_judge_learned_from():
    """The newer half of what is new since the last lesson is kept apart, and it is later than all the rest."""
    decided = [case(minute, minute % 2 == 0) for minute in range(20)]
    known, later = split(decided, decided[7].decided_at)
    assert [one.item_id for one in later] == [14, 15, 16, 17, 18, 19]
    assert [*known, *later] == decided


def test_too_few_of_a_kind_is_no_comparison(house):
    """With accepted items only nothing can be compared, so nothing is learned."""
    luck = random.Random(5)
    for number in range(12):
        item_id = house.item(f"{luck.choice(GOOD)} {number}")
        reviews.decide(house.engine, item_id, house.reviewer(), reviews.ACCEPTED, house.clock())
    assert learn(house).lesson is None
    assert models.lessons(house.engine) == []


def test_learning_waits_for_enough_new_decisions(house):
    """Forty make it learn, and the next forty make it learn again; a nought in the settings switches it off."""
    decide(house, 39)
    settings = house.live.current
    assert lessons.learn_when_due(house.engine, settings, house.clock()) is None
    decide(house, 1, random.Random(4))
    learning_settings = settings.radar.learning.model_copy(update={"decisions": 0})
    off = settings.model_copy(update={"radar": settings.radar.model_copy(update={"learning": learning_settings})})
    assert lessons.learn_when_due(house.engine, off, house.clock()) is None
    assert lessons.learn_when_due(house.engine, settings, house.clock(), some_shipped()) is not None
    assert lessons.learn_when_due(house.engine, settings, house.clock()) is None


def test_a_lesson_can_be_taken_back_and_waiting_items_follow(house):
    """Back to the seed and to a lesson again; each time what waits is judged by the model in use."""
    decide(house, 30)
    lesson = learn(house).lesson
    waiting = house.item("koffietafel in de flat", intro="bewoners koken samen")
    learning.judge_again(house.engine, house.live.current, house.clock())

    def model_of_waiting():
        item = reviews.one(house.engine, waiting)
        assert item is not None
        return item.judgement.model_version

    assert model_of_waiting() == lesson.version
    models.use(house.engine, None, house.reviewer(), house.clock())
    assert models.in_use(house.engine) is None
    learning.judge_again(house.engine, house.live.current, house.clock())
    assert model_of_waiting() == lessons.model_in_use(house.engine, house.live.current).version != lesson.version
    models.use(house.engine, lesson.id, house.reviewer(), house.clock())
    learning.judge_again(house.engine, house.live.current, house.clock())
    assert model_of_waiting() == lesson.version


def test_surprise_is_low_for_who_was_right_and_high_for_who_was_wrong():
    """Sure and right is near nought; sure and wrong costs most."""
    right = surprise([(0.9, True), (0.001, False)])
    unsure = surprise([(0.05, True), (0.05, False)])
    wrong = surprise([(0.001, True), (0.9, False)])
    assert right < unsure < wrong
    assert unsure == pytest.approx(0.693, abs=0.001)
