"""Addresses of documents: resolving them, and telling two spellings of one from two documents."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import unicodedata
from urllib.parse import quote, unquote, urljoin, urlsplit

TRACKERS = re.compile(r"^(utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|_ga|_gl|pk_\w+|mtm_\w+|ns_\w+|wt_mc)$", re.I)
DEFAULT_PORTS = {"http": 80, "https": 443}
SAFE = "/:@!$&'()*+,;=-._~?"
LONGEST_KEY = 1000
_PORT = r":(?:[1-5]\d{4}|[1-9]\d{0,3})"
# An address that stands on its own and holds nothing to mend.
PLAIN = re.compile(rf"https?://[a-z0-9.-]+(?:{_PORT})?/[\w/.~%=&+,:@!$'()*-]*+(?:\?[\w.~%=&+,:/-]+)?", re.ASCII)
# An address that is its own key, but for what stands before it and slashes at its end.
PLAIN_KEY = re.compile(
    rf"https?://(?:www\.)?([a-z0-9-]++(?:\.[a-z0-9-]++)*+(?!:(?:80|443)(?!\d))(?:{_PORT})?(?:/++[\w.~-]++)*+)/*+",
    re.ASCII,
)
PATH_OF_A_SCRIPT = re.compile(r"[!/]/?\w")
EVERYDAY_PLACE = re.compile(
    r"[!/#]*|top|boven|kop|header|main|(?:main|page|skip)?-?content|inhoud|footer|nav|navigation|menu|search|zoeken|print"
    r"|respond|reageer|reageren|reactie\w*(?:-\d+)?|comments?(?:-\d+)?|more-\d+|\..*|:~:.*|xtor=.*",
    re.IGNORECASE,
)
CONTROL = re.compile(r"[\x00-\x20\x7f]")
PAGE_ENDING = re.compile(r"(?:/index)?(?:\.html?)+$", re.IGNORECASE)
JCR = re.compile(r"_x00(2[0-9a-f]|5f)_", re.IGNORECASE)  # how Hippo and other Java systems write a character in a name
RESERVED_ESCAPE = re.compile(r"(%(?:2[1346789abcf]|3[abdf]|40|5[bd]|25))", re.IGNORECASE)


def absolute(base: str, reference: str) -> str:
    """Resolve a link against the page it stands on, with blanks escaped; "" when it is no web address.

    An ampersand that was escaped twice is one. A fragment is left out, for it names a place on the page; one that a
    script reads as a path (`#!/nieuws/12`, `#/nieuws/12`) stays, for it names another page.
    """
    if PLAIN.fullmatch(reference):
        return reference
    try:
        address = urljoin(base, reference.strip().replace("&amp;", "&"))
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises on a port that is no number
    except ValueError:
        return ""
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return ""
    page, _, fragment = address.partition("#")
    return CONTROL.sub(lambda found: quote(found[0]), address if PATH_OF_A_SCRIPT.match(fragment) else page)


def part(base: str, reference: str) -> str:
    """Resolve a link as `absolute` does, with its fragment: for those who know that it names an item of its own."""
    fragment = CONTROL.sub(lambda found: quote(found[0]), reference.partition("#")[2].strip())
    page = absolute(base, reference)
    return f"{page}#{fragment}" if page and fragment and "#" not in page else page


def key(address: str) -> str:
    """The identity of a document's address: everyday spellings of one address share a key.

    Scheme, `www.`, default port, trailing slash, `.html`, `index.html`, case and spelling of the host, other
    escapes or Unicode forms, the order of parameters and known trackers do not count, nor does a fragment that names
    an everyday place on a page (`#reacties`). Another fragment does, and an unknown query parameter: they may name
    another document. `absolute` leaves out all fragments that need not.
    A very long address is named by its hash, because a database indexes short texts only.
    """
    plain = PLAIN_KEY.fullmatch(address) if len(address) <= LONGEST_KEY else None
    if plain:
        made, lower = plain[1], plain[1].lower()
        if "_x00" not in lower and not lower.endswith((".html", ".htm")):
            return made
    return key_of_any(address)


def key_of_any(address: str) -> str:
    """The key of an address, however it is spelt; `key` finds the same sooner where nothing is to be mended."""
    parts = urlsplit(unicodedata.normalize("NFC", address))
    host = _plain_host(parts.hostname or "").removeprefix("www.").rstrip(".")
    try:
        port = parts.port
    except ValueError:
        port = None
    if port and port != DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    path = JCR.sub(lambda found: quote(chr(int(found[1], 16)), safe=SAFE), _one_spelling(parts.path))
    path = PAGE_ENDING.sub("", path.rstrip("/"))
    kept = [
        _one_spelling(part) for part in parts.query.split("&") if part and not TRACKERS.match(part.split("=", 1)[0])
    ]
    kept.sort(key=lambda part: part.split("=", 1)[0])
    fragment = "" if EVERYDAY_PLACE.fullmatch(parts.fragment) else _one_spelling(parts.fragment)
    made = f"{host}{path}" + (f"?{'&'.join(kept)}" if kept else "") + (f"#{fragment}" if fragment else "")
    return made if len(made) <= LONGEST_KEY else f"{host}/{hashlib.sha256(made.encode()).hexdigest()}"


def _one_spelling(text: str) -> str:
    """Spell every character in one way; an escaped reserved character stays escaped, for it means something else.

    RFC 3986, section 2.2 and 6.2.2.
    """
    return "".join(
        part.upper()
        if RESERVED_ESCAPE.fullmatch(part)
        else quote(unicodedata.normalize("NFC", unquote(part)), safe=SAFE, errors="replace")
        for part in RESERVED_ESCAPE.split(text)
    )


def _plain_host(host: str) -> str:
    """A host in ASCII (RFC 3490), as servers know it; what cannot be written so stays as it is."""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return host


def site(address: str) -> str:
    """The host of an address without `www.`; two addresses of one site share it."""
    return (urlsplit(address).hostname or "").removeprefix("www.").lower()


def server(address: str) -> str:
    """The host of an address with its port, when it names one: what answers, and may ask to be left alone."""
    return urlsplit(address).netloc.rpartition("@")[2].lower()


def is_of_this_machine(address: str) -> bool:
    """Say whether an address names this machine itself, as the sites of tests and demo do."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
