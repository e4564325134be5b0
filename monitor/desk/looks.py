"""The looks around at pasted addresses, which go on in the background."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawlers.findings import Findings
    from crawlers.probing import Ask

AT_ONCE = 2
MOST_KEPT = 20


@dataclass(slots=True)
class Look:
    """One look around at an address: what was asked so far, and what it found when it is done."""

    address: str
    asked: list[str] = field(default_factory=list)
    findings: Findings | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Looks:
    """The looks around that are going on or were made lately; they live as long as this process."""

    def __init__(self) -> None:
        self._looks: dict[str, Look] = {}

    def begin(self, address: str, events: Iterator[Ask | Findings]) -> str:
        """Look around in the background; returns the name to ask for it by, "" when too many are going on."""
        if sum(look.findings is None for look in self._looks.values()) >= AT_ONCE:
            return ""
        name, look = secrets.token_urlsafe(9), Look(address)
        self._looks = dict([*self._looks.items(), (name, look)][-MOST_KEPT:])
        threading.Thread(target=_look, args=(look, events), daemon=True).start()
        return name

    def get(self, name: str) -> Look | None:
        """The look of that name, or None."""
        return self._looks.get(name)


def _look(look: Look, events: Iterator[Ask | Findings]) -> None:
    from crawlers.probing import Ask  # what looks around, which happens a few times a year

    for event in events:
        if isinstance(event, Ask):
            look.asked.append(event.asking)
        else:
            look.findings = event
    look.done.set()
