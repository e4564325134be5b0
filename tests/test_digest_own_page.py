"""The page of one reader, and what is let go when its time is over."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from fakes_digest import NOW, a_reader, frozen, post_office
from fakes_pages import browser
from sqlalchemy import inspect, select, text

from digest import confirmations, outbox, own_data, store, subscribers, suppressions, tips
from digest.bounce_tables import Suppression
from digest.edition import Audience
from digest.own_data import LetGo
from digest.public_tables import confirmation
from digest.records import DeliveryState, SubscriberState
from digest.sample import LETTERHEAD
from digest.wishes import Rhythm, Wishes

YEAR = timedelta(days=365)
EMAIL = "lezer01@lezers.example"


@pytest.fixture
def reader(engine):
    """Somebody for whom a letter waits."""
    frozen(engine, 1)
    return subscribers.by_email(engine, EMAIL)


def everything(engine) -> str:
    """Every value in every table, as one text."""
    with engine.connect() as connection:
        names = inspect(engine).get_table_names()
        return "\n".join(str(row) for name in names for row in connection.execute(text(f'SELECT * FROM "{name}"')))


def test_a_reader_changes_what_they_get(engine, reader):
    """Everything that was chosen at signing up can be chosen anew, and a pause taken and ended."""
    pages, own = browser(engine), f"/voorkeuren/{reader.preferences_token}"
    assert EMAIL in pages.get(own).text
    form = {"naam": "Nieuw", "doelgroep": "corporatie", "ritme": "maand", "thema": ["zelfbeheer"], "pauze": "4"}
    answer = pages.post(own, data=form | {"regio": "twente", "ook_leeg": "ja"})
    assert answer.headers["location"] == f"{own}?bewaard=1"
    shown = pages.get(answer.headers["location"]).text
    assert "Bewaard. Dit geldt vanaf de volgende brief." in shown
    assert "pauze tot 23 december 2026" in shown
    changed = subscribers.by_email(engine, EMAIL)
    assert (changed.name, changed.audience, changed.rhythm) == ("Nieuw", Audience.CORPORATIE, Rhythm.MONTH)
    assert (changed.wishes.themes, changed.also_empty) == (("zelfbeheer",), True)
    assert changed.paused_until == date(2026, 12, 23)
    pages.post(own, data={"doelgroep": "corporatie", "pauze": "zo"})
    assert subscribers.by_email(engine, EMAIL).paused_until == date(2026, 12, 23)
    pages.post(own, data={"doelgroep": "corporatie", "pauze": "nee"})
    ended = subscribers.by_email(engine, EMAIL)
    assert (ended.paused_until, ended.wishes, ended.also_empty) == (None, Wishes(), False)


def test_each_secret_opens_one_thing(engine, reader):
    """The secret for leaving opens no page with personal data; a wrong one shows nobody."""
    for token in (reader.token, "x" * 32, "%00"):
        for path in ("", "/gegevens.json", "/wissen"):
            answer = browser(engine).get(f"/voorkeuren/{token}{path}")
            assert answer.status_code == 404
            assert EMAIL not in answer.text
    assert browser(engine).post(f"/voorkeuren/{reader.token}/wissen").status_code == 404
    assert subscribers.by_email(engine, EMAIL)


def test_a_reader_takes_all_that_is_kept_along(engine, reader):
    """The file holds address, choices, proof and letters, and no secret."""
    answer = browser(engine).get(f"/voorkeuren/{reader.preferences_token}/gegevens.json")
    kept = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert "attachment" in answer.headers["content-disposition"]
    assert (kept["e-mail"], kept["doelgroep"]) == (EMAIL, "gemeente")
    assert kept["toestemming"]["hoe"] == "formulier op de ledendag"
    assert [(one["brief"], one["staat"]) for one in kept["brieven"]] == [("2026-W48", "wacht")]
    assert reader.token not in json.dumps(kept)
    assert reader.preferences_token not in json.dumps(kept)


def test_erasing_leaves_a_hash_and_nothing_else(engine, reader):
    """After erasing, the address is in no table; the waiting letter does not go; an old list cannot bring it back."""
    confirmations.ask_for_own_page(engine, EMAIL, NOW)
    own = f"/voorkeuren/{reader.preferences_token}"
    assert "Al uw gegevens wissen?" in browser(engine).get(f"{own}/wissen").text
    assert EMAIL in everything(engine)
    assert "gewist" in browser(engine).post(f"{own}/wissen").text
    left = everything(engine)
    for trace in (EMAIL, "Lezer01", "ledendag", reader.token, reader.preferences_token):
        assert trace not in left
    assert browser(engine).get(own).status_code == 404
    with post_office() as post:
        outbox.send(engine, 1, LETTERHEAD, post.connect(), lambda: NOW)
    assert post.taken == []
    assert store.deliveries_summary(engine, 1)[DeliveryState.CANCELLED] == 1
    with pytest.raises(subscribers.SubscriberRefused):
        subscribers.add(engine, [a_reader("lezer01")], NOW)


def test_erasing_twice_is_no_fault(engine, reader):
    """Erasing is done once; a complaint that was known stays the weightier reason."""
    with engine.begin() as connection:
        suppressions.suppress(connection, EMAIL, Suppression.COMPLAINT, NOW)
    for _ in range(2):
        own_data.erase(engine, reader.id, Suppression.ERASED, NOW)
    with engine.connect() as connection:
        assert suppressions.reason_of(connection, EMAIL) is Suppression.COMPLAINT


def test_who_left_is_forgotten_after_a_year_and_not_a_day_sooner(engine, reader):
    """The address of somebody who left is kept as proof for the agreed time, then erased; once is enough."""
    subscribers.leave(engine, reader.token, NOW)
    assert own_data.let_go(engine, NOW + YEAR - timedelta(days=1), YEAR) == LetGo()
    assert own_data.let_go(engine, NOW + YEAR, YEAR) == LetGo(left=1)
    assert EMAIL not in everything(engine)
    assert own_data.let_go(engine, NOW + YEAR + YEAR, YEAR) == LetGo()
    with pytest.raises(subscribers.SubscriberRefused):
        subscribers.add(engine, [a_reader("lezer01", when=NOW.date())], NOW + YEAR)


def test_nobody_who_reads_is_ever_forgotten(engine, reader):
    """However old, an active reader stays."""
    assert own_data.let_go(engine, NOW + 20 * YEAR, YEAR) == LetGo()
    assert subscribers.by_email(engine, EMAIL).state is SubscriberState.ACTIVE


def test_a_sign_up_that_nobody_confirmed_is_gone_after_a_week(engine):
    """What was asked for and never confirmed leaves no trace."""
    browser(engine).post("/aanmelden", data={"email": "wie@lezers.example", "doelgroep": "gemeente"})
    week = timedelta(days=7)
    assert own_data.let_go(engine, NOW + week - timedelta(minutes=1), YEAR) == LetGo()
    assert own_data.let_go(engine, NOW + week, YEAR) == LetGo(unconfirmed=1)
    with engine.connect() as connection:
        assert connection.execute(select(confirmation)).first() is None
    assert "wie@lezers.example" not in everything(engine)


def test_a_handled_tip_is_gone_after_half_a_year_and_a_waiting_one_is_not(engine):
    """Remarks of readers are not kept for ever, but never lost before somebody looked."""
    tips.tell(engine, "https://a.example/1", "Bel mij: 06", NOW)
    tips.tell(engine, "https://a.example/2", "", NOW)
    with engine.begin() as connection:
        tips.handle(connection, tips.waiting(engine)[0].id, NOW)
    assert own_data.let_go(engine, NOW + YEAR, YEAR) == LetGo(tips=1)
    assert [one.address for one in tips.waiting(engine)] == ["https://a.example/2"]
