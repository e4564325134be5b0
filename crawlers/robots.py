"""What a robots.txt allows (RFC 9309), and how long it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping

from protego import Protego

MOST_BYTES = 500 * 1024
DAY = 24 * 3600.0
LONGEST_HOLD = 7 * DAY
KNOWN_FIELDS = re.compile(
    r"\s*(user[- ]?agent|(dis)?allow|dissallow|dissalow|disalow|diasllow|disallaw|site-?maps?|host|crawl[- ]delay)\b",
    re.IGNORECASE,
)

PRODUCT = re.compile(r"(\s*user[- ]?agent\s*[:\s]\s*)(\*|[a-z_-]+)(?=[^a-z_-]|$).*", re.IGNORECASE | re.DOTALL)


def readable(body: bytes) -> str:
    """The text of a robots.txt: its first 500 KiB as UTF-8 (RFC 9309, sections 2.3 and 2.5)."""
    return body[:MOST_BYTES].decode("utf-8-sig", "replace")


def holds_for(headers: Mapping[str, str]) -> float:
    """How many seconds a robots.txt holds: a day, or longer up to a week when its Cache-Control says so."""
    age = max_age(headers)
    return min(max(age or 0.0, DAY), LONGEST_HOLD)


def max_age(headers: Mapping[str, str]) -> float | None:
    """The max-age of Cache-Control in seconds (RFC 9111, section 5.2.2.1); None without one, 0 for no-cache."""
    control = headers.get("cache-control", "").lower()
    if "no-cache" in control or "no-store" in control:
        return 0.0
    found = re.search(r"\bmax-age\s*=\s*\"?(\d{1,9})", control)
    return float(found[1]) if found else None


def _for_product(line: str) -> str:
    """A User-agent line with no more than its product token: letters, "_" and "-" (RFC 9309, section 2.2.1)."""
    found = PRODUCT.match(line)
    return found[1] + found[2] if found else line


class Rules:
    """The rules of one robots.txt for one crawler, by its product token."""

    def __init__(self, text: str, agent: str) -> None:
        # A line that means nothing to us does not end a group of User-agent lines, as Google's parser has it.
        lines = (line for line in re.split(r"\r\n|\r|\n", text) if KNOWN_FIELDS.match(line))
        self._rules = Protego.parse("\n".join(_for_product(line) for line in lines))
        self._agent = agent

    def allows(self, address: str) -> bool:
        """Say whether an address may be asked."""
        return bool(self._rules.can_fetch(address, self._agent))

    @property
    def delay(self) -> float:
        """The pause between two requests that the site asks for, in seconds; 0 when it does not say."""
        return float(self._rules.crawl_delay(self._agent) or 0.0)
