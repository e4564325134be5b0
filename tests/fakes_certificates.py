"""A certificate authority of our own: whoever trusts its file trusts the servers that it vouches for."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Key = ec.EllipticCurvePrivateKey
PEM = serialization.Encoding.PEM


@dataclass
class Authority:
    """`file` holds its certificate; those of servers are kept next to it."""

    folder: Path
    key: Key
    certificate: x509.Certificate

    @property
    def file(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def trust(self) -> ssl.SSLContext:
        """What a client has that trusts this authority and no other."""
        return ssl.create_default_context(cafile=str(self.file))

    def server(self, *names: str, days: float = 90) -> ssl.SSLContext:
        """What a server of these names and addresses shows; with negative `days` it ran out so long ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(key, names, self.key, self.certificate.subject, days)
        path = self.folder / f"{certificate.serial_number}.pem"
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(certificate.public_bytes(PEM) + private)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def an_authority(folder: Path) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ons gezag")])
    authority = Authority(folder, key, _certificate(key, (), key, name, 90))
    authority.file.write_bytes(authority.certificate.public_bytes(PEM))
    return authority


def _certificate(of: Key, names: tuple[str, ...], by: Key, issuer: x509.Name, days: float) -> x509.Certificate:
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])]) if names else issuer
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(of.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=100))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
    return builder.sign(by, hashes.SHA256())


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
