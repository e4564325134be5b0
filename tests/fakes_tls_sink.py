"""A quick mail server that takes everything over STARTTLS and forgets it: a process per connection."""

from __future__ import annotations

import contextlib
import multiprocessing
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from digest.folder import LOOPBACK

ANSWERS = {
    b"EHLO": b"250-goed\r\n250-PIPELINING\r\n250 STARTTLS\r\n",
    b"STAR": b"220 begin\r\n",
    b"DATA": b"354 vertel\r\n",
    b"QUIT": b"221 dag\r\n",
}


@contextmanager
def tls_sink(certificate: ssl.SSLContext) -> Iterator[int]:
    """Run it for the length of the block; gives the port."""
    with socket.create_server((LOOPBACK, 0), backlog=100) as listening:
        fork = multiprocessing.get_context("fork")
        workers = [fork.Process(target=_serve, args=(listening, certificate), daemon=True) for _ in range(8)]
        for worker in workers:
            worker.start()
        try:
            yield listening.getsockname()[1]
        finally:
            for worker in workers:
                worker.kill()
                worker.join()


def _serve(listening: socket.socket, certificate: ssl.SSLContext) -> None:
    while True:
        talk, _ = listening.accept()
        with contextlib.suppress(OSError):
            _talk(talk, certificate)


def _talk(talk: socket.socket, certificate: ssl.SSLContext) -> None:
    talk.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    talk.sendall(b"220 klaar\r\n")
    waiting = b""
    while data := talk.recv(65536):
        waiting += data
        said = b""
        while b"\r\n" in waiting:
            line, _, waiting = waiting.partition(b"\r\n")
            command = line[:4].upper()
            said += ANSWERS.get(command, b"250 goed\r\n")
            if command == b"STAR":
                talk.sendall(said)
                said = b""
                talk = certificate.wrap_socket(talk, server_side=True)
            if command == b"DATA":
                talk.sendall(said)
                parts = [waiting]
                while not (b"".join(parts[-2:])).endswith(b"\r\n.\r\n"):
                    parts.append(talk.recv(65536))
                waiting = b""
                said = b"250 goed\r\n"
        talk.sendall(said)
