"""The languages of the desk, and which of them somebody's browser asks for."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """A language of the desk, by its tag (BCP 47)."""

    DUTCH = "nl"
    ENGLISH = "en"


def asked_for(accept_language: str) -> Language:
    """The language that an `Accept-Language` header likes best (RFC 9110, 12.5.4); Dutch when it likes neither."""
    liked = dict.fromkeys(Language, 0.0)
    for part in accept_language.lower().split(","):
        tag, _, weight = part.partition(";")
        name = tag.strip().partition("-")[0]
        if name in list(Language):
            liked[Language(name)] = max(liked[Language(name)], _weight(weight))
    return max(liked, key=lambda language: liked[language])  # the first of the two when they are liked as much


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
