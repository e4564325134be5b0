"""What a page declares of itself in JSON-LD and meta elements: headline, dates, authors, address."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from crawlers.publication import Dated, Origin
from crawlers.readers.machine_dates import parse_declared
from crawlers.readers.page import clean, text_of

ARTICLE_TYPES = ("Article", "BlogPosting", "Posting", "Report", "Review", "LiveBlog")
PAGE_TYPES = ("WebPage", "ItemPage", "CreativeWork", "VideoObject", "PodcastEpisode", "Dataset", "DigitalDocument")
DATE_NAMES = (
    "article:published_time", "article:published", "og:published_time", "og:article:published_time", "datepublished",
    "publish-date", "publish_date", "publication_date", "publicationdate", "pubdate", "publishdate", "date.published",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "dcterms.issued", "dc.date.issued",
    "dcterms.available", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "citation_publication_date",
    "citation_date", "date", "rnews:datepublished", "vr:published_time", "iso-8601-publish-date",
)  # fmt: skip
AUTHOR_NAMES = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl")
_BY = re.compile(r"^(?:door|by|von|tekst)\s*:?\s+", re.I)
_BRACKETS = re.compile(r"\s*\([^)]*\)$")
_BETWEEN = re.compile(r"\s*[,;]\s*|\s+(?:and|en|und|et|og|&)\s+")
DEEPEST = 12
MOST_NODES = 3000


@dataclass(frozen=True)
class Declared:
    """What a page says of itself for machines; empty where it says nothing."""

    headline: str = ""
    og_title: str = ""
    title: str = ""
    site_name: str = ""
    description: str = ""
    canonical: str = ""
    published: Dated | None = None
    authors: tuple[str, ...] = ()


def read_declared(page: HtmlElement) -> Declared:
    """Gather what a page declares; broken JSON-LD is passed over."""
    nodes = [node for script in page.iter("script") for node in _nodes_of(script)]
    articles = [node for node in nodes if _is_a(node, ARTICLE_TYPES)]
    pages = [node for node in nodes if _is_a(node, PAGE_TYPES)]
    metas = _metas(page)
    site_name = metas.get("og:site_name", [""])[0]
    return Declared(
        headline=next((text for node in articles if (text := _text(node.get("headline")))), ""),
        og_title=metas.get("og:title", [""])[0] or metas.get("twitter:title", [""])[0],
        title=next((text for element in page.iter("title") if (text := text_of(element))), ""),
        site_name=site_name,
        description=metas.get("og:description", [""])[0] or metas.get("description", [""])[0],
        canonical=next((link.get("href") or "" for link in page.iter("link") if _rel(link) == "canonical"), ""),
        published=_json_date(articles) or _meta_date(page, metas) or _json_date(pages),
        authors=_json_authors(articles, nodes) or _meta_authors(metas, site_name) or _rel_authors(page),
    )


def _nodes_of(script: HtmlElement) -> list[dict[str, Any]]:
    """All objects in one JSON-LD script, however nested."""
    if "ld+json" not in (script.get("type") or "").lower():
        return []
    try:
        data = json.loads((script.text or "").strip().rstrip(";").replace("\x00", ""), strict=False)
    except (ValueError, RecursionError):
        return []
    return [node for _, node in zip(range(MOST_NODES), _walk(data, 0), strict=False)]


def _walk(data: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > DEEPEST:
        return
    if isinstance(data, dict):
        yield data
        for value in data.values():
            yield from _walk(value, depth + 1)
    elif isinstance(data, list):
        for value in data:
            yield from _walk(value, depth + 1)


def _is_a(node: dict[str, Any], endings: tuple[str, ...]) -> bool:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(name, str) and name.endswith(endings) for name in names)


def _text(value: object) -> str:
    """A value as one line; entities, which have no meaning in JSON but are often written there, are resolved."""
    return clean(html.unescape(value)) if isinstance(value, str) else ""


def _json_date(nodes: list[dict[str, Any]]) -> Dated | None:
    for field in ("datePublished", "dateCreated"):
        for node in nodes:
            value = node.get(field)
            if isinstance(value, str) and (found := parse_declared(value, Origin.JSON_LD)):
                return found
    return None


def _metas(page: HtmlElement) -> dict[str, list[str]]:
    """The contents of meta elements by name, property or itemprop, in lower case, in the order of the page."""
    found: dict[str, list[str]] = {}
    for meta in page.iter("meta"):
        content = clean(meta.get("content") or "")
        for attribute in ("property", "name", "itemprop"):
            if content and (name := (meta.get(attribute) or "").lower()):
                found.setdefault(name, []).append(content)
    return found


def _meta_date(page: HtmlElement, metas: dict[str, list[str]]) -> Dated | None:
    for name in DATE_NAMES:
        for content in metas.get(name, ()):
            if found := parse_declared(content, Origin.META):
                return found
    for element in page.iter():
        if isinstance(element.tag, str) and element.get("itemprop") == "datePublished":
            value = element.get("content") or element.get("datetime") or text_of(element)
            if found := parse_declared(value, Origin.META):
                return found
    return None


def _json_authors(articles: list[dict[str, Any]], nodes: list[dict[str, Any]]) -> tuple[str, ...]:
    """The authors of the first article that names any; a reference to another object is followed."""
    known = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and node.get("name")}
    for node in articles:
        value = node.get("author") or node.get("creator")
        names: list[str] = []
        for author in value if isinstance(value, list) else [value]:
            if isinstance(author, dict) and not author.get("name"):
                identity = author.get("@id")
                author = known.get(identity, author) if isinstance(identity, str) else author
            name = author.get("name") if isinstance(author, dict) else author
            names += [_text(each) for each in (name if isinstance(name, list) else [name])]
        if good := _people(names):
            return good
    return ()


def _meta_authors(metas: dict[str, list[str]], site_name: str) -> tuple[str, ...]:
    """The authors in meta elements, unless it is the site that names itself there."""
    for name in AUTHOR_NAMES:
        good = _people(metas.get(name, []))
        if good and not (len(good) == 1 and good[0].lower() == site_name.lower()):
            return good
    return ()


def _rel_authors(page: HtmlElement) -> tuple[str, ...]:
    named = [a for a in page.iter("a") if "author" in (a.get("rel") or "").split()]
    return _people([text_of(a) for a in named][:4])


def _people(names: list[str]) -> tuple[str, ...]:
    """Names one by one, without "Door", roles in brackets, addresses and doubles."""
    single = [
        _BY.sub("", _BRACKETS.sub("", part)).strip()
        for name in names
        if name and "://" not in name and "@" not in name and len(name) <= 120
        for part in (_BETWEEN.split(name) if len(name.split()) > 3 else [name])
    ]
    return tuple(dict.fromkeys(name for name in single if name and not name.startswith("(")))


def _rel(link: HtmlElement) -> str:
    return (link.get("rel") or "").strip().lower()
