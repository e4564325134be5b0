"""A small site on loopback whose answers a test writes down, and that remembers who asked for what, and when."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from crawlers.source import CrawlJob, CrawlOrder, Endpoint, Kind, Source


class Trick(StrEnum):
    """How an answer goes wrong: never, a reset connection, a body without end, cut short, or byte by byte."""

    HANG = "hang"
    RESET = "reset"
    ENDLESS = "endless"
    SHORT = "short"
    DRIP = "drip"


@dataclass(frozen=True)
class Page:
    """An answer: body, status and further headers, and the trick it plays."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    trick: Trick | None = None


@dataclass(frozen=True)
class Asked:
    """A request as it came in; `at` and `until` are seconds on the server's own clock."""

    path: str
    headers: dict[str, str]
    at: float
    until: float


Answers = dict[str, Page | Callable[[], Page]]


@dataclass
class Site:
    """Answers by path; a callable is asked each time. What is not there is a 404."""

    host: str = "127.0.0.41"
    pages: Answers = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [one.path for one in self.asked if one.path != "/robots.txt"]

    @contextmanager
    def serve(self) -> Iterator[Site]:
        site, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                began = time.monotonic()
                page = site.pages.get(self.path, Page(status=404))
                page = page() if callable(page) else page
                with suppress(OSError):
                    send(self, page, site.closing)
                asked = {name.lower(): value for name, value in self.headers.items()}
                with lock:
                    site.asked.append(Asked(self.path, asked, began, time.monotonic()))

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.closing.clear()
        server = ThreadingHTTPServer((self.host, self.port), Handler)
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            server.shutdown()
            server.server_close()
            thread.join()


def send(handler: BaseHTTPRequestHandler, page: Page, closing: threading.Event) -> None:
    """Send an answer, with its trick."""
    body = page.body.encode() if isinstance(page.body, str) else page.body
    length = len(body) + (1000 if page.trick is Trick.SHORT else 0)
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(length)} | page.headers
    if page.trick is Trick.HANG:
        closing.wait()
    if page.trick is Trick.RESET:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        return
    handler.send_response(page.status)
    for name, value in headers.items():
        if page.trick not in (Trick.ENDLESS, Trick.DRIP) or name != "Content-Length":
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
    while page.trick is Trick.DRIP and not closing.wait(0.1):
        handler.wfile.write(b".")
    while page.trick is Trick.ENDLESS and not closing.is_set():
        handler.wfile.write(b"<p>en nog iets</p>" * 4096)


def article(title: str, text: str = "", day: str = "24 november 2026", head: str = "") -> Page:
    """An article page as a publisher makes them."""
    text = text or f"{title}. Huurders beslissen mee over hun eigen flat. " * 8
    return Page(
        f"<!doctype html><html lang=nl><head><title>{title}</title>{head}</head><body><main><article>"
        f"<h1>{title}</h1><p>{day}</p><p>{text}</p></article></main></body></html>"
    )


def overview(*paths: str, more: str = "", titles: Mapping[str, str] | None = None) -> Page:
    """An overview page with one card per path; `titles` are the paths that some cards are called after instead."""
    named = {path: (titles or {}).get(path, path).strip("/").replace("/", " ") for path in paths}
    cards = "".join(
        f'<article class="card"><h2><a href="{path}">Bericht over {named[path]}</a></h2>'
        f"<p>Een korte inleiding bij dit bericht.</p></article>"
        for path in paths
    )
    following = f'<a rel="next" href="{more}">Volgende</a>' if more else ""
    return Page(f"<!doctype html><html lang=nl><body><main>{cards}{following}</main></body></html>")


def feed(site: Site, *paths: str) -> str:
    """An RSS feed with one item per path."""
    items = "".join(
        f"<item><title>Bericht {path}</title><link>{site.url(path)}</link>"
        f"<pubDate>Tue, 24 Nov 2026 08:00:00 +0100</pubDate></item>"
        for path in paths
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'


def source(site: Site, *endpoints: tuple[Kind, str], name: str = "bond", **fields: object) -> Source:
    """A source on a site."""
    return Source(
        name=name,
        title=name.title(),
        endpoints=tuple(Endpoint(kind=kind, address=site.url(path)) for kind, path in endpoints),
        **fields,
    )


def job(*orders: CrawlOrder, **fields: object) -> CrawlJob:
    """A job with no pause to speak of, for loopback only."""
    values = {"agent": "Participatieradar/1.0 (+mailto:radar@voorbeeld.nl)", "today": date(2026, 11, 24)}
    return CrawlJob(orders=orders, **values | {"pause": 0.02, "timeout": 5, "allow_loopback": True} | fields)
