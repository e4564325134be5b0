"""A small real IMAP server on loopback: one mailbox, as much of RFC 3501 as reading and flagging needs."""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PASSWORD = "open-sesam"


@dataclass
class Box:
    """Mails by uid with their flags; `break_at` hangs up when that uid is fetched, once."""

    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    break_at: int = 0
    port: int = 0

    def put(self, raw: bytes) -> int:
        uid = len(self.mails) + 1
        self.mails[uid], self.flags[uid] = raw, set()
        return uid

    def answer(self, command: str, words: str) -> Iterator[bytes]:
        """The untagged lines of an answer; raises ValueError for what it refuses, EOFError to hang up."""
        if command == "LOGIN" and words.split()[-1].strip('"') != PASSWORD:
            raise ValueError("wrong password")
        if command == "SELECT":
            if words.strip('"') != "INBOX":
                raise ValueError("no such folder")
            yield f"* {len(self.mails)} EXISTS".encode()
        if command == "CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1"
        if command == "UID SEARCH":
            new = [str(uid) for uid, flags in self.flags.items() if not flags & {r"\Seen", r"\Flagged"}]
            yield f"* SEARCH {' '.join(new)}".rstrip().encode()
        if command == "UID FETCH":
            yield from self._fetched(int(words.split()[0]), words)
        if command == "UID STORE":
            uid, flag = int(words.split()[0]), re.findall(r"\\\w+", words)
            self.flags[uid] |= set(flag)

    def _fetched(self, uid: int, words: str) -> Iterator[bytes]:
        raw = self.mails[uid]
        if "RFC822.SIZE" in words:
            yield f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(raw)})".encode()
            return
        if uid == self.break_at:
            self.break_at = 0
            raise EOFError
        yield f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")"


@contextmanager
def imap_server(box: Box, certificate: ssl.SSLContext | None = None) -> Iterator[Box]:
    """Serve a mailbox for the length of the block, with TLS from the first byte when there is a certificate."""

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, _, rest = line.decode().strip().partition(" ")
                command, _, words = rest.partition(" ")
                if command == "UID":
                    verb, _, words = words.partition(" ")
                    command = f"UID {verb}"
                try:
                    lines = list(box.answer(command, words))
                    end = f"{tag} OK done"
                except ValueError as refusal:
                    lines, end = [], f"{tag} NO {refusal}"
                except EOFError:
                    return
                self.wfile.write(b"".join(one + b"\r\n" for one in lines) + end.encode() + b"\r\n")
                if command == "LOGOUT":
                    return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def get_request(self):  # type: ignore[no-untyped-def]
            talk, address = super().get_request()
            return (certificate.wrap_socket(talk, server_side=True) if certificate else talk), address

    with Server(("127.0.0.1", 0), Talk) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
