from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main

CONFIG = Path(__file__).parent.parent / "config"
HUURDERS = {
    "id": "a",
    "source": "Bond",
    "date": "2026-02-05",
    "title": "Symposium over huurdersinvloed op 16 april",
    "intro": "Huurdersorganisaties leren hoe zij adviesrecht gebruiken bij prestatieafspraken.",
    "body": "Aanmelden kan tot en met 9 april. Locatie: Stadhuis, Hengelo. De bewonerscommissies praten mee.",
}
COPY = HUURDERS | {"id": "b", "source": "Koepel", "date": "2026-02-07"}
VOETBAL = {"id": "c", "title": "Elftal wint de beker", "body": "De keeper stopte drie strafschoppen."}


def judge(lines: list[str], *words: str) -> Result:
    result = CliRunner().invoke(main, ["--config", str(CONFIG), "judge", *words], input="\n".join(lines))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def answers(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in judge(lines, "--stream").stdout.splitlines()]


def test_each_line_gets_its_answer() -> None:
    """Verdict, goals by number, meeting, story told before and the reasons, in the order of the lines."""
    first, copy, other = answers([json.dumps(one) for one in (HUURDERS, COPY, VOETBAL)])
    assert first["flagged"]
    assert 1 in first["goals"]
    assert first["event"] == {"date": "2026-04-16", "place": "Stadhuis, Hengelo", "deadline": "2026-04-09"}
    assert first["reasons"][0]["sentence"]
    assert first["model_version"]
    assert first["pulls"]
    assert (first["duplicate_of"], copy["duplicate_of"]) == (None, "a")
    assert (other["id"], other["flagged"], other["event"]) == ("c", False, None)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "geen JSON"),
        ("[" * 100_000, "geen JSON"),
        ("[1]", "geen JSON-object"),
        ('{"title": 7}', "title is geen tekst"),
        ('{"date": "gisteren"}', "geen datum"),
    ],
)
def test_a_line_that_is_no_item_is_refused_and_the_rest_goes_on(line: str, why: str) -> None:
    """A refusal names the line; the next line is judged; the command ends with 1."""
    result = judge([line, json.dumps(VOETBAL)], "--stream")
    refused, judged = (json.loads(one) for one in result.stdout.splitlines())
    assert refused["error"].startswith("regel 1: ")
    assert why in refused["error"]
    assert judged["id"] == "c"
    assert result.exit_code == 1


@pytest.mark.parametrize("body", ["", "\ud800\x00", "<div><p>&nbsp;</div>" * 50, "Mieterräte и жильцы 入居者 " * 400])
def test_garbage_gets_a_judgement(body: str) -> None:
    """Empty, broken signs, leftovers of HTML and mixed scripts are judged like anything else."""
    (answer,) = answers([json.dumps({"title": body, "body": body})])
    assert 0 <= answer["score"] <= 1


def test_in_words_for_people() -> None:
    """Without --stream a person reads the verdict and the sentences that did it."""
    shown = judge([json.dumps(HUURDERS), "{"]).stdout
    assert "zeker: Symposium over huurdersinvloed op 16 april" in shown
    assert "  + " in shown
    assert "geleerd deel" in shown
    assert "? regel 2: dit is geen JSON." in shown
