"""The pages about people: who has access and in which role, and one's own page with password, code and sessions."""

from __future__ import annotations

from datetime import timedelta

from anyio import to_thread
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest.address import normalised
from digest.smtp import Outcome
from monitor import colleagues
from monitor.colleagues import Note
from monitor.desk import codes, phrases, session
from monitor.desk.english import language_of, note_in
from monitor.desk.pages import Desk, desk_of, page, reviewer_of
from monitor.desk.passwords import SHORTEST_PASSWORD, hash_password, is_password_of
from monitor.desk.sign_in import MOST_FAILURES, TOO_OFTEN, WINDOW, link_of, open_session
from monitor.language import Language
from monitor.role import Role
from monitor.store import people, sign_in_links
from monitor.store.sign_in_links import Purpose

INVITATION_LASTS = timedelta(days=7)
LONGEST_NAME = 100
LANGUAGES = {Language.DUTCH: "Nederlands", Language.ENGLISH: "English"}
TOLD = {
    "rol": "De rol is veranderd. Die geldt meteen.",
    "weg": "Deze persoon kan niet meer inloggen. Wat die deed, blijft in het logboek staan. "
    "Was dit een vergissing? Nodig die persoon dan opnieuw uit.",
    "wachtwoord": "Uw wachtwoord is veranderd. Op andere apparaten bent u uitgelogd.",
    "code": "Vanaf nu logt u in met een code uit uw app.",
    "geen-code": "U logt weer in zonder code.",
    "taal": "De taal is veranderd.",
}


def overview(request: Request) -> Response:
    """Everybody with access."""
    return _people(request)


async def invite(request: Request) -> Response:
    """Give somebody access and mail them a link for the first time."""
    async with request.form() as form:
        return await run_in_threadpool(_invite, request, form)


async def change_role(request: Request) -> Response:
    """Give somebody another role; not oneself, so that there is always somebody who manages."""
    async with request.form() as form:
        role = str(form.get("rol", ""))
    if role not in list(Role):
        raise HTTPException(422)
    return await run_in_threadpool(_change, request, Role(role))


async def withdraw(request: Request) -> Response:
    """Take somebody's access away; not one's own."""
    return await run_in_threadpool(_change, request, None)


def mine(request: Request) -> Response:
    """One's own page."""
    return _mine(request)


async def change_password(request: Request) -> Response:
    """Set another password; the present one is asked for, when there is one."""
    async with request.form() as form:
        return await to_thread.run_sync(_change_password, request, form, limiter=request.app.state.password_limiter)


async def change_code(request: Request) -> Response:
    """Ask for a code at each sign-in from now on, or no more."""
    async with request.form() as form:
        return await run_in_threadpool(_change_code, request, form)


async def change_language(request: Request) -> Response:
    """Show the desk in another language; "" follows the browser."""
    async with request.form() as form:
        wanted = str(form.get("taal", ""))
    if wanted and wanted not in list(Language):
        raise HTTPException(422)
    language = Language(wanted) if wanted else None
    await run_in_threadpool(people.set_language, desk_of(request).engine, reviewer_of(request).id, language)
    return RedirectResponse("/mij?wat=taal", status_code=303)


def sign_out_everywhere(request: Request) -> Response:
    """End all one's own sessions, this one too."""
    desk = desk_of(request)
    people.close_sessions(desk.engine, reviewer_of(request).id, desk.clock())
    response = RedirectResponse("/inloggen", status_code=303)
    session.take_away(response, secure=desk.secure)
    return response


def _people(request: Request, status_code: int = 200, message: str = "", told: str = "") -> Response:
    desk = desk_of(request)
    return page(
        request,
        "people.html",
        status_code,
        everyone=people.reviewers(desk.engine),
        roles=[role.value for role in Role],
        message=message,
        told_text=told or TOLD.get(request.query_params.get("wat", ""), ""),
    )


def _invite(request: Request, form: FormData) -> Response:
    desk, by = desk_of(request), reviewer_of(request)
    name = " ".join(str(form.get("naam", "")).replace("\x00", "").split())[:LONGEST_NAME]
    role = str(form.get("rol", ""))
    if role not in list(Role):
        raise HTTPException(422)
    try:
        email = normalised(str(form.get("email", "")))
    except ValueError as error:
        return _people(request, 422, message=f"{error}.")
    now = desk.clock()
    if not people.add_reviewer(desk.engine, email, name or email.partition("@")[0], "", now, Role(role), by.id):
        return _people(request, 409, message=f"{email} heeft al toegang.")
    return _people(request, told=_mail_invitation(desk, email, by.name, language_of(request)))


def _mail_invitation(desk: Desk, email: str, by: str, language: Language) -> str:
    invited, now, token = people.by_email(desk.engine, email), desk.clock(), session.new_token()
    assert invited is not None
    sign_in_links.keep(desk.engine, invited.id, token, Purpose.INVITATION, now, now + INVITATION_LASTS)
    lines = (
        f"Dag {invited.name},",
        f"{by} nodigt u uit voor de Participatieradar. U bent daar {invited.role}.",
        "Met deze link komt u binnen. De link werkt één keer, zeven dagen lang.",
        "Daarna kunt u zelf een wachtwoord kiezen.",
        link_of(desk, token),
        "Kent u de Participatieradar niet? Dan hoeft u niets te doen.",
    )
    note = Note(email, invited.name, "Uitnodiging Participatieradar", lines)
    answer = colleagues.tell(desk.live.current, note_in(language, note), now)
    if answer.outcome is Outcome.TAKEN:
        return f"{email} krijgt een mail met een link om binnen te komen."
    return (
        f"{email} heeft nu toegang, maar de mail kon niet weg ({answer.response}). Wijs die persoon op"
        " “Mail mij een link” op de pagina om in te loggen."
    )


def _change(request: Request, role: Role | None) -> Response:
    desk, by = desk_of(request), reviewer_of(request)
    wanted = str(request.path_params["person_id"])
    one = people.by_id(desk.engine, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else None
    if one is None:
        raise HTTPException(404)
    if one.id == by.id:
        return _people(request, 409, message="Uw eigen toegang kan alleen een andere beheerder veranderen.")
    if role:
        people.set_role(desk.engine, one.id, role, desk.clock(), by.id)
    else:
        people.withdraw(desk.engine, one.id, desk.clock(), by.id)
    return RedirectResponse("/mensen?wat=" + ("rol" if role else "weg"), status_code=303)


def _mine(request: Request, status_code: int = 200, message: str = "", secret: str = "") -> Response:
    desk, reviewer = desk_of(request), reviewer_of(request)
    fresh = "" if reviewer.code_secret else secret or codes.new_secret()
    return page(
        request,
        "mine.html",
        status_code,
        sessions=[
            phrases.moment(began, desk.now()) for began in people.sessions(desk.engine, reviewer.id, desk.clock())
        ],
        secret=fresh,
        picture=Markup(codes.picture_of(fresh, reviewer.email)) if fresh else "",  # noqa: S704 - made by segno
        spaced=" ".join(fresh[start : start + 4] for start in range(0, len(fresh), 4)),
        message=message,
        told_text=TOLD.get(request.query_params.get("wat", ""), ""),
        shortest=SHORTEST_PASSWORD,
        languages=LANGUAGES,
    )


def _change_password(request: Request, form: FormData) -> Response:
    desk, reviewer = desk_of(request), reviewer_of(request)
    now, before = str(form.get("nieuw", "")), str(form.get("huidig", ""))
    if people.failures_since(desk.engine, reviewer.email, desk.clock() - WINDOW) >= MOST_FAILURES:
        return _mine(request, 429, TOO_OFTEN)
    if reviewer.password_hash and not is_password_of(reviewer.password_hash, before):
        people.note_failure(desk.engine, reviewer.email, desk.clock())
        return _mine(request, 422, "Uw huidige wachtwoord klopt niet.")
    if not SHORTEST_PASSWORD <= len(now) <= 1000:
        return _mine(request, 422, f"Neem minstens {SHORTEST_PASSWORD} tekens, zoals vier losse woorden.")
    people.set_password(desk.engine, reviewer.email, hash_password(now), desk.clock(), reviewer.id)
    response = RedirectResponse("/mij?wat=wachtwoord", status_code=303)
    session.give(response, open_session(desk, reviewer, "password"), secure=desk.secure)
    return response


def _change_code(request: Request, form: FormData) -> Response:
    desk, reviewer = desk_of(request), reviewer_of(request)
    code, now = str(form.get("code", "")).replace("\x00", ""), desk.clock()
    secret = reviewer.code_secret or str(form.get("geheim", ""))
    if not (len(secret) == 32 and secret.isascii() and secret.isalnum()):
        raise HTTPException(422)
    try:
        step = codes.step_of(secret, code, now)
    except ValueError as error:  # no base32
        raise HTTPException(422) from error
    if step is None:
        return _mine(request, 422, "Deze code klopt niet. Neem de code die nu in uw app staat.", secret=secret)
    people.set_code_secret(desk.engine, reviewer.id, "" if reviewer.code_secret else secret, now)
    return RedirectResponse("/mij?wat=" + ("geen-code" if reviewer.code_secret else "code"), status_code=303)
