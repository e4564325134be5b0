"""The editor: from accepted items to an edition for each audience, frozen and sent into the outbox folder."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from fakes_line import EVERYBODY, SUMMARY, Line, line, text_of, titles
from sqlalchemy import Engine

from digest import store as editions
from digest.edition import Audience, Kind
from digest.outbox import Plan
from digest.pace import Limits
from digest.records import EditionRefused, EditionState
from monitor.editor import letterhead, plan, published_text
from monitor.radar_settings import Relay
from monitor.store import reviews


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> Line:
    return line(engine, tmp_path)


def test_each_audience_gets_what_was_accepted_for_it(house: Line) -> None:
    """An item goes to the audiences that the judge named; one for nobody in particular goes to all."""
    house.accepted("Panel beslist mee", Audience.CORPORATIE)
    house.accepted("Raad tekent afspraken", Audience.GEMEENTE)
    house.accepted("Huurders kiezen", Audience.CORPORATIE, Audience.GEMEENTE)
    house.accepted("Nieuwe wet")
    got = {audience: sorted(titles(house.editor.draft(audience).entries)) for audience in Audience}
    assert got == {
        Audience.CORPORATIE: ["Huurders kiezen", "Nieuwe wet", "Panel beslist mee"],
        Audience.GEMEENTE: ["Huurders kiezen", "Nieuwe wet", "Raad tekent afspraken"],
        Audience.HUURDERSORGANISATIE: ["Nieuwe wet"],
    }


def test_undecided_rejected_and_undone_stay_out(house: Line) -> None:
    """Only what is accepted at this moment is in the letter."""
    house.flagged("Niemand koos nog")
    house.decide(house.flagged("Afgewezen bericht"), reviews.REJECTED)
    undone = house.accepted("Toch maar niet")
    reviews.undo(house.engine, undone, house.reviewer(), house.clock())
    house.accepted("Gekozen bericht")
    assert titles(house.editor.draft(Audience.GEMEENTE).entries) == ["Gekozen bericht"]


def test_what_was_sent_is_not_sent_again(house: Line) -> None:
    """After a letter the next one holds the newly accepted only, for that audience; another still gets both."""
    first = house.accepted("Eerste keuze")
    edition_id, _ = house.editor.freeze(house.editor.draft(Audience.GEMEENTE))
    house.editor.send(edition_id)
    house.clock.add(timedelta(days=7))
    house.accepted("Tweede keuze")
    draft = house.editor.draft(Audience.GEMEENTE)
    assert titles(draft.entries) == ["Tweede keuze"]
    assert (draft.issue, draft.number) == ("2026-W49", 2)
    assert len(house.editor.draft(Audience.CORPORATIE).entries) == 2
    assert editions.sent_references(house.engine, Audience.GEMEENTE) == {str(first)}


def test_a_draft_of_an_earlier_moment_holds_what_was_accepted_by_then(house: Line) -> None:
    """What is accepted after the planned hour waits a week, also when the service looks late."""
    planned = house.clock()
    house.accepted("Op tijd gekozen")
    house.clock.add(timedelta(hours=2))
    house.accepted("Te laat gekozen")
    assert titles(house.editor.draft(Audience.GEMEENTE, planned).entries) == ["Op tijd gekozen"]
    assert len(house.editor.draft(Audience.GEMEENTE).entries) == 2


def test_a_choice_of_two_months_ago_is_let_go(house: Line) -> None:
    """What was accepted long ago and never sent is no news any more."""
    house.accepted("Oude keuze")
    house.clock.add(timedelta(days=61))
    assert house.editor.draft(Audience.GEMEENTE).entries == ()


def test_an_entry_tells_our_words_and_never_the_publishers_text(house: Line) -> None:
    """Title, link, source and summary are in it, no why that nobody wrote, and nothing of the publisher's text."""
    house.accepted("Panel in Hengelo", intro="Zin van de uitgever.", text="Nog een zin van de uitgever.")
    (entry,) = house.editor.draft(Audience.GEMEENTE).entries
    assert (entry.title, entry.source, entry.summary) == ("Panel in Hengelo", "De Linde", SUMMARY)
    assert entry.address == "https://linde.example/nieuws/panel-in-hengelo"
    assert entry.why == ""
    assert entry.part is Kind.TWENTE
    assert "uitgever" not in entry.model_dump_json()


@pytest.mark.parametrize(
    ("day", "precision", "text"),
    [
        (date(2026, 6, 1), "month", "juni 2026"),
        (date(2026, 4, 1), "quarter", "tweede kwartaal 2026"),
        (date(2025, 1, 1), "year", "2025"),
        (date(2026, 6, 1), "day", ""),
        (None, "month", ""),
    ],
)
def test_a_date_is_told_no_more_exactly_than_it_is_known(day: date | None, precision: str, text: str) -> None:
    """A date known by month has no day in it."""
    assert published_text(day, precision) == text


def test_a_rough_date_reaches_the_letter(house: Line) -> None:
    """A publication of June is "juni 2026" in the letter, not the first of June."""
    house.accepted("Handreiking", published=date(2026, 6, 1), published_precision="month")
    letter = house.editor.letter(house.editor.draft(Audience.GEMEENTE))
    assert "juni 2026" in letter.text
    assert "1 juni 2026" not in letter.text


def test_freeze_and_send_through_the_folder(house: Line) -> None:
    """Each reader of the audience gets one .eml with title, summary and link; sending again adds nothing."""
    house.readers(Audience.GEMEENTE, "anna", "bert")
    house.readers(Audience.CORPORATIE, "cora")
    house.accepted("Panel beslist mee", *EVERYBODY)
    edition_id, count = house.editor.freeze(house.editor.draft(Audience.GEMEENTE))
    assert (count, house.editor.unsent()) == (2, (edition_id,))

    report = house.editor.send(edition_id)
    letters = house.letters()
    assert report.finished
    assert sorted(letters) == ["anna", "bert"]
    for letter in letters.values():
        assert letter["Subject"] == "Participatieradar 1: Panel beslist mee"
        assert letter["List-Unsubscribe"]
        for part in ("Panel beslist mee", SUMMARY, "https://linde.example/nieuws/panel-beslist-mee"):
            assert part in text_of(letter)

    files = {path: path.stat().st_mtime_ns for path in house.outbox.iterdir()}
    assert house.editor.send(edition_id).now.total == 0
    assert {path: path.stat().st_mtime_ns for path in house.outbox.iterdir()} == files
    assert house.editor.unsent() == ()
    assert editions.find_edition(house.engine, edition_id).state is EditionState.SENT


def test_a_frozen_edition_stands_fast(house: Line) -> None:
    """What is accepted or rewritten later does not change it, and the same week cannot be frozen twice."""
    chosen = house.accepted("Panel beslist mee")
    edition_id, _ = house.editor.freeze(house.editor.draft(Audience.GEMEENTE))
    house.write(chosen, "Andere woorden.")
    house.accepted("Later gekozen")
    content = editions.find_edition(house.engine, edition_id).content
    assert [(entry.title, entry.summary) for entry in content.entries] == [("Panel beslist mee", SUMMARY)]
    with pytest.raises(EditionRefused, match="al vastgezet"):
        house.editor.freeze(house.editor.draft(Audience.GEMEENTE))


def test_the_letterhead_is_that_of_the_settings(house: Line) -> None:
    """Replies go to the sender unless told otherwise, and the list is named after the sender's domain."""
    head = letterhead(house.live.current)
    assert head.reply_to == head.sender_address == "radar@voorbeeld.example"
    assert head.list_id == "participatieradar.voorbeeld.example"
    assert head.postal == "Voorbeeldstraat 1, 7500 AA Enschede"


def test_after_this_weeks_letter_people_work_on_next_weeks(house: Line) -> None:
    """What is accepted after the letter of this week was fixed is shown as the letter of next week."""
    house.clock.add(timedelta(minutes=-1))
    house.accepted("Eerste keuze")
    assert house.editor.upcoming(Audience.GEMEENTE).issue == "2026-W48"
    house.editor.freeze(house.editor.draft(Audience.GEMEENTE))
    house.accepted("Tweede keuze")
    upcoming = house.editor.upcoming(Audience.GEMEENTE)
    assert (titles(upcoming.entries), upcoming.issue, upcoming.number) == (["Tweede keuze"], "2026-W49", 2)


def test_letters_go_out_as_the_settings_say(house: Line) -> None:
    """Connections, limits and what is done with doubt come from radar.yaml; into the folder they go one by one."""
    settings = house.live.current
    assert plan(settings) == Plan()
    relay = Relay(host="smtp.example", connections=4, per_minute=60, per_domain=10, when_in_doubt="park")
    with_relay = settings.model_copy(update={"radar": settings.radar.model_copy(update={"relay": relay})})
    assert plan(with_relay) == Plan(4, Limits(per_minute=60, per_domain=10), park_doubt=True)


def test_the_overview_of_the_month_can_be_seen_before_it_goes(house: Line) -> None:
    """It holds what the weekly letters of this month told, and the days of the year that are near when it goes."""
    path = house.folder / "radar.yaml"
    days = '  deadlines:\n    - {day: 15 december, text: "Dan staan de afspraken vast.", weeks: 6}\n'
    path.write_text(path.read_text() + days, encoding="utf-8")
    house.live.refresh()
    house.accepted("Panel beslist mee", Audience.GEMEENTE)
    house.editor.freeze(house.editor.draft(Audience.GEMEENTE))
    house.accepted("Nog in geen weekbrief", Audience.GEMEENTE)
    month = house.editor.upcoming_month(Audience.GEMEENTE)
    assert (month.week, month.composed_on) == ("november 2026", date(2026, 12, 1))
    assert titles(month.entries) == ["Panel beslist mee"]
    assert [one.text for one in month.days] == ["Dan staan de afspraken vast."]
    page = house.signed_in().get("/brief/gemeente?ritme=maand").text
    assert "overzicht van november 2026" in page
    assert 'src="/brief/gemeente/html?ritme=maand"' in page
    assert "november 2026" in house.signed_in().get("/brief/gemeente/html?ritme=maand").text


def test_why_an_item_matters_is_told_in_the_words_of_a_reviewer(house: Line) -> None:
    """What a person wrote is in the letter as it was written."""
    item_id = house.accepted("Panel beslist mee")
    reviews.write(
        house.engine,
        item_id,
        house.reviewer(),
        summary=SUMMARY,
        why="Uw raad kan dit overnemen.",
        now=house.clock(),
    )
    (entry,) = house.editor.draft(Audience.GEMEENTE).entries
    assert entry.why == "Uw raad kan dit overnemen."
