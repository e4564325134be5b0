"""The desk with 100,000 stored items: eight readers at once while a crawl is writing; see `make bench`.

On SQLite, and on PostgreSQL too when RADAR_TEST_POSTGRESQL names a server; `--only` measures one of them, `--stored`
a smaller store. The desk is `radar review`, reached over HTTP on loopback. Page 380 is the one that starts where page
379 ended. The plain list is what is held against it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import fakes_plain_list
from bench_outbox import new_postgresql, new_sqlite
from fakes_desk import NOW, House, judgement
from fakes_reviewing import review
from playwright.sync_api import sync_playwright
from sqlalchemy import Engine, func, insert, select

from monitor.desk import session
from monitor.desk.review import PER_PAGE
from monitor.item import Arrival
from monitor.judge import JudgeReason, Place
from monitor.recognise import New
from monitor.store import items, people, reviews
from monitor.store.database import migrate, open_engine
from monitor.tables import item, item_alias, verdict
from monitor.tables import judgement as judgement_table

STORED = 100_000
FLAGGED_EVERY = 10
DECIDED_EVERY = 5  # of the flagged
READERS = 8
SECONDS = 6.0
FAR = 380
SOURCES = ("linde", "eik", "wilg")
CHROMIUM = "/usr/bin/chromium"
HERE = Path(__file__).parent


def stored(engine: Engine, count: int) -> None:
    """Store items with the texts of the corpus, a tenth flagged, a fifth of those decided."""
    lines = (HERE / "corpus" / "items.jsonl").read_text("utf-8").splitlines()
    corpus = [json.loads(line) for line in lines]
    with engine.begin() as connection:
        person = people.by_email(engine, "els@voorbeeld.example")
        assert person is not None
        for start in range(0, count, 1000):
            numbers = range(start + 1, min(start + 1000, count) + 1)
            connection.execute(insert(item), [_item(corpus[n % len(corpus)], n) for n in numbers])
            connection.execute(insert(item_alias), [{"key": f"linde.example/{n}", "item_id": n} for n in numbers])
            connection.execute(insert(judgement_table), [_judged(corpus[n % len(corpus)], n) for n in numbers])
            decided = [n for n in numbers if n % (FLAGGED_EVERY * DECIDED_EVERY) == 0]
            values = {"decision": "rejected", "reviewer_id": person.id, "decided_at": NOW}
            if decided:
                connection.execute(insert(verdict), [values | {"item_id": n} for n in decided])
        if engine.dialect.name == "postgresql":  # or the crawl is given the numbers that were taken here
            connection.execute(select(func.setval("item_id_seq", count)))


def _item(one: dict[str, str], number: int) -> dict[str, object]:
    plain = {"label": "", "authors": [], "documents": [], "modified": "", "fingerprint": "", "failure": ""}
    dated = {"published": NOW.date(), "published_precision": "day", "published_origin": "feed"}
    seen = NOW - timedelta(hours=number % (24 * 365 * 3))
    return (
        plain
        | dated
        | {
            "id": number,
            "source": SOURCES[number % len(SOURCES)],
            "address": f"https://linde.example/{number}",
            "title": one["title"],
            "intro": one["intro"],
            "text": one["body"],
            "version": 1,
            "arrival": "news",
            "first_seen_at": seen,
            "read_at": seen,
            "attempts": 0,
        }
    )


def _judged(one: dict[str, str], number: int) -> dict[str, object]:
    flagged = number % FLAGGED_EVERY == 0
    score = (0.5 if flagged else 0.1) + (number * 7919 % 39_989) / 100_000
    word = one["title"].split()[0]
    reasons = [
        JudgeReason(term=word, found=word, place=Place.TEXT, sentence=sentence, points=2.0, theme=None, effect="raises")
        for sentence in one["body"].split(". ")[:4]
    ]
    judged = judgement(one["title"], score=round(score, 6), reasons=reasons)
    columns = {name: getattr(judged, name) for name in ("relevant", "score", "flagged", "kind", "words_version")}
    return columns | {"item_id": number, "content": judged.model_dump(mode="json"), "judged_at": NOW}


def crawl(database: str, stop: multiprocessing.synchronize.Event) -> None:
    """Store ten new items in each transaction, twenty times a second, as a busy crawl does."""
    from fakes_desk import item as new_item

    engine, number = open_engine(database), 0
    while not stop.wait(0.05):
        with engine.begin() as connection:
            for _ in range(10):
                number += 1
                new = New(new_item(f"Nieuw bericht {number}", text="Een tekst. " * 100), Arrival.NEWS)
                judged = judgement(new.item.title, score=0.2)
                items.save_judgement(connection, items.add(connection, new, NOW), judged, NOW)


@contextmanager
def writing(database: str) -> Iterator[None]:
    """A crawl in a process of its own, as long as the block lasts."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    process = context.Process(target=crawl, args=(database, stop), daemon=True)
    process.start()
    try:
        yield
    finally:
        stop.set()
        process.join(10)
        if process.exitcode:
            sys.exit("the crawl broke off, so nothing was measured beside it")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def running(command: list[str], database: str, port: int, token: str) -> Iterator[tuple[int, float]]:
    """A server as a process; gives its process and the seconds from its start to its first page."""
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=os.environ | {"RADAR_DATABASE": database}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while not _answers(port, token):
                if process.poll() is not None or time.perf_counter() - began > 60:
                    sys.exit(f"{command}: no answer")
                time.sleep(0.005)
            yield process.pid, time.perf_counter() - began
        finally:
            process.terminate()


def _answers(port: int, token: str) -> bool:
    try:
        read(port, token, ["/"], 1, 0.0)
    except ConnectionError:
        return False
    return True


def read(port: int, token: str, paths: list[str], readers: int, seconds: float) -> list[float]:
    """The milliseconds of each answer, by readers who each ask the next page as soon as one has come.

    They share one thread, so that they wait for the server and hardly for each other.
    """
    return asyncio.run(_read(port, token, paths, readers, seconds))


async def _read(port: int, token: str, paths: list[str], readers: int, seconds: float) -> list[float]:
    spent: list[float] = []
    end = time.perf_counter() + seconds

    async def one(number: int) -> None:
        coming, going = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        turn = number
        while not turn - number or time.perf_counter() < end:
            path = paths[turn % len(paths)]
            began = time.perf_counter()
            going.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: radar={token}\r\n\r\n".encode())
            head = await coming.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            content = await coming.readexactly(int(length[1])) if length else b""
            spent.append((time.perf_counter() - began) * 1000)
            if not head.startswith(b"HTTP/1.1 200 ") or b'class="card"' not in content:
                sys.exit(f"{path}: {head.decode()}")
            turn += 1
        going.close()

    await asyncio.gather(*(one(number) for number in range(readers)))
    return spent


def figures(name: str, spent: list[float], seconds: float) -> str:
    """Median, 95th percentile and rate in words."""
    late = statistics.quantiles(spent, n=20)[-1]
    return f"{name:<44} median {statistics.median(spent):6.1f} ms, p95 {late:6.1f} ms, {len(spent) / seconds:5.0f}/s"


def starts_of_pages(engine: Engine, pages: int) -> list[str]:
    """The address of each page of the queue, walked as a person would."""
    found, after = ["/"], None
    while len(found) < pages:
        page = reviews.queue(engine, after=after, limit=PER_PAGE)
        if len(page) < PER_PAGE:
            sys.exit("the queue is too short")
        after = reviews.Position(page[-1].judgement.score, page[-1].id)
        found.append("/?" + urlencode({"vanaf": f"{after.score!r}-{after.item_id}"}))
    return found


def processor_time(process: int) -> float:
    """The seconds that a process has worked, which tell more than a clock does on a machine that others use too."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> float:
    """The megabytes that a process holds."""
    return int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text("ascii"))[0]) / 1024


def measured(
    name: str, process: int, port: int, token: str, paths: list[str], readers: int, plain: tuple[float, float] = (0, 0)
) -> tuple[float, float]:
    """Read for some seconds and tell how fast the answers came, and what each cost the server, in ms.

    Gives the 95th percentile and what an answer cost; beside the `plain` list it tells how many times as much that is.
    """
    before = processor_time(process)
    spent = read(port, token, paths, readers, SECONDS)
    each = (processor_time(process) - before) * 1000 / len(spent)
    late = statistics.quantiles(spent, n=20)[-1]
    beside = f" ({late / plain[0]:.2f} and {each / plain[1]:.2f} × the plain list)" if all(plain) else ""
    print(f"{figures(name, spent, SECONDS)}, {each:.1f} ms of the processor each{beside}", flush=True)
    return late, each


def started(name: str, process: int, seconds: float, port: int, token: str) -> None:
    """Tell how soon a server gave its first page, and what it holds after a hundred."""
    first = processor_time(process)
    for _ in range(100):
        read(port, token, ["/"], 1, 0.0)
    print(
        f"{name}: first page after {seconds:.2f} s ({first:.2f} s of the processor), {memory(process):.0f} MB",
        flush=True,
    )


def by_keyboard(address: str, token: str) -> list[float]:
    """The milliseconds from each key to the item being gone, of fifty decisions in a browser.

    The last of them is amid a page, so that no next page is on its way when they are counted.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(locale="nl-NL")
        context.add_cookies([{"name": "radar", "value": token, "url": address}])
        page = context.new_page()
        page.goto(address)
        spent = review(page, 50)
        browser.close()
    return spent


def bench(name: str, database: str, folder: str, count: int) -> None:
    """Fill a database and tell how fast its desk answers."""
    engine = open_engine(database)
    migrate(engine)
    settings = Path(folder) / f"config-{name}"
    house, port = House(engine, settings), free_port()
    radar = (settings / "radar.yaml").read_text("utf-8").replace("desk: {", f"desk: {{port: {port}, ")
    (settings / "radar.yaml").write_text(radar, "utf-8")
    token, now = session.new_token(), datetime.now(UTC)
    people.open_session(engine, house.reviewer(), token, now, now + timedelta(days=1))
    began = time.perf_counter()
    stored(engine, count)
    joined = select(item.c.id, item.c.source, item.c.address, item.c.title, item.c.intro, judgement_table.c.score)
    with engine.connect() as connection:
        rows = connection.execute(joined.join(judgement_table, judgement_table.c.item_id == item.c.id)).mappings()
        plain = [dict(row) for row in rows]
    fakes_plain_list.fill(engine, plain)
    print(f"{name}: {count:,} items stored in {time.perf_counter() - began:.0f} s", flush=True)
    pages = starts_of_pages(engine, FAR if count >= STORED else 20)
    engine.dispose()
    other = free_port()
    plain_command = [sys.executable, fakes_plain_list.__file__, database, str(other)]
    desk_command = [str(Path(sys.executable).parent / "radar"), "--config", str(settings), "review"]
    with writing(database):
        with running(plain_command, database, other, token) as (process, seconds):
            started("plain list of 50", process, seconds, other, token)
            plain_figures = measured(
                f"plain list of 50, {READERS} readers at once", process, other, token, ["/"], READERS
            )
        with running(desk_command, database, port, token) as (process, seconds):
            started("the desk", process, seconds, port, token)
            measured("first page, one reader", process, port, token, pages[:1], 1)
            measured(f"page {len(pages)}, one reader", process, port, token, pages[-1:], 1)
            for name, paths in (("first page", pages[:1]), ("all pages", pages)):
                name = f"{name}, {READERS} readers at once"
                measured(name, process, port, token, paths, READERS, plain_figures)
            began = time.perf_counter()
            spent = by_keyboard(f"http://127.0.0.1:{port}", token)
            print(figures("key to item gone, by keyboard in Chromium", spent, time.perf_counter() - began), flush=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--stored", type=int, default=STORED, help="how many items are stored")
    asked.add_argument("--only", choices=("SQLite", "PostgreSQL"), help="the one database to measure")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        databases = {"SQLite": new_sqlite(Path(folder))}
        if server := os.environ.get("RADAR_TEST_POSTGRESQL"):
            databases["PostgreSQL"] = new_postgresql(server)
        wanted = [options.only] if options.only else list(databases)
        if missing := set(wanted) - set(databases):
            asked.error(f"no server of {missing.pop()}: run this by scripts/with-postgresql")
        for name in wanted:
            bench(name, databases[name]("desk"), folder, options.stored)


if __name__ == "__main__":
    main()
