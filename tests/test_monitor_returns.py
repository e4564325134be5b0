"""What comes back of the letters, on the command line and in the running service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes_imap import PASSWORD, Box, imap_server
from fakes_line import EVERYBODY, Line, line

from digest import subscribers
from digest.edition import Audience
from digest.records import SubscriberState
from monitor.cli import main
from monitor.schedule import Ticks
from monitor.settings import LiveSettings
from monitor.store import notices
from monitor.store.database import open_engine

FOLDER = Path(__file__).parent / "returned"
MARK = b"0123456789abcdef0123456789abcdef"
READER = "anna@lezers.example"


@pytest.fixture
def house(sqlite_address: str, tmp_path: Path) -> Iterator[Line]:
    """An installation with one reader."""
    engine = open_engine(sqlite_address)
    made = line(engine, tmp_path)
    made.clock.now = datetime.now(UTC)
    made.readers(Audience.GEMEENTE, "anna")
    made.accepted("Panel beslist mee", *EVERYBODY)
    yield made
    engine.dispose()


@pytest.fixture
def radar(house: Line) -> Callable[..., Result]:
    """Give a command to that installation, with a mail on standard input."""

    def give(*words: str, mail: bytes = b"", environment: dict[str, str] | None = None) -> Result:
        command = ["--config", str(house.folder), *words]
        return CliRunner().invoke(main, command, prog_name="radar", input=mail, env=environment)

    return give


def returned_mail(house: Line, radar: Callable[..., Result], sample: str) -> bytes:
    """Send the letter, and let a mail server bring it back."""
    radar("edition", "freeze", "gemeente")
    radar("edition", "send", "1")
    (letter,) = house.outbox.glob("*.eml")
    mark = re.search(rb"Message-ID: <(\w{32})@", letter.read_bytes())
    assert mark
    return (FOLDER / f"{sample}.eml").read_bytes().replace(MARK, mark[1])


def state(house: Line) -> SubscriberState:
    reader = subscribers.by_email(house.engine, READER)
    assert reader
    return reader.state


def test_a_mail_server_may_hand_a_bounce_on(house: Line, radar: Callable[..., Result]) -> None:
    """The reader is stopped, and the status of the edition and the list of what came back say why."""
    mail = returned_mail(house, radar, "postfix-onbekend")
    result = radar("mail", "bounce", mail=mail)
    assert (result.exit_code, result.stdout) == (
        0,
        f"De brief aan {READER} kan niet aankomen (5.1.1); er gaat niets meer heen.\n",
    )
    assert state(house) is SubscriberState.LEFT
    status = radar("edition", "status", "1").stdout
    assert re.search(rf"{READER}\tverzonden\t.*\tkan niet aankomen: 5\.1\.1 .*User unknown\n", status)
    assert status.endswith("Teruggekomen: 1. Zie ook: radar mail returned\n")
    assert re.search(rf"\t{READER}\tkan niet aankomen\t5\.1\.1 ", radar("mail", "returned").stdout)


def test_what_a_person_has_to_read_is_told(radar: Callable[..., Result]) -> None:
    """A question ends with exit code 1, nothing at all with 2."""
    result = radar("mail", "bounce", mail=(FOLDER / "vraag.eml").read_bytes())
    assert (result.exit_code, result.stderr) == (1, "Dit is geen retourmail. Lees deze mail zelf.\n")
    assert radar("mail", "bounce").exit_code == 2


def with_mailbox(house: Line, port: int) -> dict[str, str]:
    path = house.folder / "radar.yaml"
    box = f"return_box: {{host: 127.0.0.1, port: {port}, security: none, username: retour}}\n"
    path.write_text(path.read_text("utf-8") + box, encoding="utf-8")
    return {"RADAR_IMAP_PASSWORD": PASSWORD}


def test_the_mailbox_is_read_by_hand_and_by_the_service(house: Line, radar: Callable[..., Result]) -> None:
    """By hand it says what it did; the service does the same, and tells once when the mailbox cannot be read."""
    mail = returned_mail(house, radar, "postfix-onbekend")
    assert radar("mail", "fetch").exit_code == 2
    with imap_server(Box()) as box:
        environment = with_mailbox(house, box.port)
        box.put((FOLDER / "vraag.eml").read_bytes())
        result = radar("mail", "fetch", environment=environment)
        assert (result.exit_code, result.stdout) == (
            1,
            "Dit is geen retourmail. Lees deze mail zelf.\n0 mails verwerkt.\n",
        )
        assert "1 mail moet iemand zelf lezen" in result.stderr
        box.put(mail)
        ticks = Ticks(house.engine, LiveSettings(house.folder, environment), house.editor, house.clock)
        ticks.returns()
        assert state(house) is SubscriberState.LEFT
        assert notices.current(house.engine) == []
    ticks.returns()
    (notice,) = notices.current(house.engine)
    assert notice.name == "returns"
    assert "niet te bereiken" in notice.text
