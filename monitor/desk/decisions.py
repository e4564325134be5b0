"""What people do with an item: decide, take it back, write; and what the page tells them afterwards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from monitor.desk import phrases
from monitor.desk.cards import DECISIONS
from monitor.desk.choice import choice_in
from monitor.desk.english import spoken
from monitor.desk.pages import Desk, desk_of, reviewer_of, wants_json
from monitor.store import reviews, talk
from monitor.store.record import RecordLine
from monitor.store.reviews import ACCEPTED, REJECTED, QueuedItem

LONGEST_TEXT = 3000
ITEM_ID = re.compile(r"[1-9][0-9]{0,9}")
LARGEST_ID = 2**31 - 1
LISTS = {
    "wachtrij": "/",
    "terzijde": "/terzijde",
    "steekproef": "/steekproef",
    "gekozen": "/gekozen",
    "afgewezen": "/afgewezen",
    "tweede-mening": "/tweede-mening",
    "zoeken": "/zoeken",
}
BY_ITEM = frozenset({"gekozen", "afgewezen", "zoeken"})  # a page of these lists begins after an item, not after a score
ACTIONS = {
    ACCEPTED: "koos dit bericht",
    REJECTED: "wees dit bericht af",
    "undo": "draaide het besluit terug",
    "split": "maakte dit bericht los van een ander",
    "rejoin": "zette dit bericht terug bij een ander",
    "amend": "paste aan hoe dit bericht in de brief komt",
    "claim": "pakte dit bericht op",
    "let go": "legde dit bericht terug",
    "opinion": "gaf een mening",
    "ask second": "vroeg om een tweede mening",
    "ask no more": "trok de vraag om een tweede mening in",
    "comment": "schreef een opmerking",
    "withdraw comment": "trok een opmerking in",
    "comment again": "zette een opmerking terug",
    "tip taken up": "maakte dit bericht van een tip",
}
DONE = {
    "bekend": "De radar had {} al; er is niets bijgekomen.",
    "los": "{} staat nu op zichzelf.",
    "weerbij": "{} hoort weer bij hetzelfde verhaal.",
    "blijftlos": "{} blijft op zichzelf staan: er is intussen iets mee gedaan.",
    "tekst": "Bewaard bij {}.",
    "teksterug": "De vorige tekst staat weer bij {}.",
    "aangepast": "De aanpassing van {} is bewaard.",
    "aanpassingterug": "De vorige aanpassing van {} geldt weer.",
    "opgepakt": "U bekijkt {}. Collega’s zien dat een kwartier lang.",
    "bezet": "Een collega bekijkt {} al.",
    "teruggelegd": "U bekijkt {} niet meer.",
    "mening": "Uw mening over {} is bewaard.",
    "gevraagd": "U vraagt om een tweede mening over {}.",
    "niet-gevraagd": "Er is geen tweede mening meer nodig over {}.",
    "opmerking": "Uw opmerking staat bij {}.",
    "ingetrokken": "Uw opmerking bij {} is ingetrokken.",
    "opmerkingterug": "Uw opmerking staat weer bij {}.",
}
UNDONE_AT = {
    "tekst": "tekst/ongedaan",
    "aangepast": "aanpassen/ongedaan",
    "los": "los/ongedaan",
    "opgepakt": "terugleggen",
    "ingetrokken": "opmerking/ongedaan",
}
STANDS_ALONE = {"los": True, "weerbij": False, "blijftlos": True}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Told:
    """What the page says after an action; `undo` is where to take it back, or ""."""

    text: str
    undo: str = ""


@dataclass(frozen=True)
class Back:
    """The list that a form stands on: its name, where the page of it starts, and what was chosen (as in an address)."""

    name: str
    start: str = ""
    choice: str = ""


async def decide(request: Request) -> Response:
    """Accept or reject an item, and keep what was typed beside it."""
    async with request.form() as form:
        return await run_in_threadpool(_decide, request, form)


async def undo(request: Request) -> Response:
    """Take the last decision on an item back."""
    async with request.form() as form:
        return await run_in_threadpool(_undo, request, form)


async def write(request: Request) -> Response:
    """Keep the text for the letter and the note."""
    async with request.form() as form:
        return await run_in_threadpool(_write, request, form)


def is_id(text: str) -> bool:
    """Whether a text can be the id of an item."""
    return bool(ITEM_ID.fullmatch(text)) and int(text) <= LARGEST_ID


async def unwrite(request: Request) -> Response:
    """Bring back the text that stood there before."""
    async with request.form() as form:
        return await run_in_threadpool(_unwrite, request, form)


def item_named(desk: Desk, item_id: str) -> QueuedItem | None:
    """The item with this id, or None; any text may come in."""
    if not is_id(item_id):
        return None
    return reviews.one(desk.engine, int(item_id))


def item_of(request: Request) -> QueuedItem:
    """The item that the address of the page names; raises what leads to the 404 page when there is none."""
    item = item_named(desk_of(request), str(request.path_params["item_id"]))
    if item is None:
        raise HTTPException(404)
    return item


def told_after(request: Request) -> Told | None:
    """What to say after the action that led here: made from what the store holds, never from the address itself."""
    what = request.query_params.get("wat", "")
    item = item_named(desk_of(request), request.query_params.get("na", "")) if what else None
    return _told(item, what) if item else None


def line_of_record(row: RecordLine, now: datetime) -> str:
    """One line of the record in words: who did what, and when."""
    action = ACTIONS.get(row.action) or _written_words(row.before, row.after)
    return f"{row.who} {action}, {phrases.moment(row.at, now)}."


def _decide(request: Request, form: FormData) -> Response:
    desk, reviewer = desk_of(request), reviewer_of(request)
    item, decision = item_of(request), str(form.get("besluit", ""))
    if decision not in DECISIONS:
        raise HTTPException(422)
    if item.decision not in (decision, str(form.get("was", ""))):
        return answer(request, form, item, "intussen")
    _keep_text(desk, reviewer.id, item, form)
    reviews.decide(desk.engine, item.id, reviewer.id, decision, desk.clock())
    return answer(request, form, item, "besluit")


def _undo(request: Request, form: FormData) -> Response:
    desk, item = desk_of(request), item_of(request)
    reviews.undo(desk.engine, item.id, reviewer_of(request).id, desk.clock())
    return answer(request, form, item, "ongedaan")


def _write(request: Request, form: FormData) -> Response:
    desk, item = desk_of(request), item_of(request)
    _keep_text(desk, reviewer_of(request).id, item, form)
    return answer(request, form, item, "tekst")


def _unwrite(request: Request, form: FormData) -> Response:
    desk, item = desk_of(request), item_of(request)
    reviews.unwrite(desk.engine, item.id, reviewer_of(request).id, desk.clock())
    return answer(request, form, item, "teksterug")


def _keep_text(desk: Desk, reviewer_id: int, item: QueuedItem, form: FormData) -> None:
    """Write the fields that this person changed; a field left alone keeps what a colleague wrote in the meantime."""
    stored = {"samenvatting": item.summary, "waarom": item.why, "notitie": ""}
    summary, why, note = (_typed(form, name, text) for name, text in stored.items())
    reviews.write(desk.engine, item.id, reviewer_id, summary=summary, why=why, now=desk.clock())
    if note:
        talk.say(desk.engine, item.id, reviewer_id, note, desk.clock())


def _typed(form: FormData, name: str, stored: str) -> str:
    if name not in form:
        return stored
    typed = clean(str(form[name]))
    if typed == clean(str(form.get(f"was_{name}", ""))):
        return stored
    if len(typed) > LONGEST_TEXT:
        raise HTTPException(413)
    return typed


def clean(text: str) -> str:
    """What was typed, without control characters and space around it."""
    return CONTROL.sub("", text.replace("\r\n", "\n")).strip()


def answer(request: Request, form: FormData, before: QueuedItem, what: str) -> Response:
    """Tell what was done: our script in JSON; a browser without it goes back to where it was, which tells the same."""
    if not wants_json(request):
        told = {"na": str(before.id), "wat": what}
        return RedirectResponse(back_to(desk_of(request), form, f"/item/{before.id}", told), status_code=303)
    told_now = _told(reviews.one(desk_of(request).engine, before.id) or before, what) or Told("")
    refused = what in ("intussen", "bezet")
    told_to_script = {"text": told_now.text, "undo": told_now.undo}
    return spoken(request, JSONResponse(told_to_script, status_code=409 if refused else 200))


def back_to(desk: Desk, form: FormData, otherwise: str, told: Mapping[str, str]) -> str:
    """The page the form stood on, by its name: an address in a form is never followed."""
    name, start = str(form.get("van", "")), str(form.get("vanaf", ""))
    query = choice_in(desk, str(form.get("keuze", ""))).address if name in LISTS else ""
    if start and name in LISTS:
        told = dict(told) | {"voor_id" if name in BY_ITEM else "vanaf": start}
    return f"{LISTS.get(name, otherwise)}?{query}{'&' if query else ''}{urlencode(told)}"


def _told(item: QueuedItem, what: str) -> Told | None:
    title = f"“{item.title}”"
    decided = DECISIONS.get(item.decision, "")
    if what == "besluit" and decided:
        return Told(f"{phrases.sentence(decided)}: {title}.", f"/item/{item.id}/ongedaan")
    if what == "intussen" and decided:
        return Told(f"{item.decided_by} heeft {title} intussen al {decided}. Uw besluit is niet bewaard.")
    if what == "ongedaan":
        place = {ACCEPTED: "Gekozen", REJECTED: "Afgewezen"}.get(item.decision, "de wachtrij")
        if not item.decision and not item.judgement.flagged:
            place = "Terzijde gelegd"
        return Told(f"Ongedaan gemaakt. {title} staat weer in {place}.")
    if what in STANDS_ALONE and STANDS_ALONE[what] is not (item.told_as is None):
        return None
    undo = f"/item/{item.id}/{UNDONE_AT[what]}" if what in UNDONE_AT else ""
    return Told(DONE[what].format(title), undo) if what in DONE else None


def _written_words(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    fields = (("summary", "de tekst voor de brief"), ("why", "waarom het telt"), ("note", "de notitie"))
    changed = [words for name, words in fields if before.get(name, "") != after.get(name, "")]
    return f"schreef {' en '.join(changed)}"
