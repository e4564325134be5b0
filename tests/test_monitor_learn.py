from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.judge import Judge, JudgeInput
from monitor.learn import Example, NothingToLearn, train, with_seed
from monitor.model import MUST, Model
from monitor.ngrams import BUCKETS, traits
from monitor.words import Theme, Words

ABOUT = ("huurdersraad", "bewoners", "zeggenschap", "meedenken", "invloed", "inspraak", "meebeslissen", "huurderspanel")
OTHER = ("voetbal", "wedstrijd", "doelpunt", "trainer", "competitie", "keeper", "stadion", "scheidsrechter")


def lesson(words: tuple[str, ...], number: int, relevant: int, told: frozenset[str] | None = None) -> Example:
    chosen = " ".join(words[(number + step) % len(words)] for step in range(4))
    return Example(JudgeInput(title=chosen, text=f"Bericht {number} over {chosen}."), relevant, traits=told)


@pytest.fixture(scope="module")
def lessons() -> list[Example]:
    goals = frozenset({"goal:formeel"}), frozenset({"goal:informeel"})
    about = [lesson(ABOUT, number, 2, goals[number % 2]) for number in range(12)]
    return [*about, *(lesson(OTHER, number, 0) for number in range(24))]


@pytest.fixture(scope="module")
def model(lessons: list[Example]) -> Model:
    return train(lessons)


def test_it_learns_words_it_saw_only_inside_others(model: Model) -> None:
    """A compound that was never seen is known by its parts; another subject stays unlikely."""
    near = model.probability(JudgeInput(title="Huurdersinvloed en bewonerszeggenschap"))
    far = model.probability(JudgeInput(title="Voetbaltrainer over het doelpunt"))
    assert near > 0.5 > 0.05 > far


def test_the_same_lessons_give_the_same_model(model: Model, lessons: list[Example]) -> None:
    """Training has no chance in it that the seed does not fix; the file says what it was learned from."""
    again = train(lessons)
    assert again.to_bytes() == model.to_bytes()
    assert again.version == model.version
    assert train([*lessons, lesson(OTHER, 99, 0)]).version != model.version


def test_a_model_survives_its_file(model: Model) -> None:
    """What was written is read back whole."""
    item = JudgeInput(title="Bewoners hebben invloed")
    again = Model.from_bytes(model.to_bytes())
    assert again.version == model.version
    assert again.reading(item).leaning == model.reading(item).leaning


def test_whatever_differs_in_a_model_makes_another_version(model: Model) -> None:
    """One weight, offset or rarity more, or another slope, is another model by its name too."""
    ways = [{name: getattr(model, name) + 1} for name in ("weights", "offsets", "rarity", "slope", "learned_from")]
    assert len({model.version, *(replace(model, **way).version for way in ways)}) == 1 + len(ways)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no", b"\x80\x04\x95pickle"])
def test_a_file_that_is_no_model_is_refused(content: bytes) -> None:
    """Odd bytes are told in one sentence, and pickles are never opened."""
    with pytest.raises(ValueError, match="geen model"):
        Model.from_bytes(content)


def test_an_array_file_without_a_model_is_refused() -> None:
    """An npz file of somebody else is no model either."""
    file = io.BytesIO()
    np.savez(file, weights=np.zeros(3))
    with pytest.raises(ValueError, match="geen model"):
        Model.from_bytes(file.getvalue())


def test_what_is_borderline_is_on_the_subject_but_hardly_wanted() -> None:
    """Two questions: party and panel are both on the subject, only the panel has to be told; neither is more wanted."""
    about = [lesson(ABOUT[5:], number, 2) for number in range(12)]
    beside = [lesson(("jubileum", "feest", "spreekuur", "taart"), number, 1) for number in range(12)]
    learned = train([*about, *beside, *(lesson(OTHER, number, 0) for number in range(24))])
    party, panel = (learned.reading(JudgeInput(title=title)) for title in ("Jubileum met taart", "Huurderspanel"))
    assert min(party.probability, panel.probability) > 0.3
    assert panel.must > 0.3 > 0.1 > party.must
    words = Words(
        gate=("huurder*",),
        themes=(Theme(name="panels", title="Panels", goals=("informeel",), strong=("panel",)),),
        audiences=({"name": "corporatie", "title": "Corporaties", "always": True},),
    )
    judge = Judge(words, learned)
    first, last = (judge.judge(JudgeInput(title=title)) for title in ("Huurderspanel", "Jubileum met taart"))
    assert first.score > last.score
    assert last.on_subject is not None
    assert last.on_subject > 2 * last.score


def test_a_model_that_was_never_asked_what_must_be_told_takes_both_for_one(model: Model) -> None:
    """Models that an installation learned before there were two questions go on judging."""
    kept = [place for place, name in enumerate(model.names) if name != MUST]
    names = tuple(model.names[place] for place in kept)
    old = replace(model, names=names, weights=model.weights[kept], offsets=model.offsets[kept])
    reading = Model.from_bytes(old.to_bytes()).reading(JudgeInput(title="Bewoners hebben invloed"))
    assert reading.must == reading.probability


def test_a_whole_word_counts_as_three_runs() -> None:
    """Of the traits of one word all weigh one, but the word itself weighs three."""
    assert sorted(traits([["huurder"]]).amounts)[-2:] == [1.0, 3.0]


def test_title_and_intro_count_once_more() -> None:
    """The same word weighs twice as much in a title or intro as in the text."""
    heaviest = [
        traits([parts]).amounts.max() for parts in (["", "", "huurder"], ["huurder", "", ""], ["", "huurder", ""])
    ]
    assert heaviest == [3.0, 6.0, 6.0]


@given(st.lists(st.text(st.sampled_from("ab éÉ1. "), max_size=12), max_size=6))
@settings(deadline=None, max_examples=60)
def test_texts_counted_together_are_counted_as_if_alone(texts: list[str]) -> None:
    """No run goes over from one text into the next, also where one of them has no words."""
    together = traits([[text] for text in texts])
    for text, (begin, end) in zip(texts, pairwise(together.ends), strict=True):
        alone = traits([[text]])
        assert together.numbers[begin:end].tolist() == alone.numbers.tolist()
        assert together.amounts[begin:end].tolist() == alone.amounts.tolist()


def test_too_little_to_learn_from(lessons: list[Example]) -> None:
    """One side alone teaches nothing, and that is said in Dutch."""
    with pytest.raises(NothingToLearn, match="te weinig oordelen"):
        train([one for one in lessons if one.relevant])


def test_the_pulls_name_the_words(model: Model) -> None:
    """The words that moved the model are named with their direction."""
    item = JudgeInput(title="Voetbal en zeggenschap")
    pulls = {pull.word: pull.points for pull in model.reading(item).pulls()}
    assert pulls["zeggenschap"] > 0 > pulls["voetbal"]


def test_alike_and_unlike(model: Model) -> None:
    """An item is like itself, somewhat like a variation, and unlike another subject."""
    item = JudgeInput(title="Huurdersraad kreeg inspraak")
    close = model.similarity(item, JudgeInput(title="De huurdersraad had inspraak"))
    assert model.similarity(item, item) == pytest.approx(1)
    assert close > 0.3 > 0.1 > model.similarity(item, JudgeInput(title="Keeper stopt penalty"))
    assert model.vectors([item, JudgeInput()]).shape == (2, BUCKETS)


def test_the_seed_weighs_less_as_people_decide(lessons: list[Example]) -> None:
    """Four hundred decisions halve what a shipped item weighs."""
    assert with_seed([], lessons) == lessons
    decisions = [lesson(ABOUT, number, 2) for number in range(400)]
    assert {one.weight for one in with_seed(decisions, lessons)[: len(lessons)]} == {0.5}
    assert with_seed(decisions * 20, lessons) == decisions * 20  # each would weigh less than a twentieth


def test_the_model_never_hides_what_the_words_call_certain(lessons: list[Example]) -> None:
    """A model that learned to dislike a word lowers the score, but a certain item stays flagged."""
    words = Words(
        gate=("huurder*",),
        themes=(Theme(name="panels", title="Panels", goals=("informeel",), strong=("huurderspanel", "huurders")),),
        audiences=({"name": "corporatie", "title": "Corporaties", "always": True},),
        thresholds={"certain": 0.6},
    )
    upside_down = train([Example(one.input, 2 - one.relevant, traits=one.traits) for one in lessons])
    item = JudgeInput(title="Huurderspanel", intro="Huurders kiezen", text="Het huurderspanel.")
    alone, both = Judge(words).judge(item), Judge(words, upside_down).judge(item)
    assert both.learned is not None
    assert both.learned < alone.by_words == both.by_words
    assert both.flagged
    assert both.score < alone.score
    assert both.model_version == upside_down.version
    assert both.pulls


@given(st.text(max_size=400))
@settings(deadline=None, max_examples=60)
def test_no_text_breaks_the_model(model: Model, text: str) -> None:
    """Whatever an item says, the learned part gives a probability, and words for it."""
    reading = model.reading(JudgeInput(title=text, text=text))
    assert 0 < reading.probability < 1
    assert all(pull.word in traits([[text]]).words for pull in reading.pulls())


def test_who_tells_no_kind_does_not_speak_against_one(lessons: list[Example]) -> None:
    """Many examples of the same wording that tell a theme and no kind leave what was learned of that kind alone."""

    def told(text: str, *names: str) -> Example:
        return Example(JudgeInput(title=text), relevant=2, traits=frozenset(names))

    invited = [told(f"Kom naar de avond over huur {number}", "kind:agenda") for number in range(3)]
    reported = [told(f"Verslag van het overleg met de verhuurder {number}", "kind:nieuws") for number in range(3)]
    silent = [told(f"Kom naar de avond over huur {number}", "theme:panels") for number in range(30)]
    learned = train([*lessons, *invited, *reported, *silent])
    assert learned.reading(JudgeInput(title="Kom naar de avond over huur")).leaning["kind:agenda"] > 0.4
