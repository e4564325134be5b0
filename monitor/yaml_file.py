"""A YAML file as plain data, with the line on which each key stands."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import date

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from monitor.problems import KeyPath, Problem, written

SECRET = re.compile(r"passw|wachtwoord|secret|geheim|token|credential|api_?key|private_?key|inlogcode", re.IGNORECASE)
HOME_OF_SECRETS = (
    "Haal deze regel weg en zet het geheim in de omgeving: RADAR_SMTP_PASSWORD voor de mailserver, "
    "RADAR_IMAP_PASSWORD voor de postbus, RADAR_ACCOUNT_SECRET voor inloggen met een account, "
    "RADAR_DATABASE voor de database."
)
DEEPEST = 30
CLOSED_BY = {"[": "]", "{": "}", '"': '"', "'": "'"}


@dataclass(frozen=True)
class YamlFile:
    """What one file says: `data` is plain Python, `lines` gives the line (from 1) of each path in it."""

    name: str
    data: object
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line(self, path: KeyPath) -> int:
        """The line of a path, or of the nearest thing around it that stands in the file."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1

    def problem(self, path: KeyPath, reason: str, hint: str = "") -> Problem:
        """A problem at a path of this file."""
        return Problem(file=self.name, line=self.line(path), key=written(path), reason=reason, hint=hint)


def parse(name: str, content: bytes) -> YamlFile:
    """Read a file's bytes; what cannot be read is a problem in the result, never an exception."""
    yaml = YAML(typ="safe", pure=True)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        return _unreadable(name, line, "dit is geen UTF-8.", "Sla het bestand op als UTF-8.")
    try:
        root = yaml.compose(io.StringIO(text))
    except YAMLError as fault:
        return _left_open(name, fault, text) or _unreadable(
            name, _line_of(fault), _syntax_reason(fault, text), _syntax_hint(fault, text)
        )
    except RecursionError:
        return _unreadable(name, 1, "dit bestand is te diep genest.")
    if root is None:
        return _unreadable(name, 1, "dit bestand is leeg.")
    reading = _Reading(name, yaml)
    data = reading.value(root, ())
    if data is None and not reading.problems:
        return _unreadable(name, 1, "dit bestand is leeg.")
    return YamlFile(name, data, reading.lines, tuple(reading.problems))


class _Reading:
    """One walk over the nodes of one file."""

    def __init__(self, name: str, yaml: YAML) -> None:
        self.name = name
        self.yaml = yaml
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def value(self, node: Node, path: KeyPath) -> object:
        """The plain data of a node; notes lines and problems on the way."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self.seen:
            self.note(node, path, "verwijzingen met & en * kunnen hier niet.", "Schrijf de tekst nog eens uit.")
            return None
        self.seen.add(id(node))
        if len(path) > DEEPEST:
            self.note(node, path, "dit is te diep genest.")
            return None
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
        return self.scalar(node, path)

    def mapping(self, node: MappingNode, path: KeyPath) -> dict[str, object]:
        """A mapping; the first of two equal keys counts, the second is a problem, as is a key that holds a secret."""
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.note(key_node, path, "een sleutel moet een gewoon woord zijn.")
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in found:
                first = self.lines[here]
                self.note(key_node, here, f"deze sleutel staat er dubbel; de eerste staat op regel {first}.")
                continue
            self.lines[here] = key_node.start_mark.line + 1
            if SECRET.search(key):
                self.note(key_node, here, "een geheim hoort niet in dit bestand.", HOME_OF_SECRETS)
            found[key] = self.value(value_node, here)
        return found

    def scalar(self, node: Node, path: KeyPath) -> object:
        """One value; a date stays as it is written so that JSON can carry it."""
        try:
            value = self.yaml.constructor.construct_object(node, deep=True)
        except (YAMLError, ValueError, OverflowError):
            self.note(node, path, f'"{node.value}" is niet te lezen als waarde.', "Zet er aanhalingstekens om.")
            return None
        if value is None or isinstance(value, str | bool | int | float):
            return value
        if isinstance(value, date):
            return str(node.value)
        self.note(node, path, "deze soort waarde kan hier niet.", "Gebruik tekst, een getal, ja/nee of een datum.")
        return None

    def note(self, node: Node, path: KeyPath, reason: str, hint: str = "") -> None:
        """Keep a problem at a node."""
        self.problems.append(
            Problem(file=self.name, line=node.start_mark.line + 1, key=written(path), reason=reason, hint=hint)
        )


def _unreadable(name: str, line: int, reason: str, hint: str = "") -> YamlFile:
    return YamlFile(name, None, {}, (Problem(file=name, line=line, reason=reason, hint=hint),))


def _left_open(name: str, fault: YAMLError, text: str) -> YamlFile | None:
    """A quote or bracket that is not closed on its line, told where it opens; the parser stumbles far below it."""
    begun, stumbled = getattr(fault, "context_mark", None), getattr(fault, "problem_mark", None)
    if begun is None or stumbled is None or begun.line == stumbled.line or "<scalar>" in str(fault):
        return None  # a second value where one ends wants a comma between them, where the parser says
    line = text.splitlines()[begun.line]
    opening = line[begun.column : begun.column + 1]
    if opening not in CLOSED_BY:
        return None
    reason = f'dit is geen goede YAML: bij "{line.strip()[:60]}" gaat {opening} open en niet dicht.'
    return _unreadable(name, begun.line + 1, reason, f"Zet een {CLOSED_BY[opening]} waar het ophoudt.")


def _line_of(fault: YAMLError) -> int:
    mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
    return mark.line + 1 if mark else 1


def _syntax_reason(fault: YAMLError, text: str) -> str:
    mark = getattr(fault, "problem_mark", None)
    if mark is None:
        return "dit is geen goede YAML."
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    shown, indent = line.strip()[:60], len(line) - len(line.lstrip())
    return (
        f'dit is geen goede YAML, bij teken {max(mark.column - indent, 0) + 1} van "{shown}".'
        if shown
        else ("dit is geen goede YAML: het bestand houdt te vroeg op.")
    )


def _syntax_hint(fault: YAMLError, text: str) -> str:
    said = str(getattr(fault, "problem", "") or "")
    if "\t" in said or "'\\t'" in said:
        return "Gebruik spaties om in te springen, geen tabs."
    if "alias" in said or "anchor" in said:
        return "Zet tekst die met * of & begint tussen aanhalingstekens."
    return "Kijk naar het inspringen, de dubbele punt en de aanhalingstekens, ook op de regel erboven."
