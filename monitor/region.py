"""News from the region: recognised by the places, members and names that radar.yaml lists. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.radar_settings import RegionSettings

OFTEN = 2  # a place that a long text names once may be one of twenty; one that it names twice is where it happens


def in_region(region: RegionSettings, headline: str, text: str, place: str = "") -> bool:
    """Whether an item is about the region.

    It is when its title or introduction (`headline`) names a place or member, when its meeting is held in one
    (`place`), or when the text names them at least twice.
    """
    pattern = _pattern((*region.places, *region.members))
    if pattern is None:
        return False
    return bool(pattern.search(f"{headline}\n{place}")) or len(pattern.findall(text)) >= OFTEN


def _pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """The names as whole words: capitals count, for "Borne" is a town and "borne" is not."""
    if not names:
        return None
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(re.escape(name) for name in longest_first)})(?![\w])")
