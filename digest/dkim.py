"""Signing a mail so that its receiver can see that it is ours and whole: DKIM with an RSA key (RFC 6376).

Relaxed/relaxed: a relay may fold headers and change white space. No time stands in the signature, so that a mail sent
again after a crash is the same to the last byte.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import stat
import textwrap
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from digest.smtp import RelayTrouble

SHORTEST = 1024  # bits; shorter keys are not to be trusted (RFC 8301, 3.2)
BITS = 2048
# What a reader sees, and what lets them leave (RFC 8058 wants both List-Unsubscribe headers signed).
SIGNED = (
    *("from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type", "content-language"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "list-help", "list-archive"),
    *("feedback-id", "auto-submitted"),
)
ONLY_ONCE = ("from", "subject", "list-unsubscribe", "list-unsubscribe-post")  # a second one breaks the signature
HEADER = re.compile(rb"([!-9;-~]+):((?:[^\r\n]|\r\n[ \t])*)\r\n")


class KeyTrouble(RelayTrouble):
    """The key cannot be used, so nothing can be sent; the message says why, and names the file (Dutch)."""


@dataclass(frozen=True)
class Signer:
    """A key, and where receivers find its other half: the TXT record `selector`._domainkey.`domain`."""

    domain: str
    selector: str
    key: RSAPrivateKey

    @property
    def record_name(self) -> str:
        """The name of the DNS record."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The content of the DNS record."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        public = self.key.public_key().public_bytes(serialization.Encoding.DER, form)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"

    def sign(self, mail: bytes) -> bytes:
        """The mail (CRLF line ends) with the signature on top."""
        head, _, body = mail.partition(b"\r\n\r\n")
        present = {name.lower().decode("ascii"): value for name, value in HEADER.findall(head + b"\r\n")}
        names = [name for name in SIGNED if name in present]
        fields = [f"{name}:".encode() + _relaxed(present[name]) for name in names]
        names += [name for name in ONLY_ONCE if name in present]
        lines = [
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector};",
            *textwrap.wrap(f"h={':'.join(names)};".replace(":", ": "), 70, break_on_hyphens=False),
            f"bh={base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()};",
            "b=",
        ]
        own = "\r\n ".join(lines)
        data = b"\r\n".join([*fields, b"dkim-signature:" + _relaxed(own.encode())])
        signed = self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        own += "\r\n ".join(textwrap.wrap(base64.b64encode(signed).decode(), 70))
        return f"DKIM-Signature: {own}\r\n".encode() + mail


def read_key(path: Path) -> RSAPrivateKey:
    """The private key in a PEM file; raises KeyTrouble when there is none, or when others may read it."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        content = path.read_bytes()
    except FileNotFoundError:
        raise KeyTrouble(f"De DKIM-sleutel {path} bestaat niet. Maak hem met: radar mail key") from None
    except OSError as fault:
        raise KeyTrouble(f"De DKIM-sleutel {path} is niet te lezen ({fault.strerror}).") from fault
    if mode & 0o077:
        raise KeyTrouble(f"De DKIM-sleutel {path} is leesbaar voor anderen. Geef: chmod 600 {path}")
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyTrouble(
            f"In {path} staat geen DKIM-sleutel: een PEM-bestand met “PRIVATE KEY”, zonder wachtwoord."
        ) from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < SHORTEST:
        # Ed25519 (RFC 8463) would be shorter, but the large mailbox providers do not read it.
        raise KeyTrouble(
            f"De DKIM-sleutel {path} is te kort, of van een soort die Gmail en Outlook niet kennen: neem RSA."
        )
    return key


def make_key(path: Path) -> None:
    """Write a new RSA key to a file that only its owner reads; raises FileExistsError rather than replace one."""
    pem = generate_private_key(public_exponent=65537, key_size=BITS).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)


def relaxed_body(body: bytes) -> bytes:
    """The body as the signature sees it: no white space at line ends, single spaces, no empty lines at the end."""
    body = re.sub(rb"[ \t]+\r\n", b"\r\n", re.sub(rb"[ \t]+", b" ", body))
    while body.endswith(b"\r\n"):
        body = body[:-2]
    return body + b"\r\n" if body else b""


def _relaxed(value: bytes) -> bytes:
    return re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" \t")
