"""A date that a template puts on every page says nothing of one page."""

from __future__ import annotations

from datetime import date

import pytest

from crawlers.publication import Dated, Origin, Precision, Publication
from monitor.template_date import believed

TODAY = date(2026, 11, 24)
OLD, NEW = date(2019, 3, 1), date(2026, 11, 20)


def dated(day: date, origin: Origin = Origin.JSON_LD) -> Dated:
    return Dated(day=day, precision=Precision.DAY, origin=origin)


def page(number: int, *days: Dated, read: bool = True) -> Publication:
    published, *others = [*days, None]
    others = [one for one in others if one]
    address = f"https://bond.example/{number}"
    return Publication(source="bond", address=address, read=read, published=published, other_dates=tuple(others))


def run(*pages: Publication, before: tuple[date, ...] = ()) -> list[date | None]:
    """The days that are believed, when the pages read before gave these."""
    found = believed(pages, lambda origin, latest: before[:latest], TODAY)
    return [one.published.day if one.published else None for one in found]


def test_an_old_day_on_every_page_is_not_believed() -> None:
    """Three pages with one day of years ago are dated by what else they or the list say, or not at all."""
    other = dated(NEW, Origin.LISTING)
    pages = page(1, dated(OLD), other), page(2, dated(OLD)), page(3, dated(OLD), dated(NEW, Origin.TEXT), other)
    assert run(*pages) == [NEW, None, NEW]


@pytest.mark.parametrize(
    "pages",
    [
        [page(n, dated(OLD)) for n in (1, 2)],
        [*(page(n, dated(OLD)) for n in (1, 2, 3)), page(4, dated(date(2019, 3, 2)))],
        [*(page(n, dated(OLD)) for n in (1, 2, 3)), page(4)],
        [page(n, dated(NEW)) for n in (1, 2, 3)],
        [page(n, dated(OLD, Origin.FEED)) for n in (1, 2, 3)],
        [*(page(n, dated(OLD)) for n in (1, 2, 3)), page(4, dated(OLD, Origin.LISTING), read=False)],
        [*(page(n, dated(OLD)) for n in (1, 2)), page(3, dated(OLD), dated(OLD, Origin.FEED))],
        [*(page(n, dated(OLD)) for n in (1, 2, 3)), page(4, dated(OLD, Origin.TEXT))],
    ],
    ids=["two", "another day", "a page without", "recent", "by the feed", "listed so", "listed so too", "written so"],
)
def test_a_day_that_may_be_meant_is_believed(pages: list[Publication]) -> None:
    """Two pages, pages that differ, a recent day, and a day that a list gives to an item prove nothing."""
    assert run(*pages) == [one.published.day if one.published else None for one in pages]


@pytest.mark.parametrize(
    ("before", "told"),
    [((OLD, OLD), None), ((OLD,), OLD), ((OLD, NEW), OLD), ((NEW, OLD), OLD), ((), OLD)],
)
def test_pages_that_come_one_by_one_are_compared_with_those_before(before: tuple[date, ...], told: date | None) -> None:
    """One new page with an old day is compared with the last two dated pages of its source; fewer prove nothing."""
    assert run(page(1, dated(OLD)), before=before) == [told]
