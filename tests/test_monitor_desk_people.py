from __future__ import annotations

import email
import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pyotp
import pytest
from fakes_desk import EMAIL, NOW, PASSWORD, House
from starlette.testclient import TestClient

from monitor.desk import codes
from monitor.role import Role
from monitor.store import people, record
from monitor.store.database import open_engine

OTHER = "bo@voorbeeld.example"


@pytest.fixture
def house(sqlite_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.chdir(tmp_path)  # the outbox folder of the settings is relative
    engine = open_engine(sqlite_address)
    yield House(engine, tmp_path / "config")
    engine.dispose()


def mails(to: str) -> list[EmailMessage]:
    """The mails that the radar sent to an address."""
    found = [email.message_from_bytes(path.read_bytes(), policy=default) for path in Path("var/outbox").glob("*.eml")]
    return [mail for mail in found if isinstance(mail, EmailMessage) and to in str(mail["To"])]


def link_in(mail: EmailMessage) -> str:
    """The path of the link in a mail."""
    match = re.search(r"http://radar\.example(/inloggen/link/\S+)", mail.get_content())
    assert match
    return match[1]


def asks_for_link(house: House, address: str = EMAIL) -> TestClient:
    browser = house.browser()
    assert browser.post("/inloggen/mail", data={"email": address}).status_code == 200
    return browser


def test_a_mailed_link_opens_the_desk_once(house: House) -> None:
    """Looking at the link uses nothing up, the button does; afterwards the link opens nothing any more."""
    house.reviewer()
    browser = asks_for_link(house)
    (mail,) = mails(EMAIL)
    assert mail["Auto-Submitted"] == "auto-generated"
    link = link_in(mail)
    assert [house.browser().get(link).status_code for _ in range(2)] == [200, 200]
    assert browser.post(link).headers["location"] == "/overzicht"
    assert browser.get("/").status_code == 200
    assert house.browser().post(link).status_code == 410
    assert house.browser().get(link).status_code == 410


def test_a_link_lasts_half_an_hour(house: House) -> None:
    """Whoever comes later asks for a new link."""
    house.reviewer()
    browser = asks_for_link(house)
    link = link_in(mails(EMAIL)[0])
    house.clock.add(timedelta(minutes=30))
    assert browser.post(link).status_code == 410


def test_a_stranger_who_asks_for_a_link_gets_the_same_answer(house: House) -> None:
    """The page does not tell who belongs to the working group, and strangers get no mail."""
    house.reviewer()
    known = house.browser().post("/inloggen/mail", data={"email": EMAIL}).text
    assert house.browser().post("/inloggen/mail", data={"email": OTHER}).text == known
    assert mails(OTHER) == []


def test_nobody_can_fill_a_mailbox(house: House) -> None:
    """After three links in a quarter of an hour no more are mailed until it has passed."""
    house.reviewer()
    for _ in range(5):
        asks_for_link(house)
    assert len(mails(EMAIL)) == 3
    house.clock.add(timedelta(minutes=16))
    asks_for_link(house)
    assert len(mails(EMAIL)) == 4


def test_the_link_leads_to_our_own_address(house: House) -> None:
    """A forged Host header does not change where the mailed link leads."""
    house.reviewer()
    house.browser().post("/inloggen/mail", data={"email": EMAIL}, headers={"host": "127.0.0.1"})
    assert link_in(mails(EMAIL)[0])


def test_an_invitation_lets_somebody_in_who_chooses_a_password(house: House) -> None:
    """An invited colleague comes in by the mail, in the role given, sets a password, and can sign in with it."""
    manager = house.signed_in()
    answer = manager.post("/mensen", data={"email": OTHER, "naam": "Bo", "rol": "redacteur"})
    assert "krijgt een mail" in answer.text
    newcomer = house.browser()
    assert newcomer.post(link_in(mails(OTHER)[0])).status_code == 303
    assert "U bent redacteur" in newcomer.get("/mij").text
    assert newcomer.post("/mij/wachtwoord", data={"nieuw": "kort"}).status_code == 422
    assert newcomer.post("/mij/wachtwoord", data={"nieuw": PASSWORD}).status_code == 303
    assert newcomer.get("/mij").status_code == 200
    assert house.browser().post("/inloggen", data={"email": OTHER, "password": PASSWORD}).status_code == 303
    assert [line.action for line in record.of_subject(house.engine, "person/2")][:3] == [
        "invite",
        "sign in",
        "password",
    ]


@pytest.mark.parametrize(("address", "status"), [("geen adres", 422), (EMAIL, 409)])
def test_an_invitation_that_cannot_be_is_told(house: House, address: str, status: int) -> None:
    """A wrong address, or one that has access already, changes nothing."""
    browser = house.signed_in()
    assert browser.post("/mensen", data={"email": address, "rol": "lezer"}).status_code == status
    assert len(people.reviewers(house.engine)) == 1


def test_taking_access_away_ends_it_at_once(house: House) -> None:
    """Somebody without access any more is signed out and cannot come back, but can be invited again."""
    gone = house.signed_in("Bo", OTHER, Role.REVIEWER)
    manager = house.signed_in()
    assert gone.get("/").status_code == 200
    told = manager.post("/mensen/1/weg", follow_redirects=True).text
    assert "Was dit een vergissing? Nodig die persoon dan opnieuw uit." in told
    assert gone.get("/").status_code == 303
    asks_for_link(house, OTHER)
    assert mails(OTHER) == []
    manager.post("/mensen", data={"email": OTHER, "naam": "Bo", "rol": "lezer"})
    assert [one.role for one in people.reviewers(house.engine)] == [Role.READER, Role.ADMINISTRATOR]


def test_a_manager_cannot_lock_everybody_out(house: House) -> None:
    """One's own role and access are another manager's to change, so that somebody always manages."""
    manager = house.signed_in()
    assert manager.post("/mensen/1/rol", data={"rol": "lezer"}).status_code == 409
    assert manager.post("/mensen/1/weg").status_code == 409
    assert manager.post("/mensen/99/weg").status_code == 404
    assert people.reviewers(house.engine)[0].role is Role.ADMINISTRATOR


def test_a_code_is_the_second_step(house: House) -> None:
    """With two steps on, the password alone opens nothing; a code works once, and a wrong one is refused."""
    house.reviewer(password=PASSWORD)
    browser = house.browser()
    browser.post("/inloggen", data={"email": EMAIL, "password": PASSWORD})
    secret = hidden(browser.get("/mij").text, "geheim")
    code = pyotp.TOTP(secret).at(house.clock())
    assert browser.post("/mij/code", data={"geheim": secret, "code": "000000"}).status_code == 422
    assert browser.post("/mij/code", data={"geheim": secret, "code": f"{code[:3]} {code[3:]}"}).status_code == 303

    fresh = house.browser()
    asked = fresh.post("/inloggen", data={"email": EMAIL, "password": PASSWORD})
    assert (asked.status_code, "set-cookie" in asked.headers) == (200, False)
    ticket = hidden(asked.text, "ticket")
    assert fresh.get("/").status_code == 303
    assert fresh.post("/inloggen/code", data={"ticket": ticket, "code": "123456"}).status_code == 401
    assert fresh.post("/inloggen/code", data={"ticket": ticket, "code": code}).headers["location"] == "/overzicht"
    again = hidden(house.browser().post("/inloggen", data={"email": EMAIL, "password": PASSWORD}).text, "ticket")
    assert house.browser().post("/inloggen/code", data={"ticket": again, "code": code}).status_code == 401


def test_codes_cannot_be_guessed(house: House) -> None:
    """After five wrong codes even the right one waits."""
    person = house.reviewer(password=PASSWORD)
    secret = codes.new_secret()
    people.set_code_secret(house.engine, person, secret, NOW)
    browser = house.browser()
    ticket = hidden(browser.post("/inloggen", data={"email": EMAIL, "password": PASSWORD}).text, "ticket")
    right = pyotp.TOTP(secret).at(house.clock())
    wrong = "000000" if right != "000000" else "111111"
    tries = [browser.post("/inloggen/code", data={"ticket": ticket, "code": wrong}).status_code for _ in range(5)]
    assert tries == [401] * 5
    assert browser.post("/inloggen/code", data={"ticket": ticket, "code": right}).status_code == 429


def test_codes_follow_the_standard() -> None:
    """The codes are those of RFC 6238, half a minute of slack either way, and no more."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the secret of the RFC's own table, in base32
    assert pyotp.TOTP(secret, digits=8).at(1111111109) == "07081804"
    code = pyotp.TOTP(secret).at(NOW)
    found = [codes.step_of(secret, code, NOW + timedelta(seconds=30 * off)) is not None for off in (-2, -1, 0, 1, 2)]
    assert found == [False, True, True, True, False]
    assert codes.step_of(secret, "vijf", NOW) is None


def test_signing_out_everywhere_ends_every_session(house: House) -> None:
    """All browsers of that person are out, and nobody else's."""
    first, second = house.signed_in(), house.signed_in()
    other = house.signed_in("Bo", OTHER)
    assert first.post("/mij/uitloggen").status_code == 303
    assert [browser.get("/").status_code for browser in (first, second, other)] == [303, 303, 200]


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    match = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert match
    return match[1]
