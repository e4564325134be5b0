"""From what was found at a pasted address to a source for sources.yaml, and every outcome in plain Dutch."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import shorten
from typing import Any

from ruamel.yaml import YAML

from crawlers.address import key, site
from crawlers.findings import Candidate, Findings
from crawlers.source import Kind
from monitor.item import words_of
from monitor.source_settings import SourceSettings

SURE = 0.5
LONGEST_NAME = 40
FIRST_LINES, LONGEST_LINE = 3, 160
NO_ADDRESS = "Dit is geen webadres. Kopieer het uit de adresbalk van uw browser."
NO_COLON = re.compile(r"https?/", re.IGNORECASE)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
KINDS = {
    Kind.FEED: "feed (RSS of Atom)",
    Kind.OVERVIEW: "pagina met berichten",
    Kind.SITEMAP: "sitemap",
    Kind.WORDPRESS: "WordPress",
    Kind.SRU: "zoekvraag (SRU)",
    Kind.WATCH: "pagina om in de gaten te houden",
}
SIGNS = {
    "declared": "de site noemt dit adres zelf",
    "usual": "gevonden op een gebruikelijke plek",
    "page": "dit is het adres dat u gaf",
    "section": "een rubriek die op de voorpagina staat",
    "dated": "de berichten hebben een datum",
    "undated": "de berichten hebben geen datum",
    "titled": "elk bericht heeft een titel",
    "untitled": "niet elk bericht heeft een titel",
    "places": "de berichten zijn delen van deze ene pagina",
    "few": "er staan maar weinig berichten",
    "off_site": "de meeste links gaan naar een andere site",
    "stale": "het nieuwste bericht is ouder dan een jaar",
    "no_list": "deze pagina heeft geen lijst met berichten; de radar kan haar in de gaten houden",
    "itself": "de radar kan ook deze pagina zelf in de gaten houden",
}
TROUBLES = {
    "dns": "Deze site bestaat niet, of er is geen internet. Kijk of het adres goed is getypt.",
    "timeout": "De site gaf geen antwoord. Probeer het later nog eens.",
    "connection_refused": "De site weigert de verbinding. Probeer het later nog eens.",
    "connection_lost": "De verbinding met de site lukte niet. Is er internet? Probeer het later nog eens.",
    "tls": "Het certificaat van deze site klopt niet. Meld het aan de beheerder van die site.",
    "http_error": "De site zegt dat deze pagina er niet is. Open het adres in uw browser en kopieer het opnieuw.",
    "login_wall": "Voor deze pagina moet u inloggen. De radar leest alleen wat voor iedereen open staat.",
    "cookie_wall": "Voor deze pagina staat een cookiemuur. De radar klikt daar niet op. Zoek een feed.",
    "maintenance_page": "De site is in onderhoud. Probeer het later nog eens.",
    "script_only": "Deze pagina is leeg zonder JavaScript. Zoek op de site naar RSS of een sitemap.",
    "robots_denied": "De site vraagt in robots.txt om deze pagina met rust te laten. De radar houdt zich daaraan.",
    "robots_unreadable": "Het bestand robots.txt van de site is nu niet te lezen. Probeer het morgen nog eens.",
    "address_refused": "Dit adres mag de radar niet vragen: het is geen gewoon webadres op internet.",
    "too_large": "Deze pagina is te groot om te lezen. Plak het adres van een overzicht of een feed.",
    "nothing_found": "Hier staan geen berichten die de radar herkent. Plak het adres van de pagina met het nieuws.",
}
KEPT_OUT = frozenset({"401", "403", "451"})
BUSY = frozenset({"408", "425", "429"})
PLENTY = 10
UNKNOWN_TROUBLE = "Het kijken op deze site is mislukt. Probeer het later nog eens."


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source that could be added: `chosen` are the candidates that become its endpoints, in order.

    `seen` is the day on which a person saw what they list.
    """

    name: str
    title: str
    home: str
    chosen: tuple[Candidate, ...]
    seen: date

    def block(self) -> str:
        """The block for sources.yaml, indented by two as an item of its list."""
        source: dict[str, Any] = {"name": self.name, "title": self.title, "home": self.home}
        source["endpoints"] = [
            {"kind": one.kind.value, "address": one.address, "verified": self.seen} for one in self.chosen
        ]
        articles = next((one.articles for one in self.chosen if one.articles), "")
        if articles and all(_fits(one, articles) for one in self.chosen if one.kind is not Kind.WATCH):
            source["articles"] = articles
        if all(one.kind is Kind.SRU for one in self.chosen):
            source["read_articles"] = False
        yaml = YAML()
        yaml.width = 4096
        yaml.representer.ignore_aliases = lambda *_: True
        yaml.indent(mapping=2, sequence=4, offset=2)
        out = io.StringIO()
        yaml.dump([source], out)
        return out.getvalue()


def typed_address(text: str) -> str:
    """The address that somebody typed or pasted: blanks off, https:// before a bare name; "" for what is none.

    Words, an e-mail address, and a scheme with its colon forgotten are none.
    """
    text = text.strip().strip("<>")
    if not SCHEME.match(text) and (re.search(r"[\s@]", text.partition("/")[0]) or NO_COLON.match(text)):
        return ""
    return text if not text or SCHEME.match(text) else f"https://{text}"


def usual_choice(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The surest of each kind; those we are not sure of only when there is nothing else."""
    best: dict[Kind, Candidate] = {}
    for one in candidates:
        best.setdefault(one.kind, one)
    return tuple(one for one in best.values() if one.confidence >= SURE) or tuple(candidates[:1])


def propose(
    findings: Findings, chosen: Sequence[Candidate], sources: Iterable[SourceSettings], today: date
) -> Proposal:
    """A source with a name that no other source has."""
    taken = {source.name for source in sources}
    host = site(findings.address)
    made = _name(host.rsplit(".", 1)[0] if "." in host and not host.replace(".", "").isdigit() else findings.title)
    name = next(one for one in (made, *(f"{made[:36]}-{n}" for n in range(2, 1000))) if one not in taken)
    parts = findings.address.split("/")
    return Proposal(name, findings.title or host, f"{'/'.join(parts[:3])}/", tuple(chosen), today)


@dataclass(frozen=True, slots=True)
class Repair:
    """An address that could take the place of one that yields nothing any more: `known` of its items we had before."""

    candidate: Candidate
    known: int

    def endpoint(self, today: date) -> str:
        """The endpoint as it stands in sources.yaml, seen today."""
        kind, address = self.candidate.kind.value, json.dumps(self.candidate.address)
        link = self.candidate.css.link
        css = f", css: {{link: {json.dumps(link)}}}" if link else ""
        return f"{{kind: {kind}, address: {address}{css}, verified: {today}}}"


def places(source: SourceSettings, address: str = "") -> tuple[str, ...]:
    """Where the items of a source may stand now that it yields nothing, the likeliest first; `address` is a tip."""
    old = source.endpoints[0].address
    front = "/".join(old.split("/")[:3]) + "/"
    return tuple(dict.fromkeys(one for one in (address, old, source.home or "", front) if one))


def repairs(candidates: Iterable[Candidate], past: Mapping[str, str]) -> list[Repair]:
    """The candidates on which past items stand (by address or by title), those with the most first; ten are plenty.

    `past` has the titles of the past items by the keys of their addresses.
    """
    titles = {" ".join(words_of(title)) for title in past.values()} - {""}

    def known(one: Candidate) -> int:
        told = sum(key(item.address) in past or " ".join(words_of(item.title)) in titles for item in one.items)
        return max(one.shared, told)

    found = [Repair(one, known(one)) for one in candidates if one.kind is not Kind.WATCH]
    return sorted(
        (one for one in found if one.known), key=lambda one: (-min(one.known, PLENTY), -one.candidate.confidence)
    )


def already_followed(address: str, sources: Iterable[SourceSettings]) -> SourceSettings | None:
    """The source that reads this address already, under whatever spelling."""
    wanted = key(address)
    return next((one for one in sources if any(key(each.address) == wanted for each in one.endpoints)), None)


def same_site(address: str, sources: Iterable[SourceSettings]) -> list[SourceSettings]:
    """The sources that read another address of the same site."""
    return [one for one in sources if any(site(each.address) == site(address) for each in one.endpoints)]


def trouble_in_words(findings: Findings) -> str:
    """Why nothing was found and what to do; "" when something was."""
    status = findings.detail.removeprefix("HTTP ") if findings.trouble == "http_error" else ""
    if status in KEPT_OUT:
        return "De site laat de radar hier niet toe. Vraag de uitgever om toegang, of zoek een feed."
    if status in BUSY or status.startswith("5"):
        return "De site heeft nu een storing of is te druk. Probeer het later nog eens."
    return TROUBLES.get(findings.trouble, UNKNOWN_TROUBLE) if findings.trouble else ""


def why(candidate: Candidate) -> str:
    """Why we are this sure of a candidate, on one line."""
    return ", ".join(SIGNS[sign] for sign in candidate.signs)


def first_lines(candidate: Candidate) -> list[str]:
    """How the text of a page to be watched begins; of another address nothing."""
    if candidate.kind is not Kind.WATCH:
        return []
    paragraphs = [text for one in candidate.items for text in one.text.split("\n\n") if text]
    return [shorten(text, LONGEST_LINE, placeholder=" …") for text in paragraphs[:FIRST_LINES]]


def _fits(candidate: Candidate, articles: str) -> bool:
    return sum(bool(re.search(articles, item.address)) for item in candidate.items) * 2 > len(candidate.items)


def _name(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-") or "bron"
