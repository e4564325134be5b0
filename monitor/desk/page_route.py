"""A route of the desk with the least role that it asks for, so that no page can forget to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import cached_property
from inspect import iscoroutinefunction
from pkgutil import resolve_name
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from monitor.desk.english import spoken
from monitor.desk.pages import database_of, desk_of, error_page, wants_json
from monitor.desk.session import token_of
from monitor.role import Role
from monitor.store import people
from monitor.store.database import reading

QUICK_AT_ONCE = 3


class PageRoute(Route):
    """A page or an action; `role` is the least role it asks for, None for what anybody may see.

    Who is not signed in, or in a lesser role, is refused before anything is done. What is `quick` takes a millisecond
    of computing, so it waits for its turn rather than for the others to let it go on each time it asks the database.
    """

    def __init__(
        self,
        path: str,
        page: str | Callable[..., Any],
        role: Role | None,
        methods: Sequence[str] = ("GET",),
        *,
        quick: bool = False,
        middleware: Sequence[Middleware] = (),
    ) -> None:
        super().__init__(path, self._open, methods=list(methods), middleware=middleware)
        self.role = role
        self.quick = quick
        self._page = page

    @cached_property
    def page(self) -> Callable[..., Any]:
        """What answers; a page that is given as "module.name" is imported from the desk when it is first asked for."""
        name = self._page
        # With a colon, or a module that cannot be imported is told as a name that is missing.
        found = resolve_name(f"monitor.desk.{name.replace('.', ':')}") if isinstance(name, str) else name
        assert callable(found)
        return found

    async def _open(self, request: Request) -> Response:
        """Answer in the way of the page: one that is not a coroutine gets a thread."""
        page = self.page
        answer: Response = await (page(request) if iscoroutinefunction(page) else to_thread.run_sync(page, request))
        return answer

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request when the role of who asks allows it, else say that it does not."""
        if self.role is None:
            await super().handle(scope, receive, send)
            return
        request = Request(scope, receive, send)
        if request.method in (self.methods or ()) and not iscoroutinefunction(self.page):
            lane: CapacityLimiter | None = request.app.state.quick_lane if self.quick else None
            await (await to_thread.run_sync(self._answer, request, limiter=lane))(scope, receive, send)
        elif refusal := await to_thread.run_sync(self._refusal, request):
            await refusal(scope, receive, send)
        else:
            await super().handle(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        with reading(desk_of(request).engine) if self.quick else nullcontext() as request.state.database:
            answer: Response = self._refusal(request) or self.page(request)
        return answer

    def _refusal(self, request: Request) -> Response | None:
        """What is said to who may not see this page; None when they may."""
        assert self.role
        desk = desk_of(request)
        token = token_of(request, secure=desk.secure)
        signed_in = people.signed_in(database_of(request), token, desk.clock()) if token else None
        if signed_in is None:
            if wants_json(request):
                return spoken(request, JSONResponse({"text": "U bent niet meer ingelogd."}, status_code=401))
            return RedirectResponse("/inloggen", status_code=303)
        request.state.reviewer, request.state.notices, request.state.snapshot = signed_in
        if not signed_in.reviewer.role.may(self.role):
            return error_page(request, 403, desk.pages, lacks=self.role)
        return None
