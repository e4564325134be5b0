"""The README is true: its commands exist, its line names what there is, its settings are those of the YAML."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from monitor.cli import main
from monitor.commands.house import ATTENTION, BUSY, OFFLINE, WRONG_USE
from monitor.radar_settings import RadarFile
from monitor.source_settings import SourcesFile
from monitor.words import Words

ROOMS = ("crawlers", "monitor", "digest")
ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def commands(group: click.Group, before: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Every command and group as the words behind `radar`."""
    found = set()
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found.add((*before, name))
        if isinstance(command, click.Group):
            found |= commands(command, (*before, name))
    return found


def test_every_radar_command_in_the_readme_exists():
    """Each `radar ...` example begins with words that are a command."""
    known = commands(main)
    named = {
        tuple(re.findall(r"^[a-z]+", word)[0] for word in line.split() if re.match(r"^[a-z]+$", word))
        for line in re.findall(r"^radar ([^#\n]+)", README, re.MULTILINE)
    }
    assert named
    for words in named:
        assert any(words[: len(command)] == command for command in known), words


def test_every_make_target_in_the_readme_exists():
    """Each `make ...` is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"^make ([a-z-]+)", README, re.MULTILINE)) | set(re.findall(r"`make ([a-z-]+)`", README))
    assert {"demo", "test", "run"} <= named <= targets


def test_the_line_names_what_there_is():
    """Every module in the drawing of the line can be found."""
    line = README.split("## The line one item walks")[1].split("```")[1]
    named = re.findall(r"(?:crawlers|monitor|digest)\.[a-z_]+", line)
    assert len(named) >= 14
    assert [name for name in named if find_spec(name) is None] == []


@pytest.mark.parametrize(("file", "model"), [("radar", RadarFile), ("words", Words), ("sources", SourcesFile)])
def test_every_setting_is_shown_in_the_yaml(file, model):
    """Each key that a file may have stands in the shipped file, in use or in its comments, or in the README."""
    text = (ROOT / "config" / f"{file}.yaml").read_text("utf-8") + README
    keys = set()

    def walk(schema: dict[str, object]) -> None:
        for name, value in schema.get("properties", {}).items():
            keys.add(name)
            if isinstance(value, dict):
                walk(value)
        for part in schema.get("$defs", {}).values():
            walk(part)

    walk(model.model_json_schema())
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", text)] == []


def test_the_yaml_in_the_readme_is_yaml():
    """Every YAML example can be read."""
    examples = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert len(examples) >= 3
    assert all(YAML(typ="safe").load(example) for example in examples)


def test_every_variable_of_the_environment_is_explained():
    """What the code reads from the environment is in the README, and nothing else is."""
    code = [path.read_text("utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    used = {name for text in code for name in re.findall(r"\bRADAR_[A-Z_]+\b", text)}
    assert set(re.findall(r"\bRADAR_[A-Z_]+\b", README)) == used


def test_the_glossary_names_words_of_the_code():
    """Each code word of the glossary is a word in the code."""
    table = README.split("## Glossary")[1].split("## ")[0]
    words = {
        word for row in table.splitlines() if row.startswith("| ") for word in re.findall(r"`(\w+)`", row.split("|")[2])
    }
    code = "\n".join(path.read_text("utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    assert len(words) >= 10
    assert [word for word in sorted(words) if not re.search(rf"\b{word}\b", code)] == []


def test_the_exit_codes_are_those_of_the_commands():
    """0 to 4 stand in the README in the order of the code."""
    codes = re.findall(r"\b(\d) [a-z]+", README.split("Exit codes:")[1].split(".")[0])
    assert codes == ["0", *(str(code) for code in (ATTENTION, WRONG_USE, OFFLINE, BUSY))]


def test_links_within_the_project_lead_somewhere():
    """Every file that the README points at is there."""
    named = [name for name in re.findall(r"\]\(([^)]+)\)", README) if "://" not in name]
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
