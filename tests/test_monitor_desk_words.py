from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from crawlers.publication import Reason
from monitor.desk import phrases
from monitor.desk.cards import web_address
from monitor.desk.marks import mark
from monitor.health_words import NOT_YET, UNKNOWN, health

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("precision", "shown"),
    [
        ("time", "1 mei 2026"),
        ("day", "1 mei 2026"),
        ("month", "mei 2026"),
        ("quarter", "tweede kwartaal 2026"),
        ("year", "2026"),
    ],
)
def test_a_date_in_words(precision: str, shown: str) -> None:
    """A date is written as exactly as it is known."""
    assert phrases.published(date(2026, 5, 1), precision) == shown


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2026-11-24T08:05+00:00", "vandaag om 9:05"),
        ("2026-11-23T23:30+00:00", "vandaag om 0:30"),
        ("2026-11-23T08:05+00:00", "gisteren om 9:05"),
        ("2026-11-25T08:05+00:00", "morgen om 9:05"),
        ("2026-07-01T08:05+00:00", "woensdag 1 juli 2026 om 10:05"),
    ],
)
def test_a_moment_in_words(at: str, shown: str) -> None:
    """A moment is told in Dutch local time, summer time included, and near days by their name."""
    now = datetime(2026, 11, 24, 12, 0, tzinfo=ZONE)
    assert phrases.moment(datetime.fromisoformat(at), now) == shown


@pytest.mark.parametrize(("score", "shown"), [(0.0, "0%"), (0.504, "50%"), (0.9999, "99%")])
def test_a_score_is_never_certain(score: float, shown: str) -> None:
    """A score becomes a whole percentage below a hundred."""
    assert phrases.percentage(score) == shown


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("De huurdersraad adviseert.", ["huurdersraad"], "De [huurdersraad] adviseert."),
        ("Huurdersraad en huurdersraad", ["huurdersraad"], "[Huurdersraad] en [huurdersraad]"),
        ("de bewonersraad", ["raad"], "de bewonersraad"),
        ("huurders praten mee", ["huurders", "huurders praten mee"], "[huurders praten mee]"),
        ("huurders\npraten mee", ["huurders praten"], "[huurders\npraten] mee"),
        ("recht (nieuw)?", ["(nieuw)"], "recht [(nieuw)]?"),
        ("niets", [], "niets"),
        ("", ["niets"], ""),
    ],
)
def test_words_are_marked_where_they_stand(text: str, words: list[str], shown: str) -> None:
    """Found words are marked as whole words whatever their capitals, and the text stays as it was."""
    pieces = mark(text, words)
    assert "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces) == shown


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words(reason: Reason) -> None:
    """Each reason of the crawler has a Dutch sentence, and each failure says what to do."""
    words = health(reason.value)
    assert words not in (UNKNOWN, NOT_YET)
    assert words.sentence.endswith(".")
    assert words.good or words.advice.endswith(".")


def test_an_unread_source_and_an_unknown_reason_have_words() -> None:
    """A source that was never read is no failure; a code of later days is one."""
    assert health("").good
    assert not health("something_new").good


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "", "ftp://x.example"]
)
def test_only_web_addresses_become_links(address: str) -> None:
    """An address with another scheme is never linked to."""
    assert web_address(address) == ""
    assert web_address("https://linde.example/") == "https://linde.example/"
