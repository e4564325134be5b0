import subprocess
import sys

from fakes_digest import an_edition


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "digest", *map(str, arguments)], capture_output=True, text=True, timeout=60
    )


def test_the_room_can_be_tried_alone(tmp_path):
    """The built-in edition ends up as three mails and two previews in a folder."""
    done = run("--folder", tmp_path / "uit")
    assert done.returncode == 0, done.stderr
    assert "Verzonden: 3 brieven" in done.stdout
    assert sorted(file.suffix for file in (tmp_path / "uit").iterdir()) == [".eml"] * 3 + [".html", ".txt"]


def test_an_edition_of_ones_own(tmp_path):
    """An edition in a JSON file is sent as it is; a file that is none is refused with its name."""
    file = tmp_path / "editie.json"
    file.write_text(an_edition("a").canonical_json)
    assert "Participatieradar 1: Titel a" in run(file, "--folder", tmp_path / "uit").stdout
    file.write_text("{}")
    refused = run(file, "--folder", tmp_path / "uit")
    assert refused.returncode == 1
    assert "editie.json is geen editie" in refused.stderr
