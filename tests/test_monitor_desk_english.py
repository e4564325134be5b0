"""The desk in English: complete, chosen by each person, and right about what stays Dutch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from fakes_desk import EMAIL, LAST_WEEK, NOW, House, reason
from fakes_digest import frozen, leave_in_doubt
from fakes_dutch import ROOM, in_script, without_english
from starlette.testclient import TestClient
from test_monitor_desk_learned import FIGURES
from test_monitor_desk_people import OTHER, asks_for_link, mails
from test_monitor_desk_seen import paths

from digest import tips
from monitor import learning
from monitor.desk import record
from monitor.desk.english import in_english
from monitor.desk.english_days import moment
from monitor.desk.phrasebook import BLANK, CATALOGUE, DUTCH, END, Phrasebook, catalogue, phrasebook
from monitor.judge import Effect
from monitor.language import Language, asked_for
from monitor.store import models, notices
from monitor.store.database import open_engine


@pytest.fixture
def house(sqlite_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.chdir(tmp_path)  # the outbox folder of the settings is relative
    engine = open_engine(sqlite_address)
    yield House(engine, tmp_path / "config")
    engine.dispose()


def filled(house: House) -> TestClient:
    """A desk with something of everything, and the browser of who did it all."""
    house.began(NOW - timedelta(weeks=2))
    house.clock.now = LAST_WEEK
    for number in range(6):
        house.item(f"Opvallend {number}", score=0.9)
        house.item(f"Terzijde {number}", score=0.1)
    house.clock.now = NOW
    learning.close_weeks(house.engine, house.live.current, NOW)
    models.add(house.engine, "les", b"", examples=40, figures=FIGURES, newest=NOW, now=NOW)
    tips.tell(house.engine, "https://a.example/goed", "Mooi voorbeeld", NOW)
    notices.begin(house.engine, "source:eik", "De Eik: De site antwoordde niet op tijd.", NOW)
    leave_in_doubt(house.engine, frozen(house.engine, readers=3), [1, 2])
    lowered = reason("vacature", "Wij zoeken een medewerker; de vacature staat open.", effect=Effect.LOWERS)
    for number in range(3):
        house.item(f"Huurderspanel telt {number + 7} leden", text="Het panel praat mee.\n\nVaak.", reasons=[lowered])
    browser = house.signed_in()
    browser.post(
        "/item/1/besluit", data={"besluit": "accepted", "samenvatting": "Het panel praat mee.", "waarom": "U."}
    )
    for item, what, words in (
        ("13", "besluit", {"besluit": "rejected"}),
        ("1", "opmerking", {"opmerking": "Goed verhaal."}),
        ("1", "mening", {"mening": "accepted"}),
        ("2", "oppakken", {}),
        ("14", "oppakken", {}),
        ("2", "tweede-mening", {"vraag": "ja"}),
        ("2", "mening", {"mening": "rejected"}),
        ("3", "aanpassen", {"titel": "Ander", "dag": "2026-12-03", "plaats": "Almelo", "aanmelden": "2026-12-01"}),
    ):
        assert browser.post(f"/item/{item}/{what}", data=words).status_code == 303
    for what, words in (("inleiding", {"intro": "Goed nieuws."}), ("goedkeuren", {}), ("tegenhouden", {"doe": "houd"})):
        assert browser.post(f"/brief/corporatie/{what}", data=words).status_code == 303
    browser.post("/mensen", data={"email": OTHER, "naam": "Bo", "rol": "redacteur"})
    return browser


def untranslated(browser: TestClient, path: str) -> set[str]:
    """What is still Dutch on a page for somebody who reads English."""
    page = browser.get(path).text
    return set(in_english(page, phrasebook())[1])


def test_every_phrase_of_the_desk_has_english() -> None:
    """Each text in a template and each phrase in the code of the desk is held by a phrase of the catalogue."""
    assert without_english(catalogue()) == []


def test_every_word_of_the_record_has_english() -> None:
    """Also single words without a capital, which no reading of the code can tell from the name of something."""
    said = [*record.ACTIONS.values(), *record.SORTS.values(), *record.FIELDS.values(), *record.VALUES.values()]
    assert [one for one in said if phrasebook().english(one) is None] == []


def test_themes_are_english_also_where_several_stand_together(house: House) -> None:
    """One whose title holds a comma is known beside another and behind the word for it; one's own theme stays Dutch."""
    path = house.folder / "words.yaml"
    more = '  - {name: sloop, title: "Sloop, renovatie en verduurzaming", goals: [formeel], strong: [sloop]}\n'
    path.write_text(path.read_text(encoding="utf-8").replace("audiences:", f"{more}audiences:"), encoding="utf-8")
    house.live.refresh()
    item_id = house.item()
    browser = house.signed_in(**{"accept-language": "en"})
    browser.post(f"/item/{item_id}/aanpassen", data={"thema": ["panels", "sloop"]})
    english = "Demolition, renovation and making homes sustainable"
    assert f'<dd><span lang="nl">Panels en inspraak</span>, <span>{english}</span></dd>' in browser.get("/").text
    page = browser.get("/woorden").text
    assert f">Theme: {english}</option>" in page
    assert ">Theme: Panels en inspraak</option>" in page


def test_the_scripts_say_nothing_themselves() -> None:
    """What a script shows comes from the page, in attributes that are put into English with it."""
    scripts = sorted((ROOM / "desk" / "static").glob("*.js"))
    assert {script.name: in_script(script.read_text(encoding="utf-8")) for script in scripts} == {
        "desk.js": [],
        "progress.js": [],
    }


def test_no_phrase_stands_twice_in_the_catalogue() -> None:
    """Of two translations of one phrase the second would be lost without a word."""
    phrases = re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [phrase for phrase, many in Counter(phrases).items() if many > 1] == []


def test_blanks_are_the_same_in_both_languages() -> None:
    """An English phrase fills in what the Dutch one holds, no more and no less."""
    odd = {
        dutch: english
        for dutch, english in catalogue().items()
        if sorted(BLANK.findall(dutch)) != sorted(BLANK.findall(english))
    }
    assert odd == {}


@pytest.mark.parametrize("full", [True, False], ids=["full", "empty"])
def test_every_page_is_english(house: House, full: bool) -> None:
    """On a full and on an empty desk nothing is left in Dutch but what the page marks as such."""
    browser = filled(house) if full else house.signed_in()
    places = [path for path in paths() if full or not path.startswith("/item/")]
    places += [
        "/bestaat-niet",
        "/zoeken?q=huurder*",
        "/?thema=panels",
        "/brief/corporatie?ritme=maand",
        "/samen?soort=nieuws",
        "/item/14",
        "/bronnen?nu=linde&sinds=2026-11-24T10:00:00%2B01:00",
    ]
    found = {path: untranslated(browser, path) for path in places}
    assert len(found) > 20
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_faults_and_notices_are_english(house: House) -> None:
    """A mistake in the YAML is told with its place and the way out; a notice keeps the name of its source."""
    browser = house.signed_in(**{"accept-language": "en"})
    path = house.folder / "sources.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("kind: feed", "kind: fed", 1), encoding="utf-8")
    house.live.refresh()
    notices.begin(house.engine, "source:eik", "De Eik: De site antwoordde niet op tijd.", house.clock())
    page = unescape(browser.get("/bronnen").text)
    assert "There is a mistake in the settings." in page
    assert ', line 6, sources[0].endpoints[0].kind: "fed" is not possible here. Did you mean "feed"?</li>' in page
    assert '<span lang="nl" translate="no">De Eik</span>: The site did not answer in time.' in page


def test_each_person_chooses_a_language(house: House) -> None:
    """Who chose nothing reads what the browser asks for; a choice goes before that, and holds for that person alone."""
    browser = house.signed_in(**{"accept-language": "en-GB,en;q=0.9"})
    assert '<html lang="en">' in browser.get("/mij").text
    assert browser.post("/mij/taal", data={"taal": "nl"}).headers["location"] == "/mij?wat=taal"
    assert '<html lang="nl">' in browser.get("/mij").text
    assert browser.post("/mij/taal", data={"taal": "fr"}).status_code == 422
    assert browser.post("/mij/taal", data={"taal": "en"}).status_code == 303
    assert "The language was changed." in browser.get("/mij?wat=taal", headers={"accept-language": "nl"}).text
    assert '<html lang="nl">' in house.signed_in("Bo", OTHER).get("/mij").text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "nl"),
        ("en-US,en;q=0.9", "en"),
        ("nl-NL,nl;q=0.9,en-US;q=0.8", "nl"),
        ("de-DE, en;q=0.5, nl;q=0.4", "en"),
        ("fr", "nl"),
        ("en;q=0, *", "nl"),
        ("en;q=oops", "nl"),
    ],
)
def test_the_browser_says_what_somebody_likes_to_read(header: str, language: str) -> None:
    """The better liked of the two is taken, and Dutch when neither is named."""
    assert asked_for(header) is Language(language)


def test_dutch_content_stays_and_is_marked() -> None:
    """Titles and names are left alone, also within a sentence; a word of the settings is put into English if known."""
    book = Phrasebook({"Zoeken": "Search", "Bewaard bij “{title}”.": "Saved with “{title}”.", "Nieuws": "News"})
    page = (
        '<html lang="nl"><title>Bewaard bij “Zoeken”.</title><h2 lang="nl" translate="no">Zoeken <b>Zoeken</b></h2>'
        '<p title="Zoeken">Bewaard bij “A &amp; Zoeken”.</p><i lang="nl">Nieuws</i><i lang="nl">Anders</i>'
        '<textarea>Zoeken</textarea><button value="Zoeken">Zoeken</button><p>Onbekend</p>'
    )
    assert in_english(page, book) == (
        '<html lang="en"><title>Saved with “Zoeken”.</title><h2 lang="nl" translate="no">Zoeken <b>Zoeken</b></h2>'
        '<p title="Search">Saved with “<span lang="nl" translate="no">A &amp; Zoeken</span>”.</p><i>News</i>'
        '<i lang="nl">Anders</i><textarea>Zoeken</textarea><button value="Zoeken">Search</button><p>Onbekend</p>',
        {"Onbekend"},
    )


def test_a_title_cannot_confuse_the_phrasebook() -> None:
    """A mark of our own within a title is dropped, and a text of hundreds of our phrases is given up and left alone."""
    assert phrasebook().english(f"Bewaard bij “A{DUTCH}B{END}”.") == f"Saved with “{DUTCH}AB{END}”."
    assert phrasebook().english("Nu. " * 10) == "Now. " * 9 + "Now."
    assert phrasebook().english("Nu. " * 500) is None


@pytest.mark.parametrize(
    ("dutch", "english"),
    [
        ("dinsdag 24 november 2026 om 14:05", "Tuesday 24 November 2026 at 14:05"),
        ("vandaag om 9:30", "today at 9:30"),
        ("tweede kwartaal 2024", "second quarter 2024"),
        ("week 48 van 2026", "week 48 of 2026"),
        ("12 om 13", None),
        ("zondag werkt", None),
    ],
)
def test_days_and_hours_are_english_by_rule(dutch: str, english: str | None) -> None:
    """What consists of words of the calendar needs no catalogue; anything else is no moment."""
    assert moment(dutch) == english


def test_what_is_told_beside_the_pages_is_english_too(house: House) -> None:
    """The script is told in English, so is a stranger who is refused, and so are the two mails that people ask for."""
    house.item()
    browser = house.signed_in(**{"accept-language": "en"})
    asks = {"accept": "application/json"}
    told = browser.post("/item/1/besluit", data={"besluit": "accepted"}, headers=asks).json()
    assert told["text"] == "Chosen: “Huurderspanel telt 800 leden”."
    assert house.browser(**{"accept-language": "en"}).get("/", headers=asks).json()["text"].startswith("You are no")
    assert "gets a mail" in browser.post("/mensen", data={"email": OTHER, "naam": "Bo", "rol": "lezer"}).text
    (invitation,) = mails(OTHER)
    assert (invitation["Subject"], invitation["Content-Language"]) == ("Invitation to the Participatieradar", "en")
    assert "Your role there is reader." in invitation.get_content()
    assert browser.post("/mij/taal", data={"taal": "en"}).status_code == 303
    asks_for_link(house)
    assert "With this link you sign in" in mails(EMAIL)[0].get_content()
