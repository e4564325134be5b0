"""What is done to a mail just before it goes: a signature is put on it (see `digest.dkim`), or it stays as it is."""

from __future__ import annotations

from collections.abc import Callable

Sign = Callable[[bytes], bytes]


def unsigned(mail: bytes) -> bytes:
    """The mail as it is, for when the relay signs."""
    return mail
