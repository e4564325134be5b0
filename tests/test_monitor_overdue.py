"""A letter that should have gone and did not: noticed within the hour, and told once to whoever makes the letters."""

from __future__ import annotations

import email
from collections.abc import Iterator
from datetime import timedelta
from email.policy import default
from pathlib import Path

import pytest
from fakes_line import Line, line
from sqlalchemy import event

from digest import store
from digest.edition import Audience
from digest.records import EditionState
from monitor import overdue
from monitor.role import Role
from monitor.schedule import Ticks
from monitor.store import notices
from monitor.store.database import open_engine

MINUTE = timedelta(minutes=1)


@pytest.fixture
def house(sqlite_address: str, tmp_path: Path) -> Iterator[Line]:
    """A radar with an editor, somebody who judges, and a reader of the letter."""
    engine = open_engine(sqlite_address)
    made = line(engine, tmp_path)
    made.reviewer(role=Role.EDITOR)
    made.reviewer("Cor", "cor@voorbeeld.example", role=Role.REVIEWER)
    made.readers(Audience.GEMEENTE, "anna")
    yield made
    engine.dispose()


def look(house: Line) -> int:
    return overdue.tell(house.engine, house.live.current, house.editor, house.clock())


def told(house: Line) -> list[str]:
    mails = [email.message_from_bytes(path.read_bytes(), policy=default) for path in house.outbox.glob("els@*.eml")]
    return [" ".join(mail.get_content().split()) for mail in mails]


def test_a_letter_of_which_nothing_goes_is_told_once(house: Line) -> None:
    """Fixed and then left lying: after half an hour a notice and one mail, and the notice goes when the letter does."""
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    number, _ = house.editor.freeze(house.editor.draft(Audience.GEMEENTE))
    house.clock.now += 29 * MINUTE
    assert look(house) == 0
    house.clock.now += 1 * MINUTE
    assert [look(house), look(house)] == [1, 0]
    (notice,) = notices.current(house.engine)
    assert notice.text.startswith("De brief van week 48 van 2026 voor gemeenten had weg moeten zijn")
    assert "1 lezer wacht nog." in notice.text
    (mail,) = told(house)
    assert notice.text in mail
    assert "/brief" in mail
    assert store.find_edition(house.engine, number).state is EditionState.FROZEN
    house.editor.send(number)
    assert look(house) == 0
    assert notices.current(house.engine) == []


def test_a_letter_that_somebody_stopped_is_not_overdue(house: Line) -> None:
    """One that a person stopped is no news."""
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    number, _ = house.editor.freeze(house.editor.draft(Audience.GEMEENTE))
    store.stop(house.engine, number)
    house.clock.now += 60 * MINUTE
    assert look(house) == 0
    assert notices.current(house.engine) == []


def test_a_letter_that_could_not_be_fixed_is_told(house: Line) -> None:
    """One that waits for a summary at its moment is mailed about with the reason; one that nobody chose for is not."""
    house.accepted("Panel beslist mee", Audience.GEMEENTE, summary="")
    house.began(house.clock() - timedelta(days=1))
    Ticks(house.engine, house.live, house.editor, house.clock).press()
    assert look(house) == 0
    house.clock.now += 31 * MINUTE
    assert [look(house), look(house)] == [1, 0]
    (mail,) = told(house)
    assert "wacht: De samenvatting ontbreekt." in mail


def due_letters(house: Line) -> Ticks:
    """Two audiences of which the letter is due now, and the service."""
    for audience in (Audience.CORPORATIE, Audience.GEMEENTE):
        house.accepted(f"Panel voor {audience.plural}", audience)
    house.began(house.clock() - timedelta(days=1))
    return Ticks(house.engine, house.live, house.editor, house.clock)


def run(house: Line, statement: str) -> None:
    with house.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def made(house: Line) -> set[Audience]:
    return {one.audience for one in store.editions(house.engine, EditionState.FROZEN, EditionState.SENT)}


def test_a_press_that_breaks_is_told_once_and_heals(house: Line) -> None:
    """A fault nobody foresaw in one letter keeps no other waiting, shows on the desk at once and is mailed about."""
    ticks = due_letters(house)
    theirs = "(SELECT audience FROM edition WHERE id = NEW.edition_id) = 'corporatie'"
    fault = f"BEFORE INSERT ON edition_entry WHEN {theirs} BEGIN SELECT RAISE(ABORT, 'stuk'); END"
    run(house, f"CREATE TRIGGER stuk {fault}")
    for wait in (0, 31, 10):
        house.clock.now += wait * MINUTE
        ticks.press()
        ticks.outbox()
        ticks.overdue()
    assert made(house) == {Audience.GEMEENTE}
    (notice,) = [one.text for one in notices.current(house.engine) if one.name == "edition:corporatie"]
    assert notice.startswith(
        "De brief voor woningcorporaties blijft liggen door een fout in de radar zelf (IntegrityError)"
    )
    assert notice in house.signed_in("Nel", "nel@voorbeeld.example").get("/").text
    (mail,) = told(house)
    assert notice in mail
    run(house, "DROP TRIGGER stuk")
    ticks.press()
    ticks.overdue()
    assert made(house) == {Audience.CORPORATIE, Audience.GEMEENTE}
    assert [one.name for one in notices.current(house.engine) if "corporatie" in one.name] == []


def test_sending_that_breaks_is_told_and_heals(house: Line) -> None:
    """A fault in the database while a letter is sent is told beside that letter, and the letter goes later, once."""
    ticks = due_letters(house)
    ticks.press()
    run(house, "CREATE TRIGGER stuk BEFORE UPDATE ON delivery BEGIN SELECT RAISE(ABORT, 'stuk'); END")
    ticks.outbox()
    assert any("hapert door een fout in de radar zelf" in one.text for one in notices.current(house.engine))
    assert "anna" not in house.letters()
    run(house, "DROP TRIGGER stuk")
    house.clock.now += 20 * MINUTE
    ticks.outbox()
    assert "anna" in house.letters()
    assert [one.name for one in notices.current(house.engine) if one.name.startswith("outbox:")] == []


def test_a_press_that_does_not_even_run_is_noticed(house: Line) -> None:
    """Where nobody made the letter and nobody said why, the look at late letters says so until it is made."""
    ticks = due_letters(house)
    house.clock.now += 29 * MINUTE
    ticks.overdue()
    assert notices.current(house.engine) == []
    house.clock.now += MINUTE
    ticks.overdue()
    assert {one.name for one in notices.current(house.engine)} == {"overdue:corporatie", "overdue:gemeente"}
    assert any("had dinsdag 24 november 2026 om 10:00 uur weg moeten gaan" in mail for mail in told(house))
    ticks.press()
    ticks.overdue()
    assert "overdue:corporatie" not in {one.name for one in notices.current(house.engine)}


def test_what_cannot_even_be_noted_is_mailed_about_once(house: Line) -> None:
    """While the database takes nothing, as on a full disk, people get one mail, and after that all goes by itself."""
    ticks = due_letters(house)
    house.clock.now += 31 * MINUTE
    full = True

    @event.listens_for(house.engine, "begin")
    def _fill(connection) -> None:  # type: ignore[no-untyped-def]
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if full else 'OFF'}")

    ticks.overdue()
    ticks.overdue()
    (mail,) = told(house)
    assert "Vaak is de schijf vol." in mail
    full = False
    ticks.press()
    ticks.overdue()
    assert made(house) == {Audience.CORPORATIE, Audience.GEMEENTE}
    assert [one.name for one in notices.current(house.engine)] == ["edition:huurdersorganisatie"]  # nothing was chosen
    assert len(told(house)) == 1
