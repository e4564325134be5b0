"""The pages for readers as the service serves them, beside the desk, from the settings that ship."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from digest.edition import Audience
from monitor.commands.house import House
from monitor.commands.serving import server
from monitor.reader_site import site

CONFIG = Path(__file__).parent.parent / "config"


@pytest.fixture
def house(database: str) -> House:
    return House(CONFIG, {"RADAR_DATABASE": database})


def test_the_site_knows_the_words_of_the_settings(house: House) -> None:
    """Themes, goals and rungs have their titles, the day of the letter is told, and so is how long is kept."""
    shown = site(house.settings)
    assert [choice.name for choice in shown.themes] == [theme.name for theme in house.settings.words.themes]
    assert {choice.name for choice in shown.goals} == {"formeel", "informeel"}
    assert [choice.name for choice in shown.rungs][::5] == ["informeren", "zelfbeheer"]
    assert shown.planned == f"elke {house.settings.radar.digest.weekday.value}"
    assert shown.kept_days == house.settings.radar.retention.left_days


def test_readers_need_no_account_and_the_desk_still_does(house: House) -> None:
    """Readers get their pages without a cookie, the desk asks to sign in, and too big a form is refused."""
    with TestClient(server(house).config.app, base_url="http://127.0.0.1", follow_redirects=False) as browser:
        welcome = browser.get("/welkom")
        assert welcome.status_code == 200
        assert not welcome.cookies
        assert all(audience.value in browser.get("/aanmelden").text for audience in Audience)
        assert browser.get("/").headers["location"] == "/inloggen"
        assert browser.get("/tips").headers["location"] == "/inloggen"
        assert browser.post("/tip", content=b"adres=" + b"x" * 300_000).status_code == 413
