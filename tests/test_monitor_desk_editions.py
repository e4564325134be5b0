"""The edition desk: letters put together by editors, approved, planned, held back and tried out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fakes_line import Line, line, read_letter, text_of, titles
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from starlette.testclient import TestClient

from digest import store as editions
from digest.edition import Audience, Kind
from digest.records import EditionState
from monitor.amendment import Amendment
from monitor.judgement import Event
from monitor.role import Role
from monitor.schedule import Ticks
from monitor.source_state import SourceRun
from monitor.store import amendments, arrangements, notices, record, sources

PATH = "/brief/gemeente"


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> Line:
    """A line a day before the letter goes, with three items for municipalities and one for corporations."""
    made = line(engine, tmp_path)
    run = SourceRun("linde", made.clock() - timedelta(days=9), 1.0, 1, "ok", "", True, 1, 1, 0, 0, 0, [])
    with engine.begin() as connection:
        sources.save_run(connection, run)
    made.clock.add(timedelta(days=-1))
    for name in ("Eerste", "Tweede", "Derde"):
        made.accepted(f"{name} bericht", Audience.GEMEENTE)
    made.accepted("Iets voor corporaties", Audience.CORPORATIE)
    return made


def do(browser: TestClient, what: str, **form: str) -> str:
    """Press a button and read the page that it leads to."""
    answer = browser.post(f"{PATH}/{what}", data=form)
    assert answer.status_code == 303
    return browser.get(answer.headers["location"]).text


def text_before(text: str, *words: str) -> bool:
    """Whether these words stand in a text in this order."""
    places = [text.index(one) for one in words]
    return places == sorted(places)


def seen(page: str) -> str:
    """The fingerprint of the letter that the page shows."""
    found = re.search(r'name="gezien" value="(\w+)"', page)
    assert found
    return found[1]


def step_in(page: str) -> str:
    """The step that the message on the page offers to take back."""
    found = re.search(r'/ongedaan"><input type="hidden" name="stap" value="(\d+)"><button>Ongedaan maken', page)
    assert found
    return found[1]


def inside(house: Line) -> list[str]:
    """The titles in the letter that is made now."""
    return titles(house.editor.upcoming(Audience.GEMEENTE).entries)


def test_editors_choose_order_and_introduce(house: Line) -> None:
    """Up, down, to a place, out, in and an intro show in the letter of this audience only, and each in the record."""
    browser = house.signed_in()
    start = inside(house)
    assert start == ["Derde bericht", "Tweede bericht", "Eerste bericht"]
    ids = {entry.title: entry.reference for entry in house.editor.upcoming(Audience.GEMEENTE).entries}
    do(browser, "samenstellen", bericht=ids[start[2]], doe="omhoog")
    assert inside(house) == [start[0], start[2], start[1]]
    do(browser, "samenstellen", bericht=ids[start[0]], doe="plek", plek="2")
    assert inside(house) == [start[2], start[1], start[0]]
    page = do(browser, "samenstellen", bericht=ids[start[1]], doe="eruit")
    assert inside(house) == [start[2], start[0]]
    assert "Wacht op een volgende brief." in page
    do(browser, "samenstellen", bericht="4", doe="erin")
    do(browser, "inleiding", intro="Deze week\nveel nieuws.")
    edition = house.editor.upcoming(Audience.GEMEENTE)
    assert (titles(edition.entries), edition.intro) == (
        [start[2], start[0], "Iets voor corporaties"],
        "Deze week veel nieuws.",
    )
    assert titles(house.editor.upcoming(Audience.CORPORATIE).entries) == ["Iets voor corporaties"]
    told = record.of_subject(house.engine, "edition/gemeente 1")
    assert [one.action for one in told] == ["arrange"] * 4 + ["introduce"]
    assert (told[-1].before["intro"], told[-1].after["intro"]) == ("", "Deze week veel nieuws.")


def test_an_entry_stands_in_the_part_that_editors_choose(house: Line) -> None:
    """It goes to the end of another part, or to a place of it, and back; a meeting stays in the agenda."""
    browser = house.signed_in()
    do(browser, "samenstellen", bericht="1", doe="plek", plek="0", deel="twente")
    assert "onderaan in dat deel" in do(browser, "samenstellen", bericht="2", doe="deel", deel="twente")
    upcoming = house.editor.upcoming(Audience.GEMEENTE)
    assert [(one.kind, titles(one.entries)) for one in upcoming.groups] == [
        (Kind.NIEUWS, ["Derde bericht"]),
        (Kind.TWENTE, ["Eerste bericht", "Tweede bericht"]),
    ]
    assert text_before(house.editor.letter(upcoming).text, "UIT TWENTE", "Eerste bericht")
    told = record.of_subject(house.engine, "edition/gemeente 1")[-1]
    assert (told.action, told.after["placed"]) == ("arrange", ["1: Uit Twente", "2: Uit Twente"])
    do(browser, "samenstellen", bericht="1", doe="deel", deel="nieuws")
    assert inside(house) == ["Derde bericht", "Eerste bericht", "Tweede bericht"]
    assert arrangements.of(house.engine, Audience.GEMEENTE, 1).placed == {"2": Kind.TWENTE}
    meeting = house.accepted("Dag van de huurder", Audience.GEMEENTE)
    said = Amendment(event=Event(day=date(2026, 12, 1)))
    amendments.keep(house.engine, meeting, house.reviewer(), said, house.clock())
    for wrong in ({"bericht": str(meeting), "deel": "nieuws"}, {"bericht": "1", "deel": "agenda"}):
        assert browser.post(f"{PATH}/samenstellen", data={"doe": "deel", **wrong}).status_code == 422


def test_what_was_left_out_comes_back_and_what_was_told_says_where(house: Line) -> None:
    """The next number holds what waited; what went is named with its number."""
    browser = house.signed_in()
    do(browser, "samenstellen", bericht="1", doe="eruit")
    edition_id, _ = house.editor.freeze(house.editor.upcoming(Audience.GEMEENTE))
    assert inside(house) == ["Eerste bericht"]
    assert browser.get(PATH).text.count("Stond al in nummer 1.") == 2
    assert edition_id


def test_a_change_overtakes_the_approval(house: Line) -> None:
    """What was approved is what was seen: a letter that changed meanwhile is not approved, nor stays so."""
    browser = house.signed_in()
    old = seen(browser.get(PATH).text)
    do(browser, "inleiding", intro="Dag allemaal.")
    assert "intussen veranderd" in do(browser, "goedkeuren", gezien=old, doe="goed")
    page = do(browser, "goedkeuren", gezien=seen(browser.get(PATH).text), doe="goed")
    assert "Goedgekeurd door Els de Vries" in page
    assert "gaat niet weg zolang" not in page
    house.accepted("Nog een bericht", Audience.GEMEENTE, summary="")
    page = browser.get(PATH).text
    assert "gaat niet weg zolang" in page
    assert "0 van 1 keer goedgekeurd" in page
    assert "Na de goedkeuring van Els de Vries is de brief veranderd" in page


def test_the_record_says_in_words_what_was_arranged_and_approved(house: Line) -> None:
    """Titles stand there instead of numbers, and a short mark shows that what was fixed is what was approved."""
    browser = house.signed_in()
    do(browser, "samenstellen", bericht="1", doe="omhoog")
    do(browser, "samenstellen", bericht="2", doe="deel", deel="twente")
    do(browser, "samenstellen", bericht="4", doe="erin")
    good = seen(browser.get(PATH).text)
    do(browser, "goedkeuren", gezien=good, doe="goed")
    upcoming = house.editor.upcoming(Audience.GEMEENTE)
    house.editor.freeze(upcoming)
    page = browser.get("/logboek").text
    assert '<span lang="nl">brief 1 voor gemeenten</span>' in page
    assert "Tweede bericht: Uit Twente</ins>" in page
    assert ">Iets voor corporaties</ins>" in page
    assert "Derde bericht · Eerste bericht · Tweede bericht</ins>" in page
    assert good not in page
    assert page.count(f'<ins lang="nl" translate="no">{good[:8]}</ins>') == 2
    told = record.of_subject(house.engine, "edition/gemeente 1")
    assert [one.after["wording"] for one in told if "wording" in one.after] == [good, good]
    assert [one.after["subject"] for one in told if "subject" in one.after] == [
        house.editor.letter(upcoming).subject
    ] * 2


def test_a_step_with_a_letter_is_taken_back_with_one_press(house: Line) -> None:
    """Intro, part, moment and holding back each come with an undo that puts all back as it was, on record."""
    browser = house.signed_in()
    do(browser, "samenstellen", bericht="1", doe="plek", plek="0", deel="twente")
    steps: list[tuple[str, dict[str, str]]] = [
        ("inleiding", {"intro": "Dag allemaal."}),
        ("samenstellen", {"bericht": "2", "doe": "deel", "deel": "twente"}),
        ("plannen", {"doe": "plan", "dag": "2026-11-25", "tijd": "11:30"}),
        ("tegenhouden", {"doe": "houd"}),
    ]
    before = arrangements.of(house.engine, Audience.GEMEENTE, 1)
    for what, form in steps:
        step = step_in(do(browser, what, **form))
        assert arrangements.of(house.engine, Audience.GEMEENTE, 1) != before
        undone = do(browser, "ongedaan", stap=step)
        assert "De brief is weer zoals daarvoor." in undone
        assert f'action="{PATH}/ongedaan"' not in undone
        assert arrangements.of(house.engine, Audience.GEMEENTE, 1) == before
        assert "niets ongedaan gemaakt" in do(browser, "ongedaan", stap=step)
    assert browser.post(f"{PATH}/ongedaan", data={"stap": "x"}).status_code == 422
    told = [one.action for one in record.of_subject(house.engine, "edition/gemeente 1")]
    assert told[1:3] == ["introduce", "undo letter"]
    assert (len(told), told.count("undo letter")) == (9, 4)


def test_an_intro_of_a_colleague_is_not_lost_unseen(house: Line) -> None:
    """Who saves over what a colleague wrote meanwhile reads so and gets that back; nobody takes back another's step."""
    els = house.signed_in()
    piet = house.signed_in("Piet", "piet@voorbeeld.example", role=Role.EDITOR)
    do(piet, "inleiding", intro="Van Piet.", was="")
    told = do(els, "inleiding", intro="Van Els.", was="")
    assert "Een collega schreef intussen een andere." in told
    do(els, "ongedaan", stap=step_in(told))
    assert arrangements.of(house.engine, Audience.GEMEENTE, 1).intro == "Van Piet."
    told = do(els, "inleiding", intro="Van ons.", was="Van Piet.")
    assert "intussen" not in told
    do(piet, "samenstellen", bericht="1", doe="omhoog")
    moved = arrangements.of(house.engine, Audience.GEMEENTE, 1)
    assert "niets ongedaan gemaakt" in do(els, "ongedaan", stap=step_in(told))
    assert arrangements.of(house.engine, Audience.GEMEENTE, 1) == moved


def test_a_sample_goes_to_who_asks(house: Line) -> None:
    """The mail is the letter itself, marked as a sample, and no delivery."""
    browser = house.signed_in()
    assert "naar uw eigen adres gestuurd" in do(browser, "proef")
    (mail,) = [read_letter(path) for path in house.outbox.glob("*.eml")]
    assert mail["To"] == "Els de Vries <els@voorbeeld.example>"
    assert mail["Subject"].startswith("[Proef] Participatieradar 1: ")


def test_nonsense_is_refused(house: Line) -> None:
    """An unknown audience, step, place or item changes nothing and says so."""
    browser = house.signed_in()
    for form in ({"bericht": "x", "doe": "omhoog"}, {"bericht": "1", "doe": "weg"}, {"bericht": "99", "doe": "omhoog"}):
        assert browser.post(f"{PATH}/samenstellen", data=form).status_code == 422
    assert browser.post(f"{PATH}/inleiding", data={"intro": "a" * 601}).status_code == 422
    assert browser.post("/brief/niemand/proef").status_code == 404
    assert browser.post("/brief/x/stoppen").status_code == 404
    for day, said in (("2026-11-20", "al voorbij"), ("2027-11-20", "60 dagen"), ("gisteren", "Vul een dag")):
        assert said in do(browser, "plannen", dag=day, tijd="09:00")
    assert record.of_subject(house.engine, "edition/gemeente 1") == []


def press(house: Line) -> list[tuple[str, list[str]]]:
    """What the service made for municipalities when it looked now."""
    Ticks(house.engine, house.live, house.editor, house.clock).press()
    every = reversed(editions.editions(house.engine))
    return [
        (one.issue, titles(one.content.entries))
        for one in every
        if one.audience is Audience.GEMEENTE and "W" in one.issue
    ]


def told(house: Line) -> str:
    """What stands on top of every page about this letter."""
    return {one.name: one.text for one in notices.current(house.engine)}.get("edition:gemeente", "")


def asks(house: Line, approvals: int) -> None:
    """Have the settings ask for approval before anything goes."""
    path = house.folder / "radar.yaml"
    path.write_text(f"{path.read_text()}  approvals: {approvals}\n  when_not_approved: skip\n", encoding="utf-8")
    house.live.refresh()


def test_two_people_approve_before_it_goes(house: Line) -> None:
    """With two approvals asked, one person's are one; it goes a little late when the second comes, and just once."""
    asks(house, 2)
    house.clock.add(timedelta(days=1))
    els = house.signed_in()
    assert press(house) == []
    assert told(house) == "De brief van week 48 voor gemeenten wacht: er zijn 0 van de 2 goedkeuringen die nodig zijn."
    good = seen(els.get(PATH).text)
    do(els, "goedkeuren", gezien=good, doe="goed")
    page = do(els, "goedkeuren", gezien=good, doe="goed")
    assert "Iemand anders moet de brief ook goedkeuren." in page
    house.clock.add(timedelta(hours=1))
    assert press(house) == []
    assert "er is 1 van de 2" in told(house)
    piet = house.signed_in("Piet", "piet@voorbeeld.example", role=Role.EDITOR)
    house.accepted("Te laat voor deze week", Audience.GEMEENTE)
    do(piet, "goedkeuren", gezien=seen(piet.get(PATH).text), doe="goed")
    made = [("2026-W48", ["Derde bericht", "Tweede bericht", "Eerste bericht"])]
    assert press(house) == press(house) == made
    assert told(house) == ""


def test_without_approval_it_is_skipped_and_told(house: Line) -> None:
    """A day after its moment a letter that nobody approved is given up for this week; its items stay for the next."""
    asks(house, 1)
    house.clock.add(timedelta(days=2, minutes=1))
    assert press(house) == []
    assert "is niet verzonden" in told(house)
    assert len(inside(house)) == 3
    assert house.editor.upcoming(Audience.GEMEENTE).issue == "2026-W49"


def test_by_itself_it_goes_unapproved(house: Line) -> None:
    """As delivered, a letter that nobody looked at goes with what was accepted."""
    house.clock.add(timedelta(days=1))
    assert [len(entries) for _, entries in press(house)] == [3]


def test_a_moment_of_its_own(house: Line) -> None:
    """A letter moved into next week goes at that moment instead of this week's and next week's, and never twice."""
    browser = house.signed_in()
    do(browser, "samenstellen", bericht="1", doe="eruit")
    assert "is veranderd" in do(browser, "plannen", dag="2026-11-30", tijd="08:30")
    house.clock.add(timedelta(days=1))
    assert press(house) == []
    house.clock.now = datetime(2026, 11, 30, 7, 30, tzinfo=UTC)
    made = [("2026-W49", ["Derde bericht", "Tweede bericht"])]
    assert press(house) == press(house) == made
    house.clock.add(timedelta(days=2))
    assert (press(house), told(house)) == (made, "")
    assert "Kies een andere week" in do(house.signed_in(), "plannen", dag="2026-12-03", tijd="10:00")
    house.clock.add(timedelta(days=7))
    assert press(house) == [*made, ("2026-W50", ["Eerste bericht"])]


def test_a_letter_is_held_back_and_released(house: Line) -> None:
    """What is held does not go at its moment and goes once it is released; after that sending can be stopped."""
    house.readers(Audience.GEMEENTE, "anna")
    browser = house.signed_in()
    do(browser, "tegenhouden", doe="houd")
    house.clock.add(timedelta(days=1))
    assert press(house) == []
    assert told(house).endswith("een redacteur houdt hem tegen.")
    browser = house.signed_in()
    do(browser, "tegenhouden", doe="laat")
    assert len(press(house)) == 1
    (edition_id,) = [one.id for one in editions.editions(house.engine) if one.audience is Audience.GEMEENTE]
    browser.post(f"/brief/{edition_id}/stoppen")
    assert editions.find_edition(house.engine, edition_id).state is EditionState.STOPPED
    browser.post(f"/brief/{edition_id}/verder")
    assert editions.find_edition(house.engine, edition_id).state is EditionState.FROZEN
    actions = [one.action for one in record.of_subject(house.engine, "edition/gemeente 1")]
    assert actions == ["hold letter", "release letter", "freeze letter", "stop letter", "resume letter"]


def test_no_letter_is_fixed_sent_stopped_or_resumed_without_a_line_of_the_record(house: Line) -> None:
    """Where the record cannot be written the letter stays as it was, for both are one transaction."""
    house.readers(Audience.GEMEENTE, "anna")
    edition_id, _ = house.editor.freeze(house.editor.draft(Audience.GEMEENTE))
    browser = house.signed_in()
    away, back = "ALTER TABLE record RENAME TO away", "ALTER TABLE away RENAME TO record"
    steps = (("stoppen", EditionState.STOPPED), ("verder", EditionState.FROZEN))
    for step, state in steps:
        was = editions.find_edition(house.engine, edition_id).state
        with house.engine.begin() as connection:
            connection.execute(text(away))
        assert browser.post(f"/brief/{edition_id}/{step}").status_code == 500
        assert editions.find_edition(house.engine, edition_id).state is was
        with house.engine.begin() as connection:
            connection.execute(text(back))
        browser.post(f"/brief/{edition_id}/{step}")
        assert editions.find_edition(house.engine, edition_id).state is state
    with house.engine.begin() as connection:
        connection.execute(text(away))
    with pytest.raises(DatabaseError):
        house.editor.send(edition_id)
    assert editions.find_edition(house.engine, edition_id).state is EditionState.SENDING
    with pytest.raises(DatabaseError):
        house.editor.freeze(house.editor.draft(Audience.CORPORATIE))
    (draft,) = [one for one in editions.editions(house.engine) if one.audience is Audience.CORPORATIE]
    assert draft.state is EditionState.DRAFT
    assert editions.sent_references(house.engine, Audience.CORPORATIE) == frozenset()
    with house.engine.begin() as connection:
        connection.execute(text(back))
    assert house.editor.send(edition_id).finished
    last = record.of_subject(house.engine, "edition/gemeente 1")[-1]
    assert (last.action, dict(last.after)) == ("send letter", {"sent": 1})
    assert list(house.letters()) == ["anna"]


def test_who_approves_is_reminded_a_day_before(house: Line) -> None:
    """Editors get one mail that names what nobody approved and what happens then; not earlier, not who may not."""
    house.signed_in()
    house.signed_in("Piet", "piet@voorbeeld.example", role=Role.REVIEWER)
    ticks = Ticks(house.engine, house.live, house.editor, house.clock)
    house.clock.add(timedelta(minutes=-1))
    ticks.remind()
    assert house.letters() == {}
    house.clock.add(timedelta(minutes=1))
    approve_all(house, Audience.CORPORATIE)
    ticks.remind()
    ticks.remind()
    assert list(house.letters()) == ["els"]
    text = text_of(house.letters()["els"])
    assert "De brief gaat weg op dinsdag 24 november 2026 om 10:00." in text
    assert "- huurdersorganisaties: 0 berichten - gemeenten: 3 berichten" in text
    assert "corporaties" not in text
    assert "Doet u niets? Dan gaat de brief weg" in text


def approve_all(house: Line, audience: Audience) -> None:
    """Have somebody approve the letter of an audience as it is."""
    edition = house.editor.upcoming(audience)
    arrangements.approve(house.engine, edition, "Nummer 1", house.reviewer(), house.clock())
