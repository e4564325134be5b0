"""Plain mails from the radar to the people of the working group: an invitation, a link, a report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

from digest.smtp import Answer, Outcome, RelayTrouble, hand_over
from monitor.editor import letterhead, open_relay, signing
from monitor.language import Language
from monitor.log import log
from monitor.settings import Settings
from monitor.store import colleague_mail
from monitor.store.database import Engine


@dataclass(frozen=True, slots=True)
class Note:
    """A mail to one colleague: plain text, a paragraph per line of `lines`."""

    email: str
    name: str
    subject: str
    lines: tuple[str, ...]
    language: Language = Language.DUTCH


def tell_once(engine: Engine, settings: Settings, name: str, note: Note, now: datetime) -> bool:
    """Send the mail of this name to this colleague unless it went before; True when it went now.

    What the server puts off or loses goes at a later call, with the same Message-ID.
    """
    if not colleague_mail.begin(engine, name, note.email, now):
        return False
    key = hashlib.sha256(f"{name} {note.email}".encode()).hexdigest()[:32]
    answer = tell(settings, note, now, key)
    if answer.outcome not in (Outcome.TAKEN, Outcome.REFUSED):
        return False
    colleague_mail.end(engine, name, note.email, now)
    log().info("colleague told", name=name, outcome=answer.outcome.value, response=answer.response)
    return answer.outcome is Outcome.TAKEN


def tell(settings: Settings, note: Note, now: datetime, key: str = "") -> Answer:
    """Send a mail at once, over the relay or into the outbox folder, and tell what became of it; never raises for that.

    It says by itself that a machine sent it (Auto-Submitted, RFC 3834), so that no out-of-office answers come back.
    The same `key` gives the same Message-ID.
    """
    head = letterhead(settings)
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = f"<{key}@{head.domain}>" if key else make_msgid(domain=head.domain)
    mail["Date"] = now
    mail["From"] = Address(display_name=head.sender_name, addr_spec=head.sender_address)
    mail["To"] = Address(display_name=note.name, addr_spec=note.email)
    mail["Subject"] = note.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join((*note.lines, f"-- \n{head.sender_name}")) + "\n", cte="quoted-printable")
    mail["Content-Language"] = note.language  # after the content, which would clear it away
    try:
        with open_relay(settings) as open_connection, open_connection() as connection:
            return hand_over(connection, head.sender_address, note.email, signing(settings)(mail.as_bytes()))
    except (OSError, RelayTrouble) as trouble:
        return Answer(Outcome.LOST, str(trouble))
