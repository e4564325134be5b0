"""Notes what was really asked for one address: every hop of a redirect, and every try."""

from __future__ import annotations

from typing import Any

TRAIL = "radar_trail"


class TrailMiddleware:
    """Stands nearest to the network, so that nothing is asked that it does not see."""

    def process_response(self, request: Any, response: Any) -> Any:
        """Note an answer with its HTTP status."""
        _note(request, response.status)
        return response

    def process_exception(self, request: Any, exception: Exception) -> None:
        """Note that no answer came."""
        _note(request, 0)


def _note(request: Any, status: int) -> None:
    trail = request.meta.get(TRAIL)
    if trail is not None:
        trail.append((request.url, status))
