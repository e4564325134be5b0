"""The headers by which mail programs and mailbox providers know a newsletter, and let its readers leave. Pure."""

from __future__ import annotations

import re
from email.header import Header

from digest.edition import Edition
from digest.letterhead import Letterhead

CRLF = "\r\n"
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
STREAM = "radarbrief"  # the sender id of the Feedback-ID: one for all our letters, 5 to 15 characters


class UnsafeHeader(ValueError):
    """A header value holds a line break or another control character, and could smuggle in a header of its own."""


def list_headers(edition: Edition, letterhead: Letterhead, token: str) -> str:
    """The subject and the list headers of an edition, each line ended by CRLF; `token` is the reader's secret.

    It may be a blank that is filled in later.

    Leaving by RFC 2369 and in one click by RFC 8058, the list by RFC 2919, the language by RFC 3282. Auto-Submitted
    (RFC 3834) and its counterpart for Exchange keep holiday messages from coming back; bounces still do. Feedback-ID
    is how Gmail groups complaints. Raises UnsafeHeader on a line break in a value.
    """
    values = {
        "List-Id": f"Participatieradar <{letterhead.list_id}>",
        "List-Unsubscribe": f"<{letterhead.leave_page(token)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Help": f"<{letterhead.home_page}>",
        "List-Archive": f"<{letterhead.archive_page}>",
        "Feedback-ID": f"{edition.issue}:{edition.audience.value}:{edition.rhythm.value}:{STREAM}",
        "Content-Language": "nl",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    lines = [f"{name}: {safe(value)}" for name, value in values.items()]
    lines[1] += f",\r\n <{safe(letterhead.leave_mail(token))}>"
    return "".join(f"{line}\r\n" for line in [_subject(edition.subject), *lines])


def _subject(subject: str) -> str:
    # The email package may begin a long subject on the second line, which some filters take for an empty one.
    if subject.isascii():
        return f"Subject: {safe(subject)}"
    return f"Subject: {Header(safe(subject), 'utf-8', header_name='Subject').encode(linesep=CRLF)}"


def safe(value: str) -> str:
    """The value itself; raises UnsafeHeader when it holds a line break or another control character."""
    if CONTROL.search(value):
        raise UnsafeHeader(f"a header value holds a line break or control character: {value!r}")
    return value
