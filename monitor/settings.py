"""The settings of an installation: three YAML files and a few secrets from the environment, checked as a whole.

```
config/*.yaml  → yaml_file (bytes → data with line numbers) → pydantic models → cross checks → Settings
```
Everything that is wrong is told at once, in Dutch, with file, line and key; nothing is used until all is right.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from monitor.problems import Problem, SettingsError, did_you_mean
from monitor.radar_settings import DATABASE, RadarFile, Weekday
from monitor.refusals import refusal, without_echoes
from monitor.source_settings import EndpointSettings, SourceSettings, SourcesFile
from monitor.words import Goal, ItemKind, Theme, Words
from monitor.yaml_file import YamlFile, parse

__all__ = [
    "FILES",
    "EndpointSettings",
    "Goal",
    "ItemKind",
    "LiveSettings",
    "Problem",
    "RadarFile",
    "Secrets",
    "Settings",
    "SettingsError",
    "SourceSettings",
    "Theme",
    "Weekday",
    "Words",
    "load",
]

WORDS_FILE = "words.yaml"
FILES: dict[str, type[BaseModel]] = {
    "sources.yaml": SourcesFile,
    WORDS_FILE: Words,
    "radar.yaml": RadarFile,
}
ENVIRONMENT = "omgeving"
SHORTEST_PAUSE = 1.0

Model = TypeVar("Model", bound=BaseModel)


class Secrets(BaseModel):
    """What may stand in the environment only; None when it is not set."""

    model_config = ConfigDict(frozen=True)

    smtp_password: SecretStr | None = None
    imap_password: SecretStr | None = None
    account: SecretStr | None = None


class Settings(BaseModel):
    """Everything an installation was told, checked; an immutable value that is passed down, never looked up."""

    model_config = ConfigDict(frozen=True)

    folder: Path
    sources: tuple[SourceSettings, ...]
    words: Words
    radar: RadarFile
    secrets: Secrets
    database: str
    allow_loopback: bool

    def source(self, name: str) -> SourceSettings | None:
        """The source of that name, or None."""
        return next((source for source in self.sources if source.name == name), None)

    @property
    def enabled(self) -> tuple[SourceSettings, ...]:
        """The sources that are switched on."""
        return tuple(source for source in self.sources if source.enabled)

    def threshold(self, source: SourceSettings | None) -> float:
        """From which chance to be on the subject an item of a source is flagged: its own, or that of words.yaml."""
        own = source.threshold if source else None
        return self.words.thresholds.flag if own is None else own

    @property
    def user_agent(self) -> str:
        """How the crawler names itself to sites, with the contact address."""
        contact = self.radar.agent.contact
        return f"{self.radar.agent.name}/1.0 (+{contact if '://' in contact else f'mailto:{contact}'})"


def load(folder: Path, environment: Mapping[str, str]) -> Settings:
    """Read and check the three files of a folder; raises `SettingsError` with everything that is wrong.

    Read from the environment: RADAR_DATABASE, RADAR_SMTP_PASSWORD, RADAR_IMAP_PASSWORD, RADAR_ACCOUNT_SECRET
    and RADAR_ALLOW_LOOPBACK.
    """
    return _build(folder, _contents(folder), environment)


def check_with(folder: Path, environment: Mapping[str, str], replaced: Mapping[str, bytes]) -> Settings:
    """The settings as they would be with other bytes for some files; raises `SettingsError` when they would be bad."""
    return _build(folder, _contents(folder) | dict(replaced), environment)


class LiveSettings:
    """The settings of a running service: a bad edit keeps the last good version and is told in `error`.

    Raises `SettingsError` when the very first version is bad.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = dict(environment)
        contents = _contents(folder)
        self._seen = _fingerprint(contents)
        self.current: Settings = _build(folder, contents, self.environment)
        self.error: SettingsError | None = None

    def refresh(self) -> bool:
        """Look at the files again; True when they changed since the last look, for the better or the worse."""
        contents = _contents(self.folder)
        seen = _fingerprint(contents)
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            self.current = _build(self.folder, contents, self.environment)
            self.error = None
        except SettingsError as error:
            self.error = error
        return True

    def with_words(self, content: bytes) -> Settings:
        """The settings as they would be with another words.yaml; raises `SettingsError` with what is wrong with it."""
        return _build(self.folder, _contents(self.folder) | {WORDS_FILE: content}, self.environment)


Contents = dict[str, bytes | Problem]


def _contents(folder: Path) -> Contents:
    """The bytes of each file, or the problem that kept them from being read."""
    contents: Contents = {}
    for name in FILES:
        path = folder / name
        try:
            contents[name] = path.read_bytes()
        except FileNotFoundError:
            hint = "Zet het bestand terug of kies een andere map met --config."
            contents[name] = Problem(file=str(path), reason="dit bestand ontbreekt.", hint=hint)
        except OSError as fault:
            reason = f"dit bestand is niet te lezen ({fault.strerror or fault})."
            contents[name] = Problem(file=str(path), reason=reason)
    return contents


def _fingerprint(contents: Contents) -> str:
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(f"{name}\0".encode() + (content if isinstance(content, bytes) else str(content).encode()))
    return digest.hexdigest()


def _build(folder: Path, contents: Contents, environment: Mapping[str, str]) -> Settings:
    missing = [content for content in contents.values() if isinstance(content, Problem)]
    files = {
        name: parse(str(folder / name), content) for name, content in contents.items() if isinstance(content, bytes)
    }
    problems = list(missing)
    models: dict[str, BaseModel] = {}
    for name, file in files.items():
        found, model = _check(file, FILES[name])
        problems += found
        if model is not None:
            models[name] = model
    problems += _across(files, environment)
    problems += _environment_problems(environment, models.get("radar.yaml"))
    if problems:
        raise SettingsError(_once(problems))
    sources, words, radar = (models[name] for name in FILES)
    assert isinstance(sources, SourcesFile)
    assert isinstance(words, Words)
    assert isinstance(radar, RadarFile)
    return Settings(
        folder=folder,
        sources=sources.sources,
        words=words,
        radar=radar,
        secrets=_secrets(environment),
        database=environment.get("RADAR_DATABASE") or radar.database,
        allow_loopback=_loopback(environment),
    )


def _check(file: YamlFile, model: type[Model]) -> tuple[list[Problem], Model | None]:
    """Hold the data of one file against its model; strict, because "25" is no number and 25 is no name."""
    problems = list(file.problems)
    if file.data is None:
        return problems, None
    try:
        return problems, model.model_validate_json(json.dumps(file.data), strict=True)
    except ValidationError as fault:
        errors = without_echoes(fault.errors(include_url=False), model)
        return problems + [file.problem(error["loc"], *refusal(error, model)) for error in errors], None


def _once(problems: list[Problem]) -> list[Problem]:
    """One problem per key: a key that holds a secret is unknown too, and one sentence about it is enough."""
    first: dict[tuple[str, int, str], Problem] = {}
    for problem in problems:
        first.setdefault((problem.file, problem.line, problem.key), problem)
    order = {name: place for place, name in enumerate(dict.fromkeys(p.file for p in first.values()))}
    return sorted(first.values(), key=lambda problem: (order[problem.file], problem.line))


def _across(files: Mapping[str, YamlFile], environment: Mapping[str, str]) -> Iterator[Problem]:
    """What no single key can tell: doubled names, names that do not exist, and the pause."""
    words, sources, radar = files.get("words.yaml"), files.get("sources.yaml"), files.get("radar.yaml")
    if words:
        for part in ("themes", "audiences", "kinds"):
            yield from _doubles(words, part)
        yield from _order_of_thresholds(words)
    if sources:
        yield from _doubles(sources, "sources")
    if words and sources:
        known = {row["name"] for _, row in _rows(words, "themes") if isinstance(row.get("name"), str)}
        yield from _unknown_themes(sources, known)
    if radar and not _loopback(environment):
        pause = _at(_at(radar.data, "crawl"), "pause")
        if isinstance(pause, int | float) and not isinstance(pause, bool) and pause < SHORTEST_PAUSE:
            yield radar.problem(
                ("crawl", "pause"), "minder dan 1 seconde is onbeleefd.", "Kies 3, of iets tussen 1 en 600."
            )


def _at(data: object, key: str) -> object:
    return data.get(key) if isinstance(data, dict) else None


def _rows(file: YamlFile, part: str) -> Iterator[tuple[int, dict[str, object]]]:
    rows = _at(file.data, part)
    for place, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict):
            yield place, row


def _doubles(file: YamlFile, part: str) -> Iterator[Problem]:
    first: dict[object, int] = {}
    for place, row in _rows(file, part):
        name = row.get("name")
        if not isinstance(name, str):
            continue
        if name in first:
            line = file.line((part, first[name], "name"))
            yield file.problem(
                (part, place, "name"),
                f'de naam "{name}" staat er dubbel; de eerste staat op regel {line}.',
                "Kies een andere naam.",
            )
        first.setdefault(name, place)


def _unknown_themes(sources: YamlFile, known: set[object]) -> Iterator[Problem]:
    names = [str(name) for name in known]
    for place, row in _rows(sources, "sources"):
        themes = row.get("themes")
        for spot, theme in enumerate(themes if isinstance(themes, list) else []):
            if isinstance(theme, str) and theme not in known:
                yield sources.problem(
                    ("sources", place, "themes", spot),
                    f'het thema "{theme}" staat niet in words.yaml.',
                    did_you_mean(theme, names),
                )


def _order_of_thresholds(words: YamlFile) -> Iterator[Problem]:
    thresholds = _at(words.data, "thresholds")
    flag, sure = _at(thresholds, "flag"), _at(thresholds, "sure")
    if isinstance(flag, int | float) and isinstance(sure, int | float) and sure < flag:
        yield words.problem(("thresholds", "sure"), "sure is lager dan flag.", "Maak sure gelijk aan flag of hoger.")


def _loopback(environment: Mapping[str, str]) -> bool:
    return environment.get("RADAR_ALLOW_LOOPBACK", "") == "1"


def _secrets(environment: Mapping[str, str]) -> Secrets:
    def secret(name: str) -> SecretStr | None:
        return SecretStr(environment[name]) if environment.get(name) else None

    return Secrets(
        smtp_password=secret("RADAR_SMTP_PASSWORD"),
        imap_password=secret("RADAR_IMAP_PASSWORD"),
        account=secret("RADAR_ACCOUNT_SECRET"),
    )


def _environment_problems(environment: Mapping[str, str], radar: BaseModel | None) -> Iterator[Problem]:
    def problem(key: str, reason: str, hint: str) -> Problem:
        return Problem(file=ENVIRONMENT, key=key, reason=reason, hint=hint)

    database = environment.get("RADAR_DATABASE")
    if database and not DATABASE.match(database):
        yield problem(
            "RADAR_DATABASE", "dit is geen database.", "Schrijf sqlite:///var/radar.db of postgresql://server/naam."
        )
    if environment.get("RADAR_ALLOW_LOOPBACK", "") not in ("", "0", "1"):
        yield problem("RADAR_ALLOW_LOOPBACK", "dit kan alleen 1 of 0 zijn.", "Laat het weg als u niet test.")
    if not isinstance(radar, RadarFile):
        return
    for name, server in (("RADAR_SMTP_PASSWORD", radar.relay), ("RADAR_IMAP_PASSWORD", radar.return_box)):
        if server and server.username and not environment.get(name):
            yield problem(
                name,
                f'dit ontbreekt, maar radar.yaml logt in als "{server.username}".',
                "Zet het wachtwoord in de omgeving.",
            )
    if radar.desk.account and not environment.get("RADAR_ACCOUNT_SECRET"):
        reason = "dit ontbreekt, maar in radar.yaml staat bij desk een account om mee in te loggen."
        yield problem("RADAR_ACCOUNT_SECRET", reason, "Zet het geheim dat de uitgever u gaf in de omgeving.")
