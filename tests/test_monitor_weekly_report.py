"""The weekly report by mail: what it says, to whom, and that it goes once."""

from __future__ import annotations

import email
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path

import pytest
from fakes_desk import LAST_WEEK, NOW, House

from monitor import learning, weekly_report
from monitor.colleagues import Note, tell_once
from monitor.measure import ClosedWeek, Drift
from monitor.role import Role
from monitor.store import queue, reviews
from monitor.store.database import open_engine

MONDAY = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)  # half past six in the Netherlands


@pytest.fixture
def house(sqlite_address, tmp_path, monkeypatch):
    """A radar that flagged six and set aside forty items last week, of which ten were drawn."""
    monkeypatch.chdir(tmp_path)  # the outbox folder of the settings is relative
    engine = open_engine(sqlite_address)
    house = House(engine, tmp_path / "config")
    house.began(NOW - timedelta(weeks=2))
    house.clock.now = LAST_WEEK
    flagged = [house.item(f"Opvallend {number}", score=0.9) for number in range(6)]
    for number in range(40):
        house.item(f"Terzijde {number}", score=0.1)
    house.clock.now = MONDAY
    learning.close_weeks(engine, house.live.current, MONDAY)
    els = house.reviewer()
    for place, item_id in enumerate(flagged):
        reviews.decide(engine, item_id, els, reviews.ACCEPTED if place else reviews.REJECTED, MONDAY)
    yield house
    engine.dispose()


def mails():
    return [email.message_from_bytes(path.read_bytes(), policy=default) for path in Path("var/outbox").glob("*.eml")]


def sends(house, now):
    return weekly_report.report(house.engine, house.live.current, now)


def test_the_report_goes_on_monday_morning_once_to_those_who_judge(house):
    """Not at night, not to who only looks on, and not twice, however often the service looks."""
    house.reviewer("Bo", "bo@voorbeeld.example", role=Role.REVIEWER)
    house.reviewer("Cor", "cor@voorbeeld.example", role=Role.READER)
    morning = MONDAY + timedelta(hours=1)
    assert sends(house, MONDAY) == 0
    assert sends(house, morning) == 2
    assert sends(house, morning + timedelta(minutes=10)) == 0
    assert sorted(mail["To"].addresses[0].username for mail in mails()) == ["bo", "els"]
    assert sends(house, morning + timedelta(weeks=1)) == 0  # that week is not closed yet


def test_the_report_says_how_good_the_radar_was_with_bounds(house):
    """5 of 6 chosen; of the ten drawn nine were looked at and one was chosen; the rest waits, with a link."""
    hit, *others = queue.drawn_waiting(house.engine)
    reviews.decide(house.engine, hit, 1, reviews.ACCEPTED, MONDAY)
    for item_id in others[:8]:
        reviews.decide(house.engine, item_id, 1, reviews.REJECTED, MONDAY)
    assert sends(house, MONDAY + timedelta(hours=1)) == 1
    (mail,) = mails()
    told = mail.get_content().replace("\r\n", "\n")
    assert mail["Subject"] == "Hoe goed was de radar in week 47?"
    assert "In week 47 zette de radar 6 berichten in de wachtrij, en 40 berichten terzijde." in told
    assert "is 83 van de 100 gekozen" in told
    assert "tussen 44 en 97" in told
    assert "vond de radar er naar schatting 53 van de 100" in told
    assert "1 bericht wacht op uw oordeel.\nhttp://radar.example/steekproef" in told
    assert "http://radar.example/cijfers" in told


def test_a_source_that_turned_is_named_and_the_others_are_not(house):
    """Only what is more than chance is worth a line in a mail."""
    turned, steady = (
        Drift("linde", 40, 20, before, now, before, now, more)
        for before, now, more in ((0.1, 0.6, True), (0.1, 0.1, False))
    )
    week = ClosedWeek("2026-W47", flagged=3, set_aside=2)
    told = weekly_report.lines([week], 0, [turned, steady], {"linde": "De Linde"}, house.live.current)
    assert [line for line in told if line.startswith("De Linde: 60 van de 100 berichten komen nu in de wachtrij")]
    assert sum(line.startswith("De Linde") for line in told) == 1
    assert "Of de wachtrij klopt, weten we nog niet: besluit eerst." in told


def test_a_mail_that_could_not_go_goes_later_and_is_then_the_same(house):
    """An outbox that cannot be written to puts it off; afterwards it goes, and only then it counts as sent."""
    note = Note("els@voorbeeld.example", "Els", "Onderwerp", ("Tekst.",))
    Path("var").mkdir(exist_ok=True)
    Path("var/outbox").write_text("geen map", encoding="utf-8")
    assert not tell_once(house.engine, house.live.current, "proef", note, NOW)
    Path("var/outbox").unlink()
    assert tell_once(house.engine, house.live.current, "proef", note, NOW)
    assert not tell_once(house.engine, house.live.current, "proef", note, NOW)
    assert len(mails()) == 1
