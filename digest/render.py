"""Edition → letter: rendered once per edition, then filled in per reader with escaping for each place. Pure."""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from digest import dutch
from digest.edition import Audience, Edition, Entry, Kind
from digest.headers import list_headers
from digest.letterhead import Letterhead, Recipient

WIDTH = 72
READER = "lezer"
SAMPLE = Recipient(email="voorbeeld@example.nl", name="", token="voorbeeld", preferences="voorbeeld")  # noqa: S106 - not a secret


@dataclass(frozen=True)
class Letter:
    """A rendered edition with blanks for what differs per reader; `mark` is the text each blank begins with.

    `headers` are the lines of `digest.headers`: the subject and those of the list; From, To and the like are not there.
    """

    subject: str
    headers: str
    html: str
    text: str
    mark: str

    def headers_for(self, recipient: Recipient) -> str:
        """The header lines for one reader."""
        return _filled(self.headers, self.mark, blanks(recipient))

    def html_for(self, recipient: Recipient) -> str:
        """The HTML part for one reader."""
        return _filled(self.html, self.mark, {k: html.escape(v) for k, v in blanks(recipient).items()})

    def text_for(self, recipient: Recipient) -> str:
        """The text part for one reader."""
        return _filled(self.text, self.mark, blanks(recipient))


def render(edition: Edition, letterhead: Letterhead) -> Letter:
    """Make the letter of an edition, once for all its readers."""
    environment = _environment()
    # Blanks carry the hash of the content: no text inside the edition can hold one.
    mark = f"blank-{edition.content_hash[:20]}-"
    values = {
        "edition": edition,
        "letterhead": letterhead,
        "Kind": Kind,
        "contents": contents(edition),
        "preheader": preheader(edition),
        "browser_page": letterhead.edition_page(edition),
        "also_for": lambda entry: also_for(entry, edition.audience),
        "leave_page": letterhead.leave_page(f"{mark}token"),
        "leave_mail": letterhead.leave_mail(f"{mark}token"),
        "preferences_page": letterhead.preferences_page(f"{mark}preferences"),
        "name": f"{mark}name",
        "email": f"{mark}email",
    }
    return Letter(
        subject=edition.subject,
        headers=list_headers(edition, letterhead, f"{mark}token"),
        html=environment.get_template("letter.html").render(values),
        text=environment.get_template("letter.txt").render(values),
        mark=mark,
    )


@cache
def _environment() -> Environment:
    """The templates, compiled when first needed; that takes longer than to send a hundred letters."""
    environment = Environment(
        loader=PackageLoader("digest"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(wrap=wrap, weekday=dutch.weekday, day=dutch.day)
    return environment


def preview_html(letter: Letter) -> str:
    """The HTML part as a made-up reader gets it."""
    return letter.html_for(SAMPLE)


def preview_text(letter: Letter) -> str:
    """The text part as a made-up reader gets it."""
    return letter.text_for(SAMPLE)


def contents(edition: Edition) -> str:
    """What is in the letter, in one phrase: "2 nieuwsberichten, 1 publicatie en 1 bijeenkomst"."""
    return dutch.listing([group.kind.counted(len(group.entries)) for group in edition.groups])


def also_for(entry: Entry, audience: Audience) -> str:
    """Who else is told of an entry: "ook voor gemeenten"; "" when nobody, or everybody."""
    others = entry.others(audience)
    return f"ook voor {dutch.listing(others)}" if 0 < len(others) < len(Audience) - 1 else ""


def preheader(edition: Edition) -> str:
    """The line that mail programs show behind the subject: what comes after the first item."""
    titles = [entry.title for group in edition.groups for entry in group.entries][1:4]
    return f"Ook: {'; '.join(titles)}" if titles else contents(edition)


def wrap(text: str, indent: int = 0) -> str:
    """Text in lines of at most 72 characters; an address is never broken."""
    margin = " " * indent
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


def blanks(recipient: Recipient) -> dict[str, str]:
    """What fills the blanks of a letter for one reader, by name; not escaped."""
    return {
        "name": recipient.name or READER,
        "email": recipient.email,
        "token": recipient.token,
        "preferences": recipient.preferences,
    }


def _filled(text: str, mark: str, blanks: dict[str, str]) -> str:
    for name, value in blanks.items():
        text = text.replace(f"{mark}{name}", value)
    return text
