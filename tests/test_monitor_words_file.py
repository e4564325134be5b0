"""words.yaml as text: a theme is cut out and put back, and the file is replaced at once or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import words_file
from monitor.words_file import Overtaken

TEXT = """\
# boven
gate: [huurder*]
themes:
  # over panels
  - name: panels
    goals: [informeel]   # een noot
    strong:
      - huurderspanel

      - klantenpanel
    # nog een noot

  # over geld
  - name: geld
    goals: [formeel]
audiences: []
"""


def test_a_theme_is_cut_out_with_its_comments_and_nothing_of_the_next():
    """From its dash to its last word; what stands between it and the next theme stays outside."""
    cut = words_file.part(TEXT, "panels")
    assert cut is not None
    assert cut.text.splitlines()[0] == "  - name: panels"
    assert cut.text.splitlines()[-1] == "      - klantenpanel"
    last = words_file.part(TEXT, "geld")
    assert last is not None
    assert last.text == "  - name: geld\n    goals: [formeel]\n"


def test_putting_the_same_part_back_changes_nothing():
    """Cutting and pasting is exact for every theme of the words that are shipped."""
    shipped = (Path(__file__).parent.parent / "config" / "words.yaml").read_text(encoding="utf-8")
    for text, names in ((TEXT, ("panels", "geld")), (shipped, ("zelfbeheer", "prestatieafspraken"))):
        for name in names:
            cut = words_file.part(text, name)
            assert cut is not None, name
            assert words_file.with_part(text, cut, cut.text) == text


def test_a_changed_part_leaves_the_rest_as_it_was():
    """Comments above and below stay, and a line end is put where somebody forgot it."""
    cut = words_file.part(TEXT, "geld")
    assert cut is not None
    changed = words_file.with_part(TEXT, cut, "  - name: geld\n    goals: [informeel]")
    assert changed == TEXT.replace("goals: [formeel]", "goals: [informeel]")


@pytest.mark.parametrize("text", ["themes: [", "themes: 3", "", "gate: [x]"])
def test_a_text_without_the_theme_has_no_such_part(text):
    """Neither a broken file nor one without themes is an error here."""
    assert words_file.part(text, "panels") is None


def test_the_file_is_replaced_with_its_rights_kept_and_nothing_left_behind(tmp_path):
    """After it the folder holds one file, as readable as before."""
    path = tmp_path / words_file.NAME
    path.write_text("oud\n")
    path.chmod(0o640)
    words_file.replace(tmp_path, "nieuw\n", over="oud\n")
    assert path.read_text() == "nieuw\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(tmp_path):
    """The later one is told, and the file stays as the earlier one left it."""
    (tmp_path / words_file.NAME).write_text("van een ander\n")
    with pytest.raises(Overtaken, match="intussen"):
        words_file.replace(tmp_path, "nieuw\n", over="oud\n")
    assert (tmp_path / words_file.NAME).read_text() == "van een ander\n"
