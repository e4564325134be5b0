"""The whole line as people meet it: sites on loopback, a browser for the reviewer, an outbox folder for the readers."""

from __future__ import annotations

import re
import socket
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fakes_crawl import Crawler, crawler
from fakes_line import read_letter, text_of
from playwright.sync_api import Browser, Page, expect, sync_playwright

from monitor.demo.stages import publish_more
from monitor.store.database import open_engine

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PASSWORD = "vier losse woorden samen"
SUMMARY = "Huurders in Dorsterveen kozen zelf hoe hun flats worden opgeknapt. Bijna iedereen stemde voor."
PATIENCE = 30
pytestmark = pytest.mark.browser


@pytest.fixture
def radar(tmp_path: Path, sqlite_address: str) -> Iterator[Crawler]:
    """An installation that has seen the archive and then a week of news, with a reviewer and a reader."""
    engine = open_engine(sqlite_address)
    with crawler(tmp_path, engine, datetime.now(UTC)) as made:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        settings = made.folder / "radar.yaml"
        settings.write_text(settings.read_text().replace("8930", str(port)))
        assert made.run("crawl", "--now").returncode == 0
        publish_more(made.folder.parent / "world")
        assert made.run("crawl", "--now").returncode == 0
        added = made.run("reviewer", "add", "anna@voorbeeld.nl", "--name", "Anna", "--password-stdin", typed=PASSWORD)
        assert added.returncode == 0, added.stderr
        reader = ("subscriber", "add", "bestuur@voorbeeld.nl", "--audience", "huurdersorganisatie")
        assert made.run(*reader, "--consent", "formulier").returncode == 0
        yield made
    engine.dispose()


@pytest.fixture
def desk(radar: Crawler) -> Iterator[str]:
    """The review page, started by its command; gives its address."""
    address = radar.settings().radar.desk.public_url
    process = radar.command("review")
    deadline = time.monotonic() + PATIENCE
    while not _answers(address):
        assert process.poll() is None
        assert time.monotonic() < deadline
    yield address
    process.terminate()
    assert process.wait(PATIENCE) == 0


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def sign_in(page: Page, desk: str) -> None:
    page.goto(desk)
    page.locator("#email").fill("anna@voorbeeld.nl")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Overzicht")
    page.get_by_role("link", name=re.compile("in de wachtrij$")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wachtrij")


def card(page: Page, title: str) -> object:
    return page.locator("article.card").filter(has=page.get_by_role("heading", name=title))


def walk(page: Page, desk: str) -> None:
    """Sign in, judge three items and look at the letter."""
    sign_in(page, desk)
    works = card(page, "Huurders beslissen mee over groot onderhoud in Dorsterveen")
    expect(works.locator("mark").first).to_be_visible()
    expect(works).to_contain_text("Huurdersbond")
    works.locator("summary").click()
    works.get_by_label("In eigen woorden").fill(SUMMARY)
    works.get_by_role("button", name="Kiezen").click()
    expect(card(page, "Huurders beslissen mee over groot onderhoud in Dorsterveen")).to_have_count(0)
    card(page, "Sleutelpersonen openen deuren").get_by_role("button", name="Afwijzen").click()
    expect(card(page, "Sleutelpersonen openen deuren")).to_have_count(0)
    card(page, "Rechter: andere servicekosten").get_by_role("button", name="Afwijzen").click()
    expect(card(page, "Rechter: andere servicekosten")).to_have_count(0)
    page.get_by_role("button", name="Ongedaan maken").first.click()
    expect(card(page, "Rechter: andere servicekosten")).to_have_count(1)
    page.goto(f"{desk}/brief/huurdersorganisatie?als=tekst")
    expect(page.locator("pre")).to_contain_text("Dorsterveen")


@pytest.mark.parametrize("with_script", [True, False])
def test_from_the_sites_to_a_letter_in_the_outbox(with_script, radar, desk, chromium):
    """What a reviewer accepts in the browser, and nothing else, reaches the reader's mailbox in her own words."""
    context = chromium.new_context(java_script_enabled=with_script, locale="nl-NL")
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(urlsplit(request.url).hostname))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    walk(page, desk)
    context.close()
    assert set(asked) == {"127.0.0.1"}
    assert complaints == []
    frozen = radar.run("edition", "freeze", "huurdersorganisatie")
    assert frozen.returncode == 0, frozen.stderr
    assert radar.run("edition", "send", "1").returncode == 0
    (path,) = radar.settings().radar.digest.outbox.glob("*.eml")
    letter = read_letter(path)
    assert letter["To"] == "bestuur@voorbeeld.nl"
    text = text_of(letter)
    assert "Huurders beslissen mee over groot onderhoud in Dorsterveen" in text
    assert SUMMARY in text
    address = next(one.address for one in radar.held().values() if "Dorsterveen" in one.title and not one.told_as)
    assert address in text
    assert "Sleutelpersonen" not in text
    assert "servicekosten" not in text
