"""Telephone numbers and e-mail addresses of people: they stand on many pages, and are not ours to keep."""

from __future__ import annotations

import re

_AT = r"(?:@|\s?[\[({]\s?(?:at|apenstaartje)\s?[\])}]\s?)"
_DOT = r"(?:\.|\s?[\[({]\s?(?:dot|punt)\s?[\])}]\s?)"
_MAIL = re.compile(
    rf"(?:\b(?:e-?mail|mailto)\s*:\s*|\be\s*[.:]\s*)?(?<![\w.+-])[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}})+",
    re.I,
)
# What people write between the digits; U+2011 is the hyphen at which no line is broken.
_GAP = "[\\s().\u2010-\u2015/-]"
_DATED = r"(?!\d\d?[-./ ]\d\d?[-./ ](?:19|20)\d\d)"
_DUTCH = rf"(?:(?:\+31|0031){_GAP}{{0,3}}(?:\(?0{_GAP}{{1,2}})?|\(?0{_GAP}{{0,3}})[1-9](?:{_GAP}{{0,4}}\d){{7,8}}"
_FOREIGN = rf"(?:\+|00)[1-9]\d{{1,2}}{_GAP}{{0,3}}\d(?:{_GAP}{{0,3}}\d){{6,10}}"
_PHONE = re.compile(
    r"(?:\b(?:tel(?:efoon(?:nummer)?)?|mobiel|mob|bel)\b\s*[.:]?\s*|\b[tm]\s*[.:]\s*|(?<![\w.,-]))"
    rf"{_DATED}(?:{_DUTCH}|{_FOREIGN})(?!\d)",
    re.I,
)
# A number has no fewer digits than nine. To look for those first is twenty times as quick, and to count them a hundred.
_LEAST_DIGITS = 9
_NINE_DIGITS = re.compile(rf"\d(?:{_GAP}{{0,4}}\d){{8}}")
_HIDDEN_AT = re.compile(r"[\[({]\s?(?:at|apenstaartje)\s?[\])}]", re.I)


def without_contacts(text: str) -> str:
    """A text without telephone numbers and e-mail addresses of people (AVG, article 5: no more than is needed)."""
    if "@" in text or (("(" in text or "[" in text or "{" in text) and _HIDDEN_AT.search(text)):
        text = _MAIL.sub("", text)
    if _digits(text) >= _LEAST_DIGITS and _NINE_DIGITS.search(text):
        text = _PHONE.sub("", text)
    if "  " in text or "\t" in text:
        text = re.sub(r"[ \t]{2,}", " ", text)
    return text.strip()


def _digits(text: str) -> int:
    written = text.encode("utf-8", "replace")
    return len(written) - len(written.translate(None, b"0123456789"))
