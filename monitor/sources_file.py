"""Writes into sources.yaml as a careful person would: comments and order stay, nothing bad replaces what is good."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from monitor.problems import Problem, SettingsError
from monitor.settings import check_with

NAME = "sources.yaml"


class ChangedMeanwhile(Exception):
    """Somebody else wrote the file while we did; nothing was written."""


def add_source(folder: Path, environment: Mapping[str, str], block: str) -> None:
    """Add a source at the end of the list; `block` is one item of a YAML list, indented by two.

    Raises `SettingsError` when the file would not be right with it; then it stays as it was.
    """
    _rewrite(folder, environment, lambda text: _with_block(text, block))


def replace_endpoint(folder: Path, environment: Mapping[str, str], name: str, address: str, endpoint: str) -> str:
    """Put another endpoint (a YAML flow mapping) in the place of the one with this address; gives what stood there.

    That text, put back in the same way, makes the file what it was. Raises `SettingsError` when the file would not be
    right with it, or has no such endpoint.
    """
    stood = ""

    def put(text: str) -> str:
        nonlocal stood
        begin, end = _place(text, name, address)
        stood = text[begin:end]
        return text[:begin] + endpoint + text[end:]

    _rewrite(folder, environment, put)
    return stood


def switch(folder: Path, environment: Mapping[str, str], name: str, *, on: bool) -> None:
    """Switch a source on or off (`enabled`).

    Raises `SettingsError` when the file has no such source.
    """
    _rewrite(folder, environment, lambda text: _switched(text, name, "true" if on else "false"))


def _rewrite(folder: Path, environment: Mapping[str, str], change: Callable[[str], str]) -> None:
    path = (folder / NAME).resolve()
    before = path.read_bytes()
    after = change(before.decode("utf-8-sig")).encode()
    check_with(folder, environment, {NAME: after})
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{NAME}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(path.stat().st_mode & 0o777)
        if path.read_bytes() != before:
            raise ChangedMeanwhile
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _with_block(text: str, block: str) -> str:
    sources = _sources(text)
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    if not sources.value:
        first = sources.start_mark.line
        return "".join([*lines[:first], "sources:\n", block, *lines[first + 1 :]])
    if sources.flow_style:
        raise _problem("de lijst van bronnen staat op één regel.", "Zet elke bron op een eigen regel met een streepje.")
    indent = " " * sources.value[0].start_mark.column
    shift = max(len(indent) - 4, 0)
    shifted = "".join(" " * shift + line for line in block.splitlines(keepends=True))
    last = _last_line(sources) + 1
    return "".join([*lines[:last], "\n", shifted, *lines[last:]])


def _place(text: str, name: str, address: str) -> tuple[int, int]:
    """Where the endpoint of a source with this address begins, and where it ends."""
    for source in _sources(text).value:
        values = _values(source)
        if getattr(values.get("name"), "value", None) != name:
            continue
        for one in getattr(values.get("endpoints"), "value", []):
            if getattr(_values(one).get("address"), "value", None) == address:
                return one.start_mark.index, _end(one)
    raise _problem(f'de bron "{name}" heeft geen adres {address} meer.', "Kijk of het bestand intussen veranderd is.")


def _switched(text: str, name: str, word: str) -> str:
    for source in _sources(text).value:
        values = _values(source)
        named, switch = values.get("name"), values.get("enabled")
        if named is None or named.value != name:
            continue
        if switch:
            return text[: switch.start_mark.index] + word + text[switch.end_mark.index :]
        if source.flow_style:
            return f"{text[: named.end_mark.index]}, enabled: {word}{text[named.end_mark.index :]}"
        end = text.find("\n", named.end_mark.index)
        end = len(text) if end < 0 else end
        return f"{text[:end]}\n{' ' * source.start_mark.column}enabled: {word}{text[end:]}"
    raise _problem(f'er is geen bron "{name}" meer.', "Kijk of het bestand intussen veranderd is.")


def _sources(text: str) -> SequenceNode:
    try:
        root = YAML(typ="safe", pure=True).compose(io.StringIO(text))
    except YAMLError as fault:
        raise _problem("dit is geen goede YAML.", "Herstel het bestand eerst met `radar config check`.") from fault
    sources = _values(root).get("sources") if isinstance(root, MappingNode) else None
    if not isinstance(sources, SequenceNode):
        raise _problem("de lijst `sources:` ontbreekt.", "Herstel het bestand eerst met `radar config check`.")
    return sources


def _values(node: Node) -> dict[str, Node]:
    return {str(key.value): value for key, value in node.value} if isinstance(node, MappingNode) else {}


def _last_line(node: Node) -> int:
    """The line (from 0) on which the last word of a node stands; the end mark of a block comes after its comments."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.line)


def _end(node: Node) -> int:
    """The index behind the last character of a node."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _problem(reason: str, hint: str) -> SettingsError:
    return SettingsError([Problem(file=NAME, reason=reason, hint=hint)])
