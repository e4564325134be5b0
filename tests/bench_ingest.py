"""A poll of a thousand feeds, side by side with reader (the library of that name) in one run; see `make bench`.

Each phase is a fresh process on the store that the phase before left behind. CPU seconds of a phase are those of that
process and its children, start and imports included; the server is another process and does not count.
We judge what is new and look for the same story at other sources, which reader does not; and we ask each new host for
its robots.txt, which reader does not either. Scrapy with the barest reading and storing shows what no crawler on Scrapy
can stay far under.
Ends with an error when an item is missing, invented, doubled or wrong, or when a host is asked too often.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from fakes_feeds import FEEDS, NEWEST, host, items_of, link, truth

HERE = Path(__file__)
PHASES = (("all new", 0), ("nothing changed", 0), ("one new in each", 1), ("new in 5 %", 2))
NOW = NEWEST + timedelta(days=2)
GOALS = {"all new": 0.35, "nothing changed": 1.5, "one new in each": 0.35, "new in 5 %": 1.3}
STORED = 1_000_000
SWITCH = {"RADAR_ALLOW_LOOPBACK": "1"}
SOURCES = """
sources:
  - name: bron
    title: Bron
    schedule: hourly
    read_articles: false
    endpoints: [{kind: feed, address: "http://127.0.0.1/feed.xml"}]
"""
RADAR = """
agent: {contact: radar@voorbeeld.example}
crawl: {pause: 1, jitter: 0, timeout: 20}
digest:
  sender_address: radar@voorbeeld.example
  postal: Voorbeeldstraat 1, 7500 AA Enschede
  contact: radar@voorbeeld.example
"""


@dataclass(frozen=True)
class Spent:
    """What a phase took: CPU seconds, elapsed seconds, and the peaks of process and child together in MiB."""

    cpu: float
    seconds: float
    peak: float


@contextmanager
def feeds() -> Iterator[int]:
    """The thousand feeds in a process of their own; yields the port."""
    command = [sys.executable, str(HERE.with_name("fakes_feeds.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout
        yield int(server.stdout.readline())
        server.kill()


def ask(port: int, path: str) -> dict[str, int]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return json.loads(answer.read() or b"{}")


def phase(who: str, folder: Path, port: int, stage: int) -> Spent:
    """Run one phase in a fresh process and measure it from outside."""
    ask(port, f"/stage/{stage}")
    began = time.perf_counter()
    command = [sys.executable, str(HERE), who, str(folder), str(port), str(stage)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment | SWITCH)
    assert child.stdout
    *_, told = child.stdout.read().splitlines() or [b""]
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, f"{who} ended with {status}"
    return Spent(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, float(told))


def poll_with_radar(folder: Path, port: int, stage: int) -> None:
    """One poll by us: the line of `radar crawl`, which reads no article pages here, as reader reads none.

    The sources come from memory, as in a running service; YAML with a thousand of them takes a second to read.
    """
    from monitor.intake import Intake, run_due
    from monitor.log import log_to_stderr
    from monitor.settings import load
    from monitor.store.database import migrate, open_engine

    log_to_stderr(quiet=True)
    settings = load(folder, SWITCH)
    first, sources = settings.sources[0], []
    for feed in range(FEEDS):
        at = first.endpoints[0].model_copy(update={"address": f"http://{host(feed)}:{port}/feed.xml"})
        sources.append(first.model_copy(update={"name": f"bron-{feed}", "title": f"Bron {feed}", "endpoints": (at,)}))
    settings = settings.model_copy(update={"sources": tuple(sources)})
    engine = open_engine(f"sqlite:///{folder / 'radar.db'}")
    migrate(engine)
    report = run_due(Intake(engine, settings, lambda: NOW + timedelta(hours=stage)), [one.name for one in sources])
    assert len(report.runs) == FEEDS
    assert {run.reason for run in report.runs} <= {"ok", "unchanged"}


def poll_with_reader(folder: Path, port: int, stage: int) -> None:
    """One poll by reader, as its documentation advises."""
    from reader import make_reader

    peer = make_reader(str(folder / "reader.db"))
    if not (stage or peer.get_feed_counts().total):
        for feed in range(FEEDS):
            peer.add_feed(f"http://{host(feed)}:{port}/feed.xml")
    peer.update_feeds(workers=8, scheduled=False)


def poll_with_scrapy(folder: Path, port: int, stage: int) -> None:
    """The least that a poll on Scrapy can be: Scrapy as it comes, one at a time of a host, with lxml and one table.

    Nothing is cleaned, compared, judged, noted or proven. It asks for robots.txt only in the first phase, as if it kept
    them.
    """
    import scrapy
    from lxml import etree
    from scrapy.crawler import CrawlerProcess

    stored = sqlite3.connect(folder / "scrapy.db")
    stored.execute("CREATE TABLE IF NOT EXISTS item (link TEXT PRIMARY KEY, said TEXT)")

    class Polling(scrapy.Spider):
        name = "polling"

        def parse(self, response, **_):
            root = etree.fromstring(response.body.lstrip(), etree.XMLParser(recover=True, resolve_entities=False))
            items = [
                {part.tag: part.text or part.get("href") for part in item} for item in root.iter("{*}item", "{*}entry")
            ]
            rows = [(next(value for tag, value in item.items() if "link" in tag), str(item)) for item in items]
            with stored:
                stored.executemany("INSERT OR IGNORE INTO item VALUES (?, ?)", rows)

    manners = {"ROBOTSTXT_OBEY": stage == 0, "DOWNLOAD_DELAY": 0.01, "CONCURRENT_REQUESTS": 32, "LOG_LEVEL": "ERROR"}
    process = CrawlerProcess(manners | {"REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False})
    process.crawl(Polling, start_urls=[f"http://{host(feed)}:{port}/feed.xml" for feed in range(FEEDS)])
    process.start()


def prepare(folder: Path) -> None:
    """Write settings with one source, the pattern of the thousand."""
    (folder / "sources.yaml").write_text(SOURCES, "utf-8")
    (folder / "radar.yaml").write_text(RADAR, "utf-8")
    shutil.copy(HERE.parents[1] / "config" / "words.yaml", folder)


STORED_ITEMS = {
    "radar": "SELECT address, title, substr(published, 1, 10), intro || ' ' || text FROM item",
    "reader": "SELECT link, title, substr(coalesce(published, updated), 1, 10), "
    "coalesce(summary, '') || coalesce(content, '') FROM entries",
}


def faults(who: str, folder: Path, port: int, stage: int) -> dict[str, int]:
    """How many items are missing, invented or doubled, and of how many title, date or text is wrong."""
    with sqlite3.connect(folder / f"{who}.db") as stored:
        rows = stored.execute(STORED_ITEMS[who]).fetchall()
    held = {row[0]: row[1:] for row in rows}
    expected = {link(n, one, port): truth(n, one) for n in range(FEEDS) for one in range(items_of(n, stage).stop)}
    found = {"missing": len(expected.keys() - held.keys()), "false": len(held.keys() - expected.keys())}
    found |= {"doubled": len(rows) - len(held), "title": 0, "date": 0, "text": 0}
    for at, one in expected.items():
        title, day, text = held.get(at, (one.title, str(one.published.date()), one.text))
        found["title"] += title != one.title
        found["date"] += day != str(one.published.date())
        found["text"] += one.text not in (text or "")
    return found


def side_by_side(folder: Path, port: int) -> bool:
    """All phases of both, with the ratios; gives whether ours holds what it should."""
    right = True
    for name, stage in PHASES:
        ours, asked = phase("radar", folder, port, stage), ask(port, "/asked")
        theirs = phase("reader", folder, port, stage)
        print(
            f"{name:<17} radar {ours.cpu:6.2f} s CPU, {ours.seconds:5.1f} s, {ours.peak:4.0f} MiB; "
            f"reader {theirs.cpu:6.2f} s CPU, {theirs.seconds:5.1f} s, {theirs.peak:4.0f} MiB; "
            f"CPU ratio {ours.cpu / theirs.cpu:.2f} (wanted {GOALS[name]}); "
            f"asked {asked['feeds']} feeds in {asked['all']} requests, at most {asked['at_once']} at once of a host",
            flush=True,
        )
        if name in ("all new", "one new in each"):
            least = phase("scrapy", folder, port, stage)
            print(
                f"{name:<17} Scrapy as it comes, lxml and one table: {least.cpu:.2f} s CPU, {least.peak:.0f} MiB; "
                f"{least.cpu / theirs.cpu:.2f} of reader, and ours is {ours.cpu / least.cpu:.1f} times that",
                flush=True,
            )
        right &= asked["feeds"] == FEEDS and asked["at_once"] == 1
        right &= asked["all"] == FEEDS or name == "all new"
    for who in ("radar", "reader"):
        found = faults(who, folder, port, PHASES[-1][1])
        print(f"{who}: " + ", ".join(f"{count} {what}" for what, count in found.items()), flush=True)
        right &= who == "reader" or not any(found.values())
    return right


FILL = """
WITH RECURSIVE n(i) AS (SELECT 1000000 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000 + :many - 1)
INSERT INTO item (id, source, address, title, intro, text, label, authors, documents, published, published_precision,
  published_origin, modified, fingerprint, title_key, version, arrival, first_seen_at, attempts, failure)
SELECT i, 'bron-' || (i % 1000), 'http://oud.example/' || i, 'Bericht ' || i, '', 'Oud bericht.', '', '[]', '[]',
  '2020-01-01', 'day', 'feed', '', i, 'k' || i, 1, 'baseline', '2020-01-01 00:00:00.000000', 0, '' FROM n;
INSERT INTO item_alias (key, item_id) SELECT 'oud.example/' || id, id FROM item WHERE id >= 1000000;
INSERT INTO item_listing (source, item_id) SELECT source, id FROM item WHERE id >= 1000000;
INSERT INTO judgement (item_id, relevant, score, flagged, kind, content, words_version, model_version, judged_at)
SELECT id, 'niet', 0.01, 0, 'nieuws', '{}', 'x', '', '2020-01-01 00:00:00.000000' FROM item WHERE id >= 1000000;
"""


def growth(folder: Path, port: int) -> None:
    """One new item in each feed, with the store as it is and with a million items more."""
    spent = []
    for many in (0, STORED):
        grown = folder / f"grown-{many}"
        shutil.copytree(folder, grown, ignore=shutil.ignore_patterns("grown-*", "reader.db*"))
        if many:
            with sqlite3.connect(grown / "radar.db") as stored:
                stored.executescript(FILL.replace(":many", str(many)))
        spent.append(phase("radar", grown, port, 3))
        shutil.rmtree(grown)
    few, many = spent
    print(
        f"one new in each, {STORED:,} items more stored: CPU {many.cpu / few.cpu:.2f} x itself (wanted 1.1)", flush=True
    )


def main() -> None:
    if len(sys.argv) > 1:
        who, folder, port, stage = sys.argv[1:5]
        polls = {"radar": poll_with_radar, "reader": poll_with_reader, "scrapy": poll_with_scrapy}
        polls[who](Path(folder), int(port), int(stage))
        import resource

        # Only ours works in a child; those that others start for a moment count as large as what started them.
        ours = (resource.RUSAGE_CHILDREN,) if who == "radar" else ()
        print(sum(resource.getrusage(of).ru_maxrss for of in (resource.RUSAGE_SELF, *ours)) / 1024)
        return
    with tempfile.TemporaryDirectory() as name, feeds() as port:
        prepare(Path(name))
        if not side_by_side(Path(name), port):
            sys.exit("the poll did not hold what it should")
        growth(Path(name), port)


if __name__ == "__main__":
    main()
