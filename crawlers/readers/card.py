"""What the block around a link says of the item: title, date, label and teaser."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lxml.html import HtmlElement

from crawlers.publication import Dated, Listed, Origin
from crawlers.readers.choice import Pick
from crawlers.readers.contacts import without_contacts
from crawlers.readers.dates import UNKNOWN_DAY, date_in_address, find_date
from crawlers.readers.label import find_label
from crawlers.readers.links import HEADINGS, ONLY_DATE, ONLY_DAY, Link, is_reference, link_text, says_nothing
from crawlers.readers.machine_dates import parse_declared
from crawlers.readers.page import BLOCKS, UNSEEN, clean, text_of

SHORT_LINE = 60
SECTION_LINE = 70
LONG_LINK = 25
LONG_TITLE = 300
TEASER_WORDS = 6
SEPARATE = BLOCKS | {"br", "time"}
_TITLE_NAME = re.compile(r"(?:^|[-_\s])(?:titel|title|heading|headline|kop|name|naam)(?:$|[-_\s])", re.I)
_CHANGED = re.compile(r"updated|modified|gewijzigd|bijgewerkt", re.I)
_MORE = re.compile(r"\s*(?:\[?(?:…|\.\.\.)\]?\s*)?(?:lees (?:meer|verder|het hele \w+)|read more|meer lezen)\W*$", re.I)
_GLUED_DATE = re.compile(r"^(?:[a-z]{2,9}[,.]?\s+)?\d{1,2}\s*[a-z]{3,9}\.?\s*(?:19|20)\d\d(?=[^\W\d_])", re.I)
_WHOLE_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Line:
    """A line of a block as a reader sees it, and the element it stands in."""

    text: str
    element: HtmlElement


@dataclass(frozen=True)
class Surroundings:
    """The lines of a block and of what stands loose behind and before it, and the date of the section above it."""

    lines: tuple[Line, ...]
    behind: tuple[Line, ...]
    before: tuple[Line, ...]
    section: Dated | None = None


def read_cards(page: HtmlElement, picks: list[Pick], today: date, month_first: bool) -> list[Listed]:
    """Read the block of each pick into an item, in the order of the page."""
    around = _surroundings(page, picks, today, month_first)
    after_wins = _loose_text_follows(picks, around, today, month_first)
    items = []
    for pick in picks:
        place = around[pick.link.key]
        parent = pick.block.getparent()
        loose = place.behind if after_wins.get(parent, True) else place.before
        lines = (*place.lines, *loose)
        title = title_of(pick, lines)
        rest = [line for line in lines if line.text not in (title, f"{title} {pick.link.text}")]
        published = (
            date_of_element(pick.block, today)
            or date_of_lines(rest, today, month_first)
            or place.section
            or date_of_lines([line for line in lines if line.text == title], today, month_first)
            or date_in_address(pick.link.address, today)
        )
        items.append(
            Listed(
                address=pick.link.address,
                title=title,
                intro=without_contacts(_teaser(rest, title)),
                published=published,
                label=next((label for line in rest if (label := find_label(line.text))), ""),
                documents=pick.documents,
            )
        )
    return items


def title_of(pick: Pick, lines: tuple[Line, ...]) -> str:
    """The title of an item: a heading in its link, else what the link says, else the best line of its block."""
    link = pick.link
    if heading := _heading_in(link.element):
        return heading
    headings = [element for element in pick.block.iter(*HEADINGS) if text_of(element)]
    if _is_weak(link):
        named = [*headings, *(e for e in pick.block.iter() if _TITLE_NAME.search(_class(e)) and text_of(e))]
        titles = [text for element in named if not says_nothing(text := text_of(element))]
        if titles:
            return titles[0]
        other = [text for a in pick.block.iter("a") if a is not link.element and not says_nothing(text := link_text(a))]
        best = _best_line(_beside(link.text, lines) if ONLY_DAY.match(link.text) else lines)
        if says_nothing(link.text) and best.endswith(f" {link.text}"):
            best = best.removesuffix(link.text).rstrip()
        return best or max(other, key=len, default="") or link.text
    if len(link.text.split()) > LONG_LINK:
        return text_of(headings[0]) if headings else _best_line(tuple(_lines(link.element))) or link.text
    first, *others = [line.text for line in _lines(link.element)] or [""]
    if others and ONLY_DATE.match(first) and not says_nothing(others[0]):
        return " ".join(others)
    glued = _GLUED_DATE.match(link.text)
    return link.text[glued.end() :] if glued and ONLY_DATE.match(glued[0]) else link.text


def _beside(day: str, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines of a block without the link that says only its day."""
    return tuple(Line(line.text.replace(day, "", 1).strip(" :–—|·-"), line.element) for line in lines)


def date_of_element(block: HtmlElement, today: date) -> Dated | None:
    """The date a block declares in a `time` element."""
    for element in block.iter("time"):
        if _CHANGED.search(_class(element)):
            continue
        stamp = element.get("datetime") or ""
        if found := parse_declared(stamp, Origin.TIME_TAG) if stamp else None:
            return found
    return None


def date_of_lines(lines: list[Line], today: date, month_first: bool) -> Dated | None:
    """The date in the lines of a block: one that stands nearly alone goes before one inside a sentence."""
    dated = [line for line in lines if any(mark.isdigit() for mark in line.text)]
    dated.sort(key=lambda line: (len(line.text) > SHORT_LINE, not _WHOLE_YEAR.search(line.text)))
    found = (find_date(line.text, Origin.LISTING, today, month_first) for line in dated)
    return next((date for date in found if date), None)


def lines_of(nodes: list[HtmlElement]) -> Iterator[Line]:
    """The lines of some elements that stand side by side, with the loose text between them."""
    for number, node in enumerate(nodes):
        yield from _lines(node)
        tail = clean(node.tail or "")
        if tail and number < len(nodes) - 1:
            yield Line(tail, node)


def _lines(element: HtmlElement) -> Iterator[Line]:
    """Cut an element into lines where a browser would, and at each `time`, link or span that is all of a line."""
    pieces: list[str] = []
    owner = element
    stack: list[tuple[HtmlElement, bool]] = [(element, False)]

    def flush() -> Iterator[Line]:
        text = clean("".join(pieces))
        pieces.clear()
        if text:
            yield Line(text, owner)

    while stack:
        node, leaving = stack.pop()
        separate = node.tag in SEPARATE
        if leaving or not isinstance(node.tag, str) or node.tag in UNSEEN:
            if leaving and separate:
                yield from flush()
            if node is not element:
                pieces.append(node.tail or "")
            continue
        if separate:
            yield from flush()
            owner = node
        pieces.append(node.text or "")
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))
    yield from flush()


def _surroundings(page: HtmlElement, picks: list[Pick], today: date, month_first: bool) -> dict[str, Surroundings]:
    blocks = {pick.block for pick in picks}
    sections = _sections(page, blocks, today, month_first)
    found = {}
    for pick in picks:
        behind = _loose(pick.block, blocks, forward=True)
        before = _loose(pick.block, blocks, forward=False)
        found[pick.link.key] = Surroundings(
            tuple(_lines(pick.block)), tuple(behind), tuple(before), sections.get(pick.block)
        )
    return found


def _loose(block: HtmlElement, blocks: set[HtmlElement], forward: bool) -> list[Line]:
    """Lines between a block and the next one (or the one before) under the same parent; none when it stands alone."""
    parent = block.getparent()
    if parent is None or not any(other is not block and other in blocks for other in parent):
        return []
    lines: list[Line] = []
    if forward and (tail := clean(block.tail or "")):
        lines.append(Line(tail, block))
    for sibling in block.itersiblings(preceding=not forward):
        if sibling in blocks or len(lines) > 6:
            if not forward and (tail := clean(sibling.tail or "")):
                lines.insert(0, Line(tail, sibling))
            break
        if sibling.tag in HEADINGS:
            break
        here = [*_lines(sibling)] if isinstance(sibling.tag, str) and sibling.tag not in UNSEEN else []
        tail = clean(sibling.tail or "")
        here += [Line(tail, sibling)] if tail else []
        lines = lines + here if forward else here + lines
    return lines


def _loose_text_follows(
    picks: list[Pick], around: dict[str, Surroundings], today: date, month_first: bool
) -> dict[HtmlElement | None, bool]:
    """For each parent whether loose dates stand behind its blocks (rather than before them)."""
    balance: dict[HtmlElement | None, int] = defaultdict(int)
    for pick in picks:
        place = around[pick.link.key]
        parent = pick.block.getparent()
        balance[parent] += bool(date_of_lines(list(place.behind), today, month_first))
        balance[parent] -= bool(date_of_lines(list(place.before), today, month_first))
    return {parent: count >= 0 for parent, count in balance.items()}


def _sections(page: HtmlElement, blocks: set[HtmlElement], today: date, month_first: bool) -> dict[HtmlElement, Dated]:
    """For each block the date that a heading, or a line that is nearly only a date, gives to all items under it."""
    current: Dated | None = None
    level = 9
    found: dict[HtmlElement, Dated] = {}
    inside: set[HtmlElement] = set()
    for element in page.iter():
        if not isinstance(element.tag, str) or element.tag in UNSEEN:
            continue
        if element in blocks:
            if current:
                found[element] = current
            inside.add(element)
            continue
        if element.getparent() in inside:
            inside.add(element)
            continue
        heading = element.tag in HEADINGS
        rank = int(element.tag[1]) if heading else 7
        text = text_of(element) if heading or _own_digits(element) else ""
        dated = find_date(text, Origin.LISTING, today, month_first) if 0 < len(text) <= SECTION_LINE else None
        if dated:
            current, level = dated, rank
        elif heading and rank <= level:
            current, level = None, 9
    return found


def _own_digits(element: HtmlElement) -> bool:
    """Whether an element that holds no link has a digit in its own text: the cheap test before looking for a date."""
    own = (element.text or "") + "".join(child.tail or "" for child in element)
    return len(own) <= 200 and any(mark.isdigit() for mark in own) and element.find(".//a") is None


def _heading_in(element: HtmlElement) -> str:
    return next((text for heading in element.iter(*HEADINGS) if (text := text_of(heading))), "")


def _near_heading(element: HtmlElement) -> bool:
    return any(parent.tag in HEADINGS for _, parent in zip(range(3), element.iterancestors(), strict=False))


def _is_weak(link: Link) -> bool:
    """Whether a link is better not used as a title: it says nothing, is a picture, or is a number."""
    return (
        says_nothing(link.text)
        or bool(ONLY_DATE.match(link.text))
        or not text_of(link.element)
        or is_reference(link.text)
    )


def _class(element: HtmlElement) -> str:
    return (element.get("class") or "") if isinstance(element.tag, str) else ""


def _best_line(lines: tuple[Line, ...]) -> str:
    """The first line that could be a title (words; no date, number, label or "lees meer"); "" when there is none."""
    good = (
        line.text
        for line in lines
        if len(line.text) <= LONG_TITLE
        and len(line.text.split()) >= 2
        and not says_nothing(line.text)
        and not is_reference(line.text)
        and not find_label(line.text)
        and not (len(line.text) <= SHORT_LINE and find_date(line.text, Origin.LISTING, UNKNOWN_DAY))
    )
    return next(good, "")


def _teaser(lines: list[Line], title: str) -> str:
    """The longest line that tells something beside the title."""
    told = [_MORE.sub("", line.text) for line in lines if line.text not in title and title not in line.text]
    longest = max(told, key=len, default="")
    return longest if len(longest.split()) >= TEASER_WORDS else ""
