"""Talking SMTP: opening a connection to a relay, and handing over one mail while knowing how far it came."""

from __future__ import annotations

import ipaddress
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

TIMEOUT = 30.0  # seconds for each step; far below the lease of the outbox


class Security(StrEnum):
    """How the connection is protected; certificates are always verified."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Relay(BaseModel):
    """The mail server that takes our mail; the password is no part of it and comes from the environment.

    `hello` is the name we greet with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    security: Security = Security.STARTTLS
    username: str = ""
    hello: str = "localhost"


class RelayTrouble(Exception):
    """The relay cannot be used at all right now; the message says why (Dutch)."""


class Outcome(StrEnum):
    """What one attempt came to. LOST: the connection broke before the content; UNKNOWN: while or after it went."""

    TAKEN = "taken"
    REFUSED = "refused"
    LATER = "later"
    LOST = "lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """The outcome with the server's own words, for the record."""

    outcome: Outcome
    response: str


def connect(relay: Relay, password: str = "", trust: ssl.SSLContext | None = None) -> smtplib.SMTP:
    """Open a connection that is ready for mail; raises RelayTrouble when that fails.

    `trust` holds other certificates to trust than those of the system.
    """
    if relay.username and relay.security is Security.NONE and not _loopback(relay.host):
        raise RelayTrouble(
            f"Het wachtwoord voor {relay.host} gaat niet over een onbeveiligde verbinding; kies starttls of tls."
        )
    context = trust or ssl.create_default_context()
    try:
        return _open(relay, password, context)
    except smtplib.SMTPAuthenticationError as refusal:
        raise RelayTrouble(f"{_name(relay)} weigert de gebruikersnaam of het wachtwoord: {refusal}") from refusal
    except (OSError, smtplib.SMTPException) as trouble:
        raise RelayTrouble(f"{_name(relay)} is niet bereikbaar: {trouble}") from trouble


def _open(relay: Relay, password: str, context: ssl.SSLContext) -> smtplib.SMTP:
    connection: smtplib.SMTP
    if relay.security is Security.TLS:
        connection = smtplib.SMTP_SSL(
            relay.host, relay.port, local_hostname=relay.hello, timeout=TIMEOUT, context=context
        )
    else:
        connection = smtplib.SMTP(relay.host, relay.port, local_hostname=relay.hello, timeout=TIMEOUT)
    try:
        # Without this the last small packet of each mail waits for an acknowledgement of the one before.
        if connection.sock is not None:
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if relay.security is Security.STARTTLS:
            connection.starttls(context=context)
        connection.ehlo_or_helo_if_needed()
        if relay.username:
            connection.login(relay.username, password)
    except BaseException:
        connection.close()
        raise
    return connection


def alive(connection: smtplib.SMTP) -> bool:
    """Whether the server still answers on this connection; it is then ready for a new mail."""
    try:
        return connection.rset()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def hand_over(connection: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> Answer:
    """Offer one mail (CRLF line ends) and tell what became of it; never raises for what the server or network does.

    After anything but TAKEN ask `alive` before using the connection again: after LOST and UNKNOWN it is gone, and a
    server that said 421 (which counts as LATER) hangs up.
    """
    steps: tuple[Callable[[], tuple[int, bytes]], ...] = (
        lambda: connection.mail(sender),
        lambda: connection.rcpt(recipient),
        lambda: connection.docmd("DATA"),
    )
    try:
        for step in steps:
            code, words = step()
            if code >= 400 or code < 200:
                return _answer(code, words)
    except (OSError, smtplib.SMTPException) as trouble:
        return Answer(Outcome.LOST, str(trouble))
    try:
        connection.send(re.sub(rb"(?m)^\.", b"..", content).rstrip(b"\r\n") + b"\r\n.\r\n")
        code, words = connection.getreply()
    except (OSError, smtplib.SMTPException) as trouble:
        return Answer(Outcome.UNKNOWN, str(trouble))
    return _answer(code, words)


def _answer(code: int, words: bytes) -> Answer:
    if 200 <= code < 300:
        return Answer(Outcome.TAKEN, _said(code, words))
    if 500 <= code < 600:
        return Answer(Outcome.REFUSED, _said(code, words))
    if 400 <= code < 500:
        return Answer(Outcome.LATER, _said(code, words))
    return Answer(Outcome.LOST, f"onbegrijpelijk antwoord: {_said(code, words)}")


def _said(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')}"


def _name(relay: Relay) -> str:
    return f"Mailserver {relay.host}:{relay.port}"


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
