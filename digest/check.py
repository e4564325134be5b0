"""What an editor must see before an edition goes out: faults that stop it and things worth a second look."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from digest import plain_dutch
from digest.edition import Edition, Entry

LONG_SUMMARY = 450  # about three sentences; longer is no longer a summary
TOO_LONG_SUMMARY = 900  # this looks like a copy of the article, and that is not ours to send


class Severity(StrEnum):
    """STOP keeps the edition from going out; WARN asks for a second look."""

    STOP = "stop"
    WARN = "warn"


@dataclass(frozen=True)
class Finding:
    """One fault: where in the edition, and in plain Dutch what is the matter.

    `reference` is the entry, "" for none; `field` is what people can change of it ("title", "summary"), "" for neither.
    """

    place: str
    message: str
    severity: Severity
    reference: str = ""
    field: str = ""


Found = tuple[str, Severity, str]  # message, severity, field


def check(edition: Edition, already_sent: AbstractSet[str]) -> tuple[Finding, ...]:
    """Look an edition over; `already_sent` holds the references this audience got before."""
    findings: list[Finding] = []
    if not edition.entries:
        findings.append(Finding("brief", "Er staat geen enkel bericht in.", Severity.STOP))
    seen: dict[str, str] = {}
    for position, entry in enumerate(edition.entries, start=1):
        place = f"bericht {position}: {entry.title or entry.reference}"
        found = [*_missing(entry), *_address(entry), *_summary(entry), *_plain(entry)]
        if entry.reference in already_sent:
            found.append(("Deze doelgroep kreeg dit bericht al eerder.", Severity.STOP, ""))
        told = title_words(entry)
        if entry.address and entry.address in seen:
            found.append((f"Zelfde adres als {seen[entry.address]}.", Severity.STOP, ""))
        elif told and told in seen:
            found.append((f"Zelfde titel als {seen[told]}. Is het hetzelfde verhaal?", Severity.WARN, "title"))
        for key in (entry.address, told):
            seen.setdefault(key, f"bericht {position}")
        findings += [Finding(place, message, severity, entry.reference, field) for message, severity, field in found]
    return tuple(findings)


def may_go(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing found stops the edition."""
    return all(finding.severity is not Severity.STOP for finding in findings)


def title_words(entry: Entry) -> str:
    """What two tellings of one story may share: the words of the title, without their case and signs."""
    return " ".join(re.findall(r"\w+", entry.title.casefold()))


def _missing(entry: Entry) -> Iterator[Found]:
    for value, message, field in (
        (entry.title, "De titel ontbreekt.", "title"),
        (entry.summary, "De samenvatting ontbreekt.", "summary"),
        (entry.address, "Het adres (de link) ontbreekt.", ""),
    ):
        if not value:
            yield message, Severity.STOP, field
    if not entry.source:
        yield "De bron ontbreekt.", Severity.WARN, ""
    if not entry.when and not entry.event:
        yield "De datum ontbreekt.", Severity.WARN, ""


def _address(entry: Entry) -> Iterator[Found]:
    if not entry.address:
        return
    try:
        parts = urlsplit(entry.address)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host:
        yield f"Het adres is geen webadres: {entry.address}", Severity.STOP, ""
        return
    if parts.scheme == "http":
        yield "Het adres begint met http://, niet met https://.", Severity.WARN, ""
    if _local(host):
        yield f"Het adres wijst naar een eigen computer ({host}); lezers kunnen dat niet openen.", Severity.WARN, ""


def _local(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _summary(entry: Entry) -> Iterator[Found]:
    length = len(entry.summary)
    if length > TOO_LONG_SUMMARY:
        yield (
            f"De samenvatting is veel te lang ({length} tekens, hoogstens {TOO_LONG_SUMMARY}).",
            Severity.STOP,
            "summary",
        )
    elif length > LONG_SUMMARY:
        yield (
            f"De samenvatting is lang ({length} tekens); één tot drie zinnen is genoeg.",
            Severity.WARN,
            "summary",
        )


def _plain(entry: Entry) -> Iterator[Found]:
    """What keeps our own words from being read with ease (language level B1)."""
    text = f"{entry.summary} {entry.why}".strip()
    if hard := plain_dutch.hard_words(text):
        words = ", ".join(f"“{word}” (schrijf: {easy})" for word, easy in hard)
        yield f"Moeilijk woord: {words}.", Severity.WARN, "summary"
    for sentence in plain_dutch.long_sentences(text):
        count = len(sentence.split())
        yield f"Deze zin is lang ({count} woorden); maak er twee van: “{sentence[:60]}…”", Severity.WARN, "summary"
    level = plain_dutch.level(entry.summary)
    if level.score < plain_dutch.FAIR_LEVEL:
        yield (
            f"De samenvatting leest moeilijk ({level.name}); korte woorden en zinnen helpen.",
            Severity.WARN,
            "summary",
        )
