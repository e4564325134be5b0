"""The page of the words: try, save, take back; without script, and by who may."""

from __future__ import annotations

import re

import pytest
from fakes_desk import House

from monitor import learning, words_file
from monitor.role import Role
from monitor.store import reviews
from monitor.store.database import open_engine

THEME = "  - {name: panels, title: Panels en inspraak, goals: [informeel], strong: [huurderspanel]}\n"
OTHER = THEME.replace("huurderspanel", "bewonersberaad")


@pytest.fixture
def house(sqlite_address, tmp_path):
    engine = open_engine(sqlite_address)
    house = House(engine, tmp_path / "config")
    for title in ("Huurderspanel telt 800 leden", "Bewonersberaad gaat van start"):
        house.item(title, intro="De huurders kiezen zelf.")
    learning.judge_again(engine, house.live.current, house.clock())
    yield house
    engine.dispose()


def form(house, text=OTHER, theme="panels"):
    return {"thema": theme, "tekst": text, "gezien": words_file.fingerprint(words_file.read(house.folder))}


def plain(page):
    """What a reader sees, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.text.replace("</t", " </t")))


def test_a_theme_stands_in_the_form_as_it_stands_in_the_file(house):
    """Only its own lines, with the choice of themes above it."""
    page = house.signed_in().get("/woorden?thema=panels").text
    assert f">\n{THEME}</textarea>" in page
    assert '<option value="panels" selected>Thema: Panels en inspraak</option>' in page


def test_without_a_theme_the_whole_file_stands_there(house):
    """An unknown theme gives the whole file as well."""
    for address in ("/woorden", "/woorden?thema=weg"):
        assert "<textarea" in house.signed_in().get(address).text
        assert "kinds:\n  - {name: nieuws" in house.signed_in().get(address).text


def test_trying_shows_both_sides_with_the_sentence_and_saves_nothing(house):
    """One arrives, one leaves, the typed text still stands in the form and the file is as it was."""
    before = words_file.read(house.folder)
    page = house.signed_in(role=Role.REVIEWER).post("/woorden/proberen", data=form(house))
    told = plain(page)
    assert "Geprobeerd op 2 berichten: 1 bericht komt erbij in de wachtrij, 1 bericht valt weg." in told
    assert "Erbij: Bewonersberaad gaat van start" in told
    assert "Weg: Huurderspanel telt 800 leden" in told
    assert "<mark>Bewonersberaad</mark>" in page.text
    assert "strong: [bewonersberaad]" in page.text
    assert words_file.read(house.folder) == before


def test_trying_shows_what_happens_to_precision_and_recall(house):
    """With the panel chosen, all found becomes none found."""
    (item,) = reviews.queue(house.engine)
    reviews.decide(house.engine, item.id, house.reviewer(), reviews.ACCEPTED, house.clock())
    told = plain(house.signed_in().post("/woorden/proberen", data=form(house)))
    assert "Van wat u koos, vindt de radar 100 van de 100 (tussen 21 en 100) 0 van de 100 (tussen 0 en 79)" in told


def test_a_change_without_effect_is_told(house):
    """Trying the words as they are changes nothing, and it says so."""
    assert "er verandert niets" in plain(house.signed_in().post("/woorden/proberen", data=form(house, THEME)))


def test_saving_and_taking_back_leads_to_a_page_that_tells_it(house):
    """The whole way of a manager: save, see the history with the changed line, put the first text back."""
    first, browser = words_file.read(house.folder), house.signed_in()
    saved = browser.post("/woorden/bewaren", data=form(house))
    assert (saved.status_code, saved.headers["location"]) == (303, "/woorden?thema=panels&wat=bewaard")
    page = browser.get(saved.headers["location"])
    assert "Bewaard. De radar beoordeelt de berichten die nog wachten nu opnieuw" in page.text
    assert "thema panels veranderd door Els de Vries" in page.text
    assert "+  - {name: panels, title: Panels en inspraak, goals: [informeel], strong: [bewonersberaad]}" in page.text
    back = browser.post("/woorden/terug", data={"versie": "1"})
    assert back.status_code == 303
    assert "Teruggezet." in browser.get(back.headers["location"]).text
    assert words_file.read(house.folder) == first


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (THEME.replace("[informeel]", "[gezellig]"), r"Regel 1, themes\[0\]\.goals\[0\]: .*gezellig"),
        (THEME.replace("huurderspanel]", "h*]"), "Regel 1, themes.*h"),
        (THEME.rstrip()[:-1], "Regel 1: dit is geen goede YAML"),
    ],
)
def test_a_mistake_is_told_with_its_line_in_the_form_and_nothing_is_saved(house, text, told):
    """Lines are counted from the top of what stands in the form; what was typed stays there."""
    before, browser = words_file.read(house.folder), house.signed_in()
    for address in ("/woorden/proberen", "/woorden/bewaren"):
        page = browser.post(address, data=form(house, text))
        assert page.status_code == 422
        assert "Dit kan zo niet. Er is niets bewaard." in page.text
        assert re.search(told, plain(page))
    assert words_file.read(house.folder) == before


def test_who_began_from_an_older_text_is_told(house):
    """Both trying and saving say that somebody else was first."""
    browser, began = house.signed_in(), form(house)
    browser.post("/woorden/bewaren", data=form(house))
    for address in ("/woorden/proberen", "/woorden/bewaren"):
        page = browser.post(address, data=began)
        assert page.status_code == 409
        assert "intussen door iemand anders veranderd" in page.text


def test_only_a_manager_saves_and_takes_back(house):
    """A reviewer tries; the buttons to save are not there, and the addresses refuse."""
    browser = house.signed_in(role=Role.REVIEWER)
    assert "/woorden/bewaren" not in browser.get("/woorden").text
    assert browser.post("/woorden/bewaren", data=form(house)).status_code == 403
    assert browser.post("/woorden/terug", data={"versie": "1"}).status_code == 403


@pytest.mark.parametrize("number", ["99", "", "-1", "1e3", "9" * 40])
def test_a_version_that_is_not_there_is_not_found(house, number):
    """Whatever stands in the form, the answer is the page for what is not there."""
    assert house.signed_in().post("/woorden/terug", data={"versie": number}).status_code == 404


def test_what_is_typed_is_shown_as_text(house):
    """A script in the words stays text, also in a message about it."""
    page = house.signed_in().post("/woorden/proberen", data=form(house, "</textarea><script>alert(1)</script>"))
    assert page.status_code == 422
    assert "<script>alert" not in page.text
