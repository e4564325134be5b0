"""What is imported to answer: each command and page waits for what it needs itself, and for no more."""

from __future__ import annotations

import subprocess
import sys


def imported(program: str) -> set[str]:
    """The packages that a program in a process of its own has imported when it is done."""
    told = "import sys; print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run(
        [sys.executable, "-c", f"import atexit; atexit.register(lambda: exec({told!r}))\n{program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in ran.stderr.split()} | set(ran.stderr.split())


def test_the_help_waits_for_nothing_that_only_a_command_needs():
    """`radar --help` imports Click and the door alone: no settings, no database, no web server, no command."""
    found = imported("from monitor.cli import main; main(['--help'])")
    assert {"click", "monitor.cli"} <= found
    ours = {name for name in found if name.startswith(("monitor.", "digest", "crawlers"))}
    assert ours == {"monitor.cli"}
    assert not found & {"pydantic", "sqlalchemy", "starlette", "scrapy", "numpy", "structlog", "rich"}
