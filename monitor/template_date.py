"""A date that a template puts on every page of a site, such as the day on which the site was made, says nothing of one.

Believed, it would put all news of that site away as archive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from crawlers.publication import Dated, Origin, Publication
from monitor.recognise import FRESH_FOR

LEAST_ALIKE = 3
ON_THE_PAGE = frozenset({Origin.JSON_LD, Origin.META, Origin.TIME_TAG, Origin.TEXT})


def believed(
    publications: Sequence[Publication], days_before: Callable[[Origin, int], Sequence[date]], today: date
) -> list[Publication]:
    """The publications of a run, without an old day that all pages of their source give and no list does.

    In its place comes the next date that the page or the list gives. `days_before` tells the days that the last so many
    pages of the source gave in the same way, for a run in which fewer than three were read.
    """
    read = [one for one in publications if one.read and one.published and one.published.origin in ON_THE_PAGE]
    given = {(one.published.day, one.published.origin) for one in read if one.published}
    if len(given) != 1 or len(read) < sum(one.read for one in publications):
        return list(publications)
    ((day, origin),) = given
    if day >= today - FRESH_FOR or any(_lists(one, day) for one in publications):
        return list(publications)
    missing = max(LEAST_ALIKE - len(read), 0)
    before = days_before(origin, missing) if missing else ()
    if len(before) < missing or any(other != day for other in before):
        return list(publications)
    return [_without(one, day) if one.read else one for one in publications]


def _lists(one: Publication, day: date) -> bool:
    """Whether a list dates an item so, which it does for each by itself."""
    dates = (*((one.published,) if one.published else ()), *one.other_dates)
    return any(dated.day == day and dated.origin not in ON_THE_PAGE for dated in dates)


def _without(one: Publication, day: date) -> Publication:
    others = [dated for dated in one.other_dates if dated.day != day]
    published: Dated | None = next(iter(others), None)
    return one.model_copy(update={"published": published, "other_dates": tuple(others[1:])})
