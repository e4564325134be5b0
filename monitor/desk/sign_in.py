"""Signing in and out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.desk import session
from monitor.desk.pages import Desk, desk_of, open_page
from monitor.desk.passwords import is_password_of
from monitor.store import people

AT_ONCE = 2
MOST_FAILURES = 5
WINDOW = timedelta(minutes=15)
WRONG = "Dit e-mailadres en wachtwoord horen niet bij elkaar. Kijk het na en probeer het opnieuw."
TOO_OFTEN = "Het is te vaak misgegaan met dit e-mailadres. Wacht een kwartier en probeer het dan opnieuw."


@dataclass(frozen=True)
class Outcome:
    """A session token, or the message why there is none."""

    token: str = ""
    message: str = ""
    status_code: int = 200


async def form(request: Request) -> Response:
    """Show the form."""
    return open_page(request, "sign_in.html", message="")


async def sign_in(request: Request) -> Response:
    """Check the password and open a session; unknown people get the same answer after the same time."""
    desk = desk_of(request)
    async with request.form() as sent:
        email = str(sent.get("email", "")).replace("\x00", "")  # PostgreSQL holds no NUL in a text
        password = str(sent.get("password", ""))
    limiter: CapacityLimiter = request.app.state.password_limiter
    outcome = await to_thread.run_sync(_open_session, desk, email, password, limiter=limiter)
    if outcome.message:
        return open_page(request, "sign_in.html", outcome.status_code, message=outcome.message)
    response = RedirectResponse("/", status_code=303)
    session.give(response, outcome.token, secure=desk.secure)
    return response


def sign_out(request: Request) -> Response:
    """End the session, here and in the database."""
    desk = desk_of(request)
    people.close_session(desk.engine, session.token_of(request, secure=desk.secure))
    response = RedirectResponse("/inloggen", status_code=303)
    session.take_away(response, secure=desk.secure)
    return response


def _open_session(desk: Desk, email: str, password: str) -> Outcome:
    """Count, check and note in one go: few may do so at once, so guesses cannot slip in side by side."""
    now = desk.clock()
    if people.failures_since(desk.engine, email, now - WINDOW) >= MOST_FAILURES:
        return Outcome(message=TOO_OFTEN, status_code=429)
    reviewer = people.by_email(desk.engine, email)
    if not is_password_of(reviewer.password_hash if reviewer else None, password) or reviewer is None:
        people.note_failure(desk.engine, email, now)
        return Outcome(message=WRONG, status_code=401)
    token = session.new_token()
    people.open_session(desk.engine, reviewer.id, token, now, now + session.LASTS)
    return Outcome(token=token)
