"""What the ticks of the service do for readers: the links they asked for, the month, and forgetting in time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fakes_line import Line, line
from sqlalchemy import Engine

from digest import confirmations, subscribers
from digest.consent import Preferences
from digest.edition import Audience
from monitor.schedule import Ticks
from monitor.store import notices

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
