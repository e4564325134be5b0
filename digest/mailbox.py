"""The mailbox for returned mail, read over IMAP: each new mail is handed on, and marked as read when it was handled."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

TIMEOUT = 30
MOST_AT_ONCE = 500
LARGEST = 2_000_000  # bytes; what is bigger is no report of a mail server


class MailboxTrouble(Exception):
    """The mailbox cannot be read; the message says why and what to look at (Dutch)."""


@dataclass(frozen=True)
class Mailbox:
    """Where the mailbox is: `security` is "tls", "starttls" or "none" (only to this machine itself)."""

    host: str
    port: int
    security: str
    username: str
    folder: str = "INBOX"


@dataclass(frozen=True)
class Emptied:
    """How many mails were handled, and how many are left for a person to read."""

    handled: int
    left: int


def empty(
    box: Mailbox, password: str, take_in: Callable[[bytes], bool], trust: ssl.SSLContext | None = None
) -> Emptied:
    """Hand every new mail to `take_in`; it is marked as read when that gives True, and flagged when it gives False.

    Flagged mails stay unread for a person and are not handed over again. A run that breaks off repeats at most the
    mail it was at. Raises MailboxTrouble when the mailbox cannot be read.
    """
    handled = left = 0
    with _open(box, password, trust) as connection:
        try:
            for uid in _new(connection)[:MOST_AT_ONCE]:
                raw = _fetched(connection, uid)
                done = raw is not None and take_in(raw)
                _answer(connection.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)" if done else r"(\Flagged)"))
                handled, left = handled + done, left + (not done)
        except (imaplib.IMAP4.error, OSError) as fault:
            raise MailboxTrouble(f"Het lezen van de postbus op {box.host} brak af: {_words(fault)}.") from fault
    return Emptied(handled, left)


@contextmanager
def _open(box: Mailbox, password: str, trust: ssl.SSLContext | None) -> Iterator[imaplib.IMAP4]:
    context = trust or ssl.create_default_context()
    try:
        if box.security == "tls":
            connection: imaplib.IMAP4 = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=TIMEOUT)
        else:
            connection = imaplib.IMAP4(box.host, box.port, timeout=TIMEOUT)
    except (imaplib.IMAP4.error, OSError) as fault:
        raise MailboxTrouble(
            f"De postbus op {box.host}, poort {box.port}, is niet te bereiken: {_words(fault)}. "
            "Kijk naar return_box in radar.yaml."
        ) from fault
    try:
        if box.security == "starttls":
            connection.starttls(context)
        connection.login(box.username, password)
        _answer(connection.select(f'"{box.folder}"'))
    except (imaplib.IMAP4.error, OSError) as fault:
        connection.shutdown()
        raise MailboxTrouble(
            f"De postbus op {box.host} laat ons niet binnen: {_words(fault)}. "
            "Kijk naar username en folder bij return_box in radar.yaml en naar RADAR_IMAP_PASSWORD."
        ) from fault
    try:
        yield connection
    finally:
        try:
            connection.logout()
        except (imaplib.IMAP4.error, OSError):
            connection.shutdown()


def _new(connection: imaplib.IMAP4) -> list[str]:
    found = _answer(connection.uid("SEARCH", "UNSEEN", "UNFLAGGED"))
    return found[0].decode("ascii").split() if found and found[0] else []


def _fetched(connection: imaplib.IMAP4, uid: str) -> bytes | None:
    """The bytes of a mail; None when it is too big to be a report. Reading it does not mark it as read."""
    size = _answer(connection.uid("FETCH", uid, "(RFC822.SIZE)"))
    told = b"".join(part for part in size if isinstance(part, bytes)).rpartition(b"RFC822.SIZE ")[2]
    if int(told.split(b")")[0].split()[0] or b"0") > LARGEST:
        return None
    for part in _answer(connection.uid("FETCH", uid, "(BODY.PEEK[])")):
        if isinstance(part, tuple):
            return bytes(part[1])
    return None


def _answer(answer: tuple[str, Any]) -> Any:
    """The data of an answer; raises when the server said anything but OK."""
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(b"".join(part for part in data if isinstance(part, bytes)).decode("utf-8", "replace"))
    return data


def _words(fault: Exception) -> str:
    words = fault.args[0] if fault.args else fault
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(fault)
