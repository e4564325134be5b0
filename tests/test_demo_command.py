"""The demo as a newcomer runs it: real processes, the real line, on a made-up world on this computer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes_headers import header_faults
from fakes_line import read_letter, text_of

PATIENCE = 120


class Demo:
    """`radar demo` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def give(self, verb: str) -> subprocess.CompletedProcess[str]:
        """Give a command and wait for it."""
        program = Path(sys.executable).with_name("radar")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RADAR_")}
        command = [program, "demo", "--folder", self.folder, verb]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)

    def mails(self) -> dict[str, tuple[int, bytes]]:
        """Every file in the outbox folder, with when it was written and what it holds."""
        return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in (self.folder / "outbox").iterdir()}

    def answers(self, address: str) -> bool:
        """Whether a page can be reached."""
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return bool(answer.status == 200)
        except urllib.error.URLError:
            return False


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path / "demo")
    yield demo
    demo.give("stop")


def test_a_newcomer_walks_the_whole_demo(demo: Demo) -> None:
    """First run, a second that finds nothing new, more that is new only, and the end."""
    first = demo.give("start")
    assert (first.returncode, first.stderr) == (0, ""), first.stderr
    said = first.stdout
    for step in ("1. Kennismaken", "2. Een week later", "3. Dana (demo) koos 5 berichten", "4. De weekbrief"):
        assert f"\n{step}" in said
    assert re.search(r"27 berichten gevonden\. Die waren er al", said)
    assert said.count("Let op, De Koepel: Op het adres van de feed staat een gewone pagina.") == 1
    assert re.search(r"16 nieuwe berichten gevonden; 10 daarvan vallen op en staan in de wachtrij\.", said)
    assert "5 berichten wachten op u in de wachtrij" in said
    assert not re.search(r"\n\n\n|Traceback|None|\b1 berichten", said)
    (page,) = re.findall(r"De redactiepagina +(http://127\.0\.0\.1:\d+)\n", said)
    assert demo.answers(f"{page}/healthz")
    assert demo.answers(f"{page}/inloggen")

    mails = demo.mails()
    assert len(mails) == 8
    assert {name: header_faults(content) for name, (_, content) in mails.items()} == {name: [] for name in mails}
    letter = read_letter(demo.folder / "outbox" / next(name for name in mails if name.startswith("gerda")))
    assert str(letter["Subject"]).startswith("Participatieradar 1: ")
    assert text_of(letter).count("Waarom dit telt:") == 5

    second = demo.give("start")
    assert (second.returncode, second.stderr) == (0, "")
    assert "Niets nieuws. Alles wat er staat, kende de radar al; er is niets dubbel opgeslagen." in second.stdout
    assert "niemand krijgt hem dubbel" in second.stdout
    assert "nieuwe berichten" not in second.stdout
    assert "5 berichten wachten op u" in second.stdout
    assert demo.mails() == mails
    assert demo.answers(f"{page}/healthz")

    more = demo.give("more")
    assert (more.returncode, more.stderr) == (0, "")
    assert "De uitgevers plaatsten 5 nieuwe berichten." in more.stdout
    assert "5 nieuwe berichten gevonden; 2 daarvan vallen op en staan in de wachtrij." in more.stdout
    assert demo.mails() == mails

    stopped = demo.give("stop")
    assert stopped.stdout == "De demo is gestopt.\n"
    assert not demo.answers(f"{page}/healthz")
    assert demo.give("stop").stdout == "Er liep geen demo.\n"
    log = (demo.folder / "demo.log").read_text(encoding="utf-8")
    events = [json.loads(row) for row in log.splitlines() if row.startswith("{")]
    assert {"service started", "service stopped"} <= {event["event"] for event in events}
    assert [event for event in events if event["level"] == "error"] == []
    assert "Traceback" not in log


def test_more_without_a_demo_says_how_to_begin(demo: Demo) -> None:
    """There is nothing to publish before the first run; the way out is named, with exit code 1."""
    result = demo.give("more")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"Er is nog geen demo. Begin met: radar demo --folder {demo.folder} start\n"


def test_a_stale_process_number_ends_nobody_else(demo: Demo) -> None:
    """The number of a process that is not this demo's is never ended, even when it is a demo of another folder."""
    demo.folder.mkdir()
    other = subprocess.Popen([sys.executable, "-c", "input()", "demo", "--folder", "/elders"], stdin=subprocess.PIPE)
    (demo.folder / "demo.pid").write_text(str(other.pid), encoding="utf-8")
    assert demo.give("stop").stdout == "Er liep geen demo.\n"
    assert other.poll() is None
    other.communicate(b"\n", timeout=10)
    assert other.returncode == 0
