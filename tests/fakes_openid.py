"""An OpenID provider on loopback: it hands out codes and signs tokens, honestly or with one thing wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "radar-client"
SECRET = "geheim-van-de-radar"


@dataclass
class Provider:
    """What the provider knows; tests change it between the steps."""

    issuer: str
    email: str = "els@voorbeeld.example"
    subject: str = "persoon-1"
    wrong: dict[str, Any] = field(default_factory=dict)  # claims that replace the honest ones
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "one"}))
    signer: RSAKey | None = None  # another key than the one it publishes
    called: str = ""  # the name it gives itself, when that is not its own
    asked: dict[str, str] = field(default_factory=dict)  # what the browser was sent here with

    def visit(self, address: str) -> str:
        """What a browser does here: sign in, and come back with a code and the state. Returns that address."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return f"{self.asked['redirect_uri']}?code=eenmalig&state={self.asked['state']}"

    def described(self) -> dict[str, Any]:
        """The description of the service (OpenID Connect Discovery, 3)."""
        return {
            "issuer": self.called or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "none"],
        }

    def token(self, sent: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A token for a code, if the client is who it says and the PKCE code fits (RFC 7636, 4.6)."""
        given = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        made = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        if authorization != f"Basic {given}" or made.rstrip(b"=").decode() != self.asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": self.asked["nonce"],
            "email": self.email,
        }
        header = {"alg": "RS256", "kid": self.key.kid}
        signed = jwt.encode(header, claims | self.wrong, self.signer or self.key)
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": signed}


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers on loopback until the block ends."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("/.well-known/openid-configuration"):
                self._send(200, one.described())
            else:
                self._send(200, {"keys": [one.key.as_dict(private=False)]})

        def do_POST(self) -> None:
            sent = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            plain = {name: values[0] for name, values in sent.items()}
            self._send(*one.token(plain, self.headers.get("authorization", "")))

        def _send(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    one = Provider(f"http://127.0.0.1:{server.server_address[1]}/huis")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
