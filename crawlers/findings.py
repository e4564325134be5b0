"""What looking around at an address gave: addresses that could be endpoints, with what each lists."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from crawlers.publication import Listed
from crawlers.source import Kind, Selectors


class Candidate(BaseModel):
    """One address that could be an endpoint, with the first of what it lists.

    `confidence` (0..1) follows from `signs`: declared, usual, page, section, dated, undated, titled, untitled, few,
    off_site, stale, places, no_list, itself. Of kind `watch` the page itself is its one item. `articles` is a regular
    expression that keeps publications only, or ""; `css` says where the items stand when that is not clear
    from the page itself. `shared` counts the known items, where some were looked for, in all that it lists.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    address: str
    listed: int
    items: tuple[Listed, ...]
    confidence: float
    signs: tuple[str, ...]
    articles: str = ""
    css: Selectors = Selectors()
    shared: int = 0


class Findings(BaseModel):
    """What looking around gave: candidates, the surest first, or the trouble that kept us from finding any.

    `trouble` is a reason code (`crawlers.publication.Reason`), or "script_only" or "nothing_found".
    """

    model_config = ConfigDict(frozen=True)

    address: str
    title: str = ""
    candidates: tuple[Candidate, ...] = ()
    trouble: str = ""
    detail: str = ""
