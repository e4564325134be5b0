"""Letters in doubt on the desk: an editor says that one arrived, has it sent once more, and takes that back."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes_digest import leave_in_doubt
from fakes_line import Line, line
from sqlalchemy import Engine

from digest import store
from digest.doubts import doubts_of
from digest.edition import Audience
from digest.records import DeliveryState
from monitor.role import Role
from monitor.store import record


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> Line:
    """A letter that a crash left in the middle for two of its three readers, and that went to the third."""
    made = line(engine, tmp_path)
    made.readers(Audience.GEMEENTE, "anna", "bea", "cor")
    made.accepted("Panel beslist mee", Audience.GEMEENTE)
    made.editor.freeze(made.editor.draft(Audience.GEMEENTE))
    leave_in_doubt(engine, 1, [1, 2], made.clock())
    made.editor.send(1)
    return made


def states(house: Line) -> list[DeliveryState]:
    return [one.state for one in store.deliveries(house.engine, 1)]


def test_an_editor_decides_about_a_letter_in_doubt_and_takes_it_back(house: Line) -> None:
    """One arrived, one goes once more with the Message-ID it had; both are in the record, both can be undone."""
    browser = house.signed_in("Bob", "bob@voorbeeld.example", role=Role.EDITOR)
    assert "Kwam de brief aan? Bij 2 lezers is dat onzeker" in browser.get("/brief").text
    page = browser.get("/brief/1/onzeker").text
    assert page.count("Is aangekomen") == 2
    ids = [one.message_id for one in store.deliveries(house.engine, 1)]

    def press(step: str, *deliveries: int) -> str:
        answer = browser.post("/brief/1/onzeker", data={"doe": step, "brief": [str(one) for one in deliveries]})
        return browser.get(answer.headers["location"]).text

    assert "deze brief is aangekomen" in press("aangekomen", 1)
    page = press("nog-eens", 2)
    assert "Er is niets om over te beslissen." in page
    assert page.count("Ongedaan maken<") == 2
    assert states(house) == [DeliveryState.SENT, DeliveryState.IN_DOUBT, DeliveryState.SENT]
    assert press("terug", 1, 2).count("Is aangekomen") == 2
    assert states(house)[:2] == [DeliveryState.IN_DOUBT] * 2
    press("nog-eens", 1, 2)
    house.editor.send(1)
    assert states(house) == [DeliveryState.SENT] * 3
    assert {letter["Message-ID"] for letter in house.letters().values()} == set(ids)
    assert "Dat kan niet meer" in press("terug", 1)
    assert "Dat kan niet meer" in press("aangekomen", 3)
    rows = record.of_subject(house.engine, "edition/gemeente 1")
    told = [(one.action, one.after["deliveries"]) for one in rows if "deliveries" in one.after]
    assert told == [
        ("letter arrived", [1]),
        ("letter once more", [2]),
        ("doubt again", [1]),
        ("doubt again", [2]),
        ("letter once more", [1, 2]),
    ]
    assert "onzeker" in browser.get("/logboek").text


def test_only_editors_see_and_decide(house: Line) -> None:
    """Who may not put letters together sees how many, no address, and cannot press; nonsense changes nothing."""
    browser = house.signed_in("Nel", "nel@voorbeeld.example", role=Role.REVIEWER)
    assert "Bij 2 lezers is onzeker of de brief aankwam." in browser.get("/brief").text
    assert browser.get("/brief/1/onzeker").status_code == 403
    assert browser.post("/brief/1/onzeker", data={"doe": "aangekomen", "brief": "1"}).status_code == 403
    editor = house.signed_in("Bob", "bob@voorbeeld.example", role=Role.EDITOR)
    for form in ({"doe": "weg", "brief": "1"}, {"doe": "aangekomen"}, {"doe": "aangekomen", "brief": "x"}):
        assert editor.post("/brief/1/onzeker", data=form).status_code == 422
    for number in ("99", "x"):
        assert editor.get(f"/brief/{number}/onzeker").status_code == 404
    assert len(doubts_of(house.engine, 1)) == 2
