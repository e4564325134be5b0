"""The mail of one reader as the email package encodes it whole: what a filled mould must equal, and be quicker than."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from digest.letterhead import Letterhead, Recipient
from digest.render import Letter


def whole_mail(letter: Letter, recipient: Recipient, letterhead: Letterhead, message_id: str, date: datetime) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=letterhead.sender_name, addr_spec=letterhead.sender_address)
    mail["To"] = Address(display_name=recipient.name, addr_spec=recipient.email)
    mail["Reply-To"] = Address(addr_spec=letterhead.reply_to)
    mail["Date"] = date
    mail.set_content(letter.text_for(recipient), cte="quoted-printable")
    mail.add_alternative(letter.html_for(recipient), subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:32]}")
    return f"Message-ID: {message_id}\r\n{letter.headers_for(recipient)}".encode("ascii") + mail.as_bytes()
