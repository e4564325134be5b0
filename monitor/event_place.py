"""Where an announced meeting is: read from plain Dutch text, beside the day or in the same sentence first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

SMALL = r"aan|op|de|den|der|van|het|ten|ter|'t"
NAME = rf"(?:'s-|’s-)?[A-Z][\w'’-]+(?: (?:{SMALL}|[A-Z][\w'’-]+)){{0,4}}"
HOUSE = (
    r"(?:buurthuis|wijkcentrum|wijkgebouw|dorpshuis|kulturhus|theater|gemeentehuis|stadhuis|stadskantoor|zaal"
    r"|vergadercentrum|congrescentrum|klooster|kantoor|gemeenschapshuis|partycentrum|cultuurhuis|bibliotheek"
    r"|clubhuis|buurtkamer)"
)
SPOT = rf"(?:(?i:{HOUSE}|de|het) )?{NAME}(?: \d{{1,4}}[a-z]?)?"
BEHIND_HOUR = re.compile(rf"^[^!?\n]{{0,50}}?\buur,? (?:in |te )?(?P<place>{SPOT}(?:(?:,| in| te) {NAME})*)")
BEHIND_COMMA = re.compile(rf"^(?: (?:19|20)\d\d)?, (?P<place>{SPOT}, {NAME})")
BEHIND_DAY = re.compile(rf"^(?: (?:19|20)\d\d)?(?:, ?(?:in |te )?| (?:in|te|naar|\|) )(?P<place>{NAME})")
AT_END = re.compile(rf"^(?: (?:19|20)\d\d)? (?P<place>{NAME})(?=$|\n)")
BEFORE_DAY = re.compile(rf"(?:^|[.!?\n] ?)(?P<place>{SPOT}, {NAME})\. (?:\w+dag )?$")
LABELLED = re.compile(rf"\b(?:[Ll]ocatie|[Pp]laats|[Ww]aar) ?: ?(?P<place>(?:(?i:{HOUSE}) )?{NAME}(?:, {NAME})?)")
SOMEWHERE = re.compile(
    rf"\b(?:in|te|bij) (?:het |de |ons |een )?(?P<place>{NAME}|(?i:{HOUSE})(?: {NAME})?)"
    rf"(?: (?:in|te) (?P<town>{NAME}))?"
)
ONLINE = re.compile(r"\b(?:online|webinar|digitaal|via (?:Teams|Zoom))\b", re.IGNORECASE)
SMALL_WORDS = re.compile(rf"(?: (?:{SMALL}))+$")
SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n")
MONTHS = re.compile(
    r"(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december)$", re.IGNORECASE
)
NEAR = 130

Span = tuple[int, int]


def find_place(text: str, days: Sequence[Span]) -> str:
    """The place of a meeting whose day stands at `days`: "online" when it is held there, "" when none is named."""
    candidates = (
        *(_beside(text, day) for day in days),
        "online" if ONLINE.search(text.partition("\n")[0]) else "",
        next(_named(LABELLED, text, days[0][0]), ""),
        *(next(_named(SOMEWHERE, text, *_sentence(text, day)), "") for day in days),
        next(_named(SOMEWHERE, text, days[0][0]), ""),
        "online" if ONLINE.search(text) else "",
        next(_named(SOMEWHERE, text, 0, days[0][0]), ""),
    )
    return next((place for place in candidates if place), "")


def _beside(text: str, day: Span) -> str:
    """The place that stands just behind the day or its hour, or just before the day, as in an invitation."""
    behind, before = text[day[1] : day[1] + NEAR], text[max(0, day[0] - NEAR) : day[0]]
    tried = (BEHIND_HOUR, behind), (BEHIND_COMMA, behind), (BEFORE_DAY, before), (BEHIND_DAY, behind), (AT_END, behind)
    return next((place for pattern, part in tried for place in _named(pattern, part)), "")


def _sentence(text: str, day: Span) -> Span:
    """The sentence in which a day stands."""
    start = max((match.end() for match in SENTENCE_END.finditer(text, 0, day[0])), default=0)
    end = SENTENCE_END.search(text, day[1])
    return start, end.start() if end else len(text)


def _named(pattern: re.Pattern[str], text: str, start: int = 0, end: int | None = None) -> Iterator[str]:
    """The places a pattern finds, without the small words at their end; the name of a month is none."""
    for match in pattern.finditer(text, start, len(text) if end is None else end):
        place = SMALL_WORDS.sub("", match.groupdict().get("town") or match["place"]).strip()
        if place and not MONTHS.match(place):
            yield place
