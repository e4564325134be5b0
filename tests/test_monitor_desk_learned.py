"""The page of what was learned: what it says, and going back by who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes_desk import NOW, House

from monitor.role import Role
from monitor.store import models, record
from monitor.store.database import open_engine

FIGURES = {
    "compared": 20,
    "surprise_before": 0.6,
    "surprise_after": 0.4,
    "precision_before": 0.5,
    "precision_after": 0.75,
}


@pytest.fixture
def house(sqlite_address, tmp_path):
    """A radar that learned twice: the first lesson was better and is used, the second was not."""
    engine = open_engine(sqlite_address)
    house = House(engine, tmp_path / "config").learns()
    for number, figures in enumerate((FIGURES, FIGURES | {"surprise_after": 0.7})):
        when = {"newest": NOW, "now": NOW - timedelta(days=2 - number)}
        models.add(engine, f"les-{number}", b"", examples=40 + number, figures=figures, **when)
    models.use(engine, 1, None, NOW)
    yield house
    engine.dispose()


def test_each_lesson_says_from_what_and_how_it_did(house):
    """The latest first: how many decisions, better or not, and which one counts now."""
    page = house.signed_in().get("/geleerd").text
    assert page.index("van 41 besluiten") < page.index("van 40 besluiten")
    assert "Vergeleken op 20 latere besluiten: beter dan het model van toen." in page
    assert "niet beter dan het model van toen" in page
    assert "Terecht in de wachtrij: 75 van de 100, bij het model van toen 50." in page
    assert page.count("geldt nu") == 1
    assert "Na elke 40 besluiten" in page


def test_an_administrator_goes_back_and_the_record_says_who(house):
    """Back to what the radar was shipped with, and forth again; others see no button."""
    browser = house.signed_in()
    answer = browser.post("/geleerd", data={"model": models.SEED})
    assert "Dit model geldt nu" in browser.get(answer.headers["location"]).text
    assert models.in_use(house.engine) is None
    assert [line.who for line in record.of_subject(house.engine, f"model/{models.SEED}")] == ["Els de Vries"]
    browser.post("/geleerd", data={"model": "2"})
    assert models.in_use(house.engine).id == 2
    assert "Dit model gebruiken" not in house.signed_in("Bo", "bo@x.example", Role.EDITOR).get("/geleerd").text


@pytest.mark.parametrize("name", ["", "3", "x", "9" * 30])
def test_a_lesson_that_is_not_there_is_not_used(house, name):
    """Whatever else is sent changes nothing."""
    assert house.signed_in().post("/geleerd", data={"model": name}).status_code == 404
    assert models.in_use(house.engine).id == 1
