from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fakes_desk import EMAIL, HOME, House
from fakes_openid import CLIENT, SECRET, Provider, provider
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from monitor.settings import LiveSettings
from monitor.store import people, record
from monitor.store.database import open_engine

OTHER_KEY = RSAKey.generate_key(2048, parameters={"kid": "one"})


@pytest.fixture
def house(sqlite_address: str, tmp_path: Path) -> Iterator[House]:
    engine = open_engine(sqlite_address)
    yield House(engine, tmp_path / "config")
    engine.dispose()


@pytest.fixture
def work(house: House) -> Iterator[Provider]:
    """The provider of an organisation, whose accounts the house lets in."""
    with provider() as one:
        path = house.folder / "radar.yaml"
        account = f'account: {{title: Het werk, issuer: "{one.issuer}", client_id: {CLIENT}}}'
        changed = path.read_text(encoding="utf-8").replace(f'public_url: "{HOME}"', f'public_url: "{HOME}", {account}')
        path.write_text(changed, encoding="utf-8")
        house.live = LiveSettings(house.folder, {"RADAR_ACCOUNT_SECRET": SECRET})
        yield one


def comes_back(house: House, work: Provider) -> tuple[TestClient, httpx2.Response]:
    """Somebody goes to sign in at their work and comes back; the browser and our answer."""
    browser = house.browser()
    away = browser.get("/inloggen/account")
    assert away.headers["location"].startswith(work.issuer + "/authorize?")
    return browser, browser.get(work.visit(away.headers["location"]))


def test_somebody_invited_comes_in_with_the_account_of_their_work(house: House, work: Provider) -> None:
    """The button is there, the code is exchanged with PKCE and nonce, and the record names the way and the account."""
    house.reviewer()
    assert 'href="/inloggen/account"' in house.browser().get("/inloggen").text
    browser, answer = comes_back(house, work)
    assert (answer.status_code, answer.headers["location"]) == (303, "/overzicht")
    assert browser.get("/").status_code == 200
    assert work.asked["code_challenge_method"] == "S256"
    assert work.asked["redirect_uri"] == f"{HOME}/inloggen/account/terug"
    lines = {line.action: line.after for line in record.of_subject(house.engine, "person/1")}
    assert lines["sign in"] == {"way": "account"}
    assert lines["account"] == {"account": f"{work.issuer} persoon-1"}


def test_the_account_counts_and_not_the_address_it_has_later(house: House, work: Provider) -> None:
    """An address that the organisation gave to somebody else opens nothing; the same person with a new one does."""
    house.reviewer()
    comes_back(house, work)
    work.email = "els.nieuw@voorbeeld.example"
    assert comes_back(house, work)[1].status_code == 303
    work.subject, work.email = "persoon-2", EMAIL
    assert comes_back(house, work)[1].status_code == 403


def test_who_was_not_invited_or_has_left_stays_out(house: House, work: Provider) -> None:
    """A good account of the organisation is not enough, and access that was taken away stays away."""
    assert comes_back(house, work)[1].status_code == 403
    person = house.reviewer()
    assert comes_back(house, work)[1].status_code == 303
    people.withdraw(house.engine, person, house.clock())
    browser, answer = comes_back(house, work)
    assert "hoort niet bij iemand van de radar" in answer.text
    assert browser.get("/").status_code == 303


def test_a_second_step_is_asked_here_too(house: House, work: Provider) -> None:
    """Whoever asked for a code at each sign-in gives it after the account as well."""
    people.set_code_secret(house.engine, house.reviewer(), "JBSWY3DPEHPK3PXP", house.clock())
    browser, answer = comes_back(house, work)
    assert 'name="code"' in answer.text
    assert browser.get("/").status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "van een ander"},
        {"aud": "een andere toepassing"},
        {"iss": "https://elders.example"},
        {"exp": int(time.time()) - 3600},
        {"email_verified": False},
        {"email": None},
        {"sub": ""},
    ],
)
def test_a_token_that_proves_nothing_opens_nothing(house: House, work: Provider, wrong: dict[str, Any]) -> None:
    """A wrong nonce, audience, issuer or time, an address that nobody checked, or none: one clear message."""
    house.reviewer()
    work.wrong = wrong
    browser, answer = comes_back(house, work)
    assert answer.status_code == 401
    assert "Inloggen met Het werk is niet gelukt" in answer.text
    assert browser.get("/").status_code == 303


def test_a_signature_of_another_key_opens_nothing_and_a_new_key_is_learnt(house: House, work: Provider) -> None:
    """A forged token is refused; after the organisation changed its key, its tokens are good again."""
    house.reviewer()
    work.signer = OTHER_KEY
    assert comes_back(house, work)[1].status_code == 401
    work.key = OTHER_KEY
    assert comes_back(house, work)[1].status_code == 303


def test_an_answer_to_another_browser_opens_nothing(house: House, work: Provider) -> None:
    """A link with a code that somebody else began, or none at all, is refused: the state is bound to the browser."""
    house.reviewer()
    away = house.browser().get("/inloggen/account")
    back = work.visit(away.headers["location"])
    assert house.browser().get(back).status_code == 401
    assert house.browser().get("/inloggen/account/terug").status_code == 401
    assert house.browser().get("/inloggen/account/terug?error=access_denied").status_code == 401


def test_a_service_that_is_away_or_bears_another_name_is_told(house: House, work: Provider) -> None:
    """No answer, or the description of somebody else: the page says that it does not go now."""
    work.called = "https://elders.example"
    answer = house.browser().get("/inloggen/account")
    assert (answer.status_code, "Het werk antwoordt nu niet" in answer.text) == (502, True)
    path = house.folder / "radar.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(work.issuer, "http://127.0.0.1:9/huis"), encoding="utf-8")
    house.live.refresh()
    assert house.browser().get("/inloggen/account").status_code == 502


def test_without_the_setting_there_is_no_such_page(house: House) -> None:
    """A house that did not ask for it shows no button and knows no such address."""
    assert "/inloggen/account" not in house.browser().get("/inloggen").text
    assert [house.browser().get(path).status_code for path in ("/inloggen/account", "/inloggen/account/terug")] == [
        404
    ] * 2
