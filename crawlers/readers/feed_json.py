"""JSON Feed, versions 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from typing import Any

from crawlers.readers.feed_entry import FeedEntry


def parse_json(body: bytes) -> tuple[str, str, list[FeedEntry]] | None:
    """Title, link and entries of a JSON Feed; None when the body is none."""
    try:
        feed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or "jsonfeed.org" not in str(feed.get("version")):
        return None
    items = feed.get("items")
    entries = [_entry(item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return _string(feed, "title"), _string(feed, "home_page_url"), entries


def _entry(item: dict[str, Any]) -> FeedEntry:
    plain = _string(item, "content_text")
    authors = item.get("authors") or [item.get("author")]
    tags = item.get("tags")
    attachments = item.get("attachments")
    return FeedEntry(
        identity=str(item.get("id") or ""),
        title=_escaped(_string(item, "title")),
        links=(_string(item, "url"), _string(item, "external_url")),
        summary=_escaped(_string(item, "summary")),
        content=_string(item, "content_html") or "".join(f"<p>{_escaped(part)}</p>" for part in plain.split("\n\n")),
        published=_string(item, "date_published"),
        updated=_string(item, "date_modified"),
        label=next((tag for tag in tags if isinstance(tag, str)), "") if isinstance(tags, list) else "",
        authors=tuple(_string(one, "name") for one in authors if isinstance(one, dict))
        if isinstance(authors, list)
        else (),
        enclosures=tuple(
            (_string(one, "url"), _string(one, "mime_type")) for one in attachments if isinstance(one, dict)
        )
        if isinstance(attachments, list)
        else (),
    )


def _string(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
