"""A courier: a thread with one connection to the relay, which carries letters away one at a time.

come back    to the counter, ready for a letter
| carry      the letter that the counter put in the bag
| come back  with the answer, and ready for the next when the connection is still good
| mend       else hang up, open a new connection, and come back ready
| go home    when the bag brings none, when no connection is to be had, or when the server says to go (421)
"""

from __future__ import annotations

import smtplib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from digest.records import Claim
from digest.smtp import Answer, Outcome, RelayTrouble, alive, hand_over

SECONDS_TO_SAY_GOODBYE = 5.0


@dataclass(frozen=True)
class Mail:
    """What goes over the line: from whom, to whom, and the bytes (CRLF line ends)."""

    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True)
class Return:
    """A courier at the counter: what became of its letter, and whether it can take another.

    `broke`: the connection had to be made anew. `called_off`: the server wants no mail for now. `home`: it takes no
    more; `trouble` then says why (Dutch), "" when it was sent home. `fault` is an error that nobody foresaw.
    """

    courier: Courier
    claim: Claim | None = None
    answer: Answer | None = None
    ready: bool = False
    broke: bool = False
    called_off: bool = False
    home: bool = False
    trouble: str = ""
    fault: BaseException | None = None


class Courier:
    """One connection at work; everything it has to tell comes to the `counter`."""

    def __init__(
        self,
        open_connection: Callable[[], smtplib.SMTP],
        mail: Callable[[Claim], Mail],
        patience: float,
        counter: SimpleQueue[Return],
    ) -> None:
        self.open_connection = open_connection
        self.mail = mail
        self.patience = patience
        self.counter = counter
        self.bag: SimpleQueue[Claim | None] = SimpleQueue()
        self.connection: smtplib.SMTP | None = None
        self.thread = threading.Thread(target=self._work, name="courier", daemon=True)

    def start(self) -> None:
        """Begin to work; the first news is that it is ready, or why it is not."""
        self.thread.start()

    def part(self) -> None:
        """Wait, but not for long, until the connection is closed."""
        self.thread.join(SECONDS_TO_SAY_GOODBYE)

    def _work(self) -> None:
        trouble, called_off = "", False
        fault: BaseException | None = None
        try:
            self._carry_all()
        except RelayTrouble as reason:
            trouble, called_off = str(reason), reason.called_off
        except BaseException as unforeseen:  # the counter raises it again
            fault = unforeseen
        self.counter.put(Return(self, home=True, trouble=trouble, called_off=called_off, fault=fault))
        self._hang_up()

    def _carry_all(self) -> None:
        self.connection = self.open_connection()
        self.counter.put(Return(self, ready=True))
        while claim := self.bag.get():
            mail = self.mail(claim)
            answer = hand_over(self.connection, mail.sender, mail.recipient, mail.content, self.patience)
            if answer.outcome is Outcome.TAKEN:
                self.counter.put(Return(self, claim, answer, ready=True))
                continue
            self.counter.put(Return(self, claim, answer, called_off=answer.closing))
            if answer.closing:
                return
            broke = not alive(self.connection)
            if broke:
                self.connection.close()
                self.connection = self.open_connection()
            self.counter.put(Return(self, ready=True, broke=broke))

    def _hang_up(self) -> None:
        if self.connection is None:
            return
        try:
            self.connection.quit()
        except (OSError, smtplib.SMTPException):
            self.connection.close()
        self.connection = None
