"""When each page was seen to change, so that a reader who has it already is told so (RFC 9110, 8.8.2 and 13.1.3)."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

MOST_REMEMBERED = 2_000


@dataclass
class Revisions:
    """The tag of each page and since when it has it, in memory; it starts anew with the process, which is only later.

    A page that is asked is always made, so a date never outlives what it stands for.
    """

    seen: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def since(self, page: str, tag: str, now: datetime) -> datetime:
        """Since when the page is as it is now, in whole seconds; another content gets a later second."""
        moment = now.replace(microsecond=0)
        with self.lock:
            before, then = self.seen.pop(page, ("", moment))
            if before == tag:
                moment = then
            elif before:
                moment = max(moment, then + timedelta(seconds=1))
            self.seen[page] = (tag, moment)
            if len(self.seen) > MOST_REMEMBERED:
                del self.seen[next(iter(self.seen))]
        return moment


def has_it(since: datetime, tag: str, if_none_match: str, if_modified_since: str) -> bool:
    """Whether who asks holds the page as it is now; a tag that they name goes before a date."""
    if if_none_match:
        tags = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
        return tag in tags or "*" in tags
    try:
        return parsedate_to_datetime(if_modified_since) >= since
    except (ValueError, TypeError):
        return False
