"""Dutch phrases of the desk in English: by a catalogue, and days and hours by rule.

The catalogue is `monitor/locale/en/LC_MESSAGES/desk.po`: the Dutch text as people read it, and its English. A text
that differs each time has blanks, whose first word says what may stand there:

    {n} a number    {when} a day or a moment    {words} a phrase of the catalogue, or a moment
    {name} anything    {names} a list of names
    {title} anything in Dutch; the page tells that to who listens to it
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import zip_longest
from pathlib import Path

from monitor.desk.english_days import MOMENT, moment

CATALOGUE = Path(__file__).parent.parent / "locale" / "en" / "LC_MESSAGES" / "desk.po"
BLANK = re.compile(r"\{((n|when|words|names|name|title)\d?)\}")
LETTER = re.compile(r"[^\W\d_]")
DUTCH, END = "\ue000", "\ue001"  # around what stays Dutch within an English text; private characters, in no page
SENTENCES = re.compile(r"(?<=[.!?…])( )(?=\S)")
SEPARATORS = (SENTENCES, re.compile("( · )"), re.compile("(; )"), re.compile("(, )"), re.compile("( en )"))
TAIL = re.compile(r"([(:,;] ?)?(.*?)([\s.:,;)…]*)", re.DOTALL)
MOST_KEPT = 5000
MOST_TRIES = 400  # a text of a page needs tens; a title made to confuse would take a second
ANYTHING = ".+?"
FILLS = {"n": r"\d[\d.,]*", "when": MOMENT.pattern}


class Phrasebook:
    """Says Dutch phrases in English. One may serve many threads."""

    def __init__(self, catalogue: Mapping[str, str]) -> None:
        """Take the catalogue apart; what says most literally is tried first."""
        self._exact = {dutch_text: english for dutch_text, english in catalogue.items() if not BLANK.search(dutch_text)}
        shaped = [_Pattern(text, english) for text, english in catalogue.items() if BLANK.search(text)]
        shaped.sort(key=lambda one: -one.weight)
        self._patterns = [one for one in shaped if not one.is_loose]
        self._loose = [one for one in shaped if one.is_loose]
        self._known: dict[str, str | None] = {}

    def english(self, text: str) -> str | None:
        """A phrase in English, or None when there is none; what stays Dutch in it stands between DUTCH and END."""
        try:
            return self._known[text]
        except KeyError:
            found = self._look_up(" ".join(text.split()).replace(DUTCH, "").replace(END, ""))
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[text] = found
        return found

    def plain(self, text: str) -> str:
        """A phrase in English without marks around what stays Dutch; as it is when the catalogue does not hold it."""
        found = self.english(text)
        return text if found is None else found.replace(DUTCH, "").replace(END, "")

    def _look_up(self, text: str) -> str | None:
        tries = iter(range(MOST_TRIES))
        found = self._find(text, tries)
        return self._by_pattern(text, tries, self._loose) if found is None else found

    def _find(self, text: str, tries: Iterator[int]) -> str | None:
        if not LETTER.search(text):
            return text
        if next(tries, None) is None:
            return None
        ways: tuple[Callable[[str, Iterator[int]], str | None], ...] = (
            lambda text, _: self._exact.get(text),
            lambda text, _: moment(text),
            lambda text, tries: self._by_pattern(text, tries, self._patterns),
            self._uncapitalised,
            self._bare,
            self._in_parts,
        )
        return next((found for way in ways if (found := way(text, tries)) is not None), None)

    def _by_pattern(self, text: str, tries: Iterator[int], patterns: Sequence[_Pattern]) -> str | None:
        for pattern in patterns:
            if pattern.part in text and (match := pattern.shape.fullmatch(text)):
                values = {name: self._fill(name, value, tries) for name, value in match.groupdict().items()}
                known = {name: value for name, value in values.items() if value is not None}
                if len(known) == len(values):
                    return pattern.filled(known)
        return None

    def _fill(self, name: str, value: str, tries: Iterator[int]) -> str | None:
        match name.rstrip("0123456789"):
            case "title":
                return f"{DUTCH}{value}{END}"
            case "names":
                return value.replace(" en ", " and ")
            case "when" | "words":
                return self._find(value, tries)
        return value

    def _uncapitalised(self, text: str, tries: Iterator[int]) -> str | None:
        """What begins with a capital only because a sentence begins there."""
        lower = text[:1].lower() + text[1:]
        found = self._find(lower, tries) if lower != text else None
        return None if found is None else found[:1].upper() + found[1:]

    def _bare(self, text: str, tries: Iterator[int]) -> str | None:
        """The same without the punctuation around it."""
        match = TAIL.fullmatch(text)
        before, middle, after = match.groups() if match else ("", text, "")
        if not (before or after):
            return None
        found = self._find(middle, tries)
        return None if found is None else f"{before or ''}{found}{after}"

    def _in_parts(self, text: str, tries: Iterator[int]) -> str | None:
        """Sentence by sentence, or part by part of a list; all of them, or nothing."""
        for separator in SEPARATORS:
            parts = separator.split(text)
            if len(parts) == 1:
                continue
            found = [self._find(part, tries) for part in parts[::2]]
            if None not in found:
                between = [part.replace(" en ", " and ") for part in parts[1::2]]
                return "".join(piece or "" for pair in zip_longest(found, between) for piece in pair)
        return None


class _Pattern:
    """A phrase with blanks; `part` is its longest literal piece, `weight` how much of it is literal.

    It is loose when it has no word of its own, as "{title}: {words}"; that is tried last, and for a whole text only.
    """

    def __init__(self, text: str, english: str) -> None:
        literal = BLANK.sub("\0", text)
        self.english = english
        self.part = max(literal.split("\0"), key=len)
        self.weight = len(literal)
        self.is_loose = not LETTER.search(literal) and "{when" not in text
        self.shape = re.compile("".join(_shape(text)), re.DOTALL)

    def filled(self, values: Mapping[str, str]) -> str:
        """The English with these values in its blanks."""
        return BLANK.sub(lambda blank: values[blank[1]], self.english)


def _shape(text: str) -> Iterable[str]:
    end = 0
    for blank in BLANK.finditer(text):
        yield re.escape(text[end : blank.start()])
        yield f"(?P<{blank[1]}>{FILLS.get(blank[2], ANYTHING)})"
        end = blank.end()
    yield re.escape(text[end:])


@cache
def phrasebook(path: Path = CATALOGUE) -> Phrasebook:
    """The phrasebook that is shipped, read once."""
    return Phrasebook(catalogue(path))


def catalogue(path: Path = CATALOGUE) -> dict[str, str]:
    """The Dutch phrases of a catalogue with their English."""
    from babel.messages.pofile import read_po  # who reads Dutch need not wait for it

    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and message.string}
