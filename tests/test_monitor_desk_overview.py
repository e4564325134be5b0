"""The page that one comes in on, and the menu above every page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fakes_desk import NOW, House
from sqlalchemy import Engine, insert, update
from starlette.testclient import TestClient

from digest import bounces, dispatch, tips
from digest.edition import Audience
from digest.records import DeliveryState
from digest.tables import delivery, subscriber
from monitor.completeness import Gap
from monitor.desk.app import routes
from monitor.desk.menu import MENU, menu
from monitor.desk.page_route import PageRoute
from monitor.desk.per_source import MOST_ROWS, per_source
from monitor.editor import Editor
from monitor.role import Role
from monitor.store import arrivals, gaps, reviews, talk
from monitor.store.arrivals import CameIn
from monitor.store.database import open_engine

TUESDAY_BEFORE = NOW - timedelta(days=7)


@pytest.fixture
def house(sqlite_address: str, tmp_path: Path) -> Iterator[House]:
    engine = open_engine(sqlite_address)
    yield House(engine, tmp_path / "config")
    engine.dispose()


def seen(browser: TestClient) -> BeautifulSoup:
    answer = browser.get("/overzicht")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def waiting(browser: TestClient) -> dict[str, str]:
    """What waits for somebody, by its address."""
    return {str(link["href"]): " ".join(link.get_text().split()) for link in seen(browser).select(".tasks a")}


def numbers(browser: TestClient) -> list[str]:
    return [" ".join(one.get_text().split()) for one in seen(browser).select(".numbers li")]


def test_on_the_first_day_the_page_says_what_happens_next(house: House) -> None:
    """With sources nothing needs doing; without any, who may add one is led there, and others are told whom to ask."""
    first_day = house.signed_in()
    assert "De radar heeft nog niets gelezen" in seen(first_day).get_text()
    assert not seen(first_day).select("svg")
    sources = house.folder / "sources.yaml"
    off = "\n    enabled: false\n    endpoints: "
    sources.write_text(sources.read_text("utf-8").replace("\n    endpoints: ", off, 2), encoding="utf-8")
    house.live.refresh()
    assert seen(first_day).select_one("a.button[href='/bronnen/nieuw']")
    reader = seen(house.signed_in("Rie", "rie@voorbeeld.example", Role.READER))
    assert "Vraag een beheerder" in reader.get_text()
    assert not reader.select_one("a[href='/bronnen/nieuw']")


def test_everybody_sees_what_they_may_do_and_nothing_else(engine: Engine, tmp_path: Path) -> None:
    """On both databases: each role finds its own work with a link that it may follow."""
    house = House(engine, tmp_path / "config")
    browsers = {role: house.signed_in(role.value, f"{role.value}@voorbeeld.example", role) for role in Role}
    invited = house.reviewer("Nieuw", "nieuw@voorbeeld.example", role=Role.READER)
    first = house.item()
    house.item("Twee")
    reviews.decide(engine, first, invited, reviews.ACCEPTED, NOW)
    talk.ask_second(engine, first, invited, NOW, wanted=True)
    tips.tell(engine, "https://tip.example/bericht", "", NOW)
    with engine.begin() as connection:
        gaps.save(connection, [Gap("linde", "https://linde.example/feed", NOW - timedelta(days=1), NOW)])
    judging = {
        "/tweede-mening": "1 bericht: een collega vraagt wat u ervan vindt",
        "/": "1 bericht in de wachtrij",
        "/gekozen": "1 gekozen bericht heeft nog geen eigen tekst",
        "/tips": "1 tip van lezers",
    }
    letters = {f"/brief/{one.value}": f"Brief voor {one.plural}: nog leeg" for one in Audience}
    letters["/brief/corporatie"] = "Brief voor woningcorporaties: 0 van 1 keer goedgekeurd"
    letters["/bronnen#bron-linde"] = "De Linde: Misschien is er iets gemist. Kijk op de site."
    assert waiting(browsers[Role.READER]) == {}
    assert waiting(browsers[Role.REVIEWER]) == judging
    assert waiting(browsers[Role.EDITOR]) == judging | letters
    people = {"/mensen": "1 uitgenodigde persoon heeft nog niet ingelogd"}
    assert waiting(browsers[Role.ADMINISTRATOR]) == judging | letters | people
    for role, browser in browsers.items():
        assert [address for address in waiting(browser) if browser.get(address).status_code != 200] == [], role


def test_a_letter_waits_for_who_did_not_approve_it_yet(house: House) -> None:
    """Of two who must approve, the one who did is not asked again."""
    radar = house.folder / "radar.yaml"
    radar.write_text(radar.read_text("utf-8").replace("digest:\n", "digest:\n  approvals: 2\n", 1), encoding="utf-8")
    house.live.refresh()
    els, rie = house.signed_in(), house.signed_in("Rie", "rie@voorbeeld.example", Role.EDITOR)
    item_id = house.item()
    reviews.decide(house.engine, item_id, 1, reviews.ACCEPTED, NOW)
    reviews.write(house.engine, item_id, 1, summary="Het panel telt 800 leden.", now=NOW)
    letter = "/brief/corporatie"
    assert waiting(els)[letter] == "Brief voor woningcorporaties: 0 van 2 keer goedgekeurd"
    form = BeautifulSoup(els.get(letter).text, "html.parser").select_one(f"form[action='{letter}/goedkeuren']")
    assert form
    fields = {str(one["name"]): str(one.get("value", "")) for one in form.select("[name]")}
    assert els.post(f"{letter}/goedkeuren", data=fields).status_code == 303
    assert letter not in waiting(els)
    assert waiting(rie)[letter] == "Brief voor woningcorporaties: 1 van 2 keer goedgekeurd"


def test_this_week_stands_beside_the_week_before(house: House) -> None:
    """What still waits and what was decided on both count, in the week in which it was first seen."""
    els = house.signed_in()
    house.clock.now = TUESDAY_BEFORE
    house.began(house.clock())
    old = house.item("Vorige week")
    house.clock.now = NOW
    assert numbers(els) == [
        *("0 nieuw gevonden vorige week 1", "0 in de wachtrij gezet vorige week 1"),
        *("0 gekozen vorige week 0", "0 afgewezen vorige week 0"),
    ]
    ids = [house.item(f"Bericht {n}", score=score) for n, score in enumerate((0.9, 0.8, 0.1))]
    reviews.decide(house.engine, ids[0], 1, reviews.ACCEPTED, NOW)
    reviews.decide(house.engine, old, 1, reviews.REJECTED, NOW)
    assert numbers(els) == [
        *("3 nieuw gevonden vorige week 1", "2 in de wachtrij gezet vorige week 1"),
        *("1 gekozen vorige week 0", "1 afgewezen vorige week 0"),
    ]
    page = seen(els)
    assert [cell.get_text() for cell in page.select(".per-source tbody tr > *")] == ["De Linde", "3", "2"]
    assert "Eén bron bracht deze week nog niets nieuws." in page.get_text()


def test_the_page_is_made_anew_when_anything_happened_and_each_minute(house: House) -> None:
    """A decision shows at once; what readers of the letter do shows within the minute."""
    els = house.signed_in()
    item_id = house.item()
    assert "/" in waiting(els)
    els.post(f"/item/{item_id}/besluit", data={"besluit": "accepted", "was": ""})
    assert "/" not in waiting(els)
    tips.tell(house.engine, "https://tip.example/bericht", "", NOW)
    house.clock.add(timedelta(minutes=1))
    assert waiting(els)["/tips"] == "1 tip van lezers"


def test_the_latest_letters_tell_what_became_of_them(engine: Engine, tmp_path: Path) -> None:
    """On both databases: how many were sent, put off, refused, are in doubt, and came back."""
    house = House(engine, tmp_path / "config")
    states = [*DeliveryState, DeliveryState.SENT]
    plain = {"name": "Lezer", "audience": Audience.GEMEENTE, "state": "active", "consent": {}, "created_at": NOW}
    with engine.begin() as connection:
        for n in range(len(states)):
            keys = {"email": f"{n}@voorbeeld.example", "token": f"t{n}", "preferences_token": f"p{n}"}
            connection.execute(insert(subscriber).values(plain | keys | {"also_empty": True}))
    editor = Editor(engine, lambda: house.live.current, house.clock)
    number, made = editor.freeze(editor.draft(Audience.GEMEENTE))
    editor.freeze(editor.draft(Audience.CORPORATIE))
    assert made == len(states)
    with engine.begin() as connection:
        for n, state in enumerate(states, start=1):
            connection.execute(update(delivery).where(delivery.c.subscriber_id == n).values(state=state))
        refused = delivery.c.state == DeliveryState.REFUSED
        connection.execute(update(delivery).where(refused).values(response="550 5.1.1 onbekend"))
    bounces.take_refusals(engine, NOW)
    for_nobody, letter = dispatch.latest(engine, 6)
    assert (for_nobody.audience, for_nobody.deliveries.total) == (Audience.CORPORATIE, 0)
    assert (letter.edition_id, letter.came_back, letter.deliveries[DeliveryState.SENT]) == (number, 1, 2)
    nobody, somebody = seen(house.signed_in()).select(".letters .deliveries")
    assert nobody.get_text() == "Er zijn geen lezers die deze brief krijgen."
    assert somebody.get_text() == (
        "verstuurd: 2 · wacht: 1 · nu bezig: 1 · later nog eens: 1 · onzeker: 1 · geweigerd: 1 · afgemeld: 1"
        " · teruggekomen: 1"
    )


def test_what_came_in_is_counted_on_both_databases(engine: Engine, tmp_path: Path) -> None:
    """Moments at the ends of the stretch count once, and a copy of a story is no news of its own."""
    house = House(engine, tmp_path / "config")
    house.reviewer()
    first = house.item("Eerste")
    house.item("Kopie", told_as=first)
    reviews.decide(engine, house.item("Tweede", score=0.2), 1, reviews.REJECTED, NOW)
    later = NOW + timedelta(days=1)
    assert arrivals.came_in(engine, NOW, later) == {"linde": CameIn(news=2, flagged=1)}
    assert arrivals.came_in(engine, NOW - timedelta(days=1), NOW) == {}
    assert arrivals.decisions(engine, NOW, later) == {reviews.REJECTED: 1}


def test_the_plot_of_many_sources_stays_bounded() -> None:
    """The first few by number are drawn, the longest bar fills the width, a long title is cut and every row is kept."""
    brought = {f"Bron {n} met een lange naam die niet past": CameIn(n, n // 2) for n in range(MOST_ROWS + 5)}
    drawn = per_source(brought)
    assert [row.news for row in drawn.drawn] == list(range(MOST_ROWS + 4, 4, -1))
    assert drawn.drawn[0].news_width == drawn.width
    assert all(len(row.short) <= 28 < len(row.title) for row in drawn.rows)
    assert (len(drawn.rows), drawn.quiet) == (MOST_ROWS + 4, 1)
    assert per_source({}).rows == ()


def test_every_page_of_the_menu_is_there_for_its_role() -> None:
    """The menu asks for just the role that the page asks for, and leads to every page with a plain address."""
    pages = {route.path: route.role for route in routes() if isinstance(route, PageRoute) and "GET" in route.methods}
    led = {address: least for section in MENU for address, _, least in section.pages}
    assert {address: pages.get(address) for address in led} == led
    elsewhere = {"/mij", "/steekproef", "/samen", "/bronnen/nieuw", "/logboek.csv", "/logboek.json"}
    assert {path for path, role in pages.items() if role and "{" not in path} - led.keys() == elsewhere


def test_the_menu_marks_where_one_is() -> None:
    """The page itself, the section it lies in, and the section of an item; a lesser role sees no empty section."""

    def marked(role: Role, here: str) -> list[tuple[str, str]]:
        shown = menu(role, here)
        return [(one.name, one.current) for one in (*shown.sections, *shown.pages) if one.current]

    assert marked(Role.READER, "/gekozen") == [("Beoordelen", "true"), ("Gekozen", "page")]
    assert marked(Role.READER, "/brief") == [("Brief", "page")]
    assert marked(Role.READER, "/brief/gemeente") == [("Brief", "true")]
    assert marked(Role.READER, "/item/12") == [("Beoordelen", "true")]
    assert marked(Role.READER, "/mij") == []
    assert [one.name for one in menu(Role.READER, "/bronnen").pages] == []
    assert "Mensen" not in [one.name for one in menu(Role.EDITOR, "/").sections]
