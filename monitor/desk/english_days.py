"""Days, hours and weeks as the desk says them, in English by rule, so that no catalogue has to hold them."""

from __future__ import annotations

import re

from digest import dutch

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
QUARTERS = ("first", "second", "third", "fourth")
CALENDAR = {
    **dict(zip(dutch.MONTHS, MONTHS, strict=True)),
    **dict(zip(dutch.WEEKDAYS, WEEKDAYS, strict=True)),
    **dict(zip(dutch.QUARTERS, QUARTERS, strict=True)),
    **{"kwartaal": "quarter", "gisteren": "yesterday", "vandaag": "today", "morgen": "tomorrow", "week": "week"},
}
BETWEEN = {"om": "at", "tot": "until", "tot en met": "up to and including", "van": "of"}
WORDS = CALENDAR | BETWEEN
WORD = "|".join(sorted(WORDS, key=len, reverse=True))
MOMENT = re.compile(rf"(?:{WORD}|\d[\d:]*)(?: (?:{WORD}|\d[\d:]*))*")
WHOLE_WORD = re.compile(rf"\b(?:{WORD})\b")


def moment(text: str) -> str | None:
    """A day, a moment or a week in English: "dinsdag 24 november 2026 om 14:05"; None when it is none."""
    if not MOMENT.fullmatch(text) or not any(word in CALENDAR for word in text.split()):
        return None
    return WHOLE_WORD.sub(lambda word: WORDS[word[0]], text)
