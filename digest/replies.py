"""Mailing the links that people asked for on the pages; each try is counted before it is made.

A crash in between may send such a mail twice, with the same Message-ID: that is harmless, and losing one is not.
"""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import datetime

from digest import confirmations
from digest.confirmation_mail import confirmation_mail
from digest.letterhead import Letterhead
from digest.records import Purpose
from digest.signing import Sign, unsigned
from digest.smtp import Outcome, alive, hand_over
from digest.tables import Engine


def send_due(
    engine: Engine,
    letterhead: Letterhead,
    open_connection: Callable[[], smtplib.SMTP],
    clock: Callable[[], datetime],
    sign: Sign = unsigned,
) -> int:
    """Mail what is due now; gives how many were taken. Raises `digest.smtp.RelayTrouble` when no server is there."""
    waiting = confirmations.due(engine, clock())
    if not waiting:
        return 0
    connection = open_connection()
    taken = 0
    try:
        for one in waiting:
            token = confirmations.own_page_token(engine, one.email) if one.purpose is Purpose.PREFERENCES else ""
            if one.purpose is Purpose.PREFERENCES and not token:
                confirmations.give_up(engine, one)  # erased since
                continue
            confirmations.note_try(engine, one, clock())
            content = sign(confirmation_mail(one, letterhead, token))
            outcome = hand_over(connection, letterhead.sender_address, one.email, content).outcome
            if outcome is Outcome.TAKEN:
                confirmations.note_mailed(engine, one, clock())
                taken += 1
            elif outcome is Outcome.REFUSED:
                confirmations.give_up(engine, one)
            if not alive(connection):
                break
    finally:
        connection.close()
    return taken
