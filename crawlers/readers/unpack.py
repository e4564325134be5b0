"""Bodies that are gzipped files, such as sitemap.xml.gz: unpacked within a limit, so that no bomb goes off."""

from __future__ import annotations

import zlib

LARGEST = 10 * 1024 * 1024


class NotUnpacked(ValueError):
    """A body is damaged, or too large when unpacked; the message says which."""


def unpacked(body: bytes, largest: int = LARGEST) -> bytes:
    """The bytes inside a gzip file (RFC 1952), all members of it; any other body as it is. Raises `NotUnpacked`."""
    if not body.startswith(b"\x1f\x8b"):
        if len(body) > largest:
            raise NotUnpacked(f"it is larger than {largest // 1024 // 1024} MB")
        return body
    plain = b""
    while body.startswith(b"\x1f\x8b"):
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            plain += member.decompress(body, largest + 1 - len(plain))
        except zlib.error as error:
            raise NotUnpacked(f"it looks gzipped but cannot be unpacked ({error})") from error
        if len(plain) > largest:
            raise NotUnpacked(f"it is larger than {largest // 1024 // 1024} MB when unpacked")
        if not member.eof:
            raise NotUnpacked("it looks gzipped but ends too early")
        body = member.unused_data
    return plain
