"""Tips of readers, for people to look at: an address, and why somebody thinks it matters."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digest import tips
from monitor.desk import phrases
from monitor.desk.cards import Link, web_address
from monitor.desk.decisions import ITEM_ID, LARGEST_ID, Told
from monitor.desk.pages import desk_of, page, reviewer_of
from monitor.store import record


@dataclass(frozen=True)
class TipLine:
    """A tip in words."""

    id: int
    link: Link
    site: str
    remark: str
    told: str


def overview(request: Request) -> Response:
    """The tips that nobody handled yet, the oldest first."""
    desk = desk_of(request)
    lines = [
        TipLine(
            one.id,
            Link(one.address, web_address(one.address)),
            urlsplit(one.address).hostname or "",
            one.remark,
            phrases.moment(one.told_at, desk.now()),
        )
        for one in tips.waiting(desk.engine)
    ]
    told = Told("De tip is van de lijst.") if request.query_params.get("gezien") == "1" else None
    return page(request, "tips.html", lines=lines, told=told)


def handle(request: Request) -> Response:
    """Take a tip off the list."""
    desk, tip_id = desk_of(request), str(request.path_params["tip_id"])
    if not ITEM_ID.fullmatch(tip_id) or int(tip_id) > LARGEST_ID:
        raise HTTPException(404)
    if tips.handle(desk.engine, int(tip_id), desk.clock()):
        record.note_alone(desk.engine, reviewer_of(request).id, "tip", f"tip/{tip_id}", desk.clock())
    return RedirectResponse("/tips?gezien=1", status_code=303)
