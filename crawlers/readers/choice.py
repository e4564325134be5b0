"""Which links of a page are its list: the groups worth showing, and one link for each item.

Every group of links gets a score from signs that were weighed on saved overview pages (logistic regression, rounded).
Several groups may win: a page often shows its items in several shapes. A link that stands in the block of a better link
(an author, a category, the same text as a document) is no item of its own.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawlers.readers.links import (
    ONLY_DATE,
    ONLY_DAY,
    Group,
    Link,
    is_document,
    margin_heading,
    path_of,
    same_site,
    says_nothing,
    slug_words,
)
from crawlers.readers.page import text_of

THRESHOLD = 0.3
NEAR_BEST = 0.6
FLOOR = 0.2
MANY = 32
LONG_TITLE = 12
LONG_BLOCK = 40
LONG_LINK = 25
MOSTLY = 0.8
ROW_TAGS = ("tr", "li", "dd", "article")
WHOLE = frozenset(("body", "html", "main"))
BOX_HEADING = re.compile(
    r"^(?:lees ook|meest? (?:gelezen|bekeken|gedeeld)|veel gelezen|populaire?|gerelateerde?|zie ook|ook interessant"
    r"|aanbevolen|most (?:read|popular|viewed)|popular|related|recommended)\b",
    re.I,
)
_NUMBER = re.compile(r"\d{3,}")
_COUNTED = re.compile(r"\(\d+\)$|^\d*\s*(?:comments?|reacties?|replies|reply)$", re.I)
_DATE_LIKE = re.compile(
    r"\b\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)\b|\b\d{4}-\d\d-\d\d\b"
    r"|\b(?:jan|feb|maa|mar|mrt|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*\.?,?\s+(?:\d{1,2},?\s+)?(?:\d{4}|'\d\d)\b",
    re.I,
)

WEIGHTS = {
    "bias": -5.4, "size": 0.8, "single": -0.5, "few": -0.3, "words": 1.0, "four": 1.2, "nothing": 1.0, "empty": 0.2,
    "margin": -0.6, "header": -0.4, "main": 1.2, "named": -0.7, "headed": 0.4, "side": -0.1, "beside": 0.2, "doc": 1.4,
    "slug": 1.0, "same": 0.8, "uniq": 0.5, "tuniq": 0.1, "dated": 0.2, "blockwords": 0.7, "share": 0.6, "facet": -0.2,
    "below": 1.0, "depth": 0.1, "digits": 1.0, "counted": -0.6, "onepath": -0.4, "alone": 0.6, "baredoc": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class Pick:
    """One item of the list: its link, the block that is all its own, and other documents that stand in that block."""

    link: Link
    block: HtmlElement
    documents: tuple[str, ...] = ()


def choose(groups: list[Group], base: str) -> list[Pick]:
    """The items of a page in the order of the page, one pick for each address.

    Beside a list, links to parts of the page itself are a table of contents; without one they may be the list.
    """
    return _chosen([group for group in groups if not group.on_this_page], base) or _chosen(groups, base)


def _chosen(groups: list[Group], base: str) -> list[Pick]:
    scores = score(groups, base)
    order = sorted(range(len(groups)), key=lambda number: -scores[number])
    if not order or scores[order[0]] < FLOOR:
        return []
    bar = max(THRESHOLD, NEAR_BEST * scores[order[0]])
    winners = [groups[n] for n in order if scores[n] >= bar] or [groups[order[0]]]
    lists = [group for group in winners if not _is_box(group)] or winners
    lists.sort(key=_untold)
    return pick([_told(_one_per_row(group)) for group in lists])


def _is_box(group: Group) -> bool:
    """Whether a group is a box beside the list ("Meest gelezen"): it shows old items again, mostly without a date."""
    return all((link.in_margin or link.named) and bool(BOX_HEADING.search(link.heading)) for link in group.links)


def pick(groups: list[Group]) -> list[Pick]:
    """One pick for each block of the groups, the better group first; the others in the block are its documents."""
    blocks = _blocks(groups)
    owner: dict[HtmlElement, Link] = {}
    taken: dict[str, list[Link]] = {}
    extra: dict[str, list[str]] = defaultdict(list)
    for group in groups:
        for link in group.links:
            above = next((owner[e] for e in _upwards(link.element) if e in owner), None)
            if above is not None and above.key != link.key:
                if is_document(link.address) and link.address not in extra[above.key]:
                    extra[above.key].append(link.address)
                continue
            taken.setdefault(link.key, []).append(link)
            owner.setdefault(blocks[link.element], link)
    picks = [
        Pick(max(links, key=_naming), blocks[links[0].element], tuple(extra[name])) for name, links in taken.items()
    ]
    return sorted(picks, key=lambda found: found.link.position)


def score(groups: list[Group], base: str) -> list[float]:
    """For each group how likely it is (part of) the list, from 0 to 1."""
    letters = sum({link.key: len(link.text) for group in groups for link in group.links}.values())
    titled = titled_share(groups)
    answers = []
    for group in groups:
        signs = signs_of(group, base, letters, titled)
        total = WEIGHTS["bias"] + sum(WEIGHTS[name] * value for name, value in signs.items())
        answers.append(1 / (1 + math.exp(-total)))
    return answers


def signs_of(group: Group, base: str, letters: int, titled: float) -> dict[str, float]:
    """What speaks for and against a group, each between 0 and 1; `letters` are those of all link texts of the page."""
    links, many = group.links, len(group.links)
    distinct = len(group.keys)
    path = path_of(base)
    local = [same_site(link.address, base) for link in links]
    paths = [path_of(link.address) for link in links]
    blocks = _blocks([group]) if distinct > 1 else {link.element: _parent(link.element) for link in links}
    said = {block: text_of(block)[:600] for block in set(blocks.values())}
    texts = [said[blocks[link.element]] for link in links]
    named = [_named(link, text) for link, text in zip(links, texts, strict=True)]
    own = sum({link.key: len(name) for link, name in zip(links, named, strict=True)}.values())
    words = [min(len(name.split()), LONG_TITLE) for name in named]
    beyond = [min(len(text.split()) - count, LONG_BLOCK) for text, count in zip(texts, words, strict=True)]

    def share(marks: list[bool]) -> float:
        return sum(marks) / many

    return {
        "size": min(math.log2(distinct) / math.log2(MANY), 1.0),
        "single": float(distinct == 1),
        "few": float(distinct == 2),
        "words": sum(words) / many / LONG_TITLE,
        "four": share([len(name.split()) >= 4 and not says_nothing(name) for name in named]),
        "nothing": share([says_nothing(name) for name in named]),
        "empty": share([name == "" for name in named]),
        "margin": share([link.in_margin for link in links]),
        "header": share([link.in_header for link in links]),
        "main": share([link.in_main for link in links]),
        "named": share([link.named for link in links]),
        "headed": share([link.headed for link in links]),
        "side": share([link.side for link in links]),
        "beside": share([margin_heading(link) for link in links]),
        "doc": share([is_document(link.address) for link in links]),
        "slug": sum(min(slug_words(link.address), 8) for link in links) / many / 8,
        "same": share(local),
        "uniq": distinct / many,
        "tuniq": len(set(named)) / many,
        "dated": share([bool(_DATE_LIKE.search(text)) for text in texts]),
        "blockwords": sum(beyond) / many / LONG_BLOCK,
        "share": own / max(letters, 1),
        "facet": share([here and each == path for here, each in zip(local, paths, strict=True)]),
        "below": share([here and each.startswith(f"{path or None}/") for here, each in zip(local, paths, strict=True)]),
        "depth": sum(min(each.count("/"), 5) for each in paths) / many / 5,
        "digits": share([bool(_NUMBER.search(link.address)) for link in links]),
        "counted": share([bool(_COUNTED.search(name) or ONLY_DATE.match(name)) for name in named]),
        "onepath": float(distinct > 2 and len(set(paths)) == 1),
        "alone": share([says_nothing(name) for name in named]) * (1 - titled),
        "baredoc": share([says_nothing(link.text) and is_document(link.address) for link in links]),
    }  # fmt: skip


def _named(link: Link, said: str) -> str:
    """What an item is called: what its link says or, where that is only the day, what stands beside it."""
    return said.replace(link.text, "", 1).strip() or link.text if ONLY_DAY.match(link.text) else link.text


def titled_share(groups: list[Group]) -> float:
    """How well the best titled group outside menus and footers is titled: 1 when each of its links tells a story."""
    return max((_titled(group) for group in groups if len(group.keys) >= 3), default=0.0)


def _titled(group: Group) -> float:
    good = [
        len(link.text.split()) >= 4
        and not says_nothing(link.text)
        and not (link.in_margin or link.in_header or link.side)
        for link in group.links
    ]
    return sum(good) / len(good)


def _blocks(groups: list[Group]) -> dict[HtmlElement, HtmlElement]:
    """For each link the largest element around it that holds no second item of one and the same group."""
    crowded: set[HtmlElement] = set()
    for group in groups:
        first: dict[HtmlElement, str] = {}
        for link in group.links:
            for element in _upwards(link.element):
                seen = first.setdefault(element, link.stem)
                if seen == "":
                    break
                if seen != link.stem:
                    first[element] = ""
                    crowded.add(element)
    blocks = {}
    for group in groups:
        for link in group.links:
            block = link.element
            for element in link.element.iterancestors():
                if element in crowded or element.tag in WHOLE:
                    break
                block = element
            blocks[link.element] = block
    return blocks


def _one_per_row(group: Group) -> Group:
    """A group with several links in its rows (a text and its appendix, a page and its PDF) keeps the best of each."""
    rows: dict[HtmlElement, list[Link]] = defaultdict(list)
    loose: list[Link] = []
    for link in group.links:
        row = next((element for element in link.element.iterancestors() if element.tag in ROW_TAGS), None)
        if row is None:
            loose.append(link)
        else:
            rows[row].append(link)
    counts = Counter(len({link.key for link in links}) for links in rows.values())
    if len(rows) < 3 or max(counts, default=0) > 6 or counts.keys() <= {1}:
        return _without_twins(group)
    kept = [max(links, key=_worth) for links in rows.values()] + loose
    return Group(group.signature, tuple(sorted(kept, key=lambda link: link.position)))


def _untold(group: Group) -> bool:
    """Whether most links of a group say nothing: where an item has a titled link too, that one leads."""
    return sum(says_nothing(link.text) for link in group.links) * 2 > len(group.links)


def _told(group: Group) -> Group:
    """A group whose links are nearly all titles, without those that say nothing ("More articles...")."""
    told = tuple(link for link in group.links if not says_nothing(link.text))
    return Group(group.signature, told) if len(told) >= MOSTLY * len(group.links) else group


def _without_twins(group: Group) -> Group:
    """Of one document in two formats the PDF stays."""
    best: dict[str, Link] = {}
    for link in group.links:
        if link.stem not in best or _worth(link) > _worth(best[link.stem]):
            best[link.stem] = link
    kept = [link for link in group.links if best[link.stem].key == link.key]
    return Group(group.signature, tuple(kept))


def _worth(link: Link) -> tuple[bool, bool, bool]:
    return not says_nothing(link.text), is_document(link.address), ".pdf" in link.address.lower()


def _naming(link: Link) -> tuple[bool, bool, bool]:
    """How well a link names its item, compared with other links to the same address."""
    told = not says_nothing(link.text)
    return told and link.headed, told and 2 <= len(link.text.split()) <= LONG_LINK, told


def _upwards(element: HtmlElement) -> list[HtmlElement]:
    return [element, *element.iterancestors()]


def _parent(element: HtmlElement) -> HtmlElement:
    parent = element.getparent()
    return element if parent is None else parent
