"""The letter as it is now, mailed to one colleague to look at before it goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email.utils import make_msgid

from digest.letterhead import Recipient
from digest.message import message
from digest.render import SAMPLE, Letter
from digest.smtp import Answer, Outcome, RelayTrouble, hand_over
from monitor.editor import letterhead, open_relay, signing
from monitor.settings import Settings


def mail_sample(settings: Settings, letter: Letter, email: str, name: str, now: datetime) -> Answer:
    """Mail a letter to a colleague, marked as a sample, and tell what became of it; never raises for that.

    The links for leaving in it belong to nobody. It is no delivery: nothing is stored.
    """
    head = letterhead(settings)
    marked = replace(letter, headers=letter.headers.replace("Subject: ", "Subject: [Proef] ", 1))
    to = Recipient(email=email, name=name, token=SAMPLE.token, preferences=SAMPLE.preferences)
    mail = message(marked, to, head, make_msgid(domain=head.domain), now)
    try:
        with open_relay(settings) as open_connection, open_connection() as connection:
            return hand_over(connection, head.sender_address, email, signing(settings)(mail))
    except (OSError, RelayTrouble) as trouble:
        return Answer(Outcome.LOST, str(trouble))
