"""The rule bench: trying words on stored items, saving them with their history, taking them back; both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes_desk import NOW, House

from monitor import bench, learning, words_file
from monitor.settings import SettingsError
from monitor.store import reviews, words
from monitor.words_file import Overtaken

INTRO = "De huurders van de corporatie kiezen zelf."


@pytest.fixture
def house(engine, tmp_path):
    """Three items that the words of the house judged themselves."""
    house = House(engine, tmp_path / "config")
    for title in ("Huurderspanel telt 800 leden", "Bewonersberaad gaat van start", "Nieuw dak op de school"):
        house.item(title, intro=INTRO)
    judge_all(house)
    return house


def judge_all(house):
    return learning.judge_again(house.engine, house.live.current, house.clock())


def text(house):
    return words_file.read(house.folder)


def changed(house, old="huurderspanel", new="bewonersberaad"):
    return text(house).replace(old, new)


def titles(house):
    return [item.title for item in reviews.queue(house.engine)]


def try_out(house, new):
    return bench.trial(house.engine, house.live.current, house.live.with_words(new.encode()), house.clock())


def save(house, new, over=None):
    over = text(house) if over is None else over
    return bench.save(house.engine, house.live, new, over, "geprobeerd", None, house.clock())


def test_a_trial_tells_what_arrives_and_leaves_and_why_and_changes_nothing(house):
    """One word in place of another: one item comes, one goes, each with its sentence."""
    trial = try_out(house, changed(house))
    flips = {flip.case.title: flip for flip in trial.flips}
    assert trial.tried == 3
    assert set(flips) == {"Huurderspanel telt 800 leden", "Bewonersberaad gaat van start"}
    came = flips["Bewonersberaad gaat van start"]
    assert came.flagged
    assert [reason.found for reason in came.came] == ["Bewonersberaad"]
    assert [reason.found for reason in flips["Huurderspanel telt 800 leden"].went] == ["Huurderspanel"]
    assert titles(house) == ["Huurderspanel telt 800 leden"]
    assert words.editions(house.engine) == []


def test_a_trial_tells_precision_and_recall_on_what_people_decided(house):
    """The panel was turned down and the council chosen: from nothing right to all right."""
    els = house.reviewer()
    decisions = {"Huurderspanel telt 800 leden": reviews.REJECTED, "Bewonersberaad gaat van start": reviews.ACCEPTED}
    for item in [*reviews.queue(house.engine), *reviews.set_aside(house.engine)]:
        if item.title in decisions:
            reviews.decide(house.engine, item.id, els, decisions[item.title], house.clock())
    trial = try_out(house, changed(house))
    assert trial.decided == 2
    for grade, value in ((trial.before, 0.0), (trial.after, 1.0)):
        assert grade.precision is not None
        assert grade.recall is not None
        assert (grade.precision.value, grade.recall.value) == (value, value)


def test_saved_words_hold_at_once_and_waiting_items_are_judged_again(house):
    """The queue follows the new words, in steps that can stop anywhere."""
    save(house, changed(house))
    assert learning.judge_again(house.engine, house.live.current, house.clock(), limit=2) == 2
    assert judge_all(house) == 1
    assert judge_all(house) == 0
    assert titles(house) == ["Bewonersberaad gaat van start"]


def test_what_people_decided_on_keeps_the_judgement_they_saw(house):
    """A decided item is not judged again."""
    (item,) = reviews.queue(house.engine)
    reviews.decide(house.engine, item.id, house.reviewer(), reviews.ACCEPTED, house.clock())
    save(house, changed(house))
    judge_all(house)
    kept = reviews.one(house.engine, item.id)
    assert kept is not None
    assert kept.judgement == item.judgement


def test_old_news_is_left_alone(house):
    """What waited for three months is not judged again."""
    save(house, changed(house))
    house.clock.add(timedelta(days=100))
    assert judge_all(house) == 0


def test_every_text_is_kept_and_each_can_come_back(house):
    """The text from before the first save is kept too; going back is a new version itself."""
    first = text(house)
    save(house, changed(house))
    newest, oldest = words.editions(house.engine)
    assert (newest.note, oldest.note) == ("geprobeerd", bench.BY_HAND)
    bench.back(house.engine, house.live, oldest, house.reviewer(), house.clock())
    assert text(house) == first
    assert house.live.current.words.theme("panels").strong == ("huurderspanel",)
    latest = words.editions(house.engine)[0]
    assert (latest.note, latest.by) == (f"versie {oldest.id} teruggezet", "Els de Vries")


def test_an_edit_by_hand_in_between_is_kept_as_well(house):
    """What a volunteer typed in the file is a version of its own once it is replaced."""
    save(house, changed(house))
    by_hand = text(house).replace("bewonersberaad", "burgerberaad")
    (house.folder / "words.yaml").write_text(by_hand)
    house.live.refresh()
    save(house, changed(house, "burgerberaad", "huurdersberaad"))
    assert [one.content for one in words.editions(house.engine)][1] == by_hand


def test_wrong_words_are_refused_with_their_line_and_nothing_changes(house):
    """A theme without a goal is named, the file and the history stay."""
    before = text(house)
    with pytest.raises(SettingsError, match=r"words\.yaml, regel 4"):
        save(house, before.replace("[informeel]", "[gezellig]"))
    assert text(house) == before
    assert words.editions(house.engine) == []


def test_the_second_of_two_people_is_told(house):
    """Who began from an older text does not undo what a colleague saved."""
    began = text(house)
    save(house, changed(house))
    with pytest.raises(Overtaken):
        save(house, began.replace("huurderspanel", "klankbordgroep"), over=began)
    assert "bewonersberaad" in text(house)


def test_the_moment_stands_with_each_version(house):
    """Both texts of a first save have the moment of saving."""
    save(house, changed(house))
    assert {one.saved_at for one in words.editions(house.engine)} == {NOW}
