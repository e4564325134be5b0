from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fakes_desk import EMAIL, PASSWORD, House
from sqlalchemy import Engine
from starlette.routing import Mount
from starlette.testclient import TestClient

from monitor.desk.app import routes
from monitor.desk.page_route import PageRoute
from monitor.desk.passwords import NOBODY, is_password_of
from monitor.role import Role
from monitor.store import people, record, reviews
from monitor.store.database import open_engine

PLACEHOLDERS = {
    "item_id": "1",
    "batch": "20261124T090000000000-1",
    "comment_id": "1",
    "tip_id": "1",
    "audience": "corporatie",
    "edition_id": "1",
    "look": "abc",
    "name": "linde",
    "person_id": "1",
    "token": "x",
}
OPEN = {
    *((method, path) for method in ("GET", "HEAD") for path in ("/inloggen", "/inloggen/link/x", "/healthz")),
    *((method, path) for method in ("GET", "HEAD") for path in ("/inloggen/account", "/inloggen/account/terug")),
    *(("POST", path) for path in ("/inloggen", "/inloggen/mail", "/inloggen/link/x", "/inloggen/code")),
}


def everything() -> Iterator[tuple[str, str]]:
    """Every method and address of the desk, from its own list of routes."""
    for route in routes():
        if isinstance(route, Mount):
            yield "GET", f"{route.path}/desk.css"
        else:
            assert isinstance(route, PageRoute), "every page of the desk names the least role it asks for"
            for method in sorted(route.methods or ()):
                yield method, route.path.format(**PLACEHOLDERS)


def asked() -> Iterator[tuple[str, str, Role]]:
    """Every method and address that asks for more than the least role, with that role."""
    for route in routes():
        if isinstance(route, PageRoute) and route.role and route.role is not Role.READER:
            for method in route.methods or ():
                yield method, route.path.format(**PLACEHOLDERS), route.role


CLOSED = sorted(pair for pair in everything() if pair not in OPEN and not pair[1].startswith("/static"))
UNSAFE = sorted(pair for pair in everything() if pair[0] not in ("GET", "HEAD"))


LEAST = {
    Role.READER: "/uitloggen /mij/.*",
    Role.REVIEWER: "/item/.* /samen(/ongedaan)? /tips/.* /woorden/proberen",
    Role.EDITOR: "/brief/.* /bronnen/[^/]*/(nu|gat.*)",
    Role.ADMINISTRATOR: "/mensen.* /bronnen/nieuw.* /bronnen/[^/]*/(aan|uit|herstel.*) /woorden/(bewaren|terug)"
    " /geleerd",
}
SECRETS = {"/logboek.*": Role.EDITOR, "/brief/[^/]*/onzeker": Role.EDITOR, "/mensen": Role.ADMINISTRATOR}


@pytest.fixture
def house(sqlite_address: str, tmp_path: Path) -> Iterator[House]:
    engine = open_engine(sqlite_address)
    yield House(engine, tmp_path / "config")
    engine.dispose()


@dataclass(frozen=True)
class Doors:
    """A desk where everything that is asked is refused, so that nothing changes: one item, and who stands outside."""

    house: House
    item_id: int
    strangers: tuple[TestClient, ...]
    by_role: dict[Role, TestClient]


@pytest.fixture(scope="module")
def doors(migrated_sqlite: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """One desk for all that must be refused; whoever holds no cookie or a made-up one is a stranger."""
    folder = tmp_path_factory.mktemp("doors")
    (folder / "radar.db").write_bytes(migrated_sqlite)
    engine = open_engine(f"sqlite:///{folder / 'radar.db'}")
    house = House(engine, folder / "config")
    item_id, strangers = house.item(), (house.browser(), house.browser())
    strangers[1].cookies.set("radar", "verzonnen")
    yield Doors(house, item_id, strangers, {role: house.signed_in(role, f"{role}@x.example", role) for role in Role})
    engine.dispose()


@pytest.fixture
def anywhere(engine: Engine, tmp_path: Path) -> House:
    """A house on each database, where the database has a say: sessions, roles and what was tried before."""
    return House(engine, tmp_path / "config")


def sign_in(browser: TestClient, email: str = EMAIL, password: str = PASSWORD) -> int:
    return browser.post("/inloggen", data={"email": email, "password": password}).status_code


def test_the_list_of_routes_is_walked() -> None:
    """The tests below see the real routes: pages to read and things to do, and what is open is known by name."""
    assert ("GET", "/") in CLOSED
    assert ("POST", "/item/1/besluit") in UNSAFE
    assert set(everything()) - set(CLOSED) == OPEN | {("GET", "/static/desk.css")}


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_every_page_asks_to_sign_in(doors: Doors, method: str, path: str) -> None:
    """Whoever is not signed in, or holds a made-up token, sees no page and changes nothing."""
    for browser in doors.strangers:
        response = browser.request(method, path)
        assert (response.status_code, response.headers["location"]) == (303, "/inloggen")
        assert browser.request(method, path, headers={"accept": "application/json"}).status_code == 401
    stored = reviews.one(doors.house.engine, doors.item_id)
    assert stored is not None
    assert not stored.decision


@pytest.mark.parametrize(("method", "path", "role"), sorted(asked()))
def test_a_lesser_role_is_refused(doors: Doors, method: str, path: str, role: Role) -> None:
    """Whatever asks for more than looking refuses somebody of the role just below, and does nothing."""
    lesser = list(Role)[list(Role).index(role) - 1]
    response = doors.by_role[lesser].request(method, path)
    assert response.status_code == 403
    assert method == "HEAD" or f"moet u {role} zijn" in response.text
    assert record.of_subject(doors.house.engine, f"item/{doors.item_id}") == []


def test_what_each_role_may_do_is_known_by_name() -> None:
    """Whatever changes something asks for just the role that is named above, so that none is lowered unseen.

    Of the pages that only show something the same holds for those that not everybody may see.
    """
    asks = [(route.path, route.role, route.methods or ()) for route in routes() if isinstance(route, PageRoute)]
    doing = {(path, role) for path, role, methods in asks if role and "POST" in methods}
    named = {
        (path, role)
        for path, _ in doing
        for role, addresses in LEAST.items()
        if any(re.fullmatch(address, path) for address in addresses.split())
    }
    assert doing == named
    shown = {(path, role) for path, role, methods in asks if role and "GET" in methods}
    for address, role in SECRETS.items():
        found = {asked for path, asked in shown if re.fullmatch(address, path)}
        assert found == {role}, address


def test_every_page_that_is_open_is_known_by_name() -> None:
    """Just the pages that are named above ask for no role."""
    pages = [route for route in routes() if isinstance(route, PageRoute) and route.role is None]
    found = {(method, page.path.format(**PLACEHOLDERS)) for page in pages for method in page.methods or ()}
    assert found == OPEN


@pytest.mark.parametrize(("method", "path"), [("GET", "/niets"), ("POST", "/niets"), ("GET", "/item/1/besluit")])
def test_who_is_not_signed_in_does_not_learn_what_there_is(house: House, method: str, path: str) -> None:
    """An address at which nothing stands, or nothing for this method, asks to sign in too; then it says so."""
    assert house.browser().request(method, path).headers["location"] == "/inloggen"
    told = house.signed_in().request(method, path)
    assert (told.status_code, 'href="/mij"' in told.text) == (405 if "item" in path else 404, True)


def test_a_role_includes_the_lesser_ones() -> None:
    """Each role may what it is and what stands before it, and nothing more."""
    assert [[have.may(need) for need in Role] for have in Role] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]


def test_another_role_counts_at_once(anywhere: House) -> None:
    """Somebody whose role was taken down may no longer do what the open session could do a moment before."""
    item_id = anywhere.item()
    browser = anywhere.signed_in(role=Role.REVIEWER)
    assert browser.post(f"/item/{item_id}/ongedaan").status_code == 303
    people.set_role(anywhere.engine, 1, Role.READER, anywhere.clock())
    assert browser.post(f"/item/{item_id}/ongedaan").status_code == 403
    assert "Kiezen" not in browser.get("/").text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://radar.example"},
        {"sec-fetch-site": "", "origin": "http://radar.example"},
    ],
)
@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_a_request_from_another_site_is_refused(doors: Doors, method: str, path: str, headers: dict[str, str]) -> None:
    """Every unsafe route refuses a request that a page of another site made the browser send."""
    assert doors.by_role[Role.ADMINISTRATOR].request(method, path, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://radar.example", 303),
        ("http://RADAR.example", 303),
        ("http://evil.example", 403),
        ("http://radar.example.evil.example", 403),
        ("http://radar.example:8080", 403),
        ("null", 403),
        ("http://[", 403),
        ("", 403),
    ],
)
def test_an_older_browser_is_known_by_its_origin(house: House, origin: str, status: int) -> None:
    """Without `Sec-Fetch-Site` the origin must be this very host; without both nothing is done."""
    item_id = house.item()
    browser = house.signed_in()
    del browser.headers["sec-fetch-site"]
    if origin:
        browser.headers["origin"] = origin
    assert browser.post(f"/item/{item_id}/ongedaan").status_code == status


def test_every_answer_has_safe_headers_and_brings_nothing_inline(house: House) -> None:
    """Of every route, of what is not there and of what is refused: no foreign frame, no guessing of types, no keeping.

    No script or style stands in a page. Only the letter in its frame has styles, and it is locked in without scripts.
    """
    house.item()
    browser = house.signed_in()
    shown = {
        path: browser.get(path) for path in (*(path for method, path in everything() if method == "GET"), "/niets")
    }
    shown["refused"] = browser.post("/item/1/besluit", headers={"sec-fetch-site": "cross-site"})
    assert len(shown) > 35
    for path, answer in shown.items():
        headers, letter = answer.headers, path.endswith("/html")
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'"), path
        assert ("frame-ancestors 'self'" if letter else "frame-ancestors 'none'") in policy, path
        assert headers["x-frame-options"] == ("SAMEORIGIN" if letter else "DENY"), path
        assert ("script-src 'self'" in policy, "unsafe" in policy) == (not letter, letter), path
        assert not letter or ("sandbox" in policy and "allow-scripts" not in policy), path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store"), path
        if not letter and headers.get("content-type", "").startswith("text/html"):
            assert not re.search(r"<style|<script(?![^>]*\ssrc=\"/)|<[^>]*\s(style|on\w+)=|src=\"http", answer.text), (
                path
            )


def test_a_fault_is_told_without_its_details(house: House) -> None:
    """What nobody foresaw becomes a Dutch page with safe headers, and nothing of the fault itself is shown."""
    house.broken = True
    response = house.signed_in().get("/brief")
    assert response.status_code == 500
    assert "Er ging iets mis" in response.text
    assert "geheim" not in response.text
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


def test_error_pages_echo_nothing(house: House) -> None:
    """What somebody put into an address does not come back in the error page."""
    response = house.signed_in().get("/niets/<b>echo</b>?a=echo")
    assert response.status_code == 404
    assert "echo" not in response.text


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("radar.example", 200),
        ("radar.example:8930", 200),
        ("127.0.0.1:8930", 200),
        ("localhost", 200),
        ("evil.example", 400),
        ("radar.example.evil.example", 400),
        ("radar.example@evil.example", 400),
        ("[", 400),
    ],
)
def test_only_our_own_hosts_are_answered(house: House, host: str, status: int) -> None:
    """The host must be that of the settings or this machine, so that a forged one reaches no page."""
    response = house.browser().get("/inloggen", headers={"host": host})
    assert response.status_code == status
    assert "evil" not in response.text


def test_a_body_that_is_too_large_is_refused(house: House) -> None:
    """A request of more than a quarter megabyte is not read, and a text that is too long is not kept."""
    item_id = house.item()
    browser = house.signed_in()
    assert browser.post("/inloggen", data={"password": "x" * 300_000}).status_code == 413
    assert browser.post(f"/item/{item_id}/tekst", data={"notitie": "x" * 3_001}).status_code == 413
    assert record.of_subject(house.engine, f"item/{item_id}") == []


@pytest.mark.parametrize("fields", [{}, {"besluit": "anders"}])
def test_an_unknown_decision_is_refused(house: House, fields: dict[str, str]) -> None:
    """A form without a decision that we know is not understood, and nothing changes."""
    item_id = house.item()
    assert house.signed_in().post(f"/item/{item_id}/besluit", data=fields).status_code == 422
    assert record.of_subject(house.engine, f"item/{item_id}") == []


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "\r\nx: y"])
def test_a_form_cannot_lead_away(house: House, target: str) -> None:
    """Whatever a form says of where it came from, the answer leads to a page of our own."""
    item_id = house.item()
    response = house.signed_in().post(
        f"/item/{item_id}/besluit", data={"besluit": "accepted", "van": target, "vanaf": target}
    )
    location = response.headers["location"]
    assert location.startswith(f"/item/{item_id}?")
    assert "\n" not in location


def test_a_start_that_is_no_position_is_the_first_page(house: House) -> None:
    """A made-up place in the queue shows the first page instead of an error."""
    house.item()
    browser = house.signed_in()
    for start in ("x", "9e999-1", "nan-1", "0.5-99999999999999999999", "0.5-1'"):
        assert "Huurderspanel" in browser.get("/", params={"vanaf": start}).text


def test_signing_in_gives_a_cookie_that_scripts_cannot_read(anywhere: House) -> None:
    """The right password opens a session of twelve hours in an HttpOnly, SameSite cookie."""
    anywhere.reviewer(password=PASSWORD)
    browser = anywhere.browser()
    response = browser.post("/inloggen", data={"email": f" {EMAIL.upper()} ", "password": PASSWORD})
    cookie = response.headers["set-cookie"]
    assert (response.status_code, response.headers["location"]) == (303, "/overzicht")
    assert cookie.startswith("radar=")
    for part in ("HttpOnly", "Path=/", "SameSite=lax"):
        assert part in cookie
    assert browser.get("/").status_code == 200
    anywhere.clock.add(timedelta(hours=12))
    assert browser.get("/").status_code == 303


def test_over_https_the_cookie_is_bound_to_the_host(anywhere: House) -> None:
    """With https the cookie has the `__Host-` prefix and is Secure, and pages demand https from then on."""
    anywhere.secure = True
    anywhere.reviewer(password=PASSWORD)
    browser = anywhere.browser()
    response = browser.post("/inloggen", data={"email": EMAIL, "password": PASSWORD})
    assert response.headers["set-cookie"].startswith("__Host-radar=")
    assert "Secure" in response.headers["set-cookie"]
    assert "Path=/;" in response.headers["set-cookie"]
    assert "domain" not in response.headers["set-cookie"].lower()  # a browser takes the prefix without one only
    assert "strict-transport-security" in response.headers
    assert browser.get("/").status_code == 200


def test_strangers_and_mistakes_get_the_same_answer(anywhere: House) -> None:
    """An unknown address and a wrong password are answered with the very same page."""
    anywhere.reviewer(password=PASSWORD)
    browser = anywhere.browser()
    wrong = browser.post("/inloggen", data={"email": EMAIL, "password": "mis"})
    unknown = browser.post("/inloggen", data={"email": "niemand@voorbeeld.example", "password": "mis"})
    assert (wrong.status_code, wrong.text) == (unknown.status_code, unknown.text)
    assert wrong.status_code == 401


def test_strangers_cost_the_same_work() -> None:
    """The hash that is checked for nobody was made with the parameters of today, and no password fits nobody."""
    assert not PasswordHasher().check_needs_rehash(NOBODY)
    assert not is_password_of(None, "")
    assert not is_password_of("geen hash", "geen hash")


def test_guessing_is_limited(anywhere: House) -> None:
    """After five failures even the right password waits for a quarter of an hour, for that address only."""
    anywhere.reviewer(password=PASSWORD)
    browser = anywhere.browser()
    assert [sign_in(browser, password="mis") for _ in range(6)] == [401] * 5 + [429]
    assert sign_in(browser) == 429
    assert sign_in(browser, "iemand-anders@voorbeeld.example") == 401
    anywhere.clock.add(timedelta(minutes=15))
    assert sign_in(browser) == 303


@pytest.mark.parametrize("end", ["sign out", "new password"])
def test_a_session_ends(anywhere: House, end: str) -> None:
    """After signing out, or when the password was changed, an old cookie opens nothing any more."""
    browser = anywhere.signed_in()
    token = browser.cookies["radar"]
    ways: dict[str, Callable[[], object]] = {
        "sign out": lambda: browser.post("/uitloggen"),
        "new password": lambda: people.set_password(anywhere.engine, EMAIL, "andere hash", anywhere.clock()),
    }
    assert browser.get("/").status_code == 200
    ways[end]()
    old = anywhere.browser()
    old.cookies.set("radar", token)
    assert old.get("/").status_code == 303


def test_health_says_when_the_database_fails(house: House, tmp_path: Path) -> None:
    """Without a usable database the health check answers 503 in words a machine can read."""
    empty = House(open_engine(f"sqlite:///{tmp_path}/leeg.db"), tmp_path / "config2")
    response = empty.browser().get("/healthz")
    assert (response.status_code, response.json()["database"]) == (503, "failed")
