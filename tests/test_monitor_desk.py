from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup
from fakes_desk import NOW, House, item, reason
from fakes_digest import a_reader
from sqlalchemy import Engine, event, insert
from starlette.testclient import TestClient

from digest import subscribers
from digest.bounces import take_in
from digest.edition import Audience
from digest.store import deliveries
from monitor.completeness import Gap
from monitor.item import Known
from monitor.judge import Effect, Place
from monitor.recognise import Changed
from monitor.role import Role
from monitor.source_state import SourceRun, SourceState
from monitor.store import gaps, items, notices, record, reviews, search, sources, talk
from monitor.tables import notice


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> House:
    return House(engine, tmp_path / "config")


@pytest.fixture
def els(house: House) -> TestClient:
    return house.signed_in()


def seen(browser: TestClient, path: str) -> BeautifulSoup:
    response = browser.get(path)
    assert response.status_code == 200, response.text
    return BeautifulSoup(response.text, "lxml")


def words(soup: BeautifulSoup, css: str = "main") -> str:
    return " ".join(" ".join(found.get_text(" ") for found in soup.select(css)).split())


def titles(browser: TestClient, path: str) -> list[str]:
    return [heading.get_text() for heading in seen(browser, path).select(".card h2")]


def decide(browser: TestClient, item_id: int, decision: str, **fields: str) -> str:
    """Press a button as a browser without script does; returns where it leads to."""
    response = browser.post(f"/item/{item_id}/besluit", data={"besluit": decision, "van": "wachtrij"} | fields)
    assert response.status_code == 303
    return response.headers["location"]


def test_queue_shows_an_item_with_its_reasons_in_place(house: House, els: TestClient) -> None:
    """A card tells source, date, likelihood, theme and copies, with the found words marked where they stand."""
    against = reason("huurprijs", "Ook de huurprijs kwam langs.", effect=Effect.LOWERS)
    intro = reason("meepraten", "Zij mogen meepraten.", Place.INTRO)
    text = reason("klankbordgroep", "De klankbordgroep komt elke maand bijeen.")
    item_id = house.item(intro="Zij mogen meepraten.", reasons=(intro, text, against))
    house.item("Zelfde verhaal", source="eik", address="https://eik.example/zelfde", told_as=item_id)

    soup = seen(els, "/")

    assert [mark.get_text() for mark in soup.select(".card mark")] == ["Huurderspanel", "meepraten", "klankbordgroep"]
    shown = words(soup, ".card")
    for part in ("De Linde", "20 november 2026", "Zeker van belang", "80%", "Panels en inspraak", "Corporaties"):
        assert part in shown
    assert "Pleit ertegen: huurprijs" in shown
    copy, original = soup.select_one(".about a"), soup.select_one(".original a")
    assert (copy.get_text(), copy["href"]) == ("De Eik", "https://eik.example/zelfde")
    assert original["href"].startswith("https://linde.example/")
    assert original["rel"] == ["noopener", "noreferrer"]
    assert "1 te beoordelen" in words(soup, "h1")


def test_a_card_of_a_list_is_short(house: House, els: TestClient) -> None:
    """What is likely has one sentence of proof, what is doubtful two; a day that the source named is not explained."""
    proof = [reason(found, f"Ook de {found} doet mee.") for found in ("huurdersraad", "klankbordgroep", "wijkraad")]
    day = {"published_origin": "feed", "published_precision": "time"}
    likely = house.item("Panel begint", reasons=proof, intro="Huurders praten mee. " * 20, **day)
    house.item("Raad begint", score=0.6, reasons=proof, published_origin="text")

    first, second = seen(els, "/").select(".card")

    assert [len(card.select(".reasons li")) for card in (first, second)] == [1, 2]
    assert len(first.select_one(".intro").get_text()) < 310
    assert "volgens de feed" not in first.get_text()
    assert "staat in de tekst" in second.get_text()
    whole = seen(els, f"/item/{likely}")
    assert "volgens de feed van de bron" in whole.select_one(".meta").get_text()
    assert len(whole.select(".reasons li")) > 3


def test_a_date_is_no_more_exact_than_it_is_known(house: House, els: TestClient) -> None:
    """A month is shown as a month with its origin, and without a date the card says so."""
    house.item("Maand bekend", published_precision="month", published_origin="listing")
    house.item("Niets bekend", published=None, published_precision="", score=0.6)
    maand, niets = (meta.get_text(" ") for meta in seen(els, "/").select(".card .meta"))
    assert "november 2026" in maand
    assert "20 november" not in maand
    assert "volgens het overzicht van de bron" in maand
    assert "datum onbekend" in niets


def test_deciding_moves_an_item_and_undo_brings_it_back(house: House, els: TestClient) -> None:
    """Accepting takes an item out of the queue to the accepted ones, and the offered undo puts it back."""
    item_id = house.item()

    soup = seen(els, decide(els, item_id, "accepted"))

    assert "Gekozen: “Huurderspanel telt 800 leden”." in words(soup, "#melding")
    assert titles(els, "/") == []
    assert titles(els, "/gekozen") == ["Huurderspanel telt 800 leden"]
    undo = soup.select_one("#melding form")
    back = els.post(undo["action"], data={"van": "wachtrij"}).headers["location"]
    assert "Ongedaan gemaakt" in words(seen(els, back), "#melding")
    assert titles(els, "/") == ["Huurderspanel telt 800 leden"]
    assert titles(els, "/gekozen") == []


def test_our_script_gets_the_same_message_as_json(house: House, els: TestClient) -> None:
    """With `Accept: application/json` a decision answers the sentence and where to undo it, without a redirect."""
    item_id = house.item()
    response = els.post(
        f"/item/{item_id}/besluit", data={"besluit": "rejected"}, headers={"accept": "application/json"}
    )
    assert response.json() == {
        "text": "Afgewezen: “Huurderspanel telt 800 leden”.",
        "undo": f"/item/{item_id}/ongedaan",
    }
    assert titles(els, "/afgewezen") == ["Huurderspanel telt 800 leden"]


def test_a_colleague_who_decided_first_is_not_overruled(house: House, els: TestClient) -> None:
    """A decision from a page that was shown before a colleague decided is not taken, and the page says who did."""
    item_id = house.item()
    piet = house.signed_in("Piet Bakker", "piet@voorbeeld.example")
    decide(piet, item_id, "rejected")

    soup = seen(els, decide(els, item_id, "accepted", was=""))

    assert "Piet Bakker heeft" in words(soup, "#melding")
    assert "intussen al afgewezen" in words(soup, "#melding")
    assert titles(els, "/gekozen") == []


def test_a_decision_can_be_changed_knowingly(house: House, els: TestClient) -> None:
    """From the list of rejected items an item can still be accepted, because that page knew of the rejection."""
    item_id = house.item()
    decide(els, item_id, "rejected")
    was = seen(els, "/afgewezen").select_one("input[name=was]")["value"]
    decide(els, item_id, "accepted", was=was)
    assert titles(els, "/gekozen") == ["Huurderspanel telt 800 leden"]


def test_text_is_kept_with_a_decision(house: House, els: TestClient) -> None:
    """What was typed beside the buttons is kept when one of them is pressed, and stands on the page of the item."""
    item_id = house.item()
    decide(els, item_id, "accepted", samenvatting="Eén zin.\r\nNog een.", notitie="Bellen")
    soup = seen(els, f"/item/{item_id}")
    assert soup.select_one("textarea[name=samenvatting]").get_text() == "Eén zin.\nNog een."
    assert words(soup, ".comments .said") == "Bellen"


def test_a_field_left_alone_keeps_what_a_colleague_wrote(house: House, els: TestClient) -> None:
    """Saving a note from an older page does not wipe the text that a colleague wrote in the meantime."""
    item_id = house.item()
    piet = house.signed_in("Piet Bakker", "piet@voorbeeld.example")
    before = {"samenvatting": "", "notitie": "", "was_samenvatting": "", "was_notitie": ""}
    piet.post(f"/item/{item_id}/tekst", data=before | {"samenvatting": "Van Piet."})
    els.post(f"/item/{item_id}/tekst", data=before | {"notitie": "Van Els."})
    stored = reviews.one(house.engine, item_id)
    assert stored is not None
    assert (stored.summary, len(talk.comments(house.engine, item_id))) == ("Van Piet.", 1)


def test_the_page_of_an_item_tells_everything(house: House, els: TestClient) -> None:
    """The page of an item shows its text for judging, its documents, its versions and who did what."""
    item_id = house.item(
        text="Eerste alinea over het Huurderspanel.\n\nTweede.", documents=("https://linde.example/a.pdf",)
    )
    decide(els, item_id, "accepted")
    els.post(f"/item/{item_id}/ongedaan")
    stored = reviews.one(house.engine, item_id)
    assert stored is not None
    with house.engine.begin() as connection:
        known = Known(item_id, "linde", stored.address, "", read=True, version=1)
        changed = Changed(item("Andere titel", address=stored.address), known, first_reading=False)
        items.change(connection, changed, house.clock())

    soup = seen(els, f"/item/{item_id}")

    assert "Alleen om te beoordelen" in words(soup)
    assert "versie 2" in words(soup, ".record")
    assert "Els de Vries koos dit bericht, vandaag om 10:00." in words(soup, ".record")
    assert "Els de Vries draaide het besluit terug" in words(soup, ".record")


def test_pages_of_the_queue_hold_every_item_once(house: House, els: TestClient) -> None:
    """Walking through the queue page by page shows each item exactly once, the highest score first."""
    for number in range(45):
        house.item(f"Bericht {number}", score=0.9 if number % 2 else 0.7)
    path, found = "/", []
    while path:
        soup = seen(els, path)
        found += [heading.get_text() for heading in soup.select(".card h2")]
        following = soup.select_one(".following a")
        path = following["href"].replace("?", "/?") if following else ""
    assert len(found) == 45
    assert sorted(found, key=lambda title: int(title.split()[1]) % 2 == 0) == found
    assert len(set(found)) == 45


def test_what_was_decided_is_chosen_from_and_turned_page_by_page(house: House, els: TestClient) -> None:
    """Each decision stands on just one page, the latest first; a source can be chosen; one comes back to one's page."""
    person = house.reviewer()
    ids = [house.item(f"Bericht {number}", source="linde" if number % 2 else "eik") for number in range(45)]
    for number, item_id in enumerate(ids):
        reviews.decide(house.engine, item_id, person, reviews.REJECTED, NOW + timedelta(minutes=number // 3))
    path, found, starts = "/afgewezen?bron=eik", [], []
    while path:
        soup = seen(els, path)
        found += [heading.get_text() for heading in soup.select(".card h2")]
        following = soup.select_one(".following a")
        path = f"/afgewezen{following['href']}" if following else ""
        starts += [path] if path else []
    assert found == [f"Bericht {number}" for number in range(44, -1, -2)]
    (second,) = starts
    start = dict(parse_qsl(urlsplit(second).query))["voor_id"]
    back = decide(els, ids[0], "accepted", van="afgewezen", vanaf=start, keuze="bron=eik", was="rejected")
    assert back.startswith("/afgewezen?")
    assert (f"voor_id={start}" in back, "bron=eik" in back) == (True, True)
    assert titles(els, second) == ["Bericht 4", "Bericht 2"]


def test_the_choice_of_a_list_stays_in_the_address(house: House, els: TestClient) -> None:
    """What was chosen holds for the next page and after a decision too; what is not offered is not chosen."""
    for number in range(22):
        house.item(f"Eik {number}", source="eik", address=f"https://eik.example/{number}", score=0.9 - number / 100)
    linde = house.item("Linde")
    chosen = seen(els, "/?bron=eik&thema=panels&week=2026-W48&doel=<script>")
    assert len(chosen.select(".card")) == 20
    assert chosen.select_one("select[name=bron] option[selected]").get_text() == "De Eik"
    following = chosen.select_one(".following a")["href"]
    assert following.startswith("?bron=eik&thema=panels&week=2026-W48&vanaf=")
    form = seen(els, f"/{following}").select_one(".card form")
    fields = {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
    answer = els.post(form["action"], data=fields | {"besluit": "accepted"})
    assert answer.headers["location"].startswith("/?bron=eik&thema=panels&week=2026-W48&na=")
    assert "Met deze keuze staat hier niets." in words(seen(els, "/?bron=linde&week=2020-W01"))
    evil = fields | {"keuze": "bron=https://evil.example&x=1", "besluit": "rejected"}
    assert els.post(f"/item/{linde}/besluit", data=evil).headers["location"].startswith("/?na=")


def test_everything_stored_can_be_searched_from_the_desk(house: House, els: TestClient) -> None:
    """Also what was set aside or decided is found, page by page, and the words that were asked stay in the field."""
    for number in range(21):
        house.item(f"Huurderspanel {number}", score=0.1)
    decide(els, 21, "rejected")
    search.catch_up(house.engine)
    page = seen(els, "/zoeken?q=huurderspanels")
    assert len(page.select(".card")) == 20
    assert "Afgewezen door Els de Vries" in words(page)
    assert page.select_one("#zoek")["value"] == "huurderspanels"
    last = seen(els, f"/zoeken{page.select_one('.following a')['href']}")
    assert [one.get_text() for one in last.select(".card h2")] == ["Huurderspanel 0"]
    assert "niets gevonden" in words(seen(els, "/zoeken?q=windmolen"))


def test_a_search_that_finds_nothing_says_what_would(house: House, els: TestClient) -> None:
    """A past tense is another word to the index; the advice that is given then does find it."""
    house.item("Huurders stemden over het plan")
    search.catch_up(house.engine)
    assert "zoek op het begin van een woord: stem* vindt ook “stemde”" in words(seen(els, "/zoeken?q=stemmen"))
    assert titles(els, "/zoeken?q=stem*") == ["Huurders stemden over het plan"]


def test_what_was_not_flagged_is_within_reach(house: House, els: TestClient) -> None:
    """An item that was set aside is not in the queue, but can be accepted from its own list."""
    item_id = house.item("Lijkt niets", score=0.2)
    assert titles(els, "/") == []
    assert titles(els, "/terzijde") == ["Lijkt niets"]
    decide(els, item_id, "accepted", van="terzijde")
    assert titles(els, "/gekozen") == ["Lijkt niets"]


def test_words_of_strangers_stay_words(house: House, els: TestClient) -> None:
    """A script in a title is shown as text, and an address that is no web address becomes no link."""
    house.item('<script>alert(1)</script> "panel"', address="javascript:alert(1)", label="<img src=x>")
    response = els.get("/")
    soup = BeautifulSoup(response.text, "lxml")
    assert [script["src"] for script in soup.select("script")] == ["/static/desk.js"]
    assert "javascript:" not in response.text
    assert not soup.select(".card img")


@pytest.mark.parametrize(
    "path",
    ["/item/0", "/item/999", "/item/-1", "/item/x", "/item/99999999999", "/item/00000000099999999999", "/niets"],
)
def test_what_does_not_exist_is_told_in_dutch(els: TestClient, path: str) -> None:
    """An address that leads nowhere answers 404 with a Dutch page."""
    response = els.get(path)
    assert response.status_code == 404
    assert "Niet gevonden" in response.text


def test_the_letter_can_be_seen_before_it_goes(house: House, els: TestClient) -> None:
    """The preview shows the letter as HTML in a locked frame and as text, with what must be mended first."""
    item_id = house.item()
    decide(els, item_id, "accepted", samenvatting="Het panel telt nu 800 leden.")

    soup = seen(els, "/brief/corporatie")

    frame = soup.select_one("iframe")
    assert "allow-scripts" not in frame["sandbox"]
    plain = seen(els, "/brief/corporatie?als=tekst")
    assert "Het panel telt nu 800 leden." in words(plain, "pre")
    letter = els.get(frame["src"])
    assert "Het panel telt nu 800 leden." in letter.text
    assert "sandbox" in letter.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in letter.headers["content-security-policy"]
    assert "Er is niets gevonden dat beter moet" in words(soup)
    assert "Er staat geen enkel bericht in" in words(seen(els, "/brief/gemeente"))
    assert els.get("/brief/niemand").status_code == 404


def test_past_editions_stand_with_their_deliveries(house: House, els: TestClient) -> None:
    """The overview names the next moment of sending and every edition with its state."""
    item_id = house.item()
    decide(els, item_id, "accepted", samenvatting="Het panel telt nu 800 leden.")
    editor = house.application.state.desk.editor
    editor.freeze(editor.draft(Audience.CORPORATIE))
    shown = words(seen(els, "/brief"))
    assert "donderdag 26 november 2026 om 9:00" in shown
    assert "Nummer 1 voor woningcorporaties, week 48 van 2026" in shown
    assert "klaar om te versturen" in shown


def test_letters_that_came_back_stand_with_what_to_do(house: House, els: TestClient) -> None:
    """Each edition counts what came back by reason, with advice; only who makes letters sees of whom."""
    decide(els, house.item(), "accepted", samenvatting="Het panel telt nu 800 leden.")
    subscribers.add(house.engine, [a_reader(name, Audience.CORPORATIE) for name in ("anna", "bert")], house.clock())
    editor = house.application.state.desk.editor
    number, _ = editor.freeze(editor.draft(Audience.CORPORATIE))
    marks = [one.message_id.strip("<>").partition("@")[0] for one in deliveries(house.engine, number)]
    for mark, sample in zip(marks, ("postfix-onbekend", "klacht"), strict=True):
        raw = (Path(__file__).parent / "returned" / f"{sample}.eml").read_bytes()
        ours = raw.replace(b"0123456789abcdef0123456789abcdef", mark.encode())
        assert take_in(house.engine, ours, house.clock()).handled
    shown = words(seen(els, "/brief"))
    assert "Teruggekomen: 1 kan niet aankomen · 1 klacht" in shown
    assert "Kan niet aankomen: anna@lezers.example" in shown
    assert "Deze lezers noemden de brief ongewenst." in shown
    cor = house.signed_in("Cor", "cor@voorbeeld.example", role=Role.REVIEWER)
    assert "anna@lezers.example" not in words(seen(cor, "/brief"))


def test_sources_page_tells_how_each_source_fares(house: House, els: TestClient) -> None:
    """A failing source gets a sentence and advice, its times in Dutch local time and its runs."""
    now = house.clock()
    sources.register(house.engine, {"linde": "daily", "eik": "daily"}, now)
    with house.engine.begin() as connection:
        sources.save_state(connection, SourceState("linde", now, "daily", now, reason="not_a_feed", since=now))
        run = SourceRun("linde", now, 1.0, 2, "not_a_feed", "", False, 12, 3, 0, 2, 0, [])
        sources.save_run(connection, run)

    soup = seen(els, "/bronnen")

    linde = words(soup, "section[aria-labelledby=bron-linde]")
    assert "Op het adres van de feed staat een gewone pagina." in linde
    assert "config/sources.yaml" in linde
    assert "vandaag om 10:00" in linde
    assert [cell.get_text() for cell in soup.select("td")][2:] == ["12", "3", "2"]
    assert "De Wilg" in words(soup, "section[aria-labelledby=uit]")


def test_the_sources_page_tells_what_a_source_waits_for(house: House, els: TestClient) -> None:
    """A source whose site asked for rest is told until when, as long as that is so, and is not called ill for it."""
    now = house.clock()
    for wait, told in ((timedelta(hours=2), True), (timedelta(0), False)):
        with house.engine.begin() as connection:
            sources.save_state(connection, SourceState("linde", now, checked_at=now, baseline_at=now, reason="ok"))
        sources.let_rest(house.engine, ["linde"], now + wait)
        linde = words(seen(els, "/bronnen"), "section[aria-labelledby=bron-linde]")
        assert ("met rust gelaten worden tot vandaag om 12:00" in linde) is told
        assert "Het lezen gaat goed." in linde


def test_read_now_waits_for_a_site_that_rests(house: House, els: TestClient) -> None:
    """Who asks to read a source whose site asked for rest is told until when; it is not due before that."""
    now = house.clock()
    with house.engine.begin() as connection:
        sources.save_state(connection, SourceState("linde", now, checked_at=now, baseline_at=now, reason="ok"))
    sources.let_rest(house.engine, ["linde"], now + timedelta(hours=2))
    told = words(seen(els, els.post("/bronnen/linde/nu").headers["location"]))
    assert "De site van De Linde wil met rust gelaten worden tot vandaag om 12:00" in told
    assert sources.due(house.engine, ["linde"], now) == []
    assert [one.source for one in sources.due(house.engine, ["linde"], now + timedelta(hours=2))] == ["linde"]


def test_an_answer_that_may_not_be_all_is_told(house: House, els: TestClient) -> None:
    """A reading in which an address gave as many items as it ever gives says that there may be more."""
    told = [{"address": "https://linde.example/", "full": True}]
    with house.engine.begin() as connection:
        sources.save_run(connection, SourceRun("linde", house.clock(), 1.0, 2, "ok", "", False, 20, 3, 0, 2, 0, told))
    assert "gelukt, maar er kan meer zijn dan het adres geeft" in words(seen(els, "/bronnen"))


def test_read_now_makes_a_source_due(house: House, els: TestClient) -> None:
    """The button makes a source due at this moment; a source that is off or unknown is not found."""
    sources.register(house.engine, {"linde": "daily"}, house.clock())
    with house.engine.begin() as connection:
        late = house.clock().replace(year=2027)
        sources.save_state(connection, SourceState("linde", late))
    location = els.post("/bronnen/linde/nu").headers["location"]
    assert sources.states(house.engine)["linde"].due_at == house.clock()
    waiting = seen(els, location)
    assert "De radar leest De Linde zo dadelijk" in words(waiting)
    assert waiting.select_one("noscript meta[http-equiv=refresh]")
    with house.engine.begin() as connection:
        sources.save_run(connection, SourceRun("linde", house.clock(), 1.0, 2, "ok", "", False, 12, 3, 0, 2, 0, []))
    done = seen(els, location)
    assert "De Linde is gelezen: 3 nieuwe berichten." in words(done)
    assert not done.select_one("noscript")
    rhythm = done.select_one("section[aria-labelledby=bron-linde] .rhythm svg")
    assert rhythm["aria-label"].endswith("0, 0, 3")
    assert els.post("/bronnen/wilg/nu").status_code == 404
    assert els.post("/bronnen/niets/nu").status_code == 404
    location = els.post("/bronnen/eik/nu").headers["location"]
    house.clock.add(timedelta(minutes=6))
    assert "De Eik is nog niet gelezen" in words(seen(els, location))


def test_a_source_is_switched_off_and_on_in_the_file_and_on_record(house: House, els: TestClient) -> None:
    """The switch writes `enabled` and nothing else, block or flow, and the record tells who did it."""
    path = house.folder / "sources.yaml"
    before = path.read_text(encoding="utf-8")
    off = seen(els, els.post("/bronnen/linde/uit").headers["location"])
    assert "De Linde staat uit" in words(off)
    assert path.read_text(encoding="utf-8") == before.replace("name: linde", "name: linde\n    enabled: false")
    on = seen(els, els.post(off.select_one("#melding form")["action"]).headers["location"])
    assert "De radar leest De Linde" in words(on)
    assert on.select_one("#melding form")["action"] == "/bronnen/linde/uit"
    els.post("/bronnen/wilg/aan")
    assert [source.name for source in house.live.current.enabled] == ["linde", "eik", "wilg"]
    assert [line.action for line in record.of_subject(house.engine, "source/linde")] == ["switch off", "switch on"]
    path.write_text("sources:\n  - {name: es, title: Es, endpoints: [{kind: feed, address: 'https://es.example/'}]}")
    house.live.refresh()
    els.post("/bronnen/es/uit")
    assert "{name: es, enabled: false, title: Es," in path.read_text(encoding="utf-8")
    assert els.post("/bronnen/niets/aan").status_code == 404


def test_every_page_tells_of_wrong_settings_and_notices(house: House, els: TestClient) -> None:
    """A bad edit of the settings and a notice from the store stand on top of every page, with file and line."""
    notices.begin(house.engine, "test", "De bron De Eik geeft niets meer.", house.clock())
    path = house.folder / "sources.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("kind: feed", "kind: fed"), encoding="utf-8")
    house.live.refresh()
    for page in ("/", "/gekozen", "/brief", "/bronnen"):
        alerts = words(seen(els, page), ".alert")
        assert "De bron De Eik geeft niets meer." in alerts
        assert re.search(r"sources\.yaml, regel \d+", alerts)


def test_odd_signs_are_no_fault(house: House, els: TestClient) -> None:
    """An empty sign-in form, or signs that a database cannot hold, are refused or left out instead of failing."""
    item_id = house.item()
    browser = house.browser()
    assert browser.post("/inloggen").status_code == 401
    assert browser.post("/inloggen", data={"email": "a\x00b", "password": "\x00"}).status_code == 401
    decide(els, item_id, "accepted", notitie="a\x00b")
    stored = reviews.one(house.engine, item_id)
    assert stored is not None
    assert [one.text for one in talk.comments(house.engine, item_id)] == ["ab"]


def test_health_is_told_without_signing_in(house: House) -> None:
    """Machines learn that the database answers and how many sources are due."""
    sources.register(house.engine, {"linde": "daily", "eik": "daily"}, house.clock())
    response = house.browser().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "database": "ok", "sources_due": 2})


def test_a_story_is_taken_apart_by_hand(house: House, els: TestClient) -> None:
    """A copy names the item in front of it; taken out of the story it stands in the queue, and on record."""
    front = house.item()
    copy = house.item("Iets anders", source="eik", address="https://eik.example/anders", told_as=front)
    assert "Iets anders" not in titles(els, "/")
    assert seen(els, f"/item/{front}").select_one(f'form[action="/item/{copy}/los"]')
    assert seen(els, f"/item/{copy}").select_one(f'a[href="/item/{front}"]')

    response = els.post(f"/item/{copy}/los")
    assert "staat nu op zichzelf" in words(seen(els, response.headers["location"]))
    assert "Iets anders" in titles(els, "/")
    assert "maakte dit bericht los" in words(seen(els, f"/item/{copy}"), ".record")


def test_an_item_goes_back_into_its_story(house: House, els: TestClient) -> None:
    """What was taken out of a story by mistake is put back with the offered undo, unless it was decided on since."""
    front = house.item()
    copy = house.item("Iets anders", source="eik", address="https://eik.example/anders", told_as=front)
    parted = seen(els, els.post(f"/item/{copy}/los").headers["location"])
    undo = parted.select_one("#melding form")["action"]

    assert "hoort weer bij hetzelfde verhaal" in words(seen(els, els.post(undo).headers["location"]), "#melding")
    assert "Iets anders" not in titles(els, "/")
    assert seen(els, f"/item/{front}").select_one(f'form[action="/item/{copy}/los"]')
    assert "zette dit bericht terug bij een ander" in words(seen(els, f"/item/{copy}"), ".record")
    assert [one.action for one in record.of_subject(house.engine, f"item/{copy}")] == ["split", "rejoin"]

    els.post(f"/item/{copy}/los")
    decide(els, copy, "rejected")
    assert "blijft op zichzelf staan" in words(seen(els, els.post(undo).headers["location"]), "#melding")
    assert titles(els, "/afgewezen") == ["Iets anders"]


def test_an_edit_by_the_publisher_is_shown_word_by_word(house: House, els: TestClient) -> None:
    """What the source took out and put in is marked, in words for who does not see the colours."""
    item_id = house.item("Meer tijd", text="Huurders krijgen zes weken de tijd.")
    other = item("Meer tijd", text="Huurders krijgen acht weken de tijd.")
    known = Known(item_id, "linde", other.address, "", read=True, version=1)
    with house.engine.begin() as connection:
        items.change(connection, Changed(other, known, first_reading=False), house.clock())
    changes = seen(els, f"/item/{item_id}").select_one(".changes")
    assert changes
    assert words(changes, "del") == "Weg: zes"
    assert words(changes, "ins") == "Nieuw: acht"


def test_a_gap_is_a_ticket_until_somebody_has_looked(house, els):
    """The sources page says from when to when something may have been missed; "I looked" closes it, and is recorded."""
    now = house.clock()
    with house.engine.begin() as connection:
        sources.save_state(connection, SourceState("linde", now, "daily", now, now, now, reason="ok"))
        gaps.save(connection, [Gap("linde", "https://linde.example/feed", now - timedelta(days=3), now)])
    assert "sloten de lijsten van de site niet op elkaar aan" in words(seen(els, "/bronnen"))
    assert "weet de radar niet. Nog na te kijken: 1." in words(seen(els, "/bronnen"))
    els.post("/bronnen/linde/gat")
    assert "sloten" not in words(seen(els, "/bronnen"))
    assert gaps.open_gaps(house.engine) == []
    assert "keek zelf of er iets gemist was" in words(seen(els, "/logboek"))


def test_a_gap_closed_by_mistake_is_opened_again(house, els):
    """Undo opens what the last press closed and nothing that the listings themselves closed; the record keeps both."""
    now, linde = house.clock(), "https://linde.example/feed"
    for days, by in ((9, gaps.LISTING), (6, gaps.PERSON)):
        with house.engine.begin() as connection:
            gaps.save(connection, [Gap("linde", linde, now - timedelta(days=days + 1), now - timedelta(days=days))])
            gaps.close(connection, "linde", now - timedelta(days=days - 1), by)
    with house.engine.begin() as connection:
        gaps.save(connection, [Gap("linde", linde, now - timedelta(days=3), now)])
    (open_one,) = gaps.open_gaps(house.engine)
    told = seen(els, els.post("/bronnen/linde/gat").headers["location"])
    assert "Er is zelf gekeken bij De Linde." in words(told, "#melding")
    undo = told.select_one("#melding form")["action"]
    for _ in range(2):
        undone = seen(els, els.post(undo).headers["location"])
        assert "De radar vraagt weer om te kijken bij De Linde." in words(undone, "#melding")
        assert not undone.select_one("#melding form")
    assert gaps.open_gaps(house.engine) == [open_one]
    actions = [line.action for line in record.of_subject(house.engine, "source/linde")]
    assert actions == ["close gap", "reopen gap"]


def test_a_page_of_the_queue_takes_one_connection_and_leaves_it_as_it_was(
    engine: Engine, house: House, els: TestClient
) -> None:
    """It reads who is signed in, the list and the notices; afterwards what nobody commits is undone as ever."""
    house.item()
    titles(els, "/")
    taken: list[object] = []
    event.listen(engine, "checkout", lambda connection, *_: taken.append(connection))

    titles(els, "/")

    assert len(taken) == 1
    with engine.connect() as connection:
        connection.execute(insert(notice).values(name="a", text="A.", since=NOW))
    assert not notices.current(engine)
