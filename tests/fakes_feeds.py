"""A thousand feeds on loopback, each on a host of its own, with the truth of every item; some of them are sick.

As a program (`python tests/fakes_feeds.py`) it prints its port and answers until its standard input closes.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache, partial
from html import escape
from pathlib import Path

FEEDS = 1000
ITEMS = 20
NEWEST = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATENCY = 0.005
SICK = {3: "wrong charset", 23: "bare ampersand", 43: "dc:date only", 63: "blank lines first", 83: "cut short"}


@dataclass(frozen=True)
class Truth:
    """What an item of a feed says."""

    title: str
    published: datetime
    text: str


def host(feed: int) -> str:
    """The address of a feed's own host; all of 127.0.0.0/8 is this machine."""
    return f"127.0.{feed // 250 + 1}.{feed % 250 + 1}"


def items_of(feed: int, stage: int) -> range:
    """The numbers of the items that a feed lists, the newest last.

    Stage 1 brings one new in each, stage 2 one new in every twentieth feed, stage 3 one new in each again.
    """
    extra = (stage > 0) + (stage > 1 and feed % 20 == 3) + (stage > 2)
    return range(extra, extra + ITEMS)


@cache
def words() -> tuple[str, ...]:
    """The words of the labelled items."""
    lines = (Path(__file__).parent / "corpus" / "items.jsonl").read_text("utf-8").splitlines()
    return tuple(dict.fromkeys(word for line in lines for word in json.loads(line)["body"].split() if word.isalpha()))


def truth(feed: int, number: int) -> Truth:
    """What item `number` of a feed says; texts are random words, so that no two tell the same story."""
    chance = random.Random(feed * 1000 + number)
    title = f"Café {feed} & huurders: {' '.join(chance.sample(words(), 6))} {number}"
    return Truth(title, NEWEST - timedelta(days=30 - number), f"{' '.join(chance.choices(words(), k=90))}.")


def link(feed: int, number: int, port: int) -> str:
    """The address of an item."""
    return f"http://{host(feed)}:{port}/nieuws/bericht-{feed}-{number}"


def document(feed: int, stage: int, port: int) -> bytes:
    """The bytes of a feed: Atom for every third, RSS for the others, each sickness for one in a hundred."""
    listed = [(link(feed, number, port), truth(feed, number)) for number in reversed(items_of(feed, stage))]
    sick = SICK.get(feed % 100, "")
    if feed % 3 == 0 and not sick:
        entries = "".join(
            f'<entry><id>{at}</id><title>{escape(one.title)}</title><link href="{at}"/>'
            f"<updated>{one.published.isoformat()}</updated><published>{one.published.isoformat()}</published>"
            f'<summary type="html">{escape(f"<p>{one.text}</p>")}</summary></entry>'
            for at, one in listed
        )
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Bron</title><id>x</id>{entries}</feed>'.encode()
    entries = "".join(_rss_item(at, one, sick) for at, one in listed)
    charset = "us-ascii" if sick == "wrong charset" else "utf-8"
    told = (
        f'<?xml version="1.0" encoding="{charset}"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>Bron</title><link>http://{host(feed)}:{port}/</link>{entries}</channel></rss>"
    )
    told = "\n\n" + told if sick == "blank lines first" else told
    return told.removesuffix("</channel></rss>").encode() if sick == "cut short" else told.encode()


def _rss_item(at: str, one: Truth, sick: str) -> str:
    title = one.title if sick == "bare ampersand" else escape(one.title)
    day = f"<pubDate>{format_datetime(one.published)}</pubDate>"
    if sick == "dc:date only":
        day = f"<dc:date>{one.published.isoformat()}</dc:date>"
    text = escape(f"<p>{one.text}</p>")
    return (
        f"<item><title>{title}</title><link>{at}</link><guid>{at}</guid>{day}<description>{text}</description></item>"
    )


@dataclass
class World:
    """At which stage the feeds are, and what was asked since it began."""

    stage: int = 0
    most_at_once: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    busy: Counter[str] = field(default_factory=Counter)
    kept: dict[tuple[int, int], bytes] = field(default_factory=dict)


class Connection(asyncio.Protocol):
    """Answers feeds with ETags; `/stage/N` moves on and `/asked` tells what was asked since."""

    def __init__(self, world: World) -> None:
        self.world = world

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.waiting = b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            self._asked(head.decode("latin-1"))

    def _asked(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        path, headers = first.split()[1], dict(line.lower().split(": ", 1) for line in lines)
        if path.startswith("/stage/"):
            self.world.stage = int(path.removeprefix("/stage/"))
            self.world.asked.clear()
            self.world.most_at_once = 0
            return self._answer(b"", 200)
        if path == "/asked":
            told = {
                "feeds": self.world.asked["/feed.xml"],
                "all": self.world.asked.total(),
                "at_once": self.world.most_at_once,
            }
            return self._answer(json.dumps(told).encode(), 200)
        own = headers["host"].partition(":")[0]
        self.world.asked[path] += 1
        self.world.busy[own] += 1
        self.world.most_at_once = max(self.world.most_at_once, self.world.busy[own])
        asyncio.get_running_loop().call_later(LATENCY, self._answer_later, own, path, headers)
        return None

    def _answer_later(self, own: str, path: str, headers: dict[str, str]) -> None:
        self.world.busy[own] -= 1
        if path != "/feed.xml":
            return self._answer(b"", 404)
        third, fourth = (int(part) for part in own.split(".")[2:])
        feed = (third - 1) * 250 + fourth - 1
        numbers = items_of(feed, self.world.stage)
        tag = f'"{feed}-{numbers.start}"'
        if headers.get("if-none-match") == tag:
            return self._answer(b"", 304, tag)
        port = self.transport.get_extra_info("sockname")[1]
        body = self.world.kept.get((feed, numbers.start)) or document(feed, self.world.stage, port)
        self.world.kept[feed, numbers.start] = body
        return self._answer(body, 200, tag)

    def _answer(self, body: bytes, status: int, tag: str = "") -> None:
        kind = f"Content-Type: application/xml\r\nETag: {tag}\r\n" if tag else ""
        head = f"HTTP/1.1 {status} X\r\n{kind}Content-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)  # type: ignore[attr-defined]


async def serve() -> None:
    """Answer until standard input closes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Connection, World()), "0.0.0.0", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
