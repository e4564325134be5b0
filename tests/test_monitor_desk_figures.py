"""The page on how good the radar is, and the sample in the queue."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes_desk import LAST_WEEK, NOW, House

from monitor import learning
from monitor.desk.english import in_english
from monitor.desk.phrasebook import phrasebook
from monitor.desk.plot import plot
from monitor.measure import Estimate
from monitor.store import queue, reviews
from monitor.store.database import open_engine


@pytest.fixture
def house(sqlite_address, tmp_path):
    """A radar that flagged six and set aside forty items last week, of which ten were drawn."""
    engine = open_engine(sqlite_address)
    house = House(engine, tmp_path / "config")
    house.began(NOW - timedelta(weeks=2))
    house.clock.now = LAST_WEEK
    for number in range(6):
        house.item(f"Opvallend {number}", score=0.9)
    for number in range(40):
        house.item(f"Terzijde {number}", score=0.1)
    house.clock.now = NOW
    learning.close_weeks(engine, house.live.current, NOW)
    yield house
    engine.dispose()


def decide(house, ids, decision):
    els = house.reviewer()
    for item_id in ids:
        reviews.decide(house.engine, item_id, els, decision, NOW)


def flagged(house):
    return [item.id for item in reviews.queue(house.engine)]


def test_before_the_first_week_is_over_the_page_says_so(sqlite_address, tmp_path):
    """A new radar has no figures yet and does not make them up."""
    house = House(open_engine(sqlite_address), tmp_path / "config")
    page = house.signed_in().get("/cijfers")
    assert "Er is nog geen hele week voorbij" in page.text


def test_before_a_sample_is_drawn_the_page_says_when(sqlite_address, tmp_path):
    """A new radar does not say that everything was seen, nor one whose sample is off; both say so in English too."""
    house = House(open_engine(sqlite_address), tmp_path / "config")
    els = house.signed_in()
    page = els.get("/steekproef").text
    assert "Er is nog geen steekproef. De eerste komt op maandag 30 november 2026." in page
    assert in_english(page, phrasebook())[1] == set()
    path = house.folder / "radar.yaml"
    path.write_text(path.read_text().replace("model: false", "model: false, sample: 0"))
    house.live.refresh()
    page = els.get("/steekproef").text
    assert "De steekproef staat uit" in page
    assert in_english(page, phrasebook())[1] == set()


def test_after_the_last_of_a_sample_the_page_says_when_the_next_comes(house):
    """Who looked at all ten reads that, and on which day there are new ones."""
    els = house.signed_in()
    assert "steekproef is bekeken" not in els.get("/steekproef").text
    decide(house, queue.drawn_waiting(house.engine), "rejected")
    page = els.get("/steekproef").text
    assert "De hele steekproef is bekeken. De volgende komt op maandag 30 november 2026." in page
    assert in_english(page, phrasebook())[1] <= {"Els de Vries"}


def test_nothing_is_said_that_is_not_known(house):
    """Without decisions there is neither precision nor recall, but the sample is pointed at."""
    page = house.signed_in().get("/cijfers").text
    assert "Dat weten we nog niet" in page
    assert "Dat weten we pas als iemand de steekproef heeft bekeken" in page
    assert "Nog 10 berichten uit de steekproef te bekijken" in page


def test_precision_and_recall_stand_there_in_words_with_their_bounds(house):
    """5 of 6 flags chosen; 1 of 10 drawn from 40 chosen means 4 missed, so 5 of 9 found."""
    *right, wrong = flagged(house)
    decide(house, right, reviews.ACCEPTED)
    decide(house, [wrong], reviews.REJECTED)
    hit, *others = queue.drawn_waiting(house.engine)
    decide(house, [hit], reviews.ACCEPTED)
    decide(house, others, reviews.REJECTED)
    page = house.signed_in().get("/cijfers").text
    assert "Van de berichten in de wachtrij is 83 van de 100 gekozen." in page
    assert "tussen 44 en 97" in page
    assert "vond de radar er naar schatting 56 van de 100" in page
    assert "naar schatting 4 gemiste berichten" in page


def test_the_sample_stands_at_the_end_of_the_queue_and_is_marked(house):
    """Six flagged items and ten marked ones, counted together; what was not drawn stays set aside."""
    page = house.signed_in().get("/").text
    assert "<span data-waiting>16</span> te beoordelen" in page
    assert page.count("<strong>Steekproef.</strong>") == 10
    assert page.rindex("Opvallend") < page.index("<strong>Steekproef.</strong>")


def test_the_sample_alone_can_be_judged_and_leads_back_to_itself(house):
    """After a decision on the page of the sample one is on that page again, with one item less."""
    browser = house.signed_in()
    drawn = queue.drawn_waiting(house.engine)[0]
    answer = browser.post(f"/item/{drawn}/besluit", data={"besluit": "rejected", "van": "steekproef", "was": ""})
    assert answer.headers["location"].startswith("/steekproef?")
    assert browser.get("/steekproef").text.count("<strong>Steekproef.</strong>") == 9


def test_a_plot_puts_the_shares_between_its_lines():
    """All is at the top line and nothing at the bottom one; a week without a value has no point, and says so."""
    shares = {"Zo": [Estimate(1, 0.5, 1), None, Estimate(0, 0, 0.5)]}
    drawn = plot("zo", "Zo ging het", ["45", "46", "47"], shares)
    assert drawn is not None
    levels = {label.text: label.y for label in drawn.levels}
    first, last = drawn.courses[0].points
    assert (first.y, last.y) == (levels["100%"], levels["0%"])
    assert first.low == last.high == levels["50%"]
    assert [label.text for label in drawn.weeks] == ["45", "46", "47"]
    assert drawn.rows == (
        ("47", "0% (tussen 0 en 50)"),
        ("46", "nog niet bekend"),
        ("45", "100% (tussen 50 en 100)"),
    )


def test_two_courses_do_not_hide_each_other():
    """In the same week and of the same height, their points stand beside each other."""
    same = [Estimate(0.5, 0.4, 0.6)] * 2
    drawn = plot("zo", "Zo ging het", ["45", "46"], {"Zo": same, "Ook zo": same})
    assert drawn is not None
    (one, _), (other, _) = (course.points for course in drawn.courses)
    assert other.x - one.x >= 8
    assert drawn.heads == ("Week", "Zo", "Ook zo")


def test_one_week_is_no_course():
    """A plot needs two points."""
    assert plot("zo", "Zo ging het", ["45", "46"], {"Zo": [Estimate(1, 0.5, 1), None]}) is None
