"""Whether a sentence in our own words was in truth taken from the source. Pure."""

from __future__ import annotations

import re

from digest.plain_dutch import sentences

RUN = 4  # words in a row
SHORTEST = 6  # words; a shorter sentence can hardly be said otherwise
COPIED = 0.5  # this part of the runs of a sentence stands in the source


def copied_sentences(own: str, source: str) -> tuple[str, ...]:
    """The sentences of our own text of which at least half of the four-word runs stand in the source."""
    known = _runs(source)
    return tuple(
        one for one in sentences(own) if (runs := _runs(one, SHORTEST)) and len(runs & known) >= COPIED * len(runs)
    )


def _runs(text: str, fewest: int = RUN) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    if len(words) < fewest:
        return set()
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}
