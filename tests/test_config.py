from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from monitor.schema import schemas, write
from monitor.settings import FILES, Settings, load

CONFIG = Path(__file__).parent.parent / "config"
THEMES = {
    "prestatieafspraken", "overlegwet", "toezicht", "organisatie", "scholing", "achterban", "panels", "cocreatie",
    "zelfbeheer", "sloop_renovatie", "complex_buurt", "jongeren_doelgroepen", "proeftuinen",
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> Settings:
    return load(CONFIG, {})


def test_the_mandated_publishers_are_on(shipped: Settings) -> None:
    """Platform31, Aedes with its magazine, Woonbond and WoON Twente are on; ten or more others wait, off."""
    assert {source.name for source in shipped.enabled} == {
        "platform31", "aedes", "aedesmagazine", "woonbond", "woontwente",
    }  # fmt: skip
    assert sum(not source.enabled for source in shipped.sources) >= 10


def test_no_endpoint_claims_to_be_verified(shipped: Settings) -> None:
    """Nobody looked at these addresses yet, so none says so."""
    assert all(endpoint.verified is None for source in shipped.sources for endpoint in source.endpoints)


def test_the_themes_and_goals(shipped: Settings) -> None:
    """The twelve themes of the working group and the proeftuinen are there, serving both goals."""
    assert {theme.name for theme in shipped.words.themes} == THEMES
    assert {goal for theme in shipped.words.themes for goal in theme.goals} == {"formeel", "informeel"}
    assert [audience.name for audience in shipped.words.audiences] == ["corporatie", "huurdersorganisatie", "gemeente"]


def test_the_polite_defaults(shipped: Settings) -> None:
    """Out of the box it pauses, reads daily and sends nothing by a mail server."""
    assert shipped.radar.crawl.pause >= 2
    assert shipped.radar.relay is None
    assert {source.schedule for source in shipped.enabled} <= {"daily", "weekly"}


def test_the_schemas_are_those_of_the_models(tmp_path: Path) -> None:
    """The committed schemas equal the generated ones, and each file points at its own."""
    for name, text in schemas().items():
        assert (CONFIG / name).read_text(encoding="utf-8") == text, "run: python -m monitor.schema config"
        head = (CONFIG / name.replace(".schema.json", ".yaml")).read_text(encoding="utf-8").splitlines()[0]
        assert head == f"# yaml-language-server: $schema={name}"
    assert len(write(tmp_path)) == len(FILES)
    assert write(tmp_path) == []


def keys(schema: dict[str, Any]) -> set[str]:
    found = set(schema.get("properties", {}))
    return found.union(*(keys(part) for part in schema.get("$defs", {}).values()))


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_setting_is_shown_in_its_file(name: str) -> None:
    """Each key that exists stands in the shipped file, as a setting or in a comment, so nobody has to guess."""
    text = (CONFIG / name).read_text(encoding="utf-8")
    shown = set(re.findall(r"(?:^|[\s{,#-])([a-z_]+):", text))
    assert keys(FILES[name].model_json_schema()) - shown == set()


def test_every_setting_has_words_for_an_editor() -> None:
    """Each key has a Dutch description, which editors show while one types."""
    for name, model in FILES.items():
        schema = model.model_json_schema()
        for part in (schema, *schema["$defs"].values()):
            for key, field in part.get("properties", {}).items():
                assert field.get("description"), f"{name}: {key}"
