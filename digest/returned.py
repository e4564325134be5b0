"""A mail that came back → what it says: bounce, complaint, request to leave, or something for a person to read. Pure.

Nothing is believed of a mail that cannot name one of our letters by its mark, or a reader by their secret: anybody can
write to this mailbox, and must not be able to keep a reader from the letter.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.policy import default
from enum import StrEnum

from digest.edition import one_line
from digest.letterhead import LEAVE

MARK = re.compile(r"\+([0-9a-f]{32})@|<([0-9a-f]{32})@", re.IGNORECASE)
LEAVING = re.compile(rf"^(?:(?:re|fw|fwd|antw|doorst)\s*:\s*)*{LEAVE}\s+([A-Za-z0-9_-]{{16,64}})\s*$", re.IGNORECASE)
LEAVE_LINK = re.compile(r"/afmelden/([A-Za-z0-9_-]{16,64})")
STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
CODE = re.compile(r"(?<![\d.])([45])\d\d(?:[ -]|$)")
ENVELOPE = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Failed-Recipients")
LONGEST_TEXT = 200_000
LONGEST_DETAIL = 300

AUTOMATIC = re.compile(
    r"^(auto(matic|matisch)?[ :-]*(reply|response|antwoord)|automatisch(e)? (antwoord|bericht|reactie)"
    r"|out of( the)? office|afwezig|niet aanwezig|ik ben (er )?(even )?niet|vakantie|auto:|abwesen)",
    re.IGNORECASE,
)
SENDERS = re.compile(r"mailer-daemon|postmaster|mail delivery (sub)?system|microsoftexchange", re.IGNORECASE)
FAILED = re.compile(
    r"undeliver|onbestelbaar|niet (af)?(bezorgd|geleverd)|delivery (has )?failed|delivery status notification"
    r"|mail delivery failed|returned mail|failure notice|retour(ge(stuurd|zonden))?|kan niet worden bezorgd",
    re.IGNORECASE,
)
DELAYED = re.compile(r"delayed|vertraagd|vertraging|warning: (could not|message)|still being retried", re.IGNORECASE)
FULL = re.compile(
    r"(mailbox|postvak|postbus|inbox)[^.\n]{0,40}\b(full|vol)\b|over ?quota|quota[^.\n]{0,40}(exceed|overschr)"
    r"|storage space|opslagruimte|insufficient (system )?storage",
    re.IGNORECASE,
)
UNKNOWN_READER = re.compile(
    r"(user|recipient|mailbox|account|address)[^\n]{0,60}\b(unknown|not found|does(n't| not) exist|disabled|inactive"
    r"|invalid|unavailable|couldn't be found|wasn't found)|no such (user|recipient|mailbox|person)"
    r"|unknown (user|recipient|local)"
    r"|(adres|ontvanger|gebruiker|postvak|postbus|account)[^\n]{0,60}\b(bestaat niet|onbekend|niet gevonden|opgeheven)"
    r"|onbekende (gebruiker|ontvanger)|niet gevonden (bij|in|op)\b|host or domain name not found|domein bestaat niet",
    re.IGNORECASE,
)
# RFC 3463: the address is wrong, moved or closed (X.1.*, X.2.1), or its domain takes no mail (X.4.4; Exchange's X.4.1).
HARD_STATUS = re.compile(r"5\.(1\.([0-46]|10)|2\.1|4\.[14])$")


class ReturnedKind(StrEnum):
    """What a returned mail is; PERSON means that somebody has to read it."""

    SOFT = "soft"
    HARD = "hard"
    COMPLAINT = "complaint"
    LEAVE = "leave"
    NOTHING = "nothing"
    PERSON = "person"


@dataclass(frozen=True)
class Returned:
    """What a mail says: about which letter (`mark`), or whose secret for leaving it names (`token`)."""

    kind: ReturnedKind
    mark: str = ""
    token: str = ""
    status: str = ""
    detail: str = ""


def read(raw: bytes) -> Returned:
    """Tell what a mail is: a report of RFC 3464 or RFC 5965, a plain old bounce, or none of these; never raises."""
    try:
        mail = email.message_from_bytes(raw, policy=default)
        return _read(mail)
    except (ValueError, LookupError, AttributeError, IndexError, TypeError):  # what email's parser throws at odd mails
        return Returned(ReturnedKind.PERSON)


def kind_of(status: str, words: str) -> ReturnedKind:
    """Whether a refusal is for good (HARD) or may pass (SOFT), by its status (RFC 3463) and what was said with it.

    A full mailbox passes, whatever its status; so does a letter refused for its content, which is no fault of the
    reader. A 5 that says no more is SOFT: when it comes back often enough, it counts as hard.
    """
    if FULL.search(words) or status.endswith(".2.2"):
        return ReturnedKind.SOFT
    if status.startswith("4"):
        return ReturnedKind.SOFT
    if HARD_STATUS.match(status) or (not status.startswith("5.7") and UNKNOWN_READER.search(words)):
        return ReturnedKind.HARD
    return ReturnedKind.SOFT


def _read(mail: Message) -> Returned:
    subject = one_line(str(mail["Subject"] or ""))
    report = str(mail.get_param("report-type") or "").lower() if mail.get_content_type() == "multipart/report" else ""
    if report == "feedback-report":
        return _complaint(mail)
    if report == "delivery-status" or any(part.get_content_type() == "message/delivery-status" for part in mail.walk()):
        return _notification(mail)
    leaving = LEAVING.match(subject)
    if leaving:
        return Returned(ReturnedKind.LEAVE, token=leaving[1])
    if _is_automatic(mail, subject):
        return Returned(ReturnedKind.NOTHING, detail=subject[:LONGEST_DETAIL])
    if SENDERS.search(str(mail["From"] or "")) or str(mail["Return-Path"] or "").strip() == "<>":
        return _plain_bounce(mail, subject)
    return Returned(ReturnedKind.PERSON, detail=subject[:LONGEST_DETAIL])


def _complaint(mail: Message) -> Returned:
    fields = next((part for part in mail.walk() if part.get_content_type() == "message/feedback-report"), None)
    about = _fields(fields) if fields else {}
    kind = about.get("feedback-type", "abuse").strip().lower()
    if kind in ("not-spam", "auth-failure"):
        return Returned(ReturnedKind.NOTHING, detail=kind)
    return Returned(ReturnedKind.COMPLAINT, mark=_mark(mail), token=_token(mail), detail=kind)


def _notification(mail: Message) -> Returned:
    status = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    blocks = status.get_payload() if status else []
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        about = {name.lower(): one_line(str(value)) for name, value in block.items()}
        if about.get("action", "").lower() != "failed":
            continue
        words = about.get("diagnostic-code", "")
        given = STATUS.search(about.get("status", ""))
        code = given[1] if given else ""
        said = STATUS.search(words)
        # Exchange and others give a bare 5.0.0 and put the real status into the words.
        if said and (not code or code.endswith(".0.0")):
            code = said[1]
        return Returned(kind_of(code, words or _text(mail)), _mark(mail), status=code, detail=words[:LONGEST_DETAIL])
    return Returned(ReturnedKind.NOTHING)


def _plain_bounce(mail: Message, subject: str) -> Returned:
    text = _text(mail)
    if DELAYED.search(subject):
        return Returned(ReturnedKind.NOTHING, detail=subject[:LONGEST_DETAIL])
    if not FAILED.search(subject) and not STATUS.search(text) and not CODE.search(text):
        return Returned(ReturnedKind.PERSON, detail=subject[:LONGEST_DETAIL])
    said, code = STATUS.search(text), CODE.search(text)
    status = said[1] if said else f"{code[1]}.0.0" if code else ""
    words = next((line for line in text.splitlines() if said and said[1] in line), subject)
    return Returned(kind_of(status, text), _mark(mail), status=status, detail=one_line(words)[:LONGEST_DETAIL])


def _is_automatic(mail: Message, subject: str) -> bool:
    if str(mail["Auto-Submitted"] or "no").lower().startswith("auto-replied"):
        return True
    if any(mail[name] for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-From")):
        return True
    return str(mail["Precedence"] or "").lower() == "auto_reply" or bool(AUTOMATIC.match(subject))


def _mark(mail: Message) -> str:
    """The mark of the letter: in the address the mail came to, or in the Message-ID of the letter it brings back."""
    for name in ENVELOPE:
        for value in mail.get_all(name, []):
            if found := re.search(r"\+([0-9a-f]{32})@", str(value), re.IGNORECASE):
                return found[1].lower()
    for part in list(mail.walk())[1:]:
        if found := MARK.search(str(part["Message-ID"] or "")):
            return (found[1] or found[2]).lower()
    found = re.search(r"(?im)^message-id:\s*<([0-9a-f]{32})@", _text(mail))
    return found[1].lower() if found else ""


def _token(mail: Message) -> str:
    """The secret for leaving in the letter that a complaint brings back."""
    for part in mail.walk():
        if found := LEAVE_LINK.search(str(part["List-Unsubscribe"] or "")):
            return found[1]
    found = LEAVE_LINK.search(_text(mail))
    return found[1] if found else ""


def _fields(part: Message) -> dict[str, str]:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else part
    text = inner.as_string() if isinstance(inner, Message) else str(payload)
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in text.splitlines())}


def _text(mail: Message) -> str:
    return "\n".join(_texts(mail))[:LONGEST_TEXT]


def _texts(mail: Message) -> Iterator[str]:
    for part in mail.walk():
        if part.get_content_maintype() != "text":
            continue
        content = part.get_content() if isinstance(part, EmailMessage) else part.get_payload(decode=True)
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else str(content)
        yield re.sub(r"<(?!\S+@)[^>]{0,2000}>", " ", text) if part.get_content_subtype() == "html" else text
