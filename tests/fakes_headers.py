"""What every mail of ours must have in its headers, as a list of what is wrong with one."""

from __future__ import annotations

import email
import re
from email.policy import SMTP

PATTERNS = {
    "From": r".+ <[^@\s]+@[^@\s]+>",
    "To": r"(.+ <)?[^@\s]+@[^@\s]+>?",
    "Reply-To": r"[^@\s]+@[^@\s]+",
    "Subject": r"Participatieradar .+",
    "Date": r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}",
    "Message-ID": r"<[0-9a-f]{32}@[^@\s>]+>",
    "MIME-Version": r"1\.0",
    "Content-Type": r'multipart/alternative; boundary="=_[0-9a-f]{32}"',
    "Content-Language": r"nl",
    "List-Id": r"[\w ]+ <[a-z0-9-]+(\.[a-z0-9-]+)+>",
    "List-Unsubscribe": r"<https?://[^>\s]+/afmelden/[\w-]{20,}>, <mailto:[^>\s]+\?subject=Afmelden%20[\w-]{20,}>",
    "List-Unsubscribe-Post": r"List-Unsubscribe=One-Click",
    "List-Help": r"<https?://[^>\s]+>",
    "List-Archive": r"<https?://[^>\s]+>",
    "Feedback-ID": r"\d{4}-[WM]\d{2}:[a-z]+:(week|maand):[a-z]{5,15}",
    "Auto-Submitted": r"auto-generated",
    "X-Auto-Response-Suppress": r"OOF, AutoReply",
}


def header_faults(raw: bytes) -> list[str]:
    """What is missing, doubled or wrong in the headers of a letter; nothing when it is as it should be."""
    mail = email.message_from_bytes(raw, policy=SMTP)
    faults = [f"{name}: {len(mail.get_all(name, []))} times" for name in PATTERNS if len(mail.get_all(name, [])) != 1]
    faults += [
        f"{name}: {mail[name]}"
        for name, pattern in PATTERNS.items()
        if mail[name] is not None and not re.fullmatch(pattern, str(mail[name]))
    ]
    faults += [f"{name}: not asked for" for name in mail if name not in PATTERNS]
    head = raw.partition(b"\r\n\r\n")[0]
    faults += [f"long line: {line[:40]!r}" for line in head.split(b"\r\n") if len(line) > 998]
    return faults if head.isascii() else [*faults, "not ASCII"]
