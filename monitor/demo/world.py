"""The demo world: three invented publishers, each on its own loopback address, over real HTTP."""

from __future__ import annotations

import socketserver
import sys
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from monitor.demo.piece import Piece, Publisher, publishers
from monitor.demo.sites import Page, Site, environment
from monitor.demo.stages import NoWorld, State, begin, publish_more, stage, state

__all__ = ["NoWorld", "State", "Visit", "World", "WorldError", "begin", "publish_more", "stage", "state"]

REMEMBERED = 10_000
IDLE_SECONDS = 30
TRIES = 20


class WorldError(Exception):
    """The demo world could not start."""


@dataclass(frozen=True)
class Visit:
    """One answered request: the full address asked for, the status given, and who asked."""

    address: str
    status: int
    agent: str


class World:
    """Three publishers on 127.0.0.31, .32 and .33, all on one port; the state file in `folder` says what they show.

    `today` fixes the dates of a new world; a world that was made before keeps its own. Port 0 takes a free one.
    `latency` (seconds) makes each answer slower, as a real site is.
    """

    def __init__(self, folder: Path, port: int, today: date, latency: float = 0.0) -> None:
        self.folder = folder
        self.port = port
        self.today = begin(folder, today).today
        self.publishers = publishers()
        self._templates = environment()
        self._latency = latency
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._visits: deque[Visit] = deque(maxlen=REMEMBERED)
        self._busy: Counter[str] = Counter()
        self._most: Counter[str] = Counter()

    @property
    def origins(self) -> Mapping[str, str]:
        """Where each publisher lives, by its name."""
        return {one.name: f"http://{one.address}:{self.port}" for one in self.publishers}

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The latest answered requests, oldest first."""
        with self._lock:
            return tuple(self._visits)

    @property
    def requests(self) -> Counter[str]:
        """How often each full address was asked for."""
        return Counter(visit.address for visit in self.visits)

    @property
    def most_at_once(self) -> Mapping[str, int]:
        """The highest number of simultaneous requests per host."""
        with self._lock:
            return dict(self._most)

    def items(self, stage: int) -> tuple[Piece, ...]:
        """What is new at a stage, with its truth."""
        return tuple(
            self.site(one).filled(piece) for one in self.publishers for piece in one.items if piece.stage == stage
        )

    def address(self, piece: Piece) -> str:
        """The full address of an item."""
        paths = {one.name: [item.path for item in one.items] for one in self.publishers}
        return next(self.origins[name] for name in paths if piece.path in paths[name]) + piece.path

    def site(self, publisher: Publisher) -> Site:
        """A publisher's site as it is now."""
        return Site(publisher, state(self.folder), self.origins, self._templates)

    @contextmanager
    def serve(self) -> Iterator[World]:
        """Answer requests until the block ends; raises `WorldError` when the port is taken."""
        with ExitStack() as stack:
            self._closing.clear()
            for server in self._bind():
                stack.callback(server.server_close)
                thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
                thread.start()
                stack.callback(thread.join)
                stack.callback(server.shutdown)
            stack.callback(self._closing.set)
            yield self

    def _bind(self) -> list[_Server]:
        """Take one port on all three addresses; a free port on the first may be taken on another, so try a few."""
        for _ in range(1 if self.port else TRIES):
            servers: list[_Server] = []
            try:
                for one in self.publishers:
                    port = servers[0].server_port if servers else self.port
                    servers.append(_Server(self, one, port))
            except OSError as error:
                for server in servers:
                    server.server_close()
                refusal = error
                continue
            self.port = servers[0].server_port
            return servers
        raise WorldError(
            f"De demowereld kan poort {self.port} niet openen ({refusal.strerror})."
            " Draait de demo al? Stop die, of kies een andere poort."
        )

    def _enter(self, host: str) -> None:
        with self._lock:
            self._busy[host] += 1
            self._most[host] = max(self._most[host], self._busy[host])
        self._closing.wait(self._latency)

    def _leave(self, host: str, visit: Visit) -> None:
        with self._lock:
            self._busy[host] -= 1
            self._visits.append(visit)


class _Server(ThreadingHTTPServer):
    """The server of one publisher."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, world: World, publisher: Publisher, port: int) -> None:
        self.world = world
        self.publisher = publisher
        super().__init__((publisher.address, port), _Handler)

    def server_bind(self) -> None:
        """Bind without asking DNS for our name, as the standard server does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.publisher.address, self.socket.getsockname()[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no error of ours; anything else is told as usual."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD, and 304 to who has the page already."""

    protocol_version = "HTTP/1.1"
    server_version = "Demowereld/1.0"
    sys_version = ""
    timeout = IDLE_SECONDS
    server: _Server

    def do_GET(self) -> None:
        """Answer with the page."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the headers of the page."""
        self._answer(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal quiet; `World.visits` remembers."""

    def _answer(self, with_body: bool) -> None:
        world, publisher = self.server.world, self.server.publisher
        status = 500
        world._enter(publisher.address)
        try:
            page = world.site(publisher).answer(self.path)
            status = 304 if _unchanged(page, self.headers) else page.status
        finally:
            address = f"{world.origins[publisher.name]}{self.path}"
            world._leave(publisher.address, Visit(address, status, self.headers.get("User-Agent", "")))
        self._send(page, status, with_body)

    def _send(self, page: Page, status: int, with_body: bool) -> None:
        self.send_response(status)
        if page.location:
            self.send_header("Location", page.location)
        if page.modified:
            self.send_header("ETag", page.etag)
            self.send_header("Last-Modified", format_datetime(page.modified.astimezone(UTC), usegmt=True))
            self.send_header("Cache-Control", "no-cache")
        if status != 304:
            self.send_header("Content-Type", page.media_type)
            self.send_header("Content-Length", str(len(page.body)))
        if page.filename:
            self.send_header("Content-Disposition", f'inline; filename="{page.filename}"')
        self.end_headers()
        if with_body and status != 304:
            self.wfile.write(page.body)


def _unchanged(page: Page, headers: Message) -> bool:
    """Whether the client has this page already; its tag decides before its date does (RFC 9110, section 13.2.2)."""
    if page.status != 200 or page.modified is None:
        return False
    if tags := headers.get("If-None-Match"):
        return tags.strip() == "*" or page.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    if since := headers.get("If-Modified-Since"):
        return page.modified.replace(microsecond=0) <= _moment(since)
    return False


def _moment(text: str) -> datetime:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
