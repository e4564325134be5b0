"""The page of the record: who did what and when, to filter, to read and to take along."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from digest.edition import Audience
from monitor.desk import phrases
from monitor.desk.pages import Desk, desk_of, page
from monitor.store import people, record
from monitor.store.record import Filter, RecordLine

PER_PAGE = 50
LARGEST_ID = 2**31 - 1
COLUMNS = ("moment", "wie", "wat", "waarvan", "titel", "voor", "na")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
ACTIONS = {
    "accepted": "koos",
    "rejected": "wees af",
    "undo": "draaide een besluit terug",
    "write": "schreef een tekst",
    "amend": "paste aan hoe een bericht in de brief komt",
    "claim": "pakte een bericht op",
    "let go": "legde een bericht terug",
    "opinion": "gaf een mening",
    "ask second": "vroeg om een tweede mening",
    "ask no more": "trok de vraag om een tweede mening in",
    "comment": "schreef een opmerking",
    "withdraw comment": "trok een opmerking in",
    "comment again": "zette een opmerking terug",
    "together": "besliste over berichten samen",
    "arrange": "stelde een brief samen",
    "introduce": "schreef een inleiding",
    "approve": "keurde een brief goed",
    "no longer approve": "trok een goedkeuring in",
    "undo letter": "draaide een stap met een brief terug",
    "plan letter": "plande een brief",
    "hold letter": "hield een brief tegen",
    "release letter": "liet een brief weer gaan",
    "sample letter": "stuurde zichzelf een proef",
    "freeze letter": "zette een brief vast",
    "send letter": "verstuurde een brief",
    "stop letter": "stopte het verzenden",
    "resume letter": "liet het verzenden verder gaan",
    "letter arrived": "zei dat een onzekere brief aankwam",
    "letter once more": "liet een onzekere brief nog eens sturen",
    "doubt again": "draaide een besluit over een onzekere brief terug",
    "add source": "voegde een bron toe",
    "switch on": "zette een bron aan",
    "switch off": "zette een bron uit",
    "repair source": "herstelde een bron",
    "repair undone": "zette het vorige adres van een bron terug",
    "close gap": "keek zelf of er iets gemist was",
    "reopen gap": "vroeg weer om zelf te kijken",
    "split": "maakte los van een verhaal",
    "rejoin": "zette terug in een verhaal",
    "sign in": "logde in",
    "account": "koppelde een account",
    "sign out": "logde uit",
    "sign out everywhere": "logde overal uit",
    "wrong password": "probeerde in te loggen",
    "password": "veranderde het wachtwoord",
    "two steps on": "zette inloggen in twee stappen aan",
    "two steps off": "zette inloggen in twee stappen uit",
    "invite": "nodigde iemand uit",
    "role": "veranderde een rol",
    "withdraw": "nam toegang weg",
    "tip": "haalde een tip van de lijst",
    "tip again": "zette een tip terug op de lijst",
    "tip taken up": "maakte van een tip een bericht",
    "words": "bewaarde een versie",
    "model": "nam een model in gebruik",
}
SORTS = {
    "item": "bericht",
    "batch": "berichten samen",
    "person": "persoon",
    "edition": "brief",
    "source": "bron",
    "words": "woordenlijst",
    "model": "model",
    "tip": "tip",
}
FIELDS = {
    "decision": "besluit",
    "summary": "tekst voor de brief",
    "why": "waarom het telt",
    "note": "notitie",
    "comment": "opmerking",
    "opinion": "mening",
    "title": "titel",
    "kind": "soort",
    "audiences": "voor wie",
    "themes": "thema’s",
    "event": "bijeenkomst",
    "no_event": "geen bijeenkomst",
    "items": "berichten",
    "role": "rol",
    "email": "e-mailadres",
    "name": "naam",
    "way": "manier",
    "intro": "inleiding",
    "order": "volgorde",
    "taken_in": "erin gezet",
    "left_out": "eruit gelaten",
    "placed": "in een ander deel",
    "planned_at": "moment van verzenden",
    "held": "tegengehouden",
    "wording": "kenmerk van de brief",
    "story": "verhaal",
    "addresses": "adressen",
    "endpoint": "tekst in sources.yaml",
    "state": "staat",
    "subject": "onderwerp",
    "readers": "lezers",
    "sent": "verstuurd",
    "deliveries": "verzendingen",
}
ENTRIES = frozenset({"order", "taken_in", "left_out", "placed"})  # lists of items, by their ids
MARK = 8  # characters of a fingerprint of 64; enough to see that two are the same
CODED = frozenset({"decision", "opinion", "role", "way", "held", "no_event", "state"})
VALUES = {
    "accepted": "gekozen",
    "rejected": "afgewezen",
    "password": "wachtwoord",
    "link": "link uit de mail",
    "in_doubt": "onzeker",
    "sent": "aangekomen",
    "again": "gaat nog eens",
}


@dataclass(frozen=True)
class Line:
    """One line of the record in words."""

    moment: str
    who: str
    what: str
    subject: str
    titled: bool
    address: str
    changes: tuple[tuple[str, str, str, bool], ...]


def overview(request: Request) -> Response:
    """The latest lines that were asked for."""
    desk, asked = desk_of(request), request.query_params
    wanted = _filter(request)
    found = record.page(desk.engine, wanted, before_id=_number(asked.get("voor", "")), limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    names, titles = people.names(desk.engine), record.titles(desk.engine, _entries(shown))
    kept = {name: value for name, value in asked.items() if name in ("wie", "wat", "soort", "van", "tot") and value}
    return page(
        request,
        "record.html",
        lines=[_line(desk, line, names, titles) for line in shown],
        people=people.reviewers(desk.engine),
        actions=[(name, action_in_words(name)) for name in record.actions(desk.engine)],
        sorts=SORTS,
        asked={name: asked.get(name, "") for name in ("wie", "wat", "soort", "van", "tot")},
        following="?" + urlencode(kept | {"voor": shown[-1].id}) if len(found) > PER_PAGE else "",
        export="?" + urlencode(kept) if kept else "",
    )


def as_csv(request: Request) -> Response:
    """All lines that were asked for as CSV, in which no cell can be taken for a formula."""
    lines = record.everything(desk_of(request).engine, _filter(request))
    return _download(_csv(lines), "text/csv; charset=utf-8", "logboek.csv")


def as_json(request: Request) -> Response:
    """All lines that were asked for as one JSON list."""
    lines = record.everything(desk_of(request).engine, _filter(request))
    return _download(_json(lines), "application/json", "logboek.json")


def action_in_words(action: str) -> str:
    """What was done, in Dutch; an action that has no words yet is shown as it is."""
    return ACTIONS.get(action, action)


def _download(content: Iterator[str], media_type: str, name: str) -> Response:
    return StreamingResponse(
        content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'}
    )


def _csv(lines: Iterator[RecordLine]) -> Iterator[str]:
    yield "\ufeff" + _row(COLUMNS)  # the mark tells Excel that this is UTF-8
    for line in lines:
        changes = (json.dumps(dict(change), ensure_ascii=False) for change in (line.before, line.after))
        yield _row((line.at.isoformat(), line.who, line.action, line.subject, line.title, *changes))


def _row(cells: tuple[str, ...]) -> str:
    out = StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return out.getvalue()


def _json(lines: Iterator[RecordLine]) -> Iterator[str]:
    yield "["
    for number, line in enumerate(lines):
        values = {
            "at": line.at.isoformat(),
            "who": line.who,
            "action": line.action,
            "subject": line.subject,
            "title": line.title,
            "before": dict(line.before),
            "after": dict(line.after),
        }
        yield (",\n" if number else "\n") + json.dumps(values, ensure_ascii=False)
    yield "\n]\n"


def _filter(request: Request) -> Filter:
    """What was asked for; anything that is no person, sort or day asks for nothing."""
    desk, asked = desk_of(request), request.query_params
    until = _day(asked.get("tot", ""))
    return Filter(
        reviewer_id=_number(asked.get("wie", "")),
        action=asked.get("wat", "").replace("\x00", ""),
        sort=asked["soort"] if asked.get("soort") in SORTS else "",
        since=_midnight(desk, _day(asked.get("van", ""))),
        until=_midnight(desk, until + timedelta(days=1) if until and until < date.max else until),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= LARGEST_ID else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(desk: Desk, day: date | None) -> datetime | None:
    if day is None or not 1900 < day.year < 3000:
        return None
    return datetime.combine(day, time.min, desk.zone)


def _entries(lines: Iterable[RecordLine]) -> Iterator[int]:
    """The items that stand in lists of the record."""
    for line in lines:
        for change in (line.before, line.after):
            for field in ENTRIES & change.keys():
                yield from (int(one.partition(":")[0]) for one in change[field])


def _line(desk: Desk, line: RecordLine, names: Mapping[int, str], titles: Mapping[str, str]) -> Line:
    sort, _, name = line.subject.partition("/")
    titled = f"{SORTS.get(sort, sort)} {name}".strip()
    if sort == "person":
        titled = names.get(int(name), titled)
        titled = "" if titled == line.who else titled  # who signs in does so for nobody else
    if sort == "edition":
        audience, _, number = name.partition(" ")
        titled = f"brief {number} voor {Audience(audience).plural}"
    address = f"/item/{name}" if sort == "item" else ""
    return Line(
        phrases.moment(line.at, desk.now()),
        line.who,
        action_in_words(line.action),
        line.title or titled,
        bool(line.title),
        address,
        tuple(_changes(line.before, line.after, titles)),
    )


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], titles: Mapping[str, str]
) -> Iterator[tuple[str, str, str, bool]]:
    """Each field that changed, what it was and became, and whether that is a word of ours or what somebody wrote."""
    for name in dict.fromkeys((*before, *after)):
        was, became = before.get(name, ""), after.get(name, "")
        if was != became:
            yield FIELDS.get(name, name), _value(name, was, titles), _value(name, became, titles), name in CODED


def _value(name: str, value: Any, titles: Mapping[str, str]) -> str:
    if name in ENTRIES and isinstance(value, list):
        parts = (str(one).partition(": ") for one in value)
        return " · ".join(f"{titles.get(item, item)}{colon}{part}" for item, colon, part in parts)
    if name == "wording":
        return str(value)[:MARK]
    if isinstance(value, str):
        return VALUES.get(value, value)
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return json.dumps(value, ensure_ascii=False)
