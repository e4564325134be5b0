"""How fast letters may go: so many a minute in all, and so many to the addresses of one domain. Pure.

Each name (a domain, or EVERYBODY) has one moment: until then its letters of this minute are given out. A letter moves
that moment on by its share of a minute, and may go as long as the moment lies less than a minute ahead (the generic
cell rate algorithm of ITU-T I.371). So a minute's worth may go at once, and no more than that is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

EVERYBODY = ""
CALLED_OFF = "421"  # the relay asked to be left alone
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Limits:
    """The most letters a minute, in all and to one domain; 0 is no limit."""

    per_minute: int = 0
    per_domain: int = 0


NO_LIMITS = Limits()


@dataclass
class Pace:
    """What went lately, held against the limits; `moved` names what changed since it was last kept."""

    limits: Limits
    free_at: dict[str, datetime] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)

    def open_at(self, email: str, now: datetime) -> datetime:
        """When a letter to this address may go; `now` or earlier means at once."""
        return max([self.free_at.get(CALLED_OFF, now), *(self._opens(*limit, now) for limit in self._limits(email))])

    def shut_until(self, now: datetime) -> datetime | None:
        """From when on anybody at all may get a letter; None when that is now."""
        opens = self.free_at.get(CALLED_OFF, now)
        if self.limits.per_minute:
            opens = max(opens, self._opens(EVERYBODY, self.limits.per_minute, now))
        return opens if opens > now else None

    def take(self, email: str, now: datetime) -> bool:
        """Count a letter to this address, if it may go now; False when it has to wait."""
        if self.open_at(email, now) > now:
            return False
        for name, limit in self._limits(email):
            self.free_at[name] = max(self.free_at.get(name, now), now) + MINUTE / limit
            self.moved.add(name)
        return True

    def call_off(self, until: datetime) -> None:
        """Let nothing go before a moment."""
        self.free_at[CALLED_OFF] = until
        self.moved.add(CALLED_OFF)

    def changes(self) -> Mapping[str, datetime]:
        """What has to be kept since the last time this was asked."""
        changed = {name: self.free_at[name] for name in self.moved}
        self.moved.clear()
        return changed

    def _opens(self, name: str, limit: int, now: datetime) -> datetime:
        return self.free_at.get(name, now) - MINUTE + MINUTE / limit

    def _limits(self, email: str) -> Iterable[tuple[str, int]]:
        if self.limits.per_minute:
            yield EVERYBODY, self.limits.per_minute
        if self.limits.per_domain:
            yield email.rpartition("@")[2], self.limits.per_domain
