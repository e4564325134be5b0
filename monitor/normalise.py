"""Publication → Item: one address, clean text, a fingerprint."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from html import unescape

from crawlers.address import key, site
from crawlers.publication import Publication
from crawlers.source import Kind
from monitor.item import Item

FINGERPRINT_VERSION = "1"
SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")  # a single blank stays as it is, and nearly all are single
EMPTY_LINES = re.compile(r"\s*\n\s*\n\s*")
# What is left of letters and marks that a site escaped twice (HTML, section 13.1.4); never what would make a tag.
ENTITY = re.compile(
    r"&(?:amp|quot|apos|nbsp|euro|ndash|mdash|hellip|[lr][sd]quo|[a-z]{1,2}(?:acute|grave|uml|circ|tilde|cedil|ring|lig)"
    r"|#(?!6[02];)\d{2,5}|#x(?!0{0,2}3[ce];)[0-9a-f]{2,4});",
    re.IGNORECASE,
)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufeff\u00ad]")
NO_LETTERS = {mark: " " for mark in range(128) if not re.match(r"\w", chr(mark))}
LONGEST_TEXT = 200_000
LONGEST_LINE = 500


def clean_text(text: str) -> str:
    """Fold a text to NFC without control characters; one blank between words, one empty line between paragraphs."""
    if not text:
        return ""
    text = unicodedata.normalize("NFC", _whole_letters(text) if "&" in text else text)
    if not text.isprintable():
        # NFC neither makes nor needs any of these; what can be printed holds no blank but the plain one.
        text = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        text = SPACES.sub(" ", text)
        text = EMPTY_LINES.sub("\n\n", text) if "\n" in text else text
    elif "  " in text:
        text = SPACES.sub(" ", text)
    return text.strip()[:LONGEST_TEXT]


def _whole_letters(text: str) -> str:
    """A text without entities, which have no meaning in a text; once more for what was escaped three times."""
    return ENTITY.sub(_letter, ENTITY.sub(_letter, text))


def _letter(entity: re.Match[str]) -> str:
    return unescape(entity[0])


def clean_line(text: str) -> str:
    """Fold a title or label to one line of at most 500 characters."""
    return text and " ".join(clean_text(text).split())[:LONGEST_LINE]


def fingerprint(title: str, intro: str, text: str) -> str:
    """Tell whether content changed: a hash over the words, blind to case, punctuation and blanks."""
    words = " ".join([*_words(title.casefold()), *_words(intro.casefold()), *_words(text.casefold())])
    return hashlib.sha256(f"{FINGERPRINT_VERSION} {words}".encode()).hexdigest()


def _words(text: str) -> list[str]:
    return text.translate(NO_LETTERS).split() if text.isascii() else re.findall(r"\w+", text)


def normalise_all(publications: Sequence[Publication]) -> list[Item]:
    """Normalise what one source gave; a canonical address that different pages claim identifies none of them."""
    claims: defaultdict[str, set[str]] = defaultdict(set)
    if any(one.canonical for one in publications):
        for one in publications:
            if one.read:
                claims[key(one.canonical or one.address)].add(fingerprint(one.title, one.intro, one.text))
    return [normalise(one, trust_canonical=_one_page(one, claims)) for one in publications]


def _one_page(publication: Publication, claims: Mapping[str, Collection[str]]) -> bool:
    return not publication.canonical or len(claims.get(key(publication.canonical), ())) < 2


def normalise(publication: Publication, *, trust_canonical: bool = True) -> Item:
    """Give a publication its identity (the canonical address first, rel=canonical, RFC 6596) and clean text.

    A canonical address on another site, or the front page of the site, is a mistake of the page and is not followed.
    """
    title = clean_line(publication.title)
    intro = clean_text(publication.intro)
    text = clean_text(publication.text)
    published = publication.published
    canonical = publication.canonical if trust_canonical else ""
    if canonical and (site(canonical) != site(publication.address) or "/" not in key(canonical)):
        canonical = ""
    address = canonical or publication.address
    keys = {key(spelling): None for spelling in dict.fromkeys((address, publication.address))}
    return Item(
        source=publication.source,
        address=address,
        found_at=publication.address,
        keys=tuple(keys),
        title=title,
        listed_as=clean_line(publication.listed_as),
        intro=intro,
        text=text,
        label=clean_line(publication.label),
        authors=tuple(clean_line(author) for author in publication.authors),
        documents=publication.documents,
        published=published.day if published else None,
        published_precision=published.precision.value if published else "",
        published_origin=published.origin.value if published else "",
        modified=publication.modified,
        fingerprint=fingerprint(title, intro, text),
        read=publication.read,
        failure=clean_line(publication.failure),
        watched=publication.found_by is Kind.WATCH,
    )
