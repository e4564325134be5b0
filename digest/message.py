"""Letter → the bytes of one mail: both parts, and the headers that mailbox providers ask of a newsletter. Pure.

A mould is made once per letter, with all that is the same for its readers encoded; filling it encodes no more than the
lines that hold something of one reader. Filling encoded bytes would leave stale soft line breaks and broken links.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP
from email.quoprimime import body_encode

from digest.headers import CRLF, safe
from digest.headers import UnsafeHeader as UnsafeHeader
from digest.letterhead import Letterhead, Recipient
from digest.render import Letter, blanks

LONGEST = 78  # of an encoded line, as the email package breaks them
QUOTED = {code: f"={code:02X}" for code in range(256) if code != 9 and (code == 61 or not 32 <= code <= 126)}
PLAIN_TO = re.compile(r"(?:[A-Za-z0-9]+(?: [A-Za-z0-9]+)* <[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9.-]+>)")
Pieces = list[str]  # text and the names of blanks, in turn


class Mould:
    """One letter from one sender, to be filled for each of its readers."""

    def __init__(self, letter: Letter, letterhead: Letterhead, date: datetime) -> None:
        self.blank = re.compile(f"{re.escape(letter.mark)}(name|email|token|preferences)")
        self.headers = self.blank.split(letter.headers)
        sender = Address(display_name=safe(letterhead.sender_name), addr_spec=safe(letterhead.sender_address))
        self.sender = _folded("From", sender)
        reply_to = Address(addr_spec=safe(letterhead.reply_to))
        self.rest = f"{_folded('Reply-To', reply_to)}{_folded('Date', date)}MIME-Version: 1.0{CRLF}"
        self.text = tuple(self._encoded(letter.text))
        self.html = tuple(self._encoded(letter.html))

    def fill(self, recipient: Recipient, message_id: str) -> bytes:
        """The whole mail for one reader, with CRLF line ends; the same arguments always give the same bytes.

        Raises UnsafeHeader on a line break in a header value.
        """
        values = blanks(recipient)
        # A boundary of our own: a mail sent again after a crash is the same to the last byte.
        boundary = f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"
        plain = {name: _quoted(value) for name, value in values.items()}
        escaped = {name: _quoted(html.escape(value)) for name, value in values.items()}
        return "".join(
            (
                f"Message-ID: {safe(message_id)}{CRLF}",
                _joined(self.headers, values),
                self.sender,
                _to(recipient),
                self.rest,
                f'Content-Type: multipart/alternative;{CRLF} boundary="{boundary}"{CRLF}{CRLF}',
                f'--{boundary}{CRLF}Content-Type: text/plain; charset="utf-8"{CRLF}',
                f"Content-Transfer-Encoding: quoted-printable{CRLF}{CRLF}",
                *(part if isinstance(part, str) else _broken(_joined(part, plain)) for part in self.text),
                f'{CRLF}--{boundary}{CRLF}Content-Type: text/html; charset="utf-8"{CRLF}',
                f"Content-Transfer-Encoding: quoted-printable{CRLF}MIME-Version: 1.0{CRLF}{CRLF}",
                *(part if isinstance(part, str) else _broken(_joined(part, escaped)) for part in self.html),
                f"{CRLF}--{boundary}--{CRLF}",
            )
        ).encode("ascii")

    def _encoded(self, text: str) -> Iterator[str | Pieces]:
        """The lines that are the same for all readers together, encoded; each other line quoted but not yet broken."""
        same: list[str] = []
        for line in map(bytes.decode, text.encode().splitlines()):  # as bytes: only CR and LF end a line
            pieces = self.blank.split(line)
            if len(pieces) == 1:
                same.append(body_encode(line.encode().decode("latin-1"), LONGEST, CRLF) + CRLF)
                continue
            yield "".join(same)
            same = []
            yield [piece if number % 2 else _quoted(piece) for number, piece in enumerate(pieces)]
        yield "".join(same)


def message(letter: Letter, recipient: Recipient, letterhead: Letterhead, message_id: str, date: datetime) -> bytes:
    """The mail of one reader, when there are no others; see `Mould.fill`."""
    return Mould(letter, letterhead, date).fill(recipient, message_id)


def _to(recipient: Recipient) -> str:
    """The To line; the email package folds and encodes those that are not plain, which takes it a while."""
    line = f"To: {recipient.name} <{recipient.email}>"
    if len(line) <= LONGEST and PLAIN_TO.fullmatch(line, 4):
        return line + CRLF
    return _folded("To", Address(display_name=safe(recipient.name), addr_spec=safe(recipient.email)))


def _folded(name: str, value: object) -> str:
    header: str = SMTP.header_factory(name, value).fold(policy=SMTP)
    return header


def _joined(pieces: Pieces, values: Mapping[str, str]) -> str:
    return "".join(values[piece] if number % 2 else piece for number, piece in enumerate(pieces))


def _quoted(text: str) -> str:
    return text.encode().decode("latin-1").translate(QUOTED)


def _broken(line: str) -> str:
    """A quoted line broken into lines of at most 78 characters, never within an escape (RFC 2045, 6.7)."""
    if line[-1:] in (" ", "\t"):
        line = f"{line[:-1]}={ord(line[-1]):02X}"
    lines = []
    start, last = 0, len(line) - 1 - LONGEST
    while start <= last:
        stop = start + LONGEST - 1
        if line[stop - 2] == "=":
            stop -= 2
        elif line[stop - 1] == "=":
            stop -= 1
        lines.append(line[start:stop] + "=")
        start = stop
    lines.append(line[start:])
    return CRLF.join(lines) + CRLF
