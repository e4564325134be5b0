"""Weeks of sending in which the sender is killed again and again, and what came of them."""

from __future__ import annotations

import multiprocessing
import os
import random
import ssl
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from fakes_digest import NOW, a_reader, an_edition
from fakes_faulty_smtp import Faulty, Week, faulty_server, pause
from sqlalchemy import select

from digest import claims, outbox, store, subscribers
from digest.folder import LOOPBACK
from digest.outbox import Plan
from digest.records import DeliveryState, EditionState
from digest.sample import LETTERHEAD
from digest.smtp import Relay, Security, connect
from digest.tables import Engine, delivery
from monitor.store.database import open_engine

CONNECTIONS = 4
LEAVERS = 0.02
MOST_RUNS = 400
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["fakes_kills"])


@dataclass(frozen=True)
class Outcome:
    """What a week came to: each is a number of readers or mails."""

    readers: int
    kills: int
    runs: int
    lost: int
    doubles: int
    doubles_by_silence: int
    other_messages: int
    tries_after_refusal: int
    to_leavers: int
    parked: int
    refused: int
    unfinished: int
    tls_troubles: int
    letters_to_nobody: int

    @property
    def doubles_by_kills(self) -> int:
        """Mails that came twice though the server kept no answer to itself."""
        return self.doubles - self.doubles_by_silence

    def faults(self) -> list[str]:
        """What is not as it was promised; nothing when all is well."""
        promises = {
            f"lost {self.lost}": self.lost == 0,
            f"unfinished {self.unfinished}": self.unfinished == 0,
            f"{self.doubles_by_kills} doubles of {self.kills} kills": self.doubles_by_kills <= self.kills * CONNECTIONS,
            f"{self.other_messages} doubles differ": self.other_messages == 0,
            f"{self.tries_after_refusal} tries after a 5xx": self.tries_after_refusal == 0,
            f"{self.to_leavers} to who had left": self.to_leavers == 0,
            f"{self.letters_to_nobody} letters told to a server that took no reader": self.letters_to_nobody == 0,
        }
        return [words for words, kept in promises.items() if not kept]


def a_week(url: str, week: Week, seed: int, readers: int, kills: int) -> Outcome:
    """Send one edition to so many readers through a faulty server, killing the sender so often."""
    engine = open_engine(url)
    subscribers.add(engine, [a_reader(f"lezer{number:05}") for number in range(readers)], NOW)
    edition_id = store.save_draft(engine, an_edition(*"abcdef"), NOW)
    store.freeze(engine, edition_id, NOW, LETTERHEAD.domain)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, faulty_server(week, seed, Path(folder)) as faulty:
        left: dict[str, int] = {}
        heard: set[str] = set()
        moment, killed, runs = NOW, 0, 0
        while runs < MOST_RUNS and not _finished(engine, edition_id):
            runs += 1
            after = chance.randint(1, max(2, readers * 4 // (kills + 2))) if killed < kills else None
            if _send(url, edition_id, faulty, moment, after, chance.uniform(0, 0.003)):
                killed += 1
                heard |= _forget_unheard_refusals(engine, edition_id, faulty, heard)
                moment += timedelta(seconds=1)
                left = _some_leave(engine, faulty, chance, readers * LEAVERS / max(1, kills)) | left
            else:
                moment = max(moment, claims.next_try(engine, edition_id) or moment) + timedelta(minutes=2)
        outcome = _outcome(engine, edition_id, faulty, left, readers, killed, runs)
    engine.dispose()
    return outcome


def _finished(engine: Engine, edition_id: int) -> bool:
    edition = store.find_edition(engine, edition_id)
    if edition.state is EditionState.STOPPED:
        raise AssertionError("the edition was stopped")
    return edition.state is EditionState.SENT


def _send(url: str, edition_id: int, faulty: Faulty, moment: datetime, after: int | None, extra: float) -> bool:
    """Run a sender; True when it was killed, `extra` seconds behind so many steps that the server saw."""
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)  # the server that forks looks for its modules there
    process = PROCESSES.Process(
        target=work, args=(url, edition_id, faulty.port, faulty.certificates.authority.file, moment)
    )
    reached = threading.Event()
    steps = iter(range(10**9))

    def count() -> None:
        if after is not None and next(steps) >= after:
            reached.set()

    faulty.on_step = count
    process.start()
    while process.is_alive():
        if reached.wait(0.01):
            pause(extra)
            process.kill()
            break
    process.join()
    faulty.on_step = lambda: None
    if process.exitcode not in (0, -9):
        raise AssertionError(f"the sender ended with {process.exitcode}")
    return process.exitcode == -9


def work(url: str, edition_id: int, port: int, trusted: Path, moment: datetime) -> None:
    """Be a sender, as a process of its own."""
    relay = Relay(host=LOOPBACK, port=port, security=Security.STARTTLS, timeout=5)
    trust = ssl.create_default_context(cafile=str(trusted))
    plan = Plan(connections=CONNECTIONS, patience=1.0)
    engine = open_engine(url)
    outbox.send(engine, edition_id, LETTERHEAD, partial(connect, relay, trust=trust), lambda: moment, plan=plan)


def _forget_unheard_refusals(engine: Engine, edition_id: int, faulty: Faulty, heard: set[str]) -> set[str]:
    """A refusal that the sender did not live to keep is asked for again, as is its good right.

    Gives whose refusal is kept by now; none of them, nor of those `heard` before, is ever forgiven.
    """
    letters = store.deliveries(engine, edition_id)
    faulty.refused -= {one.email for one in letters if one.state is DeliveryState.SENDING} - heard
    return {one.email for one in letters if one.state is DeliveryState.REFUSED}


def _some_leave(engine: Engine, faulty: Faulty, chance: random.Random, number: float) -> dict[str, int]:
    """Let some readers leave; gives how many mails each of them had by then, but for a letter on its way."""
    left = {}
    readers = subscribers.subscribers(engine)
    for reader in chance.sample(readers, min(len(readers), round(number))):
        subscribers.leave(engine, reader.token, NOW)
        with engine.connect() as connection:
            state = connection.execute(select(delivery.c.state).where(delivery.c.subscriber_id == reader.id)).scalar()
        if state is not DeliveryState.SENDING:
            left[reader.email] = _mails_to(faulty, reader.email)
    return left


def _mails_to(faulty: Faulty, email: str) -> int:
    return sum(faulty.taken[email].values()) if email in faulty.taken else 0


def _outcome(
    engine: Engine, edition_id: int, faulty: Faulty, left: dict[str, int], readers: int, killed: int, runs: int
) -> Outcome:
    states = {one.email: one.state for one in store.deliveries(engine, edition_id)}
    told = Counter(states.values())
    reached, silent = set(faulty.taken), faulty.kept_answers
    return Outcome(
        readers=readers,
        kills=killed,
        runs=runs,
        lost=sum(
            (state is DeliveryState.SENT and who not in reached)
            or (state is DeliveryState.REFUSED and who not in faulty.refused)
            for who, state in states.items()
        ),
        doubles=faulty.doubles,
        doubles_by_silence=sum(min(silent[who], sum(faulty.taken[who].values()) - 1) for who in silent),
        other_messages=sum(len(mails) > 1 for mails in faulty.taken.values()),
        tries_after_refusal=faulty.tries_after_refusal,
        to_leavers=sum(_mails_to(faulty, email) - before for email, before in left.items()),
        parked=told[DeliveryState.IN_DOUBT],
        refused=told[DeliveryState.REFUSED],
        tls_troubles=faulty.tls_troubles,
        letters_to_nobody=faulty.letters_to_nobody,
        unfinished=sum(told[state] for state in (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)),
    )
