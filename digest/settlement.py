"""What becomes of a letter after the answer of the mail server, and when it goes again. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.records import Claim, DeliveryState
from digest.smtp import Answer, Outcome

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
KEEP_TRYING = timedelta(days=5)  # as long as mail servers do (RFC 5321, 4.5.4.1)
MOST_DOUBTS = 1  # a server that keeps its answer twice keeps it always, and each time may be a letter more (RFC 1047)

STATE_AFTER = {
    Outcome.TAKEN: DeliveryState.SENT,
    Outcome.REFUSED: DeliveryState.REFUSED,
    Outcome.LATER: DeliveryState.DEFERRED,
    Outcome.LOST: DeliveryState.DEFERRED,
    Outcome.UNKNOWN: DeliveryState.IN_DOUBT,
}


@dataclass(frozen=True)
class Settlement:
    """What became of a claimed delivery: the state, the server's answer and, if it goes again, from when on.

    It counts for the attempt it tells of, and no more once another sender has begun a new one.
    """

    delivery_id: int
    attempts: int
    state: DeliveryState
    response: str
    next_try_at: datetime | None = None
    doubts: int = 0


def settlement(answer: Answer, claim: Claim, frozen_at: datetime, now: datetime, *, park_doubt: bool) -> Settlement:
    """What to commit after an answer; with `park_doubt` a letter in doubt does not go again by itself.

    A letter is put off no longer than five days after `frozen_at`; then it counts as refused.
    """
    state = STATE_AFTER[answer.outcome]
    doubts = claim.doubts + (state is DeliveryState.IN_DOUBT)
    too_late = now - frozen_at > KEEP_TRYING
    if state is DeliveryState.DEFERRED:
        goes_again = not too_late
        state = state if goes_again else DeliveryState.REFUSED
    else:
        goes_again = state is DeliveryState.IN_DOUBT and not (too_late or park_doubt or doubts > MOST_DOUBTS)
    again_at = now + wait(claim.attempts, claim.message_id) if goes_again else None
    return Settlement(claim.delivery_id, claim.attempts, state, answer.response, again_at, doubts)


def wait(attempts: int, message_id: str) -> timedelta:
    """How long to wait after so many attempts: doubling from 5 minutes to 4 hours, and up to a half longer.

    The extra part follows from the Message-ID, so that letters deferred together do not all come back together.
    """
    longest: timedelta = min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
    spread = int(hashlib.sha256(f"{message_id}{attempts}".encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    return longest * (1 + spread / 2)
