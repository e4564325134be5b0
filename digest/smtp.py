"""Talking SMTP: opening a connection to a relay, and handing over one mail while knowing how far it came."""

from __future__ import annotations

import contextlib
import ipaddress
import select
import smtplib
import socket
import ssl
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

TIMEOUT = 60.0
PATIENCE = 600.0  # RFC 5321, 4.5.3.2.6: a server may think for ten minutes about a mail that it has
CRLF = "\r\n"
ASKS_FOR_MAIL = 354
CLOSING = 421  # RFC 5321, 3.8: the server hangs up, whatever it was asked


class Security(StrEnum):
    """How the connection is protected; certificates are always verified."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Relay(BaseModel):
    """The mail server that takes our mail; the password is no part of it and comes from the environment.

    `hello` is the name we greet with. `timeout` holds for every step and `patience` for the answer to a whole mail,
    both in seconds: who gives up too early makes a letter double (RFC 1047).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    security: Security = Security.STARTTLS
    username: str = ""
    hello: str = "localhost"
    timeout: float = Field(TIMEOUT, gt=0)
    patience: float = Field(PATIENCE, gt=0)


class RelayTrouble(Exception):
    """The relay cannot be used at all right now; the message says why (Dutch).

    `called_off`: it answered, and asked to come back later (421).
    """

    def __init__(self, message: str, *, called_off: bool = False) -> None:
        super().__init__(message)
        self.called_off = called_off


class Outcome(StrEnum):
    """What one attempt came to. LOST: the connection broke before the content; UNKNOWN: while or after it went."""

    TAKEN = "taken"
    REFUSED = "refused"
    LATER = "later"
    LOST = "lost"
    UNKNOWN = "unknown"


class Step(StrEnum):
    """What an answer was about: who sends, who gets it, or the mail itself."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


@dataclass(frozen=True)
class Answer:
    """The outcome with the server's own words, for the record, and the step it was the answer to."""

    outcome: Outcome
    response: str
    step: Step = Step.CONTENT

    @property
    def closing(self) -> bool:
        """Whether the server said that it closes the connection and wants no more for now (421)."""
        return self.response.startswith(f"{CLOSING} ")


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
        called_off = isinstance(trouble, smtplib.SMTPResponseException) and trouble.smtp_code == CLOSING
        raise RelayTrouble(f"{_name(relay)} is niet bereikbaar: {trouble}", called_off=called_off) from trouble


def _open(relay: Relay, password: str, context: ssl.SSLContext) -> smtplib.SMTP:
    connection: smtplib.SMTP
    if relay.security is Security.TLS:
        connection = smtplib.SMTP_SSL(
            relay.host, relay.port, local_hostname=relay.hello, timeout=relay.timeout, context=context
        )
    else:
        connection = smtplib.SMTP(relay.host, relay.port, local_hostname=relay.hello, timeout=relay.timeout)
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


def protection(connection: smtplib.SMTP) -> tuple[str, datetime | None]:
    """The version of TLS that a connection uses ("" is none), and until when the server's certificate holds (UTC)."""
    if not isinstance(connection.sock, ssl.SSLSocket):
        return "", None
    certificate = connection.sock.getpeercert() or {}
    until = ssl.cert_time_to_seconds(str(certificate["notAfter"])) if "notAfter" in certificate else None
    return connection.sock.version() or "", datetime.fromtimestamp(until, UTC) if until is not None else None


def alive(connection: smtplib.SMTP) -> bool:
    """Whether the server still answers on this connection; it is then ready for a new mail."""
    try:
        return connection.rset()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def hand_over(
    connection: smtplib.SMTP, sender: str, recipient: str, content: bytes, patience: float = PATIENCE
) -> Answer:
    """Offer one mail (CRLF line ends) and tell what became of it; never raises for what the server or network does.

    After anything but TAKEN ask `alive` before using the connection again: after LOST and UNKNOWN it is gone, and a
    server that said 421 (which counts as LATER) hangs up. Raises ValueError for a line break in an address.
    """
    try:
        refusal = _introduced(connection, sender, recipient, patience)
        if refusal:
            return refusal
        connection.send(_stuffed(content))
        if hung_up(connection):
            return Answer(Outcome.LOST, "de verbinding brak voor het einde van de brief")
    except (OSError, smtplib.SMTPException) as trouble:
        return Answer(Outcome.LOST, str(trouble))
    return _end(connection, patience)


def _introduced(connection: smtplib.SMTP, sender: str, recipient: str, patience: float) -> Answer | None:
    """Tell who sends, to whom, and that the mail follows; gives the first answer that keeps it from going.

    A server that takes commands in a row gets all three at once (PIPELINING, RFC 2920): one round trip for three.
    """
    commands = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA")
    in_a_row = connection.has_extn("pipelining")
    if in_a_row:
        connection.send("".join(f"{_one_line(command)}{CRLF}" for command in commands))
    for number, (step, command) in enumerate(zip(Step, commands, strict=True), 1):
        if not in_a_row:
            connection.send(f"{_one_line(command)}{CRLF}")
        code, words = connection.getreply()
        if not 200 <= code < 400:
            refusal = _answer(code, words, step)
            if in_a_row:
                _hear_out(connection, refusal, len(commands) - number, patience)
            return refusal
    return None


def _hear_out(connection: smtplib.SMTP, refusal: Answer, answers: int, patience: float) -> None:
    """Read the answers still to come, or hang up, so that none is taken for the answer to a later command."""
    if refusal.closing or refusal.outcome is Outcome.LOST:
        connection.close()
        return
    code = 0
    with contextlib.suppress(OSError, smtplib.SMTPException):  # then the connection is closed, and the refusal stands
        for _ in range(answers):
            code, _words = connection.getreply()
        if code == ASKS_FOR_MAIL:
            _end(connection, patience)  # it waits for a mail that has no reader: one of no lines (RFC 2920, 3.1)


def _one_line(command: str) -> str:
    if "\r" in command or "\n" in command:
        raise ValueError(f"a command holds a line break: {command!r}")
    return command


def _end(connection: smtplib.SMTP, patience: float) -> Answer:
    """Say that the mail ends here; from now on nobody but the server knows whether it took it."""
    sock = connection.sock
    assert sock is not None
    usual = sock.gettimeout()
    try:
        sock.settimeout(patience)
        connection.send(b".\r\n")
        answer = _answer(*connection.getreply(), Step.CONTENT)
        sock.settimeout(usual)
    except (OSError, smtplib.SMTPException) as trouble:
        return Answer(Outcome.UNKNOWN, str(trouble))
    return replace(answer, outcome=Outcome.UNKNOWN) if answer.outcome is Outcome.LOST else answer


def _stuffed(content: bytes) -> bytes:
    """The mail as it goes over the line: a dot doubled where a line begins with one, and one line end at the end."""
    content = content.replace(b"\n.", b"\n..")
    if content.startswith(b"."):
        content = b"." + content
    return content.rstrip(b"\r\n") + b"\r\n"


def hung_up(connection: smtplib.SMTP) -> bool:
    """Whether something stands ready to be read when it is our turn to speak: the server hung up, or is about to."""
    if connection.sock is None:
        return True
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))


def _answer(code: int, words: bytes, step: Step) -> Answer:
    if 200 <= code < 300:
        return Answer(Outcome.TAKEN, _said(code, words), step)
    if 500 <= code < 600:
        return Answer(Outcome.REFUSED, _said(code, words), step)
    if 400 <= code < 500:
        return Answer(Outcome.LATER, _said(code, words), step)
    return Answer(Outcome.LOST, f"onbegrijpelijk antwoord: {_said(code, words)}", step)


def _said(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')}"


def _name(relay: Relay) -> str:
    return f"Mailserver {relay.host}:{relay.port}"


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
