"""Signing off by the link in the letter."""

from __future__ import annotations

from datetime import date

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digest import subscribers
from digest.consent import new_subscriber
from digest.pages import routes
from digest.records import SubscriberState


@pytest.fixture
def reader(engine, now):
    """Somebody who gets the letter."""
    today = date(2026, 11, 24)
    newcomer = new_subscriber("gerda@voorbeeld.nl", "Gerda", "huurdersorganisatie", "formulier", today, today)
    subscribers.add(engine, [newcomer], now)
    return subscribers.by_email(engine, "gerda@voorbeeld.nl")


@pytest.fixture
def browser(engine, now):
    """A browser on the pages for readers."""
    return TestClient(Starlette(routes=routes(engine, lambda: now)))


def state(engine):
    return subscribers.by_email(engine, "gerda@voorbeeld.nl").state


def test_looking_at_the_link_never_signs_off(engine, reader, browser):
    """A mail scanner that opens the link leaves the reader on the list."""
    answer = browser.get(f"/afmelden/{reader.token}")
    assert "Wilt u zich afmelden?" in answer.text
    assert state(engine) is SubscriberState.ACTIVE


def test_the_button_signs_off(engine, reader, browser):
    """One press of the button ends it, without a cookie."""
    answer = browser.post(f"/afmelden/{reader.token}")
    assert "U bent afgemeld" in answer.text
    assert not answer.cookies
    assert state(engine) is SubscriberState.LEFT


def test_one_click_of_a_mail_program_signs_off(engine, reader, browser):
    """The POST of RFC 8058 does the same."""
    body = {"List-Unsubscribe": "One-Click"}
    assert browser.post(f"/afmelden/{reader.token}", data=body).status_code == 200
    assert state(engine) is SubscriberState.LEFT


def test_a_wrong_link_says_what_to_do(browser):
    """A broken link is told in plain words and shows nobody's address."""
    answer = browser.get("/afmelden/onzin<script>")
    assert answer.status_code == 404
    assert "Deze link klopt niet" in answer.text
    assert "<script>" not in answer.text
