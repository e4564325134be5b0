"""What is wrong with a mail once it is built: headers that mailbox providers ask for, pictures without words. Pure."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from datetime import datetime
from email.policy import SMTP
from html.parser import HTMLParser

from digest.check import Finding, Severity
from digest.letterhead import Letterhead
from digest.message import message
from digest.render import SAMPLE, Letter

HEADERS = {
    "From": r"(.*<)?[^@\s<>]+@[^@\s<>]+>?",
    "To": r"(.*<)?[^@\s<>]+@[^@\s<>]+>?",
    "Reply-To": r"(.*<)?[^@\s<>]+@[^@\s<>]+>?",
    "Subject": r".*\S.*",
    "Date": r"\w{3}, .+ [+-]\d{4}",
    "Message-ID": r"<[^@\s<>]+@[^@\s<>]+>",
    "List-Id": r".*<[^@\s<>]+\.[^@\s<>]+>",
    "List-Unsubscribe": r"<https?://[^<>\s]+>,\s*<mailto:[^<>\s]+>",
    "List-Unsubscribe-Post": r"List-Unsubscribe=One-Click",
    "Auto-Submitted": r"auto-generated",
    "Content-Language": r"nl",
}
WAY_OUT = "Kijk bij digest in radar.yaml, of vraag wie de radar beheert."


def mail_faults(letter: Letter, letterhead: Letterhead, now: datetime) -> Iterator[Finding]:
    """Build the mail as a made-up reader gets it, and look it over; `now` is its date.

    Without these headers large providers refuse a newsletter (RFC 2369, RFC 2919, RFC 8058), so they stop it.
    """
    mail = email.message_from_bytes(
        message(letter, SAMPLE, letterhead, f"<proef@{letterhead.domain}>", now), policy=SMTP
    )
    for name, pattern in HEADERS.items():
        values = mail.get_all(name, [])
        if len(values) != 1:
            fault = f"“{name}” staat er {len(values)} keer in" if values else f"“{name}” ontbreekt"
            yield Finding("kop van de mail", f"{fault}. {WAY_OUT}", Severity.STOP)
        elif not re.fullmatch(pattern, str(values[0])):
            yield Finding("kop van de mail", f"“{name}” klopt niet: {values[0]}. {WAY_OUT}", Severity.STOP)
    pictures = _Pictures()
    pictures.feed(letter.html)
    for source in pictures.without_words:
        words = f"Een plaatje heeft geen beschrijving (alt), dus niet iedereen kan het lezen: {source}"
        yield Finding("opmaak van de mail", words, Severity.WARN)


class _Pictures(HTMLParser):
    """Collects the pictures that say nothing to who cannot see them; an empty alt marks mere decoration."""

    def __init__(self) -> None:
        super().__init__()
        self.without_words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "img" and values.get("alt") is None:
            self.without_words.append(values.get("src") or "")
