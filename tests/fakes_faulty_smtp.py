"""A mail server with the faults of real ones, each decided by a seed, the reader and the number of the try.

It says 421, 450, 452 and 550, keeps greylists, hangs up before and after the final dot, and answers slowly or late.
It wants STARTTLS, and refuses it, cuts it off, or shows a certificate of another name or of old. On every other
connection it takes commands in a row (RFC 2920), and answers DATA without a reader as some servers do: 503, or 354.
What it took, and what it said of whom, is kept to be held against what the sender believes.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import ssl
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path

from fakes_certificates import Authority, an_authority

from digest.folder import LOOPBACK


@dataclass(frozen=True)
class Week:
    """How often things go wrong, as shares of the readers (`unknown`, `greylisted`, `spam`) or of the tries."""

    unknown: float = 0.01
    greylisted: float = 0.05
    spam: float = 0.0
    busy: float = 0.01
    full: float = 0.005
    called_off: float = 0.0
    drop_early: float = 0.002
    drop_before_dot: float = 0.0
    drop_after_dot: float = 0.0
    late: float = 0.0
    slow: float = 0.005
    no_greeting: float = 0.0
    tls_trouble: float = 0.0


ORDINARY = Week()
HOSTILE = Week(
    unknown=0.03,
    greylisted=0.3,
    spam=0.01,
    busy=0.05,
    full=0.03,
    called_off=0.003,
    drop_early=0.01,
    drop_before_dot=0.01,
    drop_after_dot=0.01,
    late=0.003,
    slow=0.01,
    no_greeting=0.02,
    tls_trouble=0.1,
)
LATE = 1.5  # seconds; more than the patience of the senders in the tests
SLOW = 0.02


class Certificates:
    """What the server may show: its own certificate, one of another server, and one that ran out."""

    def __init__(self, folder: Path) -> None:
        self.authority: Authority = an_authority(folder)
        self.own = self.authority.server(LOOPBACK)
        self.troubles: tuple[ssl.SSLContext | str, ...] = (
            "454 4.7.0 TLS kan nu niet",
            "",
            self.authority.server("ander.example"),
            self.authority.server(LOOPBACK, days=-1),
        )


@dataclass
class Faulty:
    """The server's rules and its memory; `on_step` is called at each step of each mail."""

    week: Week
    seed: int
    certificates: Certificates
    port: int = 0
    taken: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    kept_answers: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)
    tries: Counter[str] = field(default_factory=Counter)
    tries_after_refusal: int = 0
    on_step: Callable[[], None] = lambda: None
    tls_troubles: int = 0
    letters_to_nobody: int = 0

    def chance(self, share: float, *about: object) -> bool:
        """Whether this fault happens here; the same for the same seed."""
        return random.Random(f"{self.seed} {about}").random() < share

    @property
    def doubles(self) -> int:
        """How many mails came in more often than once."""
        return sum(sum(mails.values()) - 1 for mails in self.taken.values())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk with one client until it or a fault ends it."""
        self.tries["connections"] += 1
        try:
            if self.chance(self.week.no_greeting, "greeting", self.tries["connections"]):
                await self._say(writer, "421 te druk, kom later terug")
            else:
                await self._say(writer, "220 klaar")
                in_a_row = self.tries["connections"] % 2 == 0
                if await self._secured(reader, writer):
                    await self._talk(reader, writer, "250-goed\r\n250 PIPELINING" if in_a_row else "250 goed")
        except (ConnectionError, asyncio.IncompleteReadError, EOFError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()

    async def _secured(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Greet, and begin TLS as it should be or in one of the wrong ways; whether the talk goes on."""
        number = self.tries["connections"]
        await reader.readline()
        await self._say(writer, "250-goed\r\n250 STARTTLS")
        await reader.readline()
        certificate: ssl.SSLContext | str = self.certificates.own
        if self.chance(self.week.tls_trouble, "tls", number):
            self.tls_troubles += 1
            certificate = random.Random(f"{self.seed} {number}").choice(self.certificates.troubles)
        if isinstance(certificate, str):
            await self._say(writer, certificate or "220 begin maar")
            return False
        await self._say(writer, "220 begin maar")
        await writer.start_tls(certificate)
        return True

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hello: str) -> None:
        recipient, accepted = "", False
        while line := await reader.readline():
            command = line[:4].upper()
            self.on_step()
            if command == b"RCPT":
                recipient = line.partition(b"<")[2].partition(b">")[0].decode()
                answer = self._of_recipient(recipient)
                accepted = answer.startswith("250")
            elif command == b"DATA" and not accepted:
                answer = await self._data_for_nobody(reader, writer, recipient)
            elif command == b"DATA":
                answer = await self._data(reader, writer, recipient)
            else:
                answer = {b"EHLO": hello, b"QUIT": "221 dag"}.get(command, "250 goed")
            if not answer:
                return
            await self._say(writer, answer)
            if answer.startswith(("221", "421")):
                return

    def _of_recipient(self, recipient: str) -> str:
        week, self.tries[recipient] = self.week, self.tries[recipient] + 1
        number = self.tries[recipient]
        self.tries_after_refusal += recipient in self.refused
        if self.chance(week.unknown, "unknown", recipient):
            self.refused.add(recipient)
            return "550 5.1.1 onbekend"
        if number == 1 and self.chance(week.greylisted, "grey", recipient):
            return "450 4.7.1 grijze lijst, kom later terug"
        for share, answer in (
            (week.called_off, "421 4.3.2 te druk"),
            (week.busy, "451 4.3.0 nu even niet"),
            (week.drop_early, ""),
        ):
            if self.chance(share, answer, recipient, number):
                return answer
        return "250 goed"

    async def _data(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, recipient: str) -> str:
        week, about = self.week, (recipient, self.tries[recipient])
        if self.chance(week.full, "full", *about):
            return "452 4.3.1 geen ruimte"
        await self._say(writer, "354 vertel")
        if self.chance(week.drop_before_dot, "before", *about):
            await reader.read(1000)
            return ""
        content = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
        self.on_step()
        if self.chance(week.slow, "slow", *about):
            await asyncio.sleep(SLOW)
        if self.chance(week.spam, "spam", recipient):
            self.refused.add(recipient)
            return "554 5.7.1 dit lijkt op spam"
        message_id = str(BytesHeaderParser().parsebytes(content)["Message-ID"])
        self.taken[recipient][(message_id, hashlib.sha256(content).hexdigest())] += 1
        if self.chance(week.drop_after_dot, "after", *about):
            self.kept_answers[recipient] += 1
            return ""
        if self.chance(week.late, "late", *about):
            self.kept_answers[recipient] += 1
            await asyncio.sleep(LATE)
        return "250 goed"

    async def _data_for_nobody(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, recipient: str) -> str:
        if self.chance(0.5, "nobody", recipient, self.tries[recipient]):
            return "503 5.5.1 aan wie?"
        await self._say(writer, "354 vertel")
        self.letters_to_nobody += await reader.readline() not in (b".\r\n", b"")  # b"": the sender was killed
        return "554 5.5.1 aan niemand"

    async def _say(self, writer: asyncio.StreamWriter, answer: str) -> None:
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()


@contextmanager
def faulty_server(week: Week, seed: int, folder: Path) -> Iterator[Faulty]:
    """Run a faulty server on loopback, in a thread, for the length of the block; its certificates are in `folder`."""
    faulty = Faulty(week, seed, Certificates(folder))
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(faulty.serve, LOOPBACK, 0, limit=2**20))
    faulty.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, name="faulty server", daemon=True)
    thread.start()
    try:
        yield faulty
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(_end(loop))
        loop.close()


async def _end(loop: asyncio.AbstractEventLoop) -> None:
    others = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def pause(seconds: float) -> None:
    """Let a little time go by, so that a kill falls at any moment between two steps."""
    time.sleep(seconds)
