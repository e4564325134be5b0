"""Which sites of one run asked to be left alone, and until when, for all sources that are on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rest:
    """A site is to be left alone until `until` (seconds on the clock of the run); it told so at the visit to `told`."""

    until: float
    told: str


@dataclass(slots=True)
class Resting:
    """The sites that rest, by the name of their server."""

    sites: dict[str, Rest] = field(default_factory=dict)

    def note(self, asked: Mapping[str, float], told: str, now: float) -> None:
        """Take in for how many seconds servers asked to be left alone at the visit to the source `told`."""
        for name, seconds in asked.items():
            if name not in self.sites or self.sites[name].until < now + seconds:
                self.sites[name] = Rest(now + seconds, told)

    def of(self, name: str, now: float) -> Rest | None:
        """The rest that a server still has; None when it may be asked."""
        rest = self.sites.get(name)
        return rest if rest and rest.until > now else None
