"""The JSON that WordPress sites offer beside their pages: posts, and the types of post a site has."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawlers.address import absolute
from crawlers.publication import Dated, Listed, Origin
from crawlers.readers.contacts import without_contacts
from crawlers.readers.feed_entry import paragraphs_of, plain_text
from crawlers.readers.links import is_document
from crawlers.readers.machine_dates import parse_declared, utc_text

PER_PAGE = 50
# Types of post that hold the parts of a site (menus, templates, pictures, standing pages), not its publications.
PARTS = re.compile(r"^(?:page|attachment|nav_.*|wp_.*|wp-.*|elementor.*|e-.*|acf-.*|jp_.*|oembed.*)$")
_LINK = re.compile(r'href=["\']([^"\']+)["\']')


class NotWordPress(ValueError):
    """The body is not the JSON of a WordPress site; the message says what it is instead."""


@dataclass(frozen=True, slots=True)
class WordPress:
    """Posts, the next page of them, or the addresses that list the posts of each type."""

    items: tuple[Listed, ...] = ()
    next_page: str = ""
    children: tuple[str, ...] = ()


def read_wordpress(body: bytes, address: str, headers: Mapping[str, str] | None = None) -> WordPress:
    """Read what `/wp-json/wp/v2/posts`, `.../types` or `/wp-json/` answers; raises only `NotWordPress`.

    `headers` are those of the answer, in lower case: `x-wp-totalpages` tells whether there is a next page
    (WordPress REST API handbook, "Pagination").
    """
    try:
        answer = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NotWordPress(f"{address} is no JSON") from error
    if isinstance(answer, list):
        items = (_listed(post, address) for post in answer if isinstance(post, dict))
        return WordPress(tuple(item for item in items if item), _next_page(address, headers or {}))
    if not isinstance(answer, dict):
        raise NotWordPress(f"{address} is JSON of another kind")
    if isinstance(answer.get("routes"), dict):
        return WordPress(children=(f"{address.rstrip('/')}/wp/v2/types",))
    if "code" in answer and "message" in answer:
        raise NotWordPress(f"{address} says: {plain_text(str(answer['message']))[:200]}")
    return WordPress(children=_types(answer, address))


def _types(answer: dict[str, Any], address: str) -> tuple[str, ...]:
    """The addresses that list the posts of each type of publication; raises `NotWordPress` when there is none."""
    found = []
    for name, kind in answer.items():
        if isinstance(kind, dict) and not PARTS.match(name) and (base := kind.get("rest_base")):
            space = kind.get("rest_namespace") or "wp/v2"
            root = re.sub(r"/wp/v2/types/?(?:\?.*)?$", "", address)
            found.append(f"{root}/{space}/{base}?per_page={PER_PAGE}")
    if not found:
        raise NotWordPress(f"{address} names no type of post")
    return tuple(found)


def _listed(post: dict[str, Any], address: str) -> Listed | None:
    link = post.get("link")
    found = absolute(address, link) if isinstance(link, str) else ""
    if not found:
        return None
    content = _rendered(post, "content")
    modified = _moment(post, "modified")
    kind = post.get("type")
    return Listed(
        address=found,
        identity=str(post.get("id") or ""),
        title=plain_text(_rendered(post, "title")),
        intro=without_contacts(plain_text(_rendered(post, "excerpt"))),
        published=_moment(post, "date"),
        modified=utc_text(modified.moment) if modified and modified.moment else "",
        label=kind.capitalize() if isinstance(kind, str) and kind != "post" else "",
        text=without_contacts(paragraphs_of(content)),
        documents=tuple(
            dict.fromkeys(document for each in _LINK.findall(content) if is_document(document := absolute(found, each)))
        ),
    )


def _rendered(post: dict[str, Any], name: str) -> str:
    value = post.get(name)
    text = value.get("rendered") if isinstance(value, dict) else value
    return text if isinstance(text, str) else ""


def _moment(post: dict[str, Any], name: str) -> Dated | None:
    """A time of a post: the one in Greenwich, else the local one."""
    for field, zone in ((f"{name}_gmt", "Z"), (name, "")):
        value = post.get(field)
        if isinstance(value, str) and value and (found := parse_declared(value + zone, Origin.FEED)):
            return found
    return None


def _next_page(address: str, headers: Mapping[str, str]) -> str:
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    pages, page = headers.get("x-wp-totalpages", ""), query.get("page", "1")
    if not (pages.isdecimal() and page.isdecimal()) or int(page) >= int(pages):
        return ""
    return urlunsplit(parts._replace(query=urlencode(query | {"page": str(int(page) + 1)})))
