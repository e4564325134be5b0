"""Letter → the bytes of one mail: both parts, and the headers that mailbox providers ask of a newsletter. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from digest.letterhead import Letterhead, Recipient
from digest.render import Letter


class UnsafeHeader(ValueError):
    """A header value holds a line break or another control character, and could smuggle in a header of its own."""


def message(letter: Letter, recipient: Recipient, letterhead: Letterhead, message_id: str, date: datetime) -> bytes:
    """The whole mail for one reader, with CRLF line ends; the same arguments always give the same bytes.

    One-click leaving follows RFC 8058. Raises UnsafeHeader on a line break in a header value.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _mailbox(letterhead.sender_name, letterhead.sender_address)
    mail["To"] = _mailbox(recipient.name, recipient.email)
    mail["Reply-To"] = _mailbox("", letterhead.reply_to)
    mail["Subject"] = _safe(letter.subject)
    mail["Date"] = date
    mail.set_content(letter.text_for(recipient), cte="quoted-printable")
    mail.add_alternative(letter.html_for(recipient), subtype="html", cte="quoted-printable")
    # A boundary of our own: a mail sent again after a crash is the same to the last byte.
    mail.set_boundary(f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}")
    return _plain_headers(recipient, letterhead, message_id) + mail.as_bytes()


def _plain_headers(recipient: Recipient, letterhead: Letterhead, message_id: str) -> bytes:
    # Written by hand: the email package may break long addresses up, and moves Content-Language into the first part.
    leave = f"<{letterhead.leave_page(recipient.token)}>,\r\n <{letterhead.leave_mail(recipient.token)}>"
    for part in leave.split(",\r\n"):
        _safe(part)
    lines = (
        f"Message-ID: {_safe(message_id)}",
        f"List-Id: <{_safe(letterhead.list_id)}>",
        f"List-Unsubscribe: {leave}",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Content-Language: nl",
    )
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _mailbox(name: str, address: str) -> Address:
    return Address(display_name=_safe(name), addr_spec=_safe(address))


def _safe(value: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise UnsafeHeader(f"a header value holds a line break or control character: {value!r}")
    return value
