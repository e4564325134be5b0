"""Signing in, by password or by a link in a mail, with a code as second step for who wants that; and signing out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from anyio import CapacityLimiter, to_thread
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor import colleagues
from monitor.colleagues import Note
from monitor.desk import codes, session
from monitor.desk.english import language_of, note_in
from monitor.desk.menu import START
from monitor.desk.pages import Desk, desk_of, open_page
from monitor.desk.passwords import is_password_of
from monitor.language import Language
from monitor.store import people, sign_in_links
from monitor.store.people import Reviewer
from monitor.store.sign_in_links import Purpose

MOST_FAILURES = 5
MOST_LINKS = 3
WINDOW = timedelta(minutes=15)
LINK_LASTS = timedelta(minutes=30)
CODE_LASTS = timedelta(minutes=5)
BY_MAIL = (Purpose.MAIL, Purpose.INVITATION)
WRONG = "Dit e-mailadres en wachtwoord horen niet bij elkaar. Kijk het na en probeer het opnieuw."
WRONG_CODE = "Deze code klopt niet. Neem de code die nu in uw app staat."
TOO_OFTEN = "Het is te vaak misgegaan met dit e-mailadres. Wacht een kwartier en probeer het dan opnieuw."
SPENT = "Deze link werkt niet meer. Een link werkt één keer en een half uur lang. Vraag hieronder een nieuwe."
MAILED = "Hoort dit e-mailadres bij de radar? Dan krijgt u zo een mail met een link om in te loggen."


@dataclass(frozen=True)
class Outcome:
    """A session token, or a ticket for the second step, or the message why there is neither."""

    token: str = ""
    ticket: str = ""
    message: str = ""
    status_code: int = 200


async def form(request: Request) -> Response:
    """Show the form."""
    return open_page(request, "sign_in.html", message="", told="")


async def sign_in(request: Request) -> Response:
    """Check the password and open a session; unknown people get the same answer after the same time."""
    async with request.form() as sent:
        email = str(sent.get("email", "")).replace("\x00", "")  # PostgreSQL holds no NUL in a text
        password = str(sent.get("password", ""))
    return await _opened(request, _by_password, email, password)


async def mail_link(request: Request) -> Response:
    """Mail a link to sign in with; the answer is the same whether the address is known or not, and so is its time."""
    desk = desk_of(request)
    async with request.form() as sent:
        email = str(sent.get("email", "")).replace("\x00", "")
    response = open_page(request, "sign_in.html", message="", told=MAILED)
    response.background = BackgroundTask(_mail_link, desk, email, language_of(request))
    return response


async def by_link(request: Request) -> Response:
    """Ask to go on: looking at a link uses nothing up, for mail scanners look at links too."""
    token = request.path_params["token"]
    desk = desk_of(request)
    holder = await run_in_threadpool(sign_in_links.holder, desk.engine, token, BY_MAIL, desk.clock())
    if holder is None:
        return open_page(request, "sign_in.html", 410, message=SPENT, told="")
    return open_page(request, "sign_in_link.html", token=token)


async def use_link(request: Request) -> Response:
    """Use a link up and open a session."""
    return await _opened(request, _by_link, request.path_params["token"])


async def use_code(request: Request) -> Response:
    """Check the code of the second step and open a session."""
    async with request.form() as sent:
        ticket, code = (str(sent.get(name, "")).replace("\x00", "") for name in ("ticket", "code"))
    return await _opened(request, _by_code, ticket, code)


def sign_out(request: Request) -> Response:
    """End the session, here and in the database."""
    desk = desk_of(request)
    people.close_session(desk.engine, session.token_of(request, secure=desk.secure), desk.clock())
    response = RedirectResponse("/inloggen", status_code=303)
    session.take_away(response, secure=desk.secure)
    return response


async def _opened(request: Request, way: object, *arguments: str) -> Response:
    desk = desk_of(request)
    limiter: CapacityLimiter = request.app.state.password_limiter
    assert callable(way)
    outcome: Outcome = await to_thread.run_sync(way, desk, *arguments, limiter=limiter)
    return answer(request, outcome)


def answer(request: Request, outcome: Outcome) -> Response:
    """The page that belongs to an outcome: the desk with a new session, the question for a code, or why not."""
    desk = desk_of(request)
    if outcome.ticket:
        return open_page(
            request, "sign_in_code.html", outcome.status_code, ticket=outcome.ticket, message=outcome.message
        )
    if outcome.message:
        return open_page(request, "sign_in.html", outcome.status_code, message=outcome.message, told="")
    response = RedirectResponse(START, status_code=303)
    session.give(response, outcome.token, secure=desk.secure)
    return response


def _by_password(desk: Desk, email: str, password: str) -> Outcome:
    """Count, check and note in one go: few may do so at once, so guesses cannot slip in side by side."""
    now = desk.clock()
    if people.failures_since(desk.engine, email, now - WINDOW) >= MOST_FAILURES:
        return Outcome(message=TOO_OFTEN, status_code=429)
    reviewer = people.by_email(desk.engine, email)
    if not is_password_of(reviewer.password_hash or None if reviewer else None, password) or reviewer is None:
        people.note_failure(desk.engine, email, now)
        return Outcome(message=WRONG, status_code=401)
    return next_step(desk, reviewer, "password")


def _by_link(desk: Desk, token: str) -> Outcome:
    holder = sign_in_links.use(desk.engine, token, BY_MAIL, desk.clock())
    reviewer = people.by_id(desk.engine, holder) if holder else None
    if reviewer is None:
        return Outcome(message=SPENT, status_code=410)
    return next_step(desk, reviewer, "link")


def _by_code(desk: Desk, ticket: str, code: str) -> Outcome:
    now = desk.clock()
    holder = sign_in_links.holder(desk.engine, ticket, (Purpose.CODE,), now)
    reviewer = people.by_id(desk.engine, holder) if holder else None
    if reviewer is None or not reviewer.code_secret:
        return Outcome(message="Dit duurde te lang. Log opnieuw in.", status_code=410)
    if people.failures_since(desk.engine, reviewer.email, now - WINDOW) >= MOST_FAILURES:
        return Outcome(message=TOO_OFTEN, status_code=429)
    step = codes.step_of(reviewer.code_secret, code, now)
    if step is None or not people.use_code_step(desk.engine, reviewer.id, step):
        people.note_failure(desk.engine, reviewer.email, now)
        return Outcome(ticket=ticket, message=WRONG_CODE, status_code=401)
    if sign_in_links.use(desk.engine, ticket, (Purpose.CODE,), now) is None:
        return Outcome(message="Dit duurde te lang. Log opnieuw in.", status_code=410)
    return Outcome(token=open_session(desk, reviewer, "code"))


def next_step(desk: Desk, reviewer: Reviewer, way: str) -> Outcome:
    """A session at once for somebody who has shown who they are, or first the question for a code."""
    if not reviewer.code_secret:
        return Outcome(token=open_session(desk, reviewer, way))
    ticket, now = session.new_token(), desk.clock()
    sign_in_links.keep(desk.engine, reviewer.id, ticket, Purpose.CODE, now, now + CODE_LASTS)
    return Outcome(ticket=ticket)


def open_session(desk: Desk, reviewer: Reviewer, way: str) -> str:
    """Open a session for somebody who has shown who they are; returns its token."""
    token, now = session.new_token(), desk.clock()
    people.open_session(desk.engine, reviewer.id, token, now, now + session.LASTS, way)
    return token


def _mail_link(desk: Desk, email: str, language: Language) -> None:
    """Mail a link when the address has access; a few in a quarter of an hour, so that nobody can fill a mailbox."""
    reviewer, now = people.by_email(desk.engine, email), desk.clock()
    if reviewer is None:
        return
    if sign_in_links.made_since(desk.engine, reviewer.id, Purpose.MAIL, now - WINDOW) >= MOST_LINKS:
        return
    token = session.new_token()
    sign_in_links.keep(desk.engine, reviewer.id, token, Purpose.MAIL, now, now + LINK_LASTS)
    lines = (
        f"Dag {reviewer.name},",
        "Met deze link logt u in bij de Participatieradar. De link werkt één keer, een half uur lang.",
        link_of(desk, token),
        "Hebt u hier niet om gevraagd? Dan hoeft u niets te doen.",
    )
    note = Note(reviewer.email, reviewer.name, "Uw link om in te loggen bij de Participatieradar", lines)
    chosen = Language(reviewer.language) if reviewer.language else language
    colleagues.tell(desk.live.current, note_in(chosen, note), now)


def link_of(desk: Desk, token: str) -> str:
    """The address of a link in a mail; it begins with the address in the settings, never with what a browser sent."""
    return f"{desk.live.current.radar.desk.public_url}/inloggen/link/{token}"
