"""How fast letters are built and sent, each against what others do, in one run; see `make bench`.

By itself it takes the names of rows: `tests/bench_mail.py starttls`; a machine that is busy otherwise slows ours most.
Needs scripts/smtp-sink. The reference is the plain safe pattern: a commit before each mail and one after it.
"""

from __future__ import annotations

import resource
import smtplib
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import median

from django.conf import settings as django_settings
from django.core import mail as django_mail
from fakes_certificates import Authority, an_authority
from fakes_digest import NOW, TODAY, a_reader
from fakes_tls_sink import tls_sink
from fakes_whole_mail import whole_mail

from digest import outbox, store, subscribers
from digest.dkim import Signer, make_key, read_key
from digest.edition import Audience
from digest.folder import LOOPBACK
from digest.letterhead import Recipient
from digest.message import Mould
from digest.outbox import Plan
from digest.render import render
from digest.sample import LETTERHEAD, sample
from digest.smtp import Relay, Security, connect
from monitor.store.database import migrate, open_engine

MAILS = 2000
SLOW_MAILS = 200
CONNECTIONS = 4
ROUNDS = 3
MANY = 100_000
LETTER = render(sample(TODAY), LETTERHEAD)
ID = "<0123456789abcdef0123456789abcdef@voorbeeld.example>"
READERS = [
    Recipient(email=f"lezer{n}@lezers.example", name=f"Lezer {n}", token=f"{n:032}", preferences=f"{n:032}")
    for n in range(MAILS)
]


def rate(work: Callable[[], object], count: int, times: int = 3) -> float:
    """How many a second, the best of a few tries."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return count / min(spent)


@contextmanager
def sink() -> Iterator[int]:
    """Debian's smtp-sink on a free port."""
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port = free.getsockname()[1]
    script = Path(__file__).parent.parent / "scripts" / "smtp-sink"
    with subprocess.Popen([script, f"{LOOPBACK}:{port}"]) as process:
        try:
            for _ in range(100):
                with socket.socket() as there:
                    if there.connect_ex((LOOPBACK, port)) == 0:
                        break
                time.sleep(0.05)
            yield port
        finally:
            process.kill()


def prepared(folder: Path, name: str, count: int) -> tuple[str, int]:
    """A database with an edition frozen for so many readers; gives its address and the edition's id."""
    address = f"sqlite:///{folder / name}.db"
    engine = open_engine(address)
    migrate(engine)
    readers = [a_reader(f"lezer{n}", Audience.HUURDERSORGANISATIE) for n in range(count)]
    subscribers.add(engine, readers, NOW)
    edition_id = store.save_draft(engine, sample(TODAY), NOW)
    store.freeze(engine, edition_id, NOW, LETTERHEAD.domain)
    engine.dispose()
    return address, edition_id


def ours(folder: Path, name: str, relay: Relay, count: int, trust: ssl.SSLContext | None = None) -> float:
    """Our outbox, from a frozen edition to the last committed row."""
    address, edition_id = prepared(folder, name, count)
    engine = open_engine(address)
    moments = (NOW + timedelta(milliseconds=n) for n in range(10**9))
    opened = partial(connect, relay, trust=trust)
    began = time.perf_counter()
    report = outbox.send(
        engine, edition_id, LETTERHEAD, opened, lambda: next(moments), plan=Plan(connections=CONNECTIONS)
    )
    spent = time.perf_counter() - began
    assert report.finished, report
    engine.dispose()
    return count / spent


def reference(folder: Path, name: str, port: int) -> float:
    """Two commits a mail, each of four threads with its own connections; the mails are built beforehand."""
    path = folder / f"{name}.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE delivery (id INTEGER PRIMARY KEY, email TEXT, state TEXT)")
        connection.executemany(
            "INSERT INTO delivery VALUES (?, ?, 'queued')", [(n, r.email) for n, r in enumerate(READERS)]
        )
    content = Mould(LETTER, LETTERHEAD, NOW).fill(READERS[0], ID)
    waiting: SimpleQueue[int] = SimpleQueue()
    for number in range(MAILS):
        waiting.put(number)

    def work() -> None:
        own = sqlite3.connect(path, timeout=60, isolation_level=None)
        own.execute("PRAGMA synchronous=FULL")
        with smtplib.SMTP(LOOPBACK, port) as server:
            try:
                while True:
                    number = waiting.get_nowait()
                    own.execute("UPDATE delivery SET state = 'sending' WHERE id = ? AND state = 'queued'", (number,))
                    server.sendmail("radar@voorbeeld.example", READERS[number].email, content)
                    own.execute("UPDATE delivery SET state = 'sent' WHERE id = ?", (number,))
            except Empty:
                own.close()

    return MAILS / in_threads(work)


def plain_tls(relay: Relay, trust: ssl.SSLContext) -> float:
    """What smtplib does by itself over STARTTLS, with four threads and no outbox at all."""
    content = Mould(LETTER, LETTERHEAD, NOW).fill(READERS[0], ID)

    def work() -> None:
        with smtplib.SMTP(relay.host, relay.port) as server:
            server.starttls(context=trust)
            for _ in range(SLOW_MAILS // CONNECTIONS):
                server.sendmail("radar@voorbeeld.example", "anna@lezers.example", content)

    return SLOW_MAILS / in_threads(work)


def in_threads(work: Callable[[], None]) -> float:
    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def django(port: int) -> float:
    """Django's send_messages with a text and an HTML part."""
    if not django_settings.configured:
        django_settings.configure(DEFAULT_CHARSET="utf-8", USE_I18N=False)
    connection = django_mail.get_connection(
        "django.core.mail.backends.smtp.EmailBackend", host=LOOPBACK, port=port, username="", password=""
    )
    mails = []
    for reader in READERS:
        mail = django_mail.EmailMultiAlternatives(
            LETTER.subject, LETTER.text_for(reader), "radar@voorbeeld.example", [reader.email]
        )
        mail.attach_alternative(LETTER.html_for(reader), "text/html")
        mails.append(mail)
    began = time.perf_counter()
    assert connection.send_messages(mails) == MAILS
    return MAILS / (time.perf_counter() - began)


def building(folder: Path) -> None:
    mould = Mould(LETTER, LETTERHEAD, NOW)
    filled = rate(lambda: [mould.fill(reader, ID) for reader in READERS], MAILS)
    few = READERS[:100]
    whole = rate(lambda: [whole_mail(LETTER, reader, LETTERHEAD, ID, NOW) for reader in few], len(few))
    print(f"whole mails filled: {filled:,.0f}/s; by EmailMessage one by one: {whole:,.0f}/s; {filled / whole:.0f} x")
    make_key(folder / "dkim.pem")
    signer = Signer(LETTERHEAD.domain, "bench", read_key(folder / "dkim.pem"))
    content = mould.fill(READERS[0], ID)
    print(f"signed with DKIM: {rate(lambda: [signer.sign(content) for _ in range(200)], 200):,.0f}/s", flush=True)


def sending(folder: Path) -> None:
    to_plain, to_django = [], []
    for number in range(ROUNDS):
        with sink() as port:
            relay = Relay(host=LOOPBACK, port=port, security=Security.NONE)
            own = ours(folder, f"own{number}", relay, MAILS)
            plain = reference(folder, f"reference{number}", port)
            theirs = django(port)
        print(f"smtp-sink: ours {own:,.0f}/s; two commits a mail {plain:,.0f}/s; Django {theirs:,.0f}/s", flush=True)
        to_plain.append(own / plain)
        to_django.append(own / theirs)
    print(f"ours to two commits a mail: {median(to_plain):.2f} x; to Django: {median(to_django):.2f} x", flush=True)


def protected(folder: Path) -> None:
    authority: Authority = an_authority(folder)
    ratios = []
    for number in range(ROUNDS):
        with tls_sink(authority.server("localhost")) as port:
            relay = Relay(host="localhost", port=port, security=Security.STARTTLS)
            own = ours(folder, f"tls{number}", relay, MAILS, authority.trust)
            plain = plain_tls(relay, authority.trust)
        print(f"STARTTLS: ours {own:,.0f}/s; smtplib by itself {plain:,.0f}/s", flush=True)
        ratios.append(own / plain)
    print(f"ours to smtplib by itself: {median(ratios):.1f} x", flush=True)


def freezing(folder: Path) -> None:
    """In a process of its own, for its memory."""
    engine = open_engine(f"sqlite:///{folder / 'many'}.db")
    migrate(engine)
    for begin in range(0, MANY, 10_000):
        readers = [a_reader(f"lezer{n}", Audience.HUURDERSORGANISATIE) for n in range(begin, begin + 10_000)]
        subscribers.add(engine, readers, NOW)
    edition_id = store.save_draft(engine, sample(TODAY), NOW)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    frozen = store.freeze(engine, edition_id, NOW, LETTERHEAD.domain)
    spent = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert frozen == MANY
    print(f"freezing for {MANY:,} readers: {spent:.1f} s, at most {peak:.0f} MB ({before:.0f} MB before)", flush=True)


def main() -> None:
    rows = {"building": building, "sending": sending, "starttls": protected, "freezing": freezing}
    if not sys.argv[1:]:
        for row in rows:
            subprocess.run([sys.executable, __file__, row], check=True)
    for row in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as name:
            rows[row](Path(name))


if __name__ == "__main__":
    main()
