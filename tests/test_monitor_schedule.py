"""The ticks of the service, at moments we choose: the weekly letter, the settings, the outbox and the crawl."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fakes_line import EVERYBODY, Line, line, titles
from sqlalchemy import Engine

from digest import store as editions
from digest.edition import Audience
from digest.records import EditionState
from monitor import schedule
from monitor.demo.configuration import write_config
from monitor.demo.world import World
from monitor.editor import Editor
from monitor.schedule import Ticks
from monitor.settings import LiveSettings
from monitor.source_state import SourceRun
from monitor.store import notices, record, sources
from monitor.store.database import open_engine
from monitor.store.lock import crawl_lock

WEEK = timedelta(days=7)


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> Line:
    """A line whose clock stands at the planned hour of the letter, and that has been running for a day."""
    made = line(engine, tmp_path)
    _ran(made, timedelta(days=-1))
    return made


def _ran(house: Line, ago: timedelta) -> None:
    run = SourceRun("linde", house.clock() + ago, 1.0, 1, "ok", "", True, 1, 1, 0, 0, 0, [])
    with house.engine.begin() as connection:
        sources.save_run(connection, run)


def ticks(house: Line) -> Ticks:
    return Ticks(house.engine, house.live, house.editor, house.clock)


def told(house: Line) -> dict[str, str]:
    return {notice.name: notice.text for notice in notices.current(house.engine)}


def outbox_told(house: Line) -> dict[str, str]:
    return {name: text for name, text in told(house).items() if name.startswith("outbox:")}


def made(house: Line) -> list[tuple[Audience, str, list[str]]]:
    every = editions.editions(house.engine)
    return sorted((one.audience, one.issue, titles(one.content.entries)) for one in every)


def test_the_letter_is_frozen_once_for_each_audience_and_week(house: Line) -> None:
    """However often it ticks, and also an hour later, each audience has one edition; next week has the next one."""
    house.readers(Audience.GEMEENTE, "anna")
    house.accepted("Panel beslist mee", *EVERYBODY)
    for _ in range(3):
        ticks(house).press()
    house.clock.add(timedelta(hours=1))
    ticks(house).press()
    assert made(house) == [(audience, "2026-W48", ["Panel beslist mee"]) for audience in sorted(Audience)]

    house.accepted("Nieuws van later", Audience.GEMEENTE)
    ticks(house).press()
    assert len(made(house)) == 3
    house.clock.add(WEEK)
    ticks(house).press()
    assert made(house)[-2:] != made(house)[:2]
    assert [one for one in made(house) if one[1] == "2026-W49"] == [
        (Audience.GEMEENTE, "2026-W49", ["Nieuws van later"])
    ]


def test_before_the_planned_moment_nothing_is_frozen(house: Line) -> None:
    """One second early it is still last week's letter that counts, and the service did not run then."""
    house.accepted("Panel beslist mee")
    house.clock.add(timedelta(seconds=-1))
    ticks(house).press()
    assert (made(house), told(house)) == ([], {})
    house.clock.add(timedelta(seconds=1))
    ticks(house).press()
    assert len(made(house)) == 3


def test_a_new_installation_owes_no_letter_of_before(engine: Engine, tmp_path: Path) -> None:
    """A radar that ran for the first time after the planned moment tells nothing about that week."""
    house = line(engine, tmp_path)
    house.accepted("Panel beslist mee")
    ticks(house).press()
    _ran(house, timedelta(minutes=1))
    house.clock.add(timedelta(hours=1))
    ticks(house).press()
    assert (made(house), told(house)) == ([], {})


def test_a_week_without_choices_is_skipped_and_told(house: Line) -> None:
    """Nothing accepted by the hour: a notice, and what is accepted afterwards starts no letter of its own."""
    ticks(house).press()
    skipped = "De brief van week 48 voor gemeenten is overgeslagen: er was niets gekozen."
    assert told(house)["edition:gemeente"] == skipped
    house.clock.add(timedelta(minutes=10))
    house.accepted("Te laat gekozen", *EVERYBODY)
    for hours in (0, 30):
        house.clock.add(timedelta(hours=hours))
        ticks(house).press()
        assert (made(house), told(house)["edition:gemeente"]) == ([], skipped)

    house.clock.add(WEEK - timedelta(hours=30))
    ticks(house).press()
    assert made(house) == [(audience, "2026-W49", ["Te laat gekozen"]) for audience in sorted(Audience)]
    assert told(house) == {}


def test_an_empty_letter_goes_when_the_settings_say_so(house: Line) -> None:
    """With when_nothing: send a short letter is frozen for each audience."""
    path = house.folder / "radar.yaml"
    path.write_text(f"{path.read_text()}  when_nothing: send\n", encoding="utf-8")
    ticks(house).refresh_settings()
    ticks(house).press()
    assert made(house) == [(audience, "2026-W48", []) for audience in sorted(Audience)]


@pytest.mark.parametrize(("late", "goes"), [(timedelta(hours=23), True), (timedelta(hours=25), False)])
def test_a_letter_goes_late_but_not_more_than_a_day(house: Line, late: timedelta, goes: bool) -> None:
    """After an outage of hours the letter still goes; after more than a day it is told that it did not."""
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    house.clock.add(late)
    ticks(house).press()
    assert bool(made(house)) is goes
    assert ("is niet verzonden" in told(house).get("edition:gemeente", "")) is not goes


def test_a_late_letter_that_is_frozen_by_hand_is_no_trouble_any_more(house: Line) -> None:
    """The notice about a week goes when an editor makes the letter after all."""
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    house.clock.add(timedelta(hours=25))
    ticks(house).press()
    house.editor.freeze(house.editor.draft(Audience.GEMEENTE))
    ticks(house).press()
    assert "edition:gemeente" not in told(house)


def test_a_letter_with_a_fault_waits_until_it_is_mended(house: Line) -> None:
    """An accepted item without a summary holds the letter, with the reason; a summary lets it go."""
    item = house.accepted("Panel beslist mee", Audience.GEMEENTE, summary="")
    ticks(house).press()
    assert made(house) == []
    assert told(house)["edition:gemeente"].endswith("wacht: De samenvatting ontbreekt.")
    house.clock.add(timedelta(minutes=5))
    house.write(item, "Huurders praten mee.")
    ticks(house).press()
    assert len(made(house)) == 1
    assert "edition:gemeente" not in told(house)


def test_a_bad_edit_keeps_the_last_good_settings_and_is_told_once(house: Line) -> None:
    """A mistake in the YAML changes nothing and names file, line and key; a mended file is taken over."""
    path = house.folder / "sources.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("title: De Linde", "titel: De Linde"), encoding="utf-8")
    ticks(house).refresh_settings()
    text = told(house)["settings"]
    assert f"{path}, regel 4" in text
    assert "titel" in text
    assert "de vorige blijven gelden" in text
    assert [source.title for source in house.live.current.sources] == ["De Linde", "De Eik", "De Wilg"]

    since = notices.current(house.engine)[0].since
    house.clock.add(timedelta(minutes=1))
    ticks(house).refresh_settings()
    assert notices.current(house.engine)[0].since == since

    path.write_text(good.replace("title: De Linde", "title: De Lindeboom"), encoding="utf-8")
    ticks(house).refresh_settings()
    assert told(house) == {}
    assert house.live.current.sources[0].title == "De Lindeboom"


def test_the_outbox_goes_on_where_it_stopped(house: Line) -> None:
    """A stop after the first letters leaves the rest due; the next service sends those, each reader once."""
    house.readers(Audience.GEMEENTE, "anna", "bert", "cora")
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    ticks(house).press()
    stopping = ticks(house)
    stopping.stopping.set()
    stopping.outbox()
    assert len(house.letters()) in (1, 2), "at most the letter that was on its way is finished"

    ticks(house).outbox()
    assert sorted(house.letters()) == ["anna", "bert", "cora"]
    assert len(list(house.outbox.iterdir())) == 3
    (edition,) = editions.editions(house.engine)
    assert edition.state is EditionState.SENT
    assert outbox_told(house) == {}


def test_an_outbox_that_cannot_be_used_is_told_until_it_can(house: Line) -> None:
    """A file where the folder should be loses no letter: a notice, and all goes when the folder is there."""
    house.readers(Audience.GEMEENTE, "anna")
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    ticks(house).press()
    house.outbox.write_text("dit is geen map", encoding="utf-8")
    ticks(house).outbox()
    (edition,) = editions.editions(house.engine)
    assert f"Het verzenden van brief {edition.id} hapert" in outbox_told(house)[f"outbox:{edition.id}"]

    house.outbox.unlink()
    ticks(house).outbox()
    assert sorted(house.letters()) == ["anna"]
    assert outbox_told(house) == {}


def test_trouble_with_a_letter_that_was_sent_by_hand_is_over(house: Line) -> None:
    """When an editor sends what the service could not, the next tick takes the notice down."""
    house.readers(Audience.GEMEENTE, "anna")
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    ticks(house).press()
    house.outbox.touch()
    ticks(house).outbox()
    house.outbox.unlink()
    (edition,) = editions.editions(house.engine)
    house.editor.send(edition.id)
    ticks(house).outbox()
    assert outbox_told(house) == {}


def test_one_edition_that_may_not_go_keeps_no_other_waiting(house: Line) -> None:
    """An edition whose content was tampered with is refused with a notice; the others go."""
    house.readers(Audience.CORPORATIE, "cora")
    house.readers(Audience.GEMEENTE, "anna")
    house.accepted("Panel beslist mee", Audience.CORPORATIE, Audience.GEMEENTE)
    ticks(house).press()
    first = next(one for one in editions.editions(house.engine) if one.audience is Audience.CORPORATIE)
    with house.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE edition SET content_hash = 'x' WHERE id = {first.id}")
    ticks(house).outbox()
    assert sorted(house.letters()) == ["anna"]
    assert list(outbox_told(house)) == [f"outbox:{first.id}"]


def test_a_stopped_edition_stays_where_it_is_until_it_is_resumed(house: Line) -> None:
    """The outbox tick leaves a stopped edition alone."""
    house.readers(Audience.GEMEENTE, "anna")
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    ticks(house).press()
    (edition,) = editions.editions(house.engine)
    editions.stop(house.engine, edition.id)
    ticks(house).outbox()
    assert house.letters() == {}
    editions.resume(house.engine, edition.id, house.clock())
    ticks(house).outbox()
    assert sorted(house.letters()) == ["anna"]


def test_what_becomes_of_a_letter_is_in_the_record(house: Line) -> None:
    """A letter that the radar fixes and sends stands there once each: its subject, for how many, how many went."""
    house.readers(Audience.GEMEENTE, "anna", "bo")
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    ticks(house).press()
    for _ in range(2):
        ticks(house).outbox()
    found = record.page(house.engine, record.Filter(sort="edition"))
    kept = {"subject": "Participatieradar 1: Panel beslist mee", "wording": found[1].after["wording"], "readers": 2}
    assert [(line.who, line.action, line.subject, dict(line.after)) for line in found] == [
        ("de radar", "send letter", "edition/gemeente 1", {"sent": 2}),
        ("de radar", "freeze letter", "edition/gemeente 1", kept),
    ]


def test_a_letter_that_the_radar_stops_is_in_the_record(house: Line) -> None:
    """After a day of silence the outbox stops a letter itself; the record says so, with the reason."""
    house.readers(Audience.GEMEENTE, "anna")
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    ticks(house).press()
    house.clock.add(timedelta(hours=25))
    ticks(house).outbox()
    ticks(house).outbox()
    (line,) = record.page(house.engine, record.Filter(action="stop letter"))
    assert (line.who, line.subject) == ("de radar", "edition/gemeente 1")
    assert line.after["way"].startswith("Hier is meer dan een dag niets aan verzonden.")


def test_a_new_service_ends_the_notice_about_settings(house: Line) -> None:
    """A service that could start has good settings, whatever an earlier one told; its ticks are planned."""
    notices.begin(house.engine, "settings", "De instellingen zijn niet overgenomen.", house.clock())
    with crawl_lock(house.engine) as held:
        assert held
        running = schedule.start(ticks(house))
        planned = {job.id for job in running.get_jobs()}
        running.shutdown()
    assert planned == {
        "settings",
        "links",
        "remind",
        "crawl",
        "press",
        "health",
        "overdue",
        "outbox",
        "returns",
        "weeks",
        "reply",
        "judge",
        "learn",
        "forget",
        "report",
        "search",
    }
    assert told(house) == {}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path / "world", 0, date(2026, 11, 24)).serve() as served:
        yield served


def test_a_crawl_that_is_stopped_stays_due(house: Line, world: World, tmp_path: Path) -> None:
    """A stop in the middle takes nothing in; the next tick reads it all, and the one after that nothing."""
    shutil.rmtree(house.folder)
    write_config(house.folder, world.port)
    live = LiveSettings(house.folder, {"RADAR_ALLOW_LOOPBACK": "1"})
    engine = open_engine(str(house.engine.url.render_as_string(hide_password=False)))
    editor = Editor(engine, lambda: live.current, house.clock)
    stopping, going = (Ticks(engine, live, editor, house.clock) for _ in range(2))
    stopping.stopping.set()
    with crawl_lock(engine):
        assert going.crawl().runs == ()
    assert stopping.crawl().runs == ()
    assert {state.checked_at for state in sources.states(engine).values()} == {None}

    runs = going.crawl().runs
    assert {(run.source, run.reason, run.baseline) for run in runs} == {
        (name, "ok", True) for name in ("plein31", "koepel", "huurdersbond")
    }
    assert going.crawl().runs == ()
    engine.dispose()
