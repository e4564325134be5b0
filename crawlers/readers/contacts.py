"""Telephone numbers and e-mail addresses of people: they stand on many pages, and are not ours to keep."""

from __future__ import annotations

import re

_MAIL = re.compile(r"(?:e-?mail\s*:\s*)?(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", re.I)
_PHONE = re.compile(
    r"(?:\b(?:tel(?:efoon)?|mobiel|bel)\b\.?\s*:?\s*)?(?<![\d/.-])(?:\+31|0031|\(?0)[\s()-]{0,3}[1-9](?:[\s()-]{0,3}\d){7,8}(?!\d)",
    re.I,
)
_NINE_DIGITS = re.compile(r"\d(?:[\s()-]{0,3}\d){8}")  # a number has no fewer, and this is twenty times as quick


def without_contacts(text: str) -> str:
    """A text without telephone numbers and e-mail addresses of people (AVG, article 5: no more than is needed)."""
    if "@" in text:
        text = _MAIL.sub("", text)
    if _NINE_DIGITS.search(text):
        text = _PHONE.sub("", text)
    if "  " in text or "\t" in text:
        text = re.sub(r"[ \t]{2,}", " ", text)
    return text.strip()
