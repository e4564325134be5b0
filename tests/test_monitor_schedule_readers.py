"""What the ticks of the service do for readers: the links they asked for, the month, and forgetting in time."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from fakes_digest import a_reader
from fakes_line import Line, line, read_letter, titles
from sqlalchemy import Engine

from digest import confirmations, subscribers
from digest import store as editions
from digest.consent import Preferences
from digest.edition import Audience
from digest.wishes import Rhythm
from monitor.schedule import Ticks
from monitor.source_state import SourceRun
from monitor.store import notices, sources

EMAIL = "gerda@lezers.example"


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> Line:
    return line(engine, tmp_path)


def ticks(house: Line) -> Ticks:
    return Ticks(house.engine, house.live, house.editor, house.clock)


def told(house: Line) -> set[str]:
    return {notice.name for notice in notices.current(house.engine)}


def outbox(house: Line) -> Path:
    return house.live.current.radar.digest.outbox


def test_a_link_that_was_asked_for_is_mailed_at_the_next_tick(house: Line) -> None:
    """Without a mail server it stands in the outbox folder; a tick without work opens nothing."""
    ticks(house).reply()
    assert not outbox(house).exists()
    confirmations.ask_to_sign_up(house.engine, EMAIL, Preferences(audience=Audience.GEMEENTE), house.clock())
    for _ in range(2):
        ticks(house).reply()
    (mail,) = outbox(house).glob("*.eml")
    assert b"/aanmelden/bevestigen/" in mail.read_bytes()


def test_an_outbox_that_cannot_be_used_is_told_and_the_link_goes_later(house: Line) -> None:
    """A person sees that links do not go out; once they do, the notice ends, and the mail was not lost."""
    outbox(house).parent.mkdir(parents=True, exist_ok=True)
    outbox(house).write_text("in de weg", encoding="utf-8")
    confirmations.ask_to_sign_up(house.engine, EMAIL, Preferences(audience=Audience.GEMEENTE), house.clock())
    ticks(house).reply()
    assert "reply" in told(house)
    outbox(house).unlink()
    house.clock.add(timedelta(hours=1))
    ticks(house).reply()
    assert "reply" not in told(house)
    assert len(list(outbox(house).glob("*.eml"))) == 1


def test_who_left_is_forgotten_when_the_settings_say_so(house: Line) -> None:
    """The hourly tick erases an address after the days of the settings."""
    house.readers(Audience.GEMEENTE, "anna")
    (reader,) = subscribers.subscribers(house.engine)
    subscribers.leave(house.engine, reader.token, house.clock())
    house.clock.add(timedelta(days=364))
    ticks(house).forget()
    assert subscribers.by_email(house.engine, reader.email)
    house.clock.add(timedelta(days=1))
    ticks(house).forget()
    assert subscribers.by_email(house.engine, reader.email) is None


def settled(house: Line) -> dict[str, list[str]]:
    """The titles in every edition that stands fast, by issue."""
    return {one.issue: titles(one.content.entries) for one in editions.editions(house.engine)}


def press(house: Line, days: int) -> None:
    """Let some days go by and tick, sending what is frozen."""
    house.clock.add(timedelta(days=days))
    ticks(house).press()
    ticks(house).outbox()


def ran(house: Line) -> None:
    """The service has run since a day before."""
    run = SourceRun("linde", house.clock() - timedelta(days=1), 1.0, 1, "ok", "", True, 1, 1, 0, 0, 0, [])
    with house.engine.begin() as connection:
        sources.save_run(connection, run)


def test_the_month_is_told_once_from_its_weekly_letters(house: Line) -> None:
    """At the first planned moment of December the November letters become one, for who chose that; no item twice."""
    ran(house)
    month = a_reader("maand", Audience.GEMEENTE).model_copy(update={"rhythm": Rhythm.MONTH})
    subscribers.add(house.engine, [month, a_reader("week", Audience.GEMEENTE)], house.clock())
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    press(house, 0)
    house.accepted("Nieuws van december", Audience.GEMEENTE)
    for _ in range(2):
        press(house, 0)
        assert "2026-M11" not in settled(house)
    press(house, 7)
    press(house, 1)
    assert settled(house) == {
        "2026-W48": ["Panel beslist mee"],
        "2026-W49": ["Nieuws van december"],
        "2026-M11": ["Panel beslist mee"],
    }
    got = sorted((mail["To"].partition("@")[0], mail["Subject"][:31]) for mail in mails(house))
    assert [(name.removeprefix('"').split()[0], subject.split(":")[0]) for name, subject in got] == [
        ("Maand", "Participatieradar november 2026"),
        ("Week", "Participatieradar 1"),
        ("Week", "Participatieradar 2"),
    ]
    assert "edition:gemeente:maand" not in told(house)


def mails(house: Line) -> list[EmailMessage]:
    return [read_letter(path) for path in outbox(house).glob("*.eml")]


def test_a_month_that_is_long_over_is_told_and_not_sent(house: Line) -> None:
    """After more than a week nobody gets last month's overview any more, and a person sees why."""
    ran(house)
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    press(house, 0)
    press(house, 16)
    assert "2026-M11" not in settled(house)
    assert "edition:gemeente:maand" in told(house)


def test_an_empty_letter_goes_to_who_asked_for_one(house: Line) -> None:
    """Nothing chosen: only the reader who wants to know that gets a letter, and nobody of another audience."""
    ran(house)
    asked = a_reader("toch", Audience.GEMEENTE).model_copy(update={"also_empty": True})
    subscribers.add(house.engine, [asked, a_reader("niet", Audience.GEMEENTE)], house.clock())
    press(house, 0)
    assert settled(house) == {"2026-W48": []}
    assert [mail["To"].partition(" ")[0] for mail in mails(house)] == ["Toch"]
    assert told(house) == {"edition:corporatie", "edition:huurdersorganisatie"}
