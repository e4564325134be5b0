"""Asks an organisation who somebody is, by OpenID Connect, and checks what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from monitor.desk.account import BACK
from monitor.desk.pages import Desk, desk_of, open_page
from monitor.desk.sign_in import Outcome, answer, next_step
from monitor.log import log
from monitor.radar_settings import AccountSettings
from monitor.store import people

PATIENCE = 10.0  # seconds
DISCOVERY = "/.well-known/openid-configuration"
NOT_REACHED = "{title} antwoordt nu niet. Probeer het later opnieuw, of log in met een wachtwoord of een link."
NOT_PROVEN = "Inloggen met {title} is niet gelukt. Begin opnieuw, en doe het binnen tien minuten in hetzelfde venster."
NOT_INVITED = "Dit account hoort niet bij iemand van de radar. Vraag een beheerder om een uitnodiging."


class Unproven(Exception):
    """What came back does not prove who somebody is."""


async def start(request: Request) -> Response:
    """Send somebody to the sign-in page of their organisation, with a fresh state, nonce and PKCE code."""
    settings = _settings(request)
    try:
        client = await _client(desk_of(request), settings)
        redirect: Response = await client.authorize_redirect(request, _back(desk_of(request)))
    except (httpx2.HTTPError, OAuthError, ValueError, Unproven) as fault:
        return _refused(request, settings, NOT_REACHED, 502, fault)
    return redirect


async def back(request: Request) -> Response:
    """Check what the organisation says of somebody and open a session."""
    settings, desk = _settings(request), desk_of(request)
    try:
        client = await _client(desk, settings)
        token = await client.authorize_access_token(request, leeway=60)  # type: ignore[no-untyped-call]
        subject, email = proven(token.get("userinfo"))
    except httpx2.HTTPError as fault:
        return _refused(request, settings, NOT_REACHED, 502, fault)
    except (OAuthError, JoseError, ValueError, Unproven) as fault:
        return _refused(request, settings, NOT_PROVEN, 401, fault)
    outcome = await run_in_threadpool(_welcome, desk, f"{settings.issuer} {subject}", email)
    return answer(request, outcome)


def proven(claims: Mapping[str, Any] | None) -> tuple[str, str]:
    """The lasting name and the e-mail address that a checked ID token gives (OpenID Connect Core, 2 and 5.1).

    Raises `Unproven` when one lacks, or when the organisation itself says that it did not check the address.
    """
    claims = claims or {}
    subject, email = claims.get("sub"), claims.get("email")
    if not isinstance(subject, str) or not subject:
        raise Unproven("the token names nobody")
    if not isinstance(email, str) or "@" not in email:
        raise Unproven("the token holds no e-mail address")
    if claims.get("email_verified", True) not in (True, "true"):
        raise Unproven("the e-mail address was not verified")
    return subject, email


def _welcome(desk: Desk, account: str, email: str) -> Outcome:
    reviewer = people.by_account(desk.engine, account, email, desk.clock())
    return next_step(desk, reviewer, "account") if reviewer else Outcome(message=NOT_INVITED, status_code=403)


async def _client(desk: Desk, settings: AccountSettings) -> StarletteOAuth2App:
    """A client that has read the organisation's own description of its service; each sign-in reads it anew."""
    secret = desk.live.current.secrets.account
    client: StarletteOAuth2App = OAuth().register(
        "account",
        client_id=settings.client_id,
        client_secret=secret.get_secret_value() if secret else None,
        server_metadata_url=settings.issuer + DISCOVERY,
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "timeout": PATIENCE},
    )
    described = await client.load_server_metadata()
    if described.get("issuer", "").rstrip("/") != settings.issuer:
        raise Unproven(f"the service calls itself {described.get('issuer')!r}, not {settings.issuer!r}")
    signed = described.get("id_token_signing_alg_values_supported") or ["RS256"]
    described["id_token_signing_alg_values_supported"] = [name for name in signed if name != "none"]
    return client


def _settings(request: Request) -> AccountSettings:
    settings = desk_of(request).live.current.radar.desk.account
    if settings is None:
        raise HTTPException(404)
    return settings


def _back(desk: Desk) -> str:
    return desk.live.current.radar.desk.public_url + BACK


def _refused(request: Request, settings: AccountSettings, words: str, status_code: int, fault: Exception) -> Response:
    log().warning("sign in with account", fault=str(fault))
    return open_page(request, "sign_in.html", status_code, message=words.format(title=settings.title), told="")
