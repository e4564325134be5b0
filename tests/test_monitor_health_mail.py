"""Mail to who manages the radar: one for each change in how a source fares, never two, and one when it is us."""

from __future__ import annotations

import email
from datetime import timedelta
from email.policy import default
from pathlib import Path

import pytest
from fakes_desk import NOW, House

from monitor import health_mail, telling
from monitor.role import Role
from monitor.source_state import SourceRun, SourceState
from monitor.store.database import open_engine
from monitor.store.line import Ended

ILL = SourceState("linde", NOW, reason="http_error", failures=1, since=NOW)
WELL = SourceState("linde", NOW, reason="ok")


@pytest.fixture
def house(sqlite_address, tmp_path, monkeypatch):
    """A radar with two who manage it and one who judges."""
    monkeypatch.chdir(tmp_path)  # the outbox folder of the settings is relative
    engine = open_engine(sqlite_address)
    house = House(engine, tmp_path / "config")
    house.reviewer(role=Role.ADMINISTRATOR)
    house.reviewer("Bo", "bo@voorbeeld.example", role=Role.ADMINISTRATOR)
    house.reviewer("Cor", "cor@voorbeeld.example", role=Role.REVIEWER)
    yield house
    engine.dispose()


def mails():
    return [email.message_from_bytes(path.read_bytes(), policy=default) for path in Path("var/outbox").glob("*.eml")]


def subjects():
    return sorted({mail["Subject"] for mail in mails()})


def turns(house, before, after, now):
    run = SourceRun("linde", now, 1.0, 1, after.reason, "", False, 0, 0, 0, 0, 0, ())
    telling.of_runs(house.engine, [("De Linde", before, Ended(after, run))])


def tells(house, now):
    return health_mail.tell_managers(house.engine, house.live.current, now)


def test_a_change_is_mailed_once_to_who_manages_and_so_is_the_recovery(house):
    """However often the service looks, falling ill is one mail each, and so is doing well again."""
    turns(house, WELL, ILL, NOW)
    assert [tells(house, NOW), tells(house, NOW + timedelta(minutes=1))] == [2, 0]
    assert sorted(mail["To"].addresses[0].username for mail in mails()) == ["bo", "els"]
    text = mails()[0].get_content()
    assert "De site antwoordde met een fout." in text
    assert "/bronnen" in text
    later = NOW + timedelta(hours=2)
    turns(house, ILL, WELL, later)
    assert [tells(house, later), tells(house, later + timedelta(minutes=1))] == [2, 0]
    assert subjects() == ["De Linde doet het weer", "De Linde: De site antwoordde met een fout"]


def test_when_all_fail_the_one_mail_says_that_it_is_us(house):
    """Our own outage is one mail, its end another, and none of it blames a source; old news is not mailed."""
    telling.of_outage(house.engine, NOW, offline=True)
    assert tells(house, NOW) == 2
    assert subjects() == ["Geen enkele bron is bereikbaar"]
    telling.of_outage(house.engine, NOW + timedelta(hours=1), offline=False)
    assert tells(house, NOW + timedelta(hours=1)) == 2
    assert subjects() == ["Er is weer internet", "Geen enkele bron is bereikbaar"]
    telling.of_outage(house.engine, NOW, offline=True)
    assert tells(house, NOW + timedelta(days=4)) == 0
