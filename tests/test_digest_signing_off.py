"""Signing off by the link in the letter."""

from __future__ import annotations

import pytest
from fakes_digest import NOW, a_reader
from fakes_pages import browser

from digest import subscribers
from digest.records import SubscriberState

EMAIL = "gerda@lezers.example"


@pytest.fixture
def reader(engine):
    """Somebody who gets the letter."""
    subscribers.add(engine, [a_reader("gerda")], NOW)
    return subscribers.by_email(engine, EMAIL)


def state(engine):
    return subscribers.by_email(engine, EMAIL).state


def test_looking_at_the_link_never_signs_off(engine, reader):
    """A mail scanner that opens the link, by GET or HEAD, leaves the reader on the list."""
    pages = browser(engine)
    assert "Wilt u zich afmelden?" in pages.get(f"/afmelden/{reader.token}").text
    pages.head(f"/afmelden/{reader.token}")
    assert state(engine) is SubscriberState.ACTIVE


def test_the_button_signs_off(engine, reader):
    """One press of the button ends it, without a cookie, and nobody keeps the page."""
    answer = browser(engine).post(f"/afmelden/{reader.token}")
    assert "U bent afgemeld" in answer.text
    assert not answer.cookies
    assert answer.headers["cache-control"] == "no-store"
    assert state(engine) is SubscriberState.LEFT


def test_one_click_of_a_mail_program_signs_off(engine, reader):
    """The POST of RFC 8058 does the same, and once more changes nothing."""
    for _ in range(2):
        body = {"List-Unsubscribe": "One-Click"}
        assert browser(engine).post(f"/afmelden/{reader.token}", data=body).status_code == 200
    assert state(engine) is SubscriberState.LEFT


@pytest.mark.parametrize("token", ["onzin<script>", "%00", "a" * 5000])
def test_a_wrong_link_says_what_to_do(engine, token):
    """A broken link is told in plain words and shows nobody's address."""
    for answer in (browser(engine).get(f"/afmelden/{token}"), browser(engine).post(f"/afmelden/{token}")):
        assert answer.status_code == 404
        assert "Deze link klopt niet" in answer.text
        assert "<script>" not in answer.text


def test_the_secret_for_the_own_page_does_not_sign_off(engine, reader):
    """A secret is good for one purpose only."""
    assert browser(engine).post(f"/afmelden/{reader.preferences_token}").status_code == 404
    assert state(engine) is SubscriberState.ACTIVE
