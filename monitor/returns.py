"""Takes in what comes back of the letters: from the mailbox, and what the mail server refused at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from digest import bounces
from digest.mailbox import Mailbox, empty
from digest.mailbox import MailboxTrouble as MailboxTrouble
from monitor.settings import Settings
from monitor.store.database import Engine


@dataclass(frozen=True)
class Returns:
    """What was done (Dutch, a line each), and how many mails were handled or are left for a person."""

    lines: tuple[str, ...]
    handled: int
    left: int


def take_in(engine: Engine, settings: Settings, clock: Callable[[], datetime]) -> Returns:
    """Take in refusals, and the mailbox when there is one; raises MailboxTrouble when that cannot be read."""
    lines = list(bounces.take_refusals(engine, clock()))
    box = settings.radar.return_box
    if box is None:
        return Returns(tuple(lines), 0, 0)

    def take(raw: bytes) -> bool:
        taken = bounces.take_in(engine, raw, clock())
        lines.append(taken.told)
        return taken.handled

    password = settings.secrets.imap_password
    known = Mailbox(box.host, box.port, box.security, box.username, box.folder)
    emptied = empty(known, password.get_secret_value() if password else "", take)
    return Returns(tuple(lines), emptied.handled, emptied.left)
