"""The desk in English: an answer in Dutch, as the pages make it, put into English for who reads that.

text between tags, and what attributes say to people   | phrasebook: in English
what stands under translate="no" (HTML, 3.2.6.2)       | stays: titles, names, what people typed
what stands under lang="nl" alone: words of the YAML   | in English where the phrasebook has them
<html lang="nl">                                       | lang="en"
"""

from __future__ import annotations

import json
import re
from collections.abc import Set
from dataclasses import replace
from html import escape, unescape
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from monitor.desk.phrasebook import DUTCH, END, LETTER, Phrasebook, phrasebook
from monitor.language import Language, asked_for

if TYPE_CHECKING:
    from monitor.colleagues import Note

TOKEN = re.compile(r"<!--.*?-->|<(?P<close>/?)(?P<tag>[a-zA-Z][\w-]*)(?P<rest>[^>]*)>|<![^>]*>|[^<]+", re.DOTALL)
SAID = re.compile(r'(?P<before>\s(?:title|alt|aria-label|placeholder|data-say-\w+)=")(?P<text>[^"]*)(?=")')
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
UNTOUCHED = frozenset({"script", "style", "textarea", "code", "kbd"})
NO_MARKUP = frozenset({"title", "option", "text"})
UNTRANSLATED = 'translate="no"'
MAY_BE_DUTCH = ' lang="nl"'
STAYS_DUTCH = '<span lang="nl" translate="no">'


def language_of(request: Request) -> Language:
    """The language of who asks: what they chose, else what their browser asks for."""
    reviewer = getattr(request.state, "reviewer", None)
    chosen = reviewer.language if reviewer else ""
    return Language(chosen) if chosen in list(Language) else asked_for(request.headers.get("accept-language", ""))


def spoken(request: Request, response: Response) -> Response:
    """An answer in the language of who asks: a page, a piece of one, or what our script is told in JSON."""
    language = language_of(request)
    if language is Language.DUTCH or not response.body:
        return response
    text = bytes(response.body).decode()
    if response.media_type == "application/json":
        told = json.loads(text)
        told["text"] = phrasebook().plain(told["text"])
        body = json.dumps(told, ensure_ascii=False)
    else:
        body = page_in(language, text)
    response.body = body.encode()
    response.headers["content-length"] = str(len(response.body))
    return response


def page_in(language: Language, page: str) -> str:
    """A page, or a piece of one that holds whole elements, in a language."""
    return page if language is Language.DUTCH else in_english(page, phrasebook())[0]


def note_in(language: Language, note: Note) -> Note:
    """A mail to a colleague in a language."""
    if language is Language.DUTCH:
        return note
    plain = phrasebook().plain
    lines = tuple(plain(line) for line in note.lines)
    return replace(note, subject=plain(note.subject), lines=lines, language=language)


def in_english(page: str, book: Phrasebook) -> tuple[str, Set[str]]:
    """A page of the desk in English, and the texts for which the book has none; those stay Dutch."""
    done: list[str] = []
    unknown: set[str] = set()
    skipped, depth, inside, perhaps = "", 0, "", False
    for token in TOKEN.finditer(page):
        text, tag = token[0], token["tag"]
        if skipped:
            depth += 0 if tag != skipped else -1 if token["close"] else 1
            skipped = skipped if depth else ""
        elif tag:
            inside, perhaps = "" if token["close"] else tag, MAY_BE_DUTCH in token["rest"]
            if not token["close"] and tag not in VOID and (tag in UNTOUCHED or UNTRANSLATED in token["rest"]):
                skipped, depth = tag, 1
            elif tag == "html":
                text = text.replace(MAY_BE_DUTCH, ' lang="en"')
            if UNTRANSLATED not in text:
                text = SAID.sub(lambda said: said["before"] + _said(said["text"], book, unknown, ""), text)
        elif not text.startswith("<") and not text.isspace():
            said = _said(text, book, set() if perhaps else unknown, "" if inside in NO_MARKUP else STAYS_DUTCH)
            if perhaps and said != text:
                done[-1] = done[-1].replace(MAY_BE_DUTCH, "")
            text, perhaps = said, False
        done.append(text)
    return "".join(done), unknown


def _said(text: str, book: Phrasebook, unknown: set[str], mark: str) -> str:
    """One text in English, with the space around it; `mark` goes before what stays Dutch in it."""
    bare = text.strip()
    if not LETTER.search(bare):
        return text
    dutch = " ".join(unescape(bare).split())
    english = book.english(dutch)
    if english is None:
        unknown.add(dutch)
        return text
    said = escape(english).replace(DUTCH, mark).replace(END, "</span>" if mark else "")
    return text.replace(bare, said)
