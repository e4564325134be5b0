"""A route of the desk with the least role that it asks for, so that no page can forget to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from monitor.desk.pages import desk_of, error_page, reviewer_of
from monitor.role import Role


class PageRoute(Route):
    """A page or an action; `role` is the least role it asks for, None for what anybody may see.

    The guard has seen to it that somebody is signed in before a page with a role is reached.
    """

    def __init__(
        self, path: str, endpoint: Callable[..., Any], role: Role | None, methods: Sequence[str] = ("GET",)
    ) -> None:
        super().__init__(path, endpoint, methods=list(methods))
        self.role = role

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when the role of who asks allows it, else say that it does not."""
        request = Request(scope, receive)
        if self.role and not reviewer_of(request).role.may(self.role):
            await error_page(request, 403, desk_of(request).pages, lacks=self.role)(scope, receive, send)
        else:
            await super().handle(scope, receive, send)
