"""The page that one comes in on as it was last put together, for everybody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from monitor.desk.pages import Desk
from monitor.settings import Settings
from monitor.store import arrivals

if TYPE_CHECKING:
    from monitor.desk.overview import Glance


class LastGlance:
    """The page as it was last put together, for all who ask; many threads may.

    It is put together anew as soon as anybody did anything, a source was read, or the settings changed, and each
    minute: what readers of the letter do, and how far a mailing is, shows up within that minute.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._settings: Settings | None = None
        self._mark: tuple[object, ...] = ()
        self._glance: Glance | None = None

    def of(self, desk: Desk, glance: Callable[[Desk], Glance]) -> Glance:
        """The page as it is now; `glance` puts it together."""
        settings, now = desk.live.current, desk.now()
        mark = (*arrivals.mark(desk.engine), now.replace(second=0, microsecond=0))
        with self._lock:
            if self._glance is None or self._settings is not settings or self._mark != mark:
                self._glance = glance(desk)
                self._settings, self._mark = settings, mark
            return self._glance
