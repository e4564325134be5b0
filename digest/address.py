"""E-mail addresses: one spelling for each, and modest rules for what counts as one."""

from __future__ import annotations

import re

LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def normalised(text: str) -> str:
    """One spelling of an e-mail address: trimmed, lower case, the domain in ASCII.

    Raises ValueError with a Dutch reason when it is no address. Whether somebody reads it is not looked at.
    """
    address = text.strip().lower()
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise ValueError(f"“{text.strip()}” is geen e-mailadres: er hoort één @ in met tekst ervoor en erna")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError(f"“{text.strip()}” heeft geen geldig domein achter de @") from None
    labels = domain.split(".")
    if len(labels) < 2 or not all(LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"“{text.strip()}” heeft geen geldig domein achter de @")
    if not LOCAL.fullmatch(local) or len(local) > 64 or len(f"{local}@{domain}") > 254:
        raise ValueError(f"“{text.strip()}” heeft een ongeldig deel voor de @")
    return f"{local}@{domain}"
