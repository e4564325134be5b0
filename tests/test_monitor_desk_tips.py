"""Tips of readers on the desk."""

from __future__ import annotations

from datetime import date

import pytest
from fakes_desk import NOW, House, item, judgement
from fakes_site import Page, Site

from digest import tips
from monitor.item import TIPS, Arrival
from monitor.recognise import New
from monitor.role import Role
from monitor.settings import LiveSettings
from monitor.store import items, lookup, record, reviews


@pytest.fixture
def house(engine, tmp_path):
    """A desk with two tips."""
    tips.tell(engine, "https://a.example/goed", "<b>Mooi</b> voorbeeld", NOW)
    tips.tell(engine, "https://b.example/ook", "", NOW)
    return House(engine, tmp_path / "config")


def test_a_tip_is_shown_with_its_remark_and_taken_off_the_list(house):
    """A reviewer sees address and remark as text, and takes the tip off the list."""
    browser = house.signed_in()
    page = browser.get("/tips").text
    assert 'href="https://a.example/goed"' in page
    assert "&lt;b&gt;Mooi&lt;/b&gt; voorbeeld" in page
    first = tips.waiting(house.engine)[0].id
    told = browser.get(browser.post(f"/tips/{first}/gezien").headers["location"]).text
    assert "De tip is van de lijst." in told
    assert [one.address for one in tips.waiting(house.engine)] == ["https://b.example/ook"]


def test_a_tip_taken_off_by_mistake_comes_back_with_one_press(house):
    """The message offers it; the record keeps both, and a second press of a page left open changes nothing."""
    browser, first = house.signed_in(), tips.waiting(house.engine)[0].id
    undo = f"/tips/{first}/ongedaan"
    browser.post(undo)
    assert undo in browser.get(browser.post(f"/tips/{first}/gezien").headers["location"]).text
    for _ in range(2):
        told = browser.get(browser.post(undo).headers["location"]).text
        assert "De tip staat weer op de lijst." in told
        assert undo not in told
    assert tips.waiting(house.engine)[0].id == first
    assert [line.action for line in record.of_subject(house.engine, f"tip/{first}")] == ["tip", "tip again"]


PAGE = """<html lang="nl"><head><title>Huurders kiezen hun aannemer</title></head><body><main><article>
<h1>Huurders kiezen hun aannemer</h1><p>3 februari 2021</p><p>De huurdersorganisatie en de corporatie kozen samen een
aannemer voor het groot onderhoud van de flat. Bewoners beoordeelden drie bedrijven op planning, overlast en nazorg.</p>
<p>Hun keuze telde voor de helft mee, zoals vooraf was afgesproken met de verhuurder.</p></article></main></html>"""


def test_one_press_makes_a_tip_an_item_to_judge(engine, tmp_path):
    """Its page is read and judged and waits in the queue however old it is, and a second tip leads to it."""
    house = House(engine, tmp_path / "config")
    path = house.folder / "radar.yaml"
    path.write_text(path.read_text() + "crawl: {pause: 0.02}\n")
    house.live = LiveSettings(house.folder, {"RADAR_ALLOW_LOOPBACK": "1"})
    browser = house.signed_in()
    with Site("127.0.0.98", {"/oud/": Page(PAGE)}).serve() as site:
        for address in (site.url("/oud/"), site.url("/oud/?utm_source=mail#de-buurt")):
            tips.tell(engine, address, "", NOW)
            answer = browser.post(f"/tips/{tips.waiting(engine)[-1].id}/bericht")
            assert answer.status_code == 303
    (waiting,) = reviews.queue(engine)
    assert answer.headers["location"] == f"/item/{waiting.id}?wat=bekend&na={waiting.id}"
    assert "De radar had “Huurders kiezen hun aannemer” al" in browser.get(answer.headers["location"]).text
    assert (waiting.title, waiting.source, waiting.published) == (
        "Huurders kiezen hun aannemer",
        TIPS,
        date(2021, 2, 3),
    )
    assert "planning, overlast en nazorg" in waiting.text
    assert "Tip van een lezer" in browser.get(f"/item/{waiting.id}").text
    assert tips.waiting(engine) == ()
    (line,) = record.of_subject(engine, f"item/{waiting.id}")
    assert line.action == "tip taken up"


def test_a_page_that_cannot_be_read_is_told_and_gets_a_title_by_hand(house):
    """What may not be opened is not stored; with a title of one's own the tip is an item after all."""
    browser = house.signed_in()
    tips.tell(house.engine, "http://127.0.0.1:9/weg", "", NOW)
    tip_id = tips.waiting(house.engine)[-1].id
    answer = browser.post(f"/tips/{tip_id}/bericht")
    assert answer.status_code == 422
    assert "De pagina is niet gelezen. De radar mag dit adres niet openen." in answer.text
    assert reviews.queue(house.engine) == []
    assert len(tips.waiting(house.engine)) == 3
    assert browser.post(f"/tips/{tip_id}/bericht", data={"titel": "Panel in de flat"}).status_code == 303
    assert [one.title for one in reviews.queue(house.engine)] == ["Panel in de flat"]
    assert "al van de lijst" in browser.post(f"/tips/{tip_id}/bericht").text


def test_two_who_take_up_a_tip_at_once_make_one_item(engine, tmp_path):
    """Where both looked before either stored it, the second is told that it is there, and stores nothing."""
    house = House(engine, tmp_path / "config")
    new = New(item("Panel in de flat"), Arrival.NEWS)
    me = house.reviewer()
    judged = judgement("Panel in de flat", score=0.9)
    first, second = [items.add_asked_for(engine, new, judged, me, NOW) for _ in range(2)]
    assert second is None
    assert {one.item_id for one in lookup.known(engine, new.item.keys).values()} == {first}
    assert len(record.of_subject(engine, f"item/{first}")) == 1


def test_who_may_only_look_cannot_take_a_tip_off(house):
    """A reader of the desk sees the tips without the button, and cannot press it by hand."""
    browser = house.signed_in(role=Role.READER)
    assert "Haal van de lijst" not in browser.get("/tips").text
    for press in ("gezien", "bericht"):
        assert browser.post(f"/tips/{tips.waiting(house.engine)[0].id}/{press}").status_code == 403
    assert len(tips.waiting(house.engine)) == 2


@pytest.mark.parametrize("tip_id", ["0", "x", "99999999999"])
def test_an_odd_number_is_told_calmly(house, tip_id):
    """A tip that cannot be is not found."""
    assert house.signed_in().post(f"/tips/{tip_id}/gezien").status_code == 404
