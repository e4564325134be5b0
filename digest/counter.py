"""The counter where couriers come for letters: who is out, which letters may go next, and what each came back with.

One thread stands here and it alone speaks to the database, so that what became of one letter and the next one given
out are one commit, for all couriers that are waiting at that moment.
"""

from __future__ import annotations

import smtplib
from collections import deque
from collections.abc import Callable
from datetime import datetime
from queue import Empty, SimpleQueue

from digest import claims
from digest.claims import WAITING
from digest.courier import Courier, Mail, Return
from digest.pace import Pace
from digest.records import Claim
from digest.tables import Engine

READ_AHEAD = 500
SECONDS_TO_LINGER = 0.001  # a commit costs as much as a few letters: who is nearly back shares it


class Waiting:
    """The deliveries of an edition that may be tried now, read ahead in parts; each is met once in a run."""

    def __init__(self, engine: Engine, edition_id: int, now: datetime) -> None:
        self.engine = engine
        self.edition_id = edition_id
        self.now = now
        self.states = deque(WAITING)
        self.after = 0
        self.ahead: deque[tuple[int, str]] = deque()
        self.opens_at: datetime | None = None

    def take(self, wanted: int, pace: Pace, now: datetime) -> list[int]:
        """At most so many deliveries that may go at this pace; `opens_at` tells when one that may not yet, may."""
        taken: list[int] = []
        while len(taken) < wanted and self.any():
            if shut := pace.shut_until(now):
                self.opens_at = shut
                break
            delivery_id, email = self.ahead.popleft()
            if pace.take(email, now):
                taken.append(delivery_id)
            else:
                opens_at = pace.open_at(email, now)
                self.opens_at = min(self.opens_at or opens_at, opens_at)
        return taken

    def any(self) -> bool:
        """Whether something is left to be met."""
        while not self.ahead and self.states:
            found = claims.due(self.engine, self.edition_id, self.states[0], self.now, self.after, READ_AHEAD)
            self.ahead.extend(found)
            if found:
                self.after = found[-1][0]
            else:
                self.states.popleft()
                self.after = 0
        return bool(self.ahead)


class Crew:
    """The couriers of one run, and who of them is out."""

    def __init__(self, open_connection: Callable[[], smtplib.SMTP], mail: Callable[[Claim], Mail], patience: float):
        self.open_connection = open_connection
        self.mail = mail
        self.patience = patience
        self.counter: SimpleQueue[Return] = SimpleQueue()
        self.couriers: list[Courier] = []
        self.out: set[Courier] = set()
        self.free: list[Courier] = []

    def hire(self, number: int) -> None:
        """Let so many couriers begin."""
        for _ in range(number):
            courier = Courier(self.open_connection, self.mail, self.patience, self.counter)
            self.couriers.append(courier)
            self.out.add(courier)
            courier.start()

    def come_in(self, seconds: float) -> list[Return]:
        """Wait until somebody comes back, and a moment for who is close behind; nobody when none comes in time."""
        returns: list[Return] = []
        try:
            while self.out:
                one = self.counter.get(timeout=SECONDS_TO_LINGER if returns else seconds)
                returns.append(one)
                if one.ready:
                    self.free.append(one.courier)
                if one.ready or one.home:
                    self.out.discard(one.courier)
        except Empty:
            pass
        return returns

    def give(self, claim: Claim) -> None:
        """Send a free courier out with a letter."""
        courier = self.free.pop()
        self.out.add(courier)
        courier.bag.put(claim)

    def dismiss(self) -> None:
        """Send home who is free."""
        for courier in self.free:
            courier.bag.put(None)
        self.free.clear()

    def part(self) -> None:
        """Wait until the connections are closed."""
        for courier in self.couriers:
            courier.part()
