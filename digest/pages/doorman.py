"""Limits for forms that need no sign-in: what a network did lately is counted in memory, and written down nowhere."""

from __future__ import annotations

import ipaddress
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.requests import Request

MOST_REMEMBERED = 20_000


@dataclass
class Doorman:
    """Lets somebody in `most` times `within` a time; it remembers a bounded number of names, the longest silent go."""

    most: int
    within: timedelta
    seen: dict[str, deque[datetime]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def lets_in(self, name: str, now: datetime) -> bool:
        """Whether `name` may do it once more; when so, it is counted."""
        with self.lock:
            visits = self.seen.pop(name, deque())
            self.seen[name] = visits  # now the last to be forgotten
            while len(self.seen) > MOST_REMEMBERED:
                del self.seen[next(iter(self.seen))]
            while visits and visits[0] <= now - self.within:
                visits.popleft()
            if len(visits) >= self.most:
                return False
            visits.append(now)
            return True


@dataclass(frozen=True)
class Doormen:
    """One for each form; an office of colleagues behind one address must still get in."""

    mails: Doorman = field(default_factory=lambda: Doorman(20, timedelta(hours=1)))
    tips: Doorman = field(default_factory=lambda: Doorman(6, timedelta(hours=1)))
    thanks: Doorman = field(default_factory=lambda: Doorman(3, timedelta(days=1)))


def network_of(request: Request) -> str:
    """The network that a request came from: an IPv4 /24 or an IPv6 /56, for one household or office is one visitor."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 56), strict=False))
