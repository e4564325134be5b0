"""Tips of readers on the desk."""

from __future__ import annotations

import pytest
from fakes_desk import NOW, House

from digest import tips
from monitor.role import Role


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
    assert browser.post(f"/tips/{first}/gezien").headers["location"] == "/tips?gezien=1"
    assert "De tip is van de lijst." in browser.get("/tips?gezien=1").text
    assert [one.address for one in tips.waiting(house.engine)] == ["https://b.example/ook"]


def test_who_may_only_look_cannot_take_a_tip_off(house):
    """A reader of the desk sees the tips without the button, and cannot press it by hand."""
    browser = house.signed_in(role=Role.READER)
    assert "Ik heb dit bekeken" not in browser.get("/tips").text
    assert browser.post(f"/tips/{tips.waiting(house.engine)[0].id}/gezien").status_code == 403
    assert len(tips.waiting(house.engine)) == 2


@pytest.mark.parametrize("tip_id", ["0", "x", "99999999999"])
def test_an_odd_number_is_told_calmly(house, tip_id):
    """A tip that cannot be is not found."""
    assert house.signed_in().post(f"/tips/{tip_id}/gezien").status_code == 404
