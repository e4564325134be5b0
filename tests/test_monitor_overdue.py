"""A letter that should have gone and did not: noticed within the hour, and told once to whoever makes the letters."""

from __future__ import annotations

import email
from collections.abc import Iterator
from datetime import timedelta
from email.policy import default
from pathlib import Path

import pytest
from fakes_line import Line, line

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
    return overdue.tell(house.engine, house.live.current, house.clock())


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
