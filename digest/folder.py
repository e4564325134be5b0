"""The outbox folder, for when there is no relay: a real SMTP server on loopback that keeps each mail as a file."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from digest.smtp import Relay, Security

LOOPBACK = "127.0.0.1"


class FolderHandler:
    """Writes each accepted mail as one file; the same mail to the same person stays one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer 250 only when the mail is safely in the folder; a folder that cannot be written to means "later"."""
        content = envelope.original_content or b""
        try:
            for recipient in envelope.rcpt_tos:
                keep(self.folder, recipient, content)
        except OSError as fault:
            return f"452 de map is niet te beschrijven ({fault.strerror})"
        return "250 bewaard in de map"


class LoopbackController(Controller):
    """The server of aiosmtpd on a port that the system picks."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def keep(folder: Path, recipient: str, content: bytes) -> Path:
    """Write one mail into the folder, wholly or not at all, in place of an earlier copy of it."""
    path = folder / file_name(recipient, content)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)  # a full disk does not get fuller by each try
        raise
    _keep_names(folder)
    return path


def _keep_names(folder: Path) -> None:
    """See to it that the name of a new file is on disk too, or a loss of power could still take it away."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_name(recipient: str, content: bytes) -> str:
    """The file of a mail: the reader's address, and a hash of that and the Message-ID."""
    message_id = str(BytesHeaderParser().parsebytes(content)["Message-ID"] or content)
    name = hashlib.sha256(f"{message_id} {recipient}".encode()).hexdigest()[:16]
    readable = re.sub(r"[^a-z0-9.@+-]", "_", recipient.lower()).lstrip(".")
    return f"{readable[:80]}.{name}.eml"


@contextmanager
def folder_server(folder: Path) -> Iterator[Relay]:
    """Run the server as long as the block lasts; gives the relay that leads to it."""
    folder.mkdir(parents=True, exist_ok=True)
    controller = LoopbackController(FolderHandler(folder), hostname=LOOPBACK, port=0)
    controller.start()
    try:
        yield Relay(host=LOOPBACK, port=controller.port, security=Security.NONE)
    finally:
        controller.stop()
