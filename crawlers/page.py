"""Reads the page of one item and joins it with what the listing said of it."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from crawlers.address import key, site
from crawlers.endpoint import ERROR_PATH, Answer
from crawlers.publication import Article, Dated, Listed, Origin, Publication, Reason
from crawlers.readers.article import read_article
from crawlers.readers.parts import read_part
from crawlers.readers.walls import says_not_found, walls

SHORT_TEXT = 100
LEAST_SHARED = 3
_WORD = re.compile(r"[^\W\d_]{4,}")
TRUST = {origin: rank for rank, origin in enumerate(Origin)}


class PageFailed(Exception):
    """The page of an item could not be read; the message starts with a reason code."""


def read_page(source: str, listed: Listed, answer: Answer, today: date) -> Publication:
    """Read an item's page; what the page says goes before what the listing said; raises `PageFailed`."""
    _check(answer)
    if "#" in listed.address:
        return _read_part(source, listed, answer, today)
    article = _read(answer, today)
    if not article.text or _is_another(article, listed):
        if wall := walls(answer.body, answer.address):
            raise PageFailed(wall.value)
        if says_not_found(answer.body):
            raise PageFailed(f"{Reason.ERROR_PAGE.value}: the page is called “{article.title}”")
    moved = key(answer.address) != key(listed.address)
    canonical = article.canonical or (answer.address if moved else "")
    dates = by_trust(article.published, *article.other_dates, listed.published)
    return Publication(
        source=source,
        address=listed.address,
        canonical=canonical,
        title=article.title or listed.title,
        listed_as=listed.title if article.title and listed.title != article.title else "",
        intro=article.intro or listed.intro,
        text=article.text or listed.text,
        published=next(iter(dates), None),
        other_dates=tuple(dates[1:]),
        modified=listed.modified,
        label=article.label or listed.label,
        authors=article.authors or listed.authors,
        documents=tuple(dict.fromkeys((*article.documents, *listed.documents))),
        read=True,
    )


def _read_part(source: str, listed: Listed, answer: Answer, today: date) -> Publication:
    """Read the part of a page that an item is; of one that only a script shows the listing is all there is."""
    part = read_part(answer.body, listed.address, today, answer.content_type) or Article()
    said = {name: getattr(part, name) for name in ("intro", "text", "documents") if getattr(part, name)}
    published = next(iter(by_trust(part.published, listed.published)), None)
    whole = {**dict(listed), **said, "title": listed.title or part.title, "published": published}
    return Publication(source=source, read=True, **whole)


def by_trust(*dates: Dated | None) -> list[Dated]:
    """The dates there are, that of the most trustworthy origin first, the first of equals before the others."""
    return sorted((one for one in dates if one), key=lambda one: TRUST[one.origin])


def _is_another(article: Article, listed: Listed) -> bool:
    """Whether a page has few words in common with its title in the list; without one, whether it is short."""
    wanted = set(_WORD.findall(listed.title.casefold()))
    if not wanted:
        return len(article.text.split()) < SHORT_TEXT
    return len(wanted.intersection(_WORD.findall(article.title.casefold()))) * LEAST_SHARED < len(wanted)


def _check(answer: Answer) -> None:
    if answer.status >= 400:
        raise PageFailed(f"{Reason.HTTP_ERROR.value}: HTTP {answer.status}")
    if site(answer.address) != site(answer.asked):
        raise PageFailed(f"{Reason.OFF_SITE.value}: redirected to {answer.address}")
    path = urlsplit(answer.address).path
    if answer.address != answer.asked and (path in ("", "/") or ERROR_PATH.search(path)):
        raise PageFailed(f"{Reason.ERROR_PAGE.value}: redirected to {answer.address}")


def _read(answer: Answer, today: date) -> Article:
    try:
        if answer.body[:5] == b"%PDF-" or answer.content_type.startswith("application/pdf"):
            return _read_pdf(answer)
        return read_article(answer.body, answer.address, today, answer.content_type)
    except PageFailed:
        raise
    except Exception as error:
        # A reader must read anything; one page that it cannot read is told as such and stops no other.
        raise PageFailed(f"{Reason.READER_FAILED.value}: {type(error).__name__}: {error}") from error


def _read_pdf(answer: Answer) -> Article:
    from crawlers.readers.pdf import NotAPdf, read_pdf  # PDFium, which most runs never need

    try:
        return read_pdf(answer.body, answer.address)
    except NotAPdf as error:
        raise PageFailed(f"{Reason.READER_FAILED.value}: {error}") from error
