"""Letter → the bytes of one mail: both parts, and the headers that mailbox providers ask of a newsletter. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from digest.headers import UnsafeHeader as UnsafeHeader
from digest.headers import safe
from digest.letterhead import Letterhead, Recipient
from digest.render import Letter


def message(letter: Letter, recipient: Recipient, letterhead: Letterhead, message_id: str, date: datetime) -> bytes:
    """The whole mail for one reader, with CRLF line ends; the same arguments always give the same bytes.

    Raises UnsafeHeader on a line break in a header value.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _mailbox(letterhead.sender_name, letterhead.sender_address)
    mail["To"] = _mailbox(recipient.name, recipient.email)
    mail["Reply-To"] = _mailbox("", letterhead.reply_to)
    mail["Date"] = date
    mail.set_content(letter.text_for(recipient), cte="quoted-printable")
    mail.add_alternative(letter.html_for(recipient), subtype="html", cte="quoted-printable")
    # A boundary of our own: a mail sent again after a crash is the same to the last byte.
    mail.set_boundary(f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}")
    # Written by hand: the email package may break long addresses up, and moves Content-Language into the first part.
    return f"Message-ID: {safe(message_id)}\r\n{letter.headers_for(recipient)}".encode("ascii") + mail.as_bytes()


def _mailbox(name: str, address: str) -> Address:
    return Address(display_name=safe(name), addr_spec=safe(address))
