"""What people add to an item on the desk: how the letter tells it, what they think of it, and deciding together."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fakes_desk import LAST_WEEK, House
from sqlalchemy import Engine
from starlette.testclient import TestClient

from digest.edition import Audience
from monitor.copied_text import copied_sentences
from monitor.editor import Editor
from monitor.role import Role
from monitor.settings import ItemKind
from monitor.store import record, reviews, talk

SOURCE = """De huurdersraad van De Linde heeft vorige week een nieuwe voorzitter gekozen uit drie kandidaten.
De raad praat namens 4.000 huurders met de corporatie over huur en onderhoud."""
PLAIN = {
    "titel": "",
    "soort": "",
    "voor": ["corporatie"],
    "thema": ["panels"],
    "dag": "",
    "plaats": "",
    "aanmelden": "",
}


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> House:
    return House(engine, tmp_path / "config")


@pytest.fixture
def els(house: House) -> TestClient:
    return house.signed_in()


@pytest.fixture
def piet(house: House) -> TestClient:
    return house.signed_in("Piet Bakker", "piet@voorbeeld.example", Role.REVIEWER)


def seen(browser: TestClient, path: str) -> BeautifulSoup:
    response = browser.get(path)
    assert response.status_code == 200, response.text
    return BeautifulSoup(response.text, "lxml")


def words(soup: BeautifulSoup, css: str = "main") -> str:
    return " ".join(" ".join(found.get_text(" ") for found in soup.select(css)).split())


def done(house: House, item_id: int) -> list[str]:
    return [line.action for line in record.of_subject(house.engine, f"item/{item_id}")]


@pytest.mark.parametrize(
    ("own", "copied"),
    [
        ("De huurdersraad van De Linde heeft vorige week een nieuwe voorzitter gekozen uit drie kandidaten.", 1),
        ("De huurdersraad van De Linde heeft vorige week een nieuwe voorzitter gekozen. Lees hoe het ging.", 1),
        ("Huurders van De Linde hebben een nieuwe voorzitter voor hun raad.", 0),
        ("De raad praat over huur.", 0),
        ("", 0),
    ],
)
def test_sentences_of_the_source_are_recognised(own: str, copied: int) -> None:
    """A sentence that was taken over, whole or nearly, is told; one in own words or a few words is not."""
    assert len(copied_sentences(own, SOURCE)) == copied


def test_a_text_is_looked_at_while_it_is_typed(house: House, els: TestClient) -> None:
    """Level, long sentences, hard words and copied sentences are told at once, and nothing is kept."""
    item_id = house.item(text=SOURCE)
    typed = f"{SOURCE} Teneinde draagvlak te vinden. En nog een zin. En nog een."
    told = words(
        BeautifulSoup(els.post(f"/item/{item_id}/nakijken", data={"samenvatting": typed}).text, "lxml"), "body"
    )
    assert "Taalniveau:" in told
    assert "Staat bijna zo bij de bron: “De huurdersraad" in told
    assert "Makkelijker: “om”" in told
    assert "Dit zijn 5 zinnen" in told
    assert els.post(f"/item/{item_id}/nakijken", data={"samenvatting": " "}).text == ""
    assert done(house, item_id) == []


def test_people_put_an_item_otherwise_for_the_letter(house: House, els: TestClient) -> None:
    """Title, kind, audiences, themes and meeting as people put them are what the letter tells; undo brings all back."""
    item_id = house.item(intro="Kom ook.")
    els.post(f"/item/{item_id}/besluit", data={"besluit": "accepted", "samenvatting": "Kom praten."})
    otherwise = PLAIN | {
        "titel": "Praat mee in Almelo",
        "soort": "agenda",
        "voor": ["gemeente"],
        "thema": [],
        "dag": "2026-12-10",
        "plaats": "Almelo",
        "aanmelden": "2026-12-01",
    }
    answer = els.post(f"/item/{item_id}/aanpassen", data=otherwise)
    assert answer.headers["location"].endswith("wat=aangepast")
    editor = Editor(house.engine, lambda: house.live.current, house.clock)
    assert editor.draft(Audience.CORPORATIE).entries == ()
    (entry,) = editor.draft(Audience.GEMEENTE).entries
    assert (entry.title, entry.kind, entry.themes, entry.goals) == ("Praat mee in Almelo", "agenda", (), ())
    assert entry.event is not None
    assert (str(entry.event.day), entry.event.place, str(entry.event.deadline)) == (
        "2026-12-10",
        "Almelo",
        "2026-12-01",
    )
    page = seen(els, answer.headers["location"])
    assert page.select_one("#titel")["value"] == "Praat mee in Almelo"
    assert "Volgens de radar: Panels en inspraak." in words(page)
    els.post(page.select_one("#melding form")["action"])
    assert editor.draft(Audience.GEMEENTE).entries == ()
    assert editor.draft(Audience.CORPORATIE).entries[0].title == "Huurderspanel telt 800 leden"
    assert done(house, item_id)[-2:] == ["amend", "amend"]


def test_saving_an_amendment_without_a_change_amends_nothing(house: House, els: TestClient) -> None:
    """What is left as the radar found it stays so when the radar looks again."""
    item_id = house.item()
    form = seen(els, f"/item/{item_id}").select_one("form[action$=aanpassen]")
    ticked = {name: [one["value"] for one in form.select(f"[name={name}][checked]")] for name in ("voor", "thema")}
    els.post(f"/item/{item_id}/aanpassen", data=PLAIN | ticked)
    assert done(house, item_id) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"dag": "morgen"}, "De datum is geen dag"),
        ({"plaats": "Almelo"}, "Een bijeenkomst heeft een datum nodig"),
        ({"dag": "2026-12-01", "aanmelden": "2026-12-02"}, "ligt na de bijeenkomst"),
        ({"soort": "vlog"}, "niet begrijpt"),
        ({"titel": "x" * 301}, "langer dan 300 tekens"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_kept(
    house: House, els: TestClient, wrong: dict[str, str], told: str
) -> None:
    """A date that is none, a place without a date: the page says what is wrong, and the item stays as it was."""
    item_id = house.item()
    answer = els.post(f"/item/{item_id}/aanpassen", data=PLAIN | wrong)
    assert answer.status_code == 422
    assert told in answer.text
    assert done(house, item_id) == []


def test_what_was_typed_stands_in_a_form_that_was_refused(house: House, els: TestClient) -> None:
    """Beside the fault the form holds every field as it was filled in, and the reader is led to the fault."""
    item_id = house.item()
    filled = {"titel": "Eigen titel", "soort": "agenda", "plaats": "Almelo", "dag": "2026-12-01"}
    sent = PLAIN | filled | {"aanmelden": "2026-12-02", "voor": ["gemeente"], "thema": []}
    soup = BeautifulSoup(els.post(f"/item/{item_id}/aanpassen", data=sent).text, "html.parser")
    form = soup.select_one("form[action$=aanpassen]")
    shown = [form.select_one(f"input[name={name}]")["value"] for name in ("titel", "plaats", "dag", "aanmelden")]
    assert shown == ["Eigen titel", "Almelo", "2026-12-01", "2026-12-02"]
    assert form.select_one("[name=soort] [selected]")["value"] == "agenda"
    assert [box["value"] for box in form.select("[type=checkbox][checked]")] == ["gemeente"]
    fault = soup.select_one(".alert[autofocus] li").get_text()
    assert fault == "De laatste dag om aan te melden ligt na de bijeenkomst."


def test_a_text_can_be_taken_back(house: House, els: TestClient) -> None:
    """The undo of a saved text brings the text before it back."""
    item_id = house.item()
    for text in ("Eerste.", "Tweede."):
        els.post(f"/item/{item_id}/tekst", data={"samenvatting": text})
    els.post(f"/item/{item_id}/tekst/ongedaan")
    stored = reviews.one(house.engine, item_id)
    assert stored is not None
    assert stored.summary == "Eerste."


def test_one_looks_at_an_item_at_a_time(house: House, els: TestClient, piet: TestClient) -> None:
    """Who takes an item up is shown by name for a quarter of an hour, and the other is told."""
    item_id = house.item()
    assert els.post(f"/item/{item_id}/oppakken").headers["location"].endswith("wat=opgepakt")
    assert piet.post(f"/item/{item_id}/oppakken", headers={"accept": "application/json"}).status_code == 409
    assert "Els de Vries bekijkt dit tot 10:15" in words(seen(piet, "/"))
    house.clock.add(timedelta(minutes=15))
    assert "bekijkt dit" not in words(seen(piet, "/"))
    assert piet.post(f"/item/{item_id}/oppakken").headers["location"].endswith("wat=opgepakt")
    piet.post(f"/item/{item_id}/besluit", data={"besluit": "accepted"})
    assert talk.claims(house.engine, [item_id], house.clock()) == {}


def test_a_second_opinion_is_kept_beside_the_decision(house: House, els: TestClient, piet: TestClient) -> None:
    """Asking puts an item on a list of its own; another opinion ends the asking, and the difference stays in sight."""
    item_id = house.item()
    els.post(f"/item/{item_id}/besluit", data={"besluit": "accepted"})
    els.post(f"/item/{item_id}/tweede-mening", data={"vraag": "ja"})
    assert len(seen(piet, "/tweede-mening").select(".card")) == 1
    assert "Els de Vries vraagt om een tweede mening" in words(seen(piet, f"/item/{item_id}"))
    piet.post(f"/item/{item_id}/mening", data={"mening": "rejected"})
    page = words(seen(els, f"/item/{item_id}"))
    assert "De meningen verschillen" in page
    assert "Piet Bakker: afwijzen" in page
    assert "vraagt om een tweede mening" not in page
    assert len(seen(els, "/tweede-mening").select(".card")) == 1
    stored = reviews.one(house.engine, item_id)
    assert stored is not None
    assert stored.decision == "accepted"
    piet.post(f"/item/{item_id}/mening", data={"mening": ""})
    assert seen(els, "/tweede-mening").select(".card") == []
    assert piet.post(f"/item/{item_id}/mening", data={"mening": "vast"}).status_code == 422


def test_comments_stay_and_only_ones_own_are_withdrawn(house: House, els: TestClient, piet: TestClient) -> None:
    """What colleagues say stands with their names; who wrote it can withdraw it, and the record keeps it."""
    item_id = house.item()
    els.post(f"/item/{item_id}/opmerking", data={"opmerking": "Eerst <b>bellen</b>."})
    assert "Eén opmerking" in words(seen(piet, "/"))
    assert words(seen(piet, f"/item/{item_id}"), ".comments .said") == "Eerst <b>bellen</b>."
    assert piet.post(f"/item/{item_id}/opmerking/1/intrekken").status_code == 404
    assert els.post(f"/item/{item_id}/opmerking", data={"opmerking": " "}).status_code == 422
    els.post(f"/item/{item_id}/opmerking/1/intrekken")
    assert talk.comments(house.engine, item_id) == []
    assert done(house, item_id) == ["comment", "withdraw comment"]


def test_a_comment_withdrawn_by_mistake_is_put_back(house: House, els: TestClient, piet: TestClient) -> None:
    """The message offers it to who wrote it, step by step back; the record keeps each, and nobody else can."""
    item_id = house.item()
    page, undo = f"/item/{item_id}", f"/item/{item_id}/opmerking/ongedaan"
    for number, text in enumerate(("Eerst bellen.", "Dan mailen."), start=1):
        els.post(f"{page}/opmerking", data={"opmerking": text})
        house.clock.add(timedelta(minutes=1))
        told = seen(els, els.post(f"{page}/opmerking/{number}/intrekken").headers["location"])
    assert told.select_one("#melding form")["action"] == undo
    assert piet.post(undo).status_code == 404
    back = seen(els, els.post(undo).headers["location"])
    assert "Uw opmerking staat weer bij “Huurderspanel telt 800 leden”." in words(back, "#melding")
    assert words(back, ".comments .said") == "Dan mailen."
    els.post(undo)
    assert els.post(undo).status_code == 404
    assert [one.text for one in talk.comments(house.engine, item_id)] == ["Eerst bellen.", "Dan mailen."]
    assert done(house, item_id) == ["comment", "withdraw comment"] * 2 + ["comment again"] * 2


def test_many_comments_leave_the_page_short(house: House, els: TestClient) -> None:
    """The last twenty stand there, and the last twenty lines of what was done; what came before can be opened."""
    item_id, me = house.item(), house.reviewer()
    for number in range(100):
        talk.say(house.engine, item_id, me, f"Opmerking {number}", house.clock())
    page = seen(els, f"/item/{item_id}")
    assert words(page, "section[aria-labelledby=samen] summary") == "80 eerdere opmerkingen"
    assert words(page, "section[aria-labelledby=verloop] summary") == "80 eerdere regels"
    for folded in page.select("section details"):
        folded.extract()
    assert [one.get_text() for one in page.select(".said")] == [f"Opmerking {number}" for number in range(80, 100)]
    assert len(page.select("section[aria-labelledby=verloop] li")) <= 22


def test_many_are_turned_down_together_only_after_a_look(house: House, els: TestClient, piet: TestClient) -> None:
    """The list comes first; what was unticked or decided meanwhile stays, and one button takes all of it back."""
    house.clock.now = LAST_WEEK
    ids = [house.item(f"Oud {number}", score=0.1) for number in range(4)]
    house.clock.add(timedelta(days=6))
    new = house.item("Nieuw", score=0.1)
    chosen = seen(els, "/terzijde?week=2026-W47")
    preview = seen(els, chosen.select_one("a[href^='/samen']")["href"])
    offered = [int(box["value"]) for box in preview.select("input[name=item][checked]")]
    assert offered == ids[::-1]
    assert [item.decision for item in reviews.some(house.engine, ids)] == [""] * 4
    piet.post(f"/item/{ids[0]}/besluit", data={"besluit": "accepted"})
    answer = els.post("/samen", data={"item": [str(one) for one in ids[:3]]})
    after = seen(els, answer.headers["location"])
    assert "2 berichten zijn afgewezen." in words(after)
    piet.post(f"/item/{ids[1]}/besluit", data={"besluit": "accepted", "was": "rejected"})
    house.clock.add(timedelta(minutes=1))
    fields = {one["name"]: one["value"] for one in after.select("#melding input")}
    els.post("/samen/ongedaan", data=fields)
    decided = [item.decision for item in reviews.some(house.engine, [*ids, new])]
    assert decided == ["accepted", "accepted", "", "", ""]
    assert "Er is niets gekozen" in words(seen(els, "/samen?van=terzijde"))


def test_a_practice_example_is_a_kind(house: House, els: TestClient) -> None:
    """Whoever calls an item a practice example puts it under that heading of the letter."""
    item_id = house.item()
    els.post(f"/item/{item_id}/aanpassen", data=PLAIN | {"soort": ItemKind.PRACTICE.value})
    els.post(f"/item/{item_id}/besluit", data={"besluit": "accepted"})
    editor = Editor(house.engine, lambda: house.live.current, house.clock)
    assert [entry.kind for entry in editor.draft(Audience.CORPORATIE).entries] == ["praktijkvoorbeeld"]
