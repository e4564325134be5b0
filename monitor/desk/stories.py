"""A story told by several sources: who else tells it, and taking an item out of it by hand."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.desk import decisions
from monitor.desk.pages import desk_of, reviewer_of
from monitor.store import tellings


def split(request: Request) -> Response:
    """Take an item out of its story; it then stands on its own in its list until somebody takes that back."""
    desk, item = desk_of(request), decisions.item_of(request)
    tellings.split(desk.engine, item.id, reviewer_of(request).id, desk.clock())
    return RedirectResponse(f"/item/{item.id}?na={item.id}&wat=los", status_code=303)


def rejoin(request: Request) -> Response:
    """Put an item back into the story it was taken out of."""
    desk, item = desk_of(request), decisions.item_of(request)
    back = tellings.rejoin(desk.engine, item.id, reviewer_of(request).id, desk.clock())
    return RedirectResponse(f"/item/{item.id}?na={item.id}&wat={'weerbij' if back else 'blijftlos'}", status_code=303)
