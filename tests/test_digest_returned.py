import email
from pathlib import Path

import pytest

from digest.returned import ReturnedKind, kind_of, read

FOLDER = Path(__file__).parent / "returned"
SAMPLES = sorted(FOLDER.glob("*.eml"))
MARK = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_what_came_back_is_understood(path):
    """Each sample tells in its first header what it is: kind, then the status, secret or kind of complaint."""
    raw = path.read_bytes()
    truth, *more = str(email.message_from_bytes(raw)["X-Truth"]).split()
    returned = read(raw)
    assert returned.kind == truth
    if more:
        assert more[0] in (returned.status, returned.token, returned.detail)
    if returned.kind in (ReturnedKind.HARD, ReturnedKind.SOFT, ReturnedKind.COMPLAINT):
        assert returned.mark == ("" if {"unmarked", "token"} & set(more) else MARK)
    assert "\n" not in returned.detail


def test_there_are_samples_of_every_kind():
    """The samples cover what can come back, so that none of the rules above goes untried."""
    assert {read(path.read_bytes()).kind for path in SAMPLES} == set(ReturnedKind)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_damaged_mails_are_left_to_a_person(path):
    """Half a mail, or one with bytes turned round, is answered and never breaks the reading."""
    raw = path.read_bytes()
    for damaged in (raw[: len(raw) // 2], raw[::-1], raw.replace(b"\r\n", b"\n"), raw.replace(b"utf-8", b"klinkt-8")):
        assert read(damaged).kind in ReturnedKind


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("5.1.1", "user unknown", ReturnedKind.HARD),
        ("5.1.6", "moved", ReturnedKind.HARD),
        ("5.2.2", "user unknown", ReturnedKind.SOFT),
        ("5.1.1", "mailbox of the user is full", ReturnedKind.SOFT),
        ("4.1.1", "user unknown", ReturnedKind.SOFT),
        ("5.7.1", "user unknown", ReturnedKind.SOFT),
        ("5.5.0", "mailbox unavailable", ReturnedKind.HARD),
        ("5.5.0", "zomaar", ReturnedKind.SOFT),
    ],
)
def test_only_what_can_never_arrive_is_hard(status, words, kind):
    """A full mailbox, a passing fault and a refused content are no reason to drop a reader at once."""
    assert kind_of(status, words) is kind
