"""Plain mails from the radar to the people of the working group: an invitation, a link, a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

from digest.smtp import Answer, Outcome, RelayTrouble, hand_over
from monitor.editor import letterhead, open_relay
from monitor.settings import Settings


@dataclass(frozen=True, slots=True)
class Note:
    """A mail to one colleague: plain Dutch text, a paragraph per line of `lines`."""

    email: str
    name: str
    subject: str
    lines: tuple[str, ...]


def tell(settings: Settings, note: Note, now: datetime) -> Answer:
    """Send a mail at once, over the relay or into the outbox folder, and tell what became of it; never raises for that.

    It says by itself that a machine sent it (Auto-Submitted, RFC 3834), so that no out-of-office answers come back.
    """
    head = letterhead(settings)
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = make_msgid(domain=head.domain)
    mail["Date"] = now
    mail["From"] = Address(display_name=head.sender_name, addr_spec=head.sender_address)
    mail["To"] = Address(display_name=note.name, addr_spec=note.email)
    mail["Subject"] = note.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "nl"
    mail.set_content("\n\n".join((*note.lines, f"-- \n{head.sender_name}")) + "\n", cte="quoted-printable")
    try:
        with open_relay(settings) as open_connection, open_connection() as connection:
            return hand_over(connection, head.sender_address, note.email, mail.as_bytes())
    except (OSError, RelayTrouble) as trouble:
        return Answer(Outcome.LOST, str(trouble))
