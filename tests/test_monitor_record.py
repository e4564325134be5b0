from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from fakes_desk import House
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from monitor.role import Role
from monitor.store import record, reviews
from monitor.store.database import open_engine
from monitor.store.record import Filter


@pytest.fixture
def house(sqlite_address: str, tmp_path: Path) -> Iterator[House]:
    engine = open_engine(sqlite_address)
    yield House(engine, tmp_path / "config")
    engine.dispose()


@pytest.mark.parametrize("tampering", ["DELETE FROM record", "UPDATE record SET action = 'niets'"])
def test_the_database_itself_refuses_to_change_the_record(engine: Engine, now: datetime, tampering: str) -> None:
    """A line cannot be taken out or rewritten, whatever program tries, on both databases."""
    record.note_alone(engine, None, "sign in", "person/1", now)
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text(tampering))
    assert [line.action for line in record.of_subject(engine, "person/1")] == ["sign in"]


def test_lines_are_found_by_person_action_sort_and_day(engine: Engine, now: datetime) -> None:
    """Each part of a filter narrows what is shown, the newest first, and a page goes on where the last one ended."""
    for number in range(4):
        at = now + timedelta(days=number)
        record.note_alone(engine, None, "sign in" if number % 2 else "role", f"person/{number}", at)
    record.note_alone(engine, None, "accepted", "item/1", now)

    def found(wanted: Filter, **page: int) -> list[str]:
        return [line.subject for line in record.page(engine, wanted, **page)]

    assert found(Filter()) == ["item/1", "person/3", "person/2", "person/1", "person/0"]
    assert found(Filter(action="role")) == ["person/2", "person/0"]
    assert found(Filter(sort="item")) == ["item/1"]
    assert found(Filter(since=now + timedelta(days=1), until=now + timedelta(days=3))) == ["person/2", "person/1"]
    assert found(Filter(), limit=2, before_id=4) == ["person/2", "person/1"]
    assert [line.id for line in record.everything(engine, Filter())] == [5, 4, 3, 2, 1]


def test_the_page_tells_what_was_before_and_what_is_after(house: House) -> None:
    """A decision stands in the record with who, what, and both sides of the change, and leads to its item."""
    item_id = house.item()
    browser = house.signed_in()
    browser.post(f"/item/{item_id}/besluit", data={"besluit": "accepted"})
    shown = browser.get("/logboek").text
    assert "Els de Vries</strong> koos" in shown
    assert f'<a href="/item/{item_id}" lang="nl" translate="no">Huurderspanel telt 800 leden</a>' in shown
    assert '<ins lang="nl">gekozen</ins>' in shown
    for query in ("wie=x", "van=gisteren", "tot=9999-12-31", "van=0001-01-01", "voor=99999999999", "soort=alles"):
        assert browser.get(f"/logboek?{query}").status_code == 200
    assert "Hier is niets gevonden" in browser.get("/logboek?wat=undo").text


def test_people_stand_in_the_record_by_name(house: House) -> None:
    """Whoever signed in did so for themselves; what was done to a colleague names that colleague."""
    house.reviewer("Bo", "bo@voorbeeld.example", role=Role.READER)
    browser = house.signed_in()
    browser.post("/mensen/1/rol", data={"rol": "redacteur"})
    shown = browser.get("/logboek").text
    assert "Els de Vries</strong> logde in</p>" in shown
    assert 'Els de Vries</strong> veranderde een rol: <span lang="nl">Bo</span></p>' in shown
    assert '<del lang="nl">lezer</del> → <ins lang="nl">redacteur</ins>' in shown


def test_a_cell_cannot_become_a_formula(house: House) -> None:
    """A spreadsheet shows what somebody typed as text, and the JSON holds exactly what was stored."""
    person = house.reviewer(name="=HYPERLINK(1)")
    reviews.write(house.engine, house.item("=Huurders tellen mee"), person, summary="=1+1", now=house.clock())
    browser = house.signed_in(email="ander@voorbeeld.example")
    sheet = browser.get("/logboek.csv?wat=write")
    rows = list(csv.reader(StringIO(sheet.text.removeprefix("\ufeff"))))
    assert [row[1] for row in rows[1:]] == ["'=HYPERLINK(1)"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert "attachment" in sheet.headers["content-disposition"]
    (line,) = json.loads(browser.get("/logboek.json?wat=write").text)
    assert (line["who"], line["after"]["summary"]) == ("=HYPERLINK(1)", "=1+1")
    assert line["title"] == "=Huurders tellen mee"
    assert datetime.fromisoformat(line["at"]) == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_the_record_is_not_for_everybody(house: House) -> None:
    """Somebody who only judges does not see what colleagues did."""
    assert house.signed_in(role=Role.REVIEWER).get("/logboek").status_code == 403
