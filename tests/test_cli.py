"""The command `radar`: each command as a script or a volunteer gives it, with what it says and its exit code."""

from __future__ import annotations

import csv
import gettext
import io
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner, Result
from fakes_line import EVERYBODY, Line, line

from digest import store as editions
from digest.edition import Audience
from digest.records import EditionState
from monitor.cli import LOCALE, main
from monitor.commands.serving import where
from monitor.demo.configuration import write_config
from monitor.demo.world import World
from monitor.editor import Editor
from monitor.log import NAME
from monitor.radar_settings import DeskSettings
from monitor.store import arrangements, people, record, sources
from monitor.store.database import open_engine
from monitor.store.lock import crawl_lock

PASSWORD = "vier losse woorden hier"
CSV = "e-mail;naam;doelgroep;toestemming_op;toestemming_hoe\n"
Radar = Callable[..., Result]


def invoke(*words: str, **options: object) -> Result:
    """Give a command in this process; a fault that nobody foresaw comes out as itself."""
    result = CliRunner().invoke(main, list(words), prog_name="radar", **options)  # type: ignore[arg-type]
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    """Give the log and the language back as they were."""
    language, domain = os.environ.get("LANGUAGE"), gettext.bindtextdomain("messages")
    yield
    logging.getLogger(NAME).handlers.clear()
    gettext.bindtextdomain("messages", domain)
    os.environ.pop("LANGUAGE", None)
    os.environ.update({"LANGUAGE": language} if language else {})


@pytest.fixture
def house(sqlite_address: str, tmp_path: Path) -> Iterator[Line]:
    """An installation with its settings in tmp_path/config, and the clock that the commands have: the real one."""
    engine = open_engine(sqlite_address)
    made = line(engine, tmp_path)
    made.clock.now = datetime.now(UTC)
    yield made
    engine.dispose()


@pytest.fixture
def radar(house: Line) -> Radar:
    """Give a command to that installation."""

    def give(*words: str, **options: object) -> Result:
        return invoke("--config", str(house.folder), *words, **options)

    return give


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that give it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


VISIBLE = [path for path, command in commands(main) if not command.hidden]


@pytest.mark.parametrize("path", VISIBLE, ids=" ".join)
def test_the_help_of_a_command_is_enough_to_use_it(path: tuple[str, ...]) -> None:
    """Each command says in a full Dutch sentence what it does, and what every option and argument is for."""
    command = dict(commands(main))[path]
    assert command.help
    assert re.match(r"[A-Z].{15,}\.$", command.help.split("\n\n")[0].replace("\n", " ")), command.help
    for parameter in command.params:
        assert isinstance(parameter, click.Option | click.Argument)
        assert parameter.help, parameter.name
        assert parameter.help.endswith("."), parameter.help
    shown = invoke(*path, "--help")
    assert shown.exit_code == 0
    assert shown.stdout.startswith(f"Gebruik: radar {' '.join(path)}")
    assert "Toon deze uitleg." in shown.stdout
    assert not re.search(r"\b(Show|Usage|Options|Commands|required|default|the|and)\b", shown.stdout)
    assert re.findall(r"\b(?:TEXT|INTEGER|FLOAT|PATH|FILENAME|DIRECTORY|DATETIME)\b", shown.stdout) == []


def test_the_list_of_commands_is_complete_and_unshortened() -> None:
    """`radar --help` shows every command with its whole first sentence, and the exit codes."""
    shown = invoke("--help").stdout
    for path, command in commands(main):
        if len(path) == 1:
            sentence = re.escape(command.get_short_help_str(200))
            assert re.search(rf"^  {path[0]} +{sentence}$", shown, re.MULTILINE), path
    assert "0 goed, 1 er is iets wat aandacht vraagt" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("crwal",), "Fout: De opdracht 'crwal' bestaat niet. Bedoelt u 'crawl'?"),
        (("crawl", "--nu"), "Fout: De optie '--nu' bestaat niet."),
        (("crawl", "extra"), "Fout: Dit hoort er niet bij: extra"),
        (("edition", "send", "twaalf"), "Fout: Dit klopt niet bij 'NUMMER': 'twaalf' is geen getal."),
        (("edition", "preview", "bewoners"), "'bewoners' is geen van deze: 'corporatie', 'huurdersorganisatie', 'ge"),
        (("edition", "send"), "Fout: Dit ontbreekt: 'NUMMER'."),
        (("subscriber", "add", "a@b.nl"), "Fout: Deze optie ontbreekt: '--audience'. Kies uit:"),
        (("subscriber", "import", "/nergens.csv"), "'/nergens.csv' bestaat niet."),
        (("--config", "/nergens", "config", "check"), "De map /nergens bestaat niet."),
    ],
)
def test_wrong_use_is_told_in_dutch(words: tuple[str, ...], message: str) -> None:
    """A slip of the fingers gives exit code 2 and one clear Dutch sentence on standard error."""
    result = invoke(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_what_click_says_was_translated_from_the_text_that_is_shipped() -> None:
    """The compiled words are those of messages.po; `make words` was not forgotten."""
    folder = LOCALE / "nl" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as written, (folder / "messages.mo").open("rb") as compiled:
        said, used = words_of(read_po(written)), words_of(read_mo(compiled))
    assert said == used
    assert said["Commands"] == "Opdrachten"


def words_of(catalog: Catalog) -> dict[object, object]:
    """Each text with its translation; texts with a plural have two of both."""

    def plain(text: object) -> object:
        return tuple(text) if isinstance(text, list) else text

    return {plain(message.id): plain(message.string) for message in catalog if message.id}


# ---- config


def test_config_check_counts_what_is_there(radar: Radar, house: Line) -> None:
    """Good settings are summed up with exit code 0."""
    result = radar("config", "check")
    assert result.exit_code == 0
    assert f"In orde: {house.folder}\n  2 bronnen aan, 1 uit\n" in result.stdout
    assert "2 adressen, 2 nog niet door een mens nagekeken" in result.stdout
    assert "1 thema in words.yaml" in result.stdout
    assert "Let op" not in result.stdout


def test_config_check_tells_of_an_address_that_two_sources_read(radar: Radar, house: Line) -> None:
    """A block that was copied keeps the address of the first in another spelling; other articles of it are fine."""
    path = house.folder / "sources.yaml"
    block = "\n  - name: {}\n    title: Kopie\n    endpoints: [{{kind: feed, address: {}}}]\n    articles: {}\n"
    copied = block.format("kopie", "https://Kopie.example/feed?utm_source=x", "/a/")
    first = block.format("eerste", "https://kopie.example/feed/", "/a/")
    path.write_text(path.read_text() + first + copied + block.format("deel", "https://kopie.example/feed/", "/b/"))
    (told,) = [line.strip() for line in radar("config", "check").stdout.splitlines() if "Let op" in line]
    assert told.startswith("Let op: eerste en kopie lezen allebei https://Kopie.example/feed?utm_source=x. ")


@pytest.mark.parametrize(
    ("file", "before", "after", "place", "help_given"),
    [
        ("sources", "title: De Eik", "titel: De Eik", "sources.yaml, regel 8, sources[1].titel: ", "title"),
        (
            "sources",
            "kind: overview",
            "kind: overzicht",
            "sources.yaml, regel 9, sources[1].endpoints[0].kind: ",
            "overv",
        ),
        ("sources", "name: eik", "name: linde", "sources.yaml, regel 7, sources[1].name: ", "dubbel"),
        (
            "words",
            "strong: [huurderspanel]",
            "strong: huurderspanel",
            "words.yaml, regel 4, themes[0].strong: ",
            "lijst",
        ),
        ("radar", "weekday: dinsdag", "weekday: dinsdg", "radar.yaml, regel 11, digest.weekday: ", "dinsdag"),
        ("radar", 'hour: "10:00"', "hour: 10 uur", "radar.yaml, regel 12, digest.hour: ", "09:00"),
        ("radar", "digest:", "digest: [", "radar.yaml, regel ", "YAML"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_place(
    radar: Radar, house: Line, file: str, before: str, after: str, place: str, help_given: str
) -> None:
    """File, line, key and a way out, with exit code 2; every command that needs the settings stops so."""
    path = house.folder / f"{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    for words in (("config", "check"), ("doctor",), ("run",)):
        result = radar(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"{house.folder}/{place}" in result.stderr
        assert help_given in result.stderr


def test_config_schema_writes_a_schema_for_each_file(radar: Radar, tmp_path: Path) -> None:
    """Each YAML file gets a JSON Schema; a folder that cannot be made is told."""
    result = radar("config", "schema", str(tmp_path / "schema"))
    assert result.exit_code == 0
    written = sorted((tmp_path / "schema").iterdir())
    assert [path.name for path in written] == ["radar.schema.json", "sources.schema.json", "words.schema.json"]
    assert all(json.loads(path.read_text(encoding="utf-8")) for path in written)
    (tmp_path / "bestand").touch()
    result = radar("config", "schema", str(tmp_path / "bestand" / "map"))
    assert result.exit_code == 2
    assert "kan niet geschreven worden: dat is geen map." in result.stderr


# ---- the database


def test_a_database_that_cannot_be_opened_is_told(radar: Radar, tmp_path: Path) -> None:
    """A place where nothing can be written, and a server that is not there; no password is shown."""
    (tmp_path / "bestand").touch()
    for address in (f"sqlite:///{tmp_path}/bestand/radar.db", "postgresql://ik:geheim@127.0.0.1:1/radar"):
        result = radar("doctor", env={"RADAR_DATABASE": address})
        assert result.exit_code == 1
        assert "is niet te openen. Klopt het adres, en mag u er schrijven?" in result.stderr
        assert "geheim" not in result.output


def test_a_database_address_that_is_none_is_a_mistake_in_the_settings(radar: Radar) -> None:
    """What stands in the environment is checked like the YAML."""
    result = radar("doctor", env={"RADAR_DATABASE": "mysql://hier"})
    assert result.exit_code == 2
    assert "omgeving, RADAR_DATABASE: dit is geen database." in result.stderr


# ---- reviewer


def test_reviewers_are_added_listed_and_given_a_new_password(radar: Radar, house: Line) -> None:
    """Somebody gets in once, with an address, a name and a password that is long enough."""
    empty = radar("reviewer", "list")
    assert (empty.exit_code, empty.stdout) == (0, "")
    assert "radar reviewer add" in empty.stderr
    add = ("reviewer", "add", "Anna@Voorbeeld.nl", "--name", "Anna", "--password-stdin")
    added = radar(*add, input=f"{PASSWORD}\n")
    assert (added.exit_code, "anna@voorbeeld.nl kan nu als beheerder inloggen" in added.stdout) == (0, True)
    again = radar(*add, input=f"{PASSWORD}\n")
    assert (again.exit_code, "radar reviewer password anna@voorbeeld.nl" in again.stderr) == (1, True)
    assert radar("reviewer", "list").stdout == "anna@voorbeeld.nl\tAnna\tbeheerder\n"

    (before,) = people.reviewers(house.engine)
    changed = radar("reviewer", "password", "anna@voorbeeld.nl", input=f"{PASSWORD} 2\n{PASSWORD} 2\n")
    assert changed.exit_code == 0
    (after,) = people.reviewers(house.engine)
    assert before.password_hash != after.password_hash
    unknown = radar("reviewer", "password", "wie@voorbeeld.nl", "--password-stdin", input=f"{PASSWORD}\n")
    assert (unknown.exit_code, "radar reviewer list" in unknown.stderr) == (1, True)


def test_the_first_manages_and_the_next_judge(radar: Radar, house: Line) -> None:
    """The first person is beheerder and a later one beoordelaar, unless a role is named; a role can be changed."""
    for name, role in (("anna", ()), ("bo", ()), ("cas", ("--role", "lezer"))):
        radar("reviewer", "add", f"{name}@voorbeeld.nl", *role, "--password-stdin", input=f"{PASSWORD}\n")
    assert radar("reviewer", "role", "cas@voorbeeld.nl", "redacteur").exit_code == 0
    assert radar("reviewer", "role", "wie@voorbeeld.nl", "redacteur").exit_code == 1
    assert [str(one.role) for one in people.reviewers(house.engine)] == ["beheerder", "beoordelaar", "redacteur"]


@pytest.mark.parametrize(
    ("email", "password", "message"),
    [("anna", PASSWORD, "is geen e-mailadres"), ("a@voorbeeld.nl", "te kort", "Neem minstens 12 tekens")],
)
def test_a_reviewer_needs_an_address_and_a_long_password(
    radar: Radar, house: Line, email: str, password: str, message: str
) -> None:
    """Exit code 2, and nobody was added."""
    result = radar("reviewer", "add", email, "--password-stdin", input=f"{password}\n")
    assert result.exit_code == 2
    assert message in result.stderr
    assert people.reviewers(house.engine) == []


# ---- subscriber


def test_subscribers_are_added_listed_and_removed(radar: Radar) -> None:
    """One reader with a proof of consent, once; the list is CSV; who left stays left."""
    add = ("subscriber", "add", "gerda@lezers.nl", "--audience", "gemeente", "--consent", "formulier op de ledendag")
    assert "gerda@lezers.nl krijgt nu de brief voor gemeenten." in radar(*add, "--consent-date", "2026-05-03").stdout
    assert "gerda@lezers.nl kreeg al de brief voor gemeenten." in radar(*add).stdout
    (row,) = csv.DictReader(io.StringIO(radar("subscriber", "list").stdout))
    assert row == {
        "e-mail": "gerda@lezers.nl",
        "naam": "",
        "doelgroep": "gemeente",
        "toestemming_op": "2026-05-03",
        "toestemming_hoe": "formulier op de ledendag",
    }
    assert list(csv.DictReader(io.StringIO(radar("subscriber", "list", "--audience", "corporatie").stdout))) == []
    assert radar("subscriber", "remove", "Gerda@lezers.nl").stdout == "gerda@lezers.nl is afgemeld.\n"
    assert radar("subscriber", "list").stdout.count("\n") == 1
    unknown = radar("subscriber", "remove", "wie@lezers.nl")
    assert (unknown.exit_code, "radar subscriber list" in unknown.stderr) == (1, True)
    assert radar("subscriber", "remove", "wie").exit_code == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("anna", "--consent", "formulier"), "is geen e-mailadres"),
        (("a@b.nl", "--consent", " "), "toestemming_hoe is leeg"),
        (("a@b.nl", "--consent", "formulier", "--consent-date", "2999-01-01"), "ligt in de toekomst"),
        (("a@b.nl", "--consent", "formulier", "--consent-date", "3 mei"), "is geen datum zoals 2026-05-03"),
    ],
)
def test_nobody_is_added_without_consent(radar: Radar, words: tuple[str, ...], message: str) -> None:
    """A reader without a good address or proof is refused with exit code 2."""
    result = radar("subscriber", "add", *words, "--audience", "gemeente")
    assert result.exit_code == 2
    assert message in result.stderr
    assert radar("subscriber", "list").stdout.count("\n") == 1


def test_a_reader_who_calls_is_shown_erased_and_let_in_again(radar: Radar) -> None:
    """What is kept is shown as JSON; after erasing, only consent of a later day, or lifting it by hand, lets one in."""
    add = ("subscriber", "add", "gerda@lezers.nl", "--audience", "gemeente", "--consent", "formulier")
    radar(*add)
    assert json.loads(radar("subscriber", "export", "Gerda@lezers.nl").stdout)["toestemming"]["hoe"] == "formulier"
    assert radar("subscriber", "erase", "gerda@lezers.nl").stdout == "De gegevens van gerda@lezers.nl zijn gewist.\n"
    assert radar("subscriber", "export", "gerda@lezers.nl").exit_code == 1
    assert radar(*add).exit_code == 2
    assert "mag weer gemaild worden" in radar("subscriber", "allow", "gerda@lezers.nl").stdout
    assert "stond niet op die lijst" in radar("subscriber", "allow", "gerda@lezers.nl").stdout
    assert radar("subscriber", "allow", "geen").exit_code == 2
    assert radar(*add).exit_code == 0


def test_subscribers_are_imported_all_or_none(radar: Radar, tmp_path: Path) -> None:
    """A good file goes in and a second time adds nobody; one bad line keeps everybody out, with its line number."""
    path = tmp_path / "lezers.csv"
    good = (
        f"{CSV}anna@lezers.nl;Anna;gemeente;2026-03-01;formulier\nbert@lezers.nl;Bert;corporatie;1 maart 2026;lijst\n"
    )
    path.write_text(good.replace("1 maart 2026", "01-03-2026"), encoding="utf-8")
    first, second = (radar("subscriber", "import", str(path)) for _ in range(2))
    assert (first.exit_code, first.stdout) == (0, "2 lezers toegevoegd, 0 stonden er al op.\n")
    assert second.stdout == "0 lezers toegevoegd, 2 stonden er al op.\n"

    path.write_text(f"{CSV}cora@lezers.nl;Cora;gemeente;2026-03-01;lijst\ndirk@lezers.nl;Dirk;gemeente;;\n", "utf-8")
    bad = radar("subscriber", "import", str(path))
    assert bad.exit_code == 2
    assert f"{path}, regel 3: toestemming_op is leeg" in bad.stderr
    assert "Er is niemand toegevoegd." in bad.stderr
    path.write_bytes(f"{CSV}renée@lezers.nl".encode("cp1252"))
    encoded = radar("subscriber", "import", str(path))
    assert (encoded.exit_code, "is geen UTF-8" in encoded.stderr) == (2, True)
    assert "cora" not in radar("subscriber", "list").stdout


def test_the_list_holds_no_formula_for_a_spreadsheet(radar: Radar) -> None:
    """A name that begins as a formula is shown as text."""
    radar("subscriber", "add", "a@b.nl", "--audience", "gemeente", "--name", "=HYPERLINK(1)", "--consent", "lijst")
    assert "'=HYPERLINK(1)" in radar("subscriber", "list").stdout


# ---- edition


def test_an_edition_by_hand_from_preview_to_sent(radar: Radar, house: Line, tmp_path: Path) -> None:
    """Preview, freeze, stop, resume, send and status tell a script and a person what happened."""
    assert radar("edition", "status").stdout == ""
    house.readers(Audience.GEMEENTE, "anna", "bert")
    house.accepted("Panel beslist mee", *EVERYBODY)
    preview = radar("edition", "preview", "gemeente", "--html", str(tmp_path / "brief.html"))
    assert preview.exit_code == 0
    assert "Panel beslist mee" in (tmp_path / "brief.html").read_text(encoding="utf-8")
    assert "Onderwerp: Participatieradar 1: Panel beslist mee" in radar("edition", "preview", "gemeente").stdout

    frozen = radar("edition", "freeze", "gemeente")
    assert (frozen.exit_code, "staat vast voor 2 lezers.\nVerzenden: radar edition send 1" in frozen.stdout) == (
        0,
        True,
    )
    assert radar("edition", "stop", "1").stdout == "Brief 1 staat stil. Verder: radar edition resume 1\n"
    held = radar("edition", "send", "1")
    assert (held.exit_code, house.letters()) == (1, {})
    assert "Brief 1 gaat verder." in radar("edition", "resume", "1").stdout
    frozen_on_record, *told = record.of_subject(house.engine, "edition/gemeente 1")
    assert (frozen_on_record.action, frozen_on_record.after["readers"]) == ("freeze letter", 2)
    assert [(line.action, line.after) for line in told] == [
        ("stop letter", {"way": "radar edition"}),
        ("resume letter", {"way": "radar edition"}),
    ]
    sent = radar("edition", "send", "1")
    assert (sent.exit_code, sent.stdout) == (0, "2 verzonden\n")
    assert sorted(house.letters()) == ["anna", "bert"]
    assert radar("edition", "send", "1").stdout == "2 verzonden\n"
    assert re.fullmatch(r"1\t\d{4}-W\d\d\tgemeente\tverzonden\t2 verzonden\n", radar("edition", "status").stdout)
    assert "anna@lezers.example\tverzonden\t" in radar("edition", "status", "1").stdout
    month = Editor(house.engine, lambda: house.live.current, lambda: datetime.now(UTC)).upcoming_month(
        Audience.GEMEENTE
    )
    monthly = radar("edition", "preview", "gemeente", "--month")
    assert (monthly.exit_code, monthly.stdout.startswith(f"Onderwerp: {month.subject}\n")) == (0, True)
    assert f"Nummer 1, {month.week}, voor gemeenten" in monthly.stdout
    assert all(entry.title in monthly.stdout for entry in month.entries)
    assert editions.find_edition(house.engine, 1).state is EditionState.SENT


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("freeze", "gemeente"), "brief: Er staat geen enkel bericht in."),
        (("send", "99"), "Er is geen editie met nummer 99."),
        (("status", "99"), "Er is geen editie met nummer 99."),
        (("stop", "99"), "er is geen brief met dit nummer; zie radar edition status"),
        (("resume", "99"), "er is geen brief met dit nummer; zie radar edition status"),
        (("again", "99"), "er is geen brief met dit nummer; zie radar edition status"),
    ],
)
def test_an_edition_that_cannot_be_is_told(radar: Radar, words: tuple[str, ...], message: str) -> None:
    """An empty letter and an unknown number give exit code 1 and a sentence."""
    result = radar("edition", *words)
    assert result.exit_code == 1
    assert message in result.stderr


def test_a_letter_without_a_summary_is_not_frozen(radar: Radar, house: Line) -> None:
    """The fault is named with the item it is in, on preview and on freeze."""
    house.accepted("Panel beslist mee", summary="")
    assert (
        "STOP: bericht 1: Panel beslist mee: De samenvatting ontbreekt."
        in radar("edition", "preview", "gemeente").stderr
    )
    frozen = radar("edition", "freeze", "gemeente")
    assert (frozen.exit_code, "De samenvatting ontbreekt." in frozen.stderr) == (1, True)
    assert editions.editions(house.engine) == ()


def test_a_letter_that_waits_for_people_is_not_frozen(radar: Radar, house: Line) -> None:
    """Held back, or not approved where that is asked, it is refused in one line that says where to settle that."""
    house.accepted("Panel beslist mee")
    radar_yaml = house.folder / "radar.yaml"
    radar_yaml.write_text(f"{radar_yaml.read_text()}  approvals: 1\n  when_not_approved: skip\n", encoding="utf-8")
    refused = "De brief voor gemeenten is niet vastgezet: {} Regel dat eerst op http://radar.example/brief/gemeente\n"
    unapproved = radar("edition", "freeze", "gemeente")
    missing = "er zijn 0 van de 1 goedkeuringen die nodig zijn."
    assert (unapproved.exit_code, unapproved.stderr) == (1, refused.format(missing))
    draft, me, now = house.editor.draft(Audience.GEMEENTE), house.reviewer(), house.clock()
    arrangements.approve(house.engine, draft, "Nummer 1", me, now)
    letter = (house.engine, draft.audience, draft.number, me)
    arrangements.change(*letter, "hold letter", now, lambda one: replace(one, held=True))
    held = radar("edition", "freeze", "gemeente")
    assert (held.exit_code, held.stderr) == (1, refused.format("een redacteur houdt hem tegen."))
    arrangements.change(*letter, "release letter", now, lambda one: replace(one, held=False))
    assert radar("edition", "freeze", "gemeente").exit_code == 0


def test_an_outbox_that_is_no_folder_is_told(radar: Radar, house: Line) -> None:
    """Nothing is sent and nothing is lost; with the folder there it goes."""
    house.readers(Audience.GEMEENTE, "anna")
    house.accepted("Panel beslist mee")
    radar("edition", "freeze", "gemeente")
    house.outbox.touch()
    result = radar("edition", "send", "1")
    assert (result.exit_code, f"De map {house.outbox} voor de brieven is niet te gebruiken" in result.stderr) == (
        1,
        True,
    )
    house.outbox.unlink()
    assert radar("edition", "send", "1").exit_code == 0


# ---- doctor and sources


def test_doctor_says_what_is_missing_and_what_to_do(radar: Radar, house: Line) -> None:
    """Without a reviewer there is something to do, exit code 1; with one all is good."""
    missing = radar("doctor")
    assert missing.exit_code == 1
    assert "LET OP  0 mensen kunnen inloggen op de redactiepagina\n        Maak iemand aan met: radar" in missing.stdout
    house.reviewer()
    good = radar("doctor")
    assert (good.exit_code, "LET OP" in good.stdout) == (0, False)
    assert "goed    De Linde: Deze bron is nog niet bekeken." in good.stdout
    assert f"goed    er is geen mailserver; brieven gaan naar de map {house.outbox}" in good.stdout


def test_words_are_tried_saved_listed_and_taken_back(radar: Radar, house: Line, tmp_path: Path) -> None:
    """The rule bench by hand: what would flip, what was kept, and the way back."""
    for title in ("Huurderspanel telt 800 leden", "Bewonersberaad gaat van start"):
        house.item(title, intro="De huurders kiezen zelf.")
    first = (house.folder / "words.yaml").read_text()
    other = tmp_path / "anders.yaml"
    other.write_text(first.replace("huurderspanel", "bewonersberaad"))
    assert radar("words", "back").exit_code == 1
    tried = radar("words", "try", str(other)).stdout
    assert "Geprobeerd op 2 berichten, 0 daarvan beoordeeld." in tried
    assert "Komt erbij in de wachtrij: 1\n  Bewonersberaad gaat van start (De Linde, Bewonersberaad)" in tried
    assert "Valt weg uit de wachtrij: 1\n  Huurderspanel telt 800 leden (De Linde, Huurderspanel)" in tried
    assert radar("words", "list").stdout == "Er is nog niets bewaard.\n"
    assert radar("words", "save", str(other)).exit_code == 0
    assert (house.folder / "words.yaml").read_text() == other.read_text()
    assert "veranderd met radar words" in radar("words", "list").stdout
    assert radar("words", "back").stdout == "Versie 1 is teruggezet.\n"
    assert (house.folder / "words.yaml").read_text() == first
    assert radar("words", "back", "77").exit_code == 2


def test_wrong_words_are_refused_by_the_bench(radar: Radar, house: Line, tmp_path: Path) -> None:
    """A mistake in the tried file is told with its line, and words.yaml stays."""
    first = (house.folder / "words.yaml").read_text()
    other = tmp_path / "anders.yaml"
    other.write_text(first.replace("[informeel]", "[gezellig]"))
    for command in ("try", "save"):
        refused = radar("words", command, str(other))
        assert refused.exit_code == 2
        assert "words.yaml, regel 4, themes[0].goals[0]" in refused.stderr
    assert (house.folder / "words.yaml").read_text() == first


def test_sources_shows_each_with_its_state(radar: Radar, house: Line) -> None:
    """A source that is off, one that was never read; a name that is wrong is told with the nearest right one."""
    shown = radar("sources")
    assert (shown.exit_code, shown.stdout) == (0, radar("sources", "list").stdout)
    assert re.search(r"^linde +De Linde +nog niet gelezen", shown.stdout, re.MULTILINE)
    assert re.search(r"^wilg +De Wilg +uit", shown.stdout, re.MULTILINE)
    for words in (("sources", "due", "lindee"), ("crawl", "--source", "lindee")):
        wrong = radar(*words)
        assert (wrong.exit_code, 'Bedoelde u "linde"?' in wrong.stderr) == (2, True)
    off = radar("crawl", "--source", "wilg")
    assert (off.exit_code, "De bron “wilg” staat uit." in off.stderr) == (2, True)
    assert radar("sources", "due").stdout == "Meteen aan de beurt: linde, eik\n"


# ---- crawl and the service, on the demo world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Three publishers on loopback, with settings for them in world/config."""
    with World(tmp_path / "world", 0, date(2026, 11, 24)).serve() as served:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        write_config(served.folder / "config", served.port, port)
        yield served


LOOPBACK = {"RADAR_ALLOW_LOOPBACK": "1"}


def crawl(world: World, *words: str, **environment: str) -> Result:
    return invoke("crawl", "--config", str(world.folder / "config"), *words, env=LOOPBACK | environment)


def test_crawl_reads_everything_once_and_tells(world: World, tmp_path: Path) -> None:
    """--now reads every source and exits with 0; what is not due is left; RADAR_DATABASE says where it is kept."""
    address = f"sqlite:///{tmp_path}/elsewhere/radar.db"
    first = crawl(world, "--now", RADAR_DATABASE=address)
    assert first.exit_code == 0, first.output
    assert re.search(r"Plein31 +eerste keer: alles is bekend, niets is nieuws +\d+ +\d+ +0 +0", first.stdout)
    asked = len(world.visits)
    idle = crawl(world, RADAR_DATABASE=address)
    assert (idle.exit_code, idle.stdout) == (0, "Er is nu geen bron aan de beurt. Met --now leest u ze toch.\n")
    assert len(world.visits) == asked
    one = crawl(world, "--source", "huurdersbond", RADAR_DATABASE=address)
    assert "niets veranderd" in one.stdout
    assert "Plein31" not in one.stdout
    engine = open_engine(address)
    assert set(sources.states(engine)) == {"plein31", "koepel", "huurdersbond"}
    engine.dispose()


def test_crawl_warns_of_the_switch_for_tests(world: World) -> None:
    """With RADAR_ALLOW_LOOPBACK on, a source elsewhere cannot be read, and that is said with what to do about it."""
    path = world.folder / "config" / "sources.yaml"
    assert "RADAR_ALLOW_LOOPBACK" not in crawl(world, "--source", "koepel").stderr
    elsewhere = '{name: elders, title: Elders, endpoints: [{kind: feed, address: "http://bond.invalid/feed/"}]}'
    path.write_text(f"sources:\n  - {elsewhere}\n", "utf-8")
    told = crawl(world, "--source", "elders").stderr
    assert "RADAR_ALLOW_LOOPBACK=1 staat aan" in told
    assert "elders. Haal die instelling weg." in told


def test_crawl_tells_a_failing_source_and_a_busy_process(world: World) -> None:
    """A source without a working address gives exit code 1, and another process that crawls gives 4."""
    path = world.folder / "config" / "sources.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(f"33:{world.port}/feed/", f"33:{world.port}/weg/"), "utf-8"
    )
    text = re.sub(
        r"\n      - \{kind: overview, address: \"http://127.0.0.33[^\n]+", "", path.read_text(encoding="utf-8")
    )
    path.write_text(text, encoding="utf-8")
    failing = crawl(world, "--now")
    assert failing.exit_code == 1
    assert re.search(r"Huurdersbond +De site antwoordde met een fout\.", failing.stdout)
    assert re.search(r"De Koepel +eerste keer", failing.stdout)

    engine = open_engine(f"sqlite:///{world.folder.resolve()}/radar.db")
    with crawl_lock(engine):
        busy = crawl(world, "--now")
    engine.dispose()
    assert (busy.exit_code, "Een ander proces leest de bronnen al." in busy.stderr) == (4, True)


def test_crawl_without_a_way_out_says_so(tmp_path: Path) -> None:
    """When no source at all can be reached the exit code is 3, with one sentence on what happens now."""
    with World(tmp_path / "world", 0, date(2026, 11, 24)).serve() as gone:
        write_config(gone.folder / "config", gone.port)
    offline = crawl(gone, "--now")
    assert offline.exit_code == 3
    (said,) = [text for text in offline.stderr.splitlines() if not text.startswith("{")]
    assert said.startswith("Geen enkele bron is bereikbaar.")
    assert said.endswith("er gaat niets verloren.")


def start(world: World, *words: str, port: int | None = None) -> subprocess.Popen[str]:
    """Start a service of the demo world as a real process."""
    folder = world.folder / "config"
    if port:
        path = folder / "radar.yaml"
        path.write_text(re.sub(r"\bport: \d+", f"port: {port}", path.read_text(encoding="utf-8")), encoding="utf-8")
    program = Path(sys.executable).with_name("radar")
    return subprocess.Popen(
        [program, "--config", folder, *words],
        env=_environment() | LOOPBACK,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _environment() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("RADAR_")}


@pytest.mark.parametrize(("words", "reads"), [(("run",), True), (("review",), False)])
def test_the_service_opens_its_page_and_stops_when_asked(world: World, words: tuple[str, ...], reads: bool) -> None:
    """The page answers as soon as it says so; a signal to stop ends the service well; only `run` reads the sources."""
    service = start(world, *words)
    assert service.stdout
    said = []
    for text in service.stdout:
        said.append(text)
        if "De redactiepagina staat op" in text:
            break
    address = re.search(r"http://\S+", said[-1])
    assert address
    with urllib.request.urlopen(f"{address[0]}/healthz", timeout=20) as answer:
        assert json.load(answer)["status"] == "ok"
    service.send_signal(signal.SIGTERM)
    rest, log = service.communicate(timeout=30)
    assert service.returncode == 0, log
    assert "De radar is gestopt." in rest
    assert ("De radar volgt 3 bronnen." in said[0]) is reads
    events = [json.loads(row)["event"] for row in log.splitlines()]
    assert (events[0], events[-1]) == ("service started", "service stopped")
    if not reads:
        assert world.visits == ()


def test_a_port_that_was_changed_in_one_place_only_is_told() -> None:
    """The service names the address that opens, and the one in the settings that does not."""
    changed = DeskSettings(port=8991)
    assert where(changed)[0] == "De redactiepagina staat op http://127.0.0.1:8991 (stoppen met Ctrl-C)."
    assert "public_url op http://127.0.0.1:8930, maar port op 8991" in where(changed)[1]
    behind_a_web_server = DeskSettings(port=8991, public_url="https://radar.example")
    (said,) = where(behind_a_web_server)
    assert said.startswith("De redactiepagina staat op https://radar.example ")


@pytest.mark.parametrize("words", [("run",), ("review",)])
def test_a_taken_port_is_told(world: World, words: tuple[str, ...]) -> None:
    """Exit code 1 with the port and the way out, and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        service = start(world, *words, port=port)
        _, log = service.communicate(timeout=30)
    assert service.returncode == 1
    assert f"De redactiepagina kan niet open op 127.0.0.1, poort {port}: die is al bezet." in log
    assert "Traceback" not in log
