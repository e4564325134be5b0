"""What editors do with the next letter: choose, order, write, approve, plan, hold back, and try it on themselves."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest import store
from digest.edition import Audience, Edition, Entry, Kind
from digest.smtp import Outcome
from monitor import dead_links
from monitor.arrangement import Arrangement, wording
from monitor.desk.pages import Desk, desk_of, reviewer_of
from monitor.sample_letter import mail_sample
from monitor.store import arrangements, record

LONGEST_INTRO = 600
FARTHEST_AHEAD = timedelta(days=60)
REFERENCE = re.compile(r"[1-9][0-9]{0,9}")
TOLD = {
    "deel": "Het bericht staat nu onderaan in dat deel.",
    "intro": "De inleiding is bewaard.",
    "over": "De inleiding is bewaard. Een collega schreef intussen een andere. Met de knop krijgt u die terug.",
    "terug": "Ongedaan gemaakt. De brief is weer zoals daarvoor.",
    "niet-terug": "Er is niets ongedaan gemaakt: de brief is intussen anders veranderd.",
    "goed": "U keurde de brief goed. Verandert er nog iets, dan vervalt dat.",
    "niet-goed": "Uw goedkeuring is ingetrokken.",
    "intussen": "De brief is intussen veranderd. Kijk hem nog eens na.",
    "gepland": "Het moment van verzenden is veranderd.",
    "te-vroeg": "Dat moment is al voorbij. Kies een later moment.",
    "te-ver": "Dat is meer dan 60 dagen vooruit. Kies een eerder moment.",
    "dubbel": "In die week ging er al een brief naar deze doelgroep. Kies een andere week.",
    "geen-moment": "Vul een dag en een tijd in.",
    "houd": "De brief gaat niet weg tot u hem weer laat gaan.",
    "laat": "De brief gaat weer weg op het geplande moment.",
    "links": "De links zijn nagekeken. Wat niet werkt, staat bij Controle.",
    "links-bezig": "De radar kijkt de links al na. Probeer het zo nog eens.",
    "proef": "De proef is naar uw eigen adres gestuurd.",
    "proef-mislukt": "De proef is niet aangekomen bij de mailserver. Probeer het later opnieuw.",
}
UNDONE = frozenset({"deel", "intro", "over", "gepland", "houd", "laat"})  # what the message offers to take back
Doing = Callable[[Request, FormData, Desk, Audience], str]


def action(do: Doing) -> Callable[..., object]:
    """A page that does something with the letter of an audience and goes back to it.

    `do` gives the query of that address, and after # the part of the page where the work goes on.
    """

    async def act(request: Request) -> Response:
        async with request.form() as form:
            return await run_in_threadpool(_act, request, form)

    def _act(request: Request, form: FormData) -> Response:
        audience = audience_of(request)
        asked = do(request, form, desk_of(request), audience)
        return RedirectResponse(f"/brief/{audience.value}{asked}", status_code=303)

    return act


def audience_of(request: Request) -> Audience:
    """The audience that the address names; raises what leads to the 404 page when it is none."""
    try:
        return Audience(request.path_params["audience"])
    except ValueError:
        raise HTTPException(404) from None


@action
def arrange(request: Request, form: FormData, desk: Desk, audience: Audience) -> str:
    """Move an entry up or down, to a place or to another part, take it in or leave it out."""
    edition, step = desk.editor.upcoming(audience), str(form.get("doe", ""))
    reference = str(form.get("bericht", ""))
    if not REFERENCE.fullmatch(reference):
        raise HTTPException(422)
    if step == "erin":
        _change(request, edition, "arrange", lambda one: one.taking(reference))
    elif step == "eruit":
        _change(request, edition, "arrange", lambda one: one.leaving(reference))
    else:
        entry, part, to = _place(edition, reference, step, form)
        _change(request, edition, "arrange", lambda one: one.moving(edition, entry, part, to))
    return "?" + urlencode({"bij": reference, "doe": step} | ({"wat": "deel"} if step == "deel" else {}))


@action
def introduce(request: Request, form: FormData, desk: Desk, audience: Audience) -> str:
    """Keep the words above the letter."""
    intro = " ".join(str(form.get("intro", "")).split())
    if len(intro) > LONGEST_INTRO:
        raise HTTPException(422)
    edition = desk.editor.upcoming(audience)
    stood = arrangements.of(desk.engine, audience, edition.number).intro
    _change(request, edition, "introduce", lambda one: replace(one, intro=intro))
    overtaken = stood not in (intro, " ".join(str(form.get("was", stood)).split()))
    return "?wat=over" if overtaken else "?wat=intro#erin"


@action
def undo(request: Request, form: FormData, desk: Desk, audience: Audience) -> str:
    """Take a step with the letter back, unless another one was taken since."""
    number, step = desk.editor.upcoming(audience).number, str(form.get("stap", ""))
    if not REFERENCE.fullmatch(step):
        raise HTTPException(422)
    undone = arrangements.undo(desk.engine, audience, number, int(step), reviewer_of(request).id, desk.clock())
    return "?wat=terug" if undone else "?wat=niet-terug"


@action
def approve(request: Request, form: FormData, desk: Desk, audience: Audience) -> str:
    """Approve the letter that was looked at, or take that back; when it changed since, nothing is approved."""
    edition, me = desk.editor.upcoming(audience), reviewer_of(request).id
    if form.get("doe") == "niet-goed":
        arrangements.withdraw(desk.engine, audience, edition.number, me, desk.clock())
        return "?wat=niet-goed#versturen"
    if form.get("gezien") != wording(edition):
        return "?wat=intussen#versturen"
    arrangements.approve(desk.engine, edition, desk.editor.letter(edition).subject, me, desk.clock())
    return "?wat=goed#versturen"


@action
def plan(request: Request, form: FormData, desk: Desk, audience: Audience) -> str:
    """Give the letter a moment of its own, or the weekly one back."""
    edition = desk.editor.upcoming(audience)
    if form.get("doe") == "gewoon":
        _change(request, edition, "plan letter", lambda one: replace(one, planned_at=None))
        return "?wat=gepland#versturen"
    try:
        at = datetime.fromisoformat(f"{form.get('dag', '')}T{form.get('tijd', '')}").replace(tzinfo=desk.zone)
        moment = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return "?wat=geen-moment#versturen"
    if moment <= desk.clock():
        return "?wat=te-vroeg#versturen"
    if moment - desk.clock() > FARTHEST_AHEAD:
        return "?wat=te-ver#versturen"
    if desk.editor.made(audience, at):
        return "?wat=dubbel#versturen"
    _change(request, edition, "plan letter", lambda one: replace(one, planned_at=moment))
    return "?wat=gepland#versturen"


@action
def look_at_links(request: Request, form: FormData, desk: Desk, audience: Audience) -> str:
    """Ask now whether the pages that the letter links to are there; for one person at a time."""
    looking: threading.Lock = request.app.state.looking_at_links
    if not looking.acquire(blocking=False):
        return "?wat=links-bezig#controle"
    try:
        dead_links.look_now(desk.engine, desk.live.current, desk.editor.upcoming(audience), desk.clock())
    finally:
        looking.release()
    return "?wat=links#controle"


@action
def hold(request: Request, form: FormData, desk: Desk, audience: Audience) -> str:
    """Keep the letter from going, or let it go again."""
    held = form.get("doe") == "houd"
    name = "hold letter" if held else "release letter"
    _change(request, desk.editor.upcoming(audience), name, lambda one: replace(one, held=held))
    return "?wat=houd#versturen" if held else "?wat=laat#versturen"


@action
def try_out(request: Request, form: FormData, desk: Desk, audience: Audience) -> str:
    """Mail the letter to who asks for it."""
    me, edition = reviewer_of(request), desk.editor.upcoming(audience)
    answer = mail_sample(desk.live.current, desk.editor.letter(edition), me.email, me.name, desk.clock())
    done = answer.outcome is Outcome.TAKEN
    if done:
        subject = arrangements.subject_of(audience, edition.number)
        record.note_alone(desk.engine, me.id, "sample letter", subject, desk.clock())
    return "?wat=proef#voorbeeld" if done else "?wat=proef-mislukt#voorbeeld"


def stop(request: Request) -> Response:
    """Stop a letter that is on its way; what was sent stays sent."""
    return _sending(request, "stop letter", lambda desk, number, witness: store.stop(desk.engine, number, witness))


def resume(request: Request) -> Response:
    """Let a stopped letter go on."""

    def go_on(desk: Desk, number: int, witness: store.Witness) -> bool:
        return store.resume(desk.engine, number, desk.clock(), witness)

    return _sending(request, "resume letter", go_on)


def _sending(request: Request, name: str, do: Callable[[Desk, int, store.Witness], bool]) -> Response:
    desk, number = desk_of(request), str(request.path_params["edition_id"])
    if not REFERENCE.fullmatch(number) or int(number) >= 2**31:
        raise HTTPException(404)
    do(desk, int(number), arrangements.noting(name, desk.clock(), reviewer_of(request).id))
    return RedirectResponse("/brief", status_code=303)


def _change(request: Request, edition: Edition, name: str, changed: Callable[[Arrangement], Arrangement]) -> None:
    desk, me = desk_of(request), reviewer_of(request).id
    arrangements.change(desk.engine, edition.audience, edition.number, me, name, desk.clock(), changed)


def _place(edition: Edition, reference: str, step: str, form: FormData) -> tuple[Entry, Kind, int]:
    """Which entry is to go to which place of which part: its own part, unless another one is named."""
    entry = next((one for one in edition.entries if one.reference == reference), None)
    if entry is None:
        raise HTTPException(422)
    part, wanted = str(form.get("deel") or entry.part), str(form.get("plek", ""))
    if step in ("omhoog", "omlaag"):
        now = [one.reference for one in edition.entries if one.part is entry.part].index(reference)
        return entry, entry.part, now - 1 if step == "omhoog" else now + 1
    if part not in entry.places:
        raise HTTPException(422)
    if step == "plek" and wanted.isascii() and wanted.isdigit() and len(wanted) < 5:
        return entry, Kind(part), int(wanted)
    if step != "deel":
        raise HTTPException(422)
    return entry, Kind(part), len(edition.entries)
