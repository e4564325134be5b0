"""Addresses of documents: resolving them, and telling two spellings of one from two documents."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

TRACKERS = re.compile(r"^(utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|_ga|_gl|pk_\w+|mtm_\w+|ns_\w+|wt_mc)$", re.I)
DEFAULT_PORTS = {"http": 80, "https": 443}
SAFE_IN_PATH = "/:@!$&'()*+,;=-._~"


def absolute(base: str, reference: str) -> str:
    """Resolve a link against the page it stands on; "" when it is no web address."""
    try:
        address = urljoin(base, reference.strip())
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises on a port that is no number
    except ValueError:
        return ""
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return ""
    return address.split("#", 1)[0]


def key(address: str) -> str:
    """The identity of a document's address: everyday spellings of one address share a key.

    Scheme, `www.`, fragment, default port, trailing slash, case of the host, percent-spelling and known trackers do not
    count. An unknown query parameter always does: it may name another document.
    """
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    try:
        port = parts.port
    except ValueError:
        port = None
    if port and port != DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    path = quote(unquote(parts.path), safe=SAFE_IN_PATH).rstrip("/")
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not TRACKERS.match(name)]
    return f"{host}{path}" + (f"?{urlencode(kept)}" if kept else "")


def site(address: str) -> str:
    """The host of an address without `www.`; two addresses of one site share it."""
    return (urlsplit(address).hostname or "").removeprefix("www.").lower()
