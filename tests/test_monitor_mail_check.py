"""`radar mail check` and `radar mail key`, as a volunteer gives them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fakes_certificates import an_authority
from fakes_digest import Post
from fakes_dns import name_server
from fakes_line import line

from digest.folder import LOOPBACK, LoopbackController
from monitor.cli import main
from monitor.store.database import open_engine

ZONE = {
    ("localhost", "A"): ("127.0.0.1",),
    ("1.0.0.127.in-addr.arpa", "PTR"): ("localhost.",),
    ("voorbeeld.example", "MX"): ("10 mx.voorbeeld.example.",),
    ("voorbeeld.example", "TXT"): ('"v=spf1 ip4:127.0.0.1 -all"',),
    ("_dmarc.voorbeeld.example", "TXT"): ('"v=DMARC1; p=reject"',),
}


@pytest.fixture
def folder(sqlite_address: str, tmp_path: Path) -> Path:
    engine = open_engine(sqlite_address)
    made = line(engine, tmp_path)
    engine.dispose()
    return made.folder


def radar(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(folder), *words], prog_name="radar")


def test_from_no_key_to_all_good(folder: Path, tmp_path: Path) -> None:
    """First it says what to do, line by line; with what `mail key` prints in DNS and a trusted server all is good."""
    authority, key = an_authority(tmp_path), tmp_path / "geheim" / "dkim.pem"
    server = LoopbackController(Post(), hostname=LOOPBACK, port=0, tls_context=authority.server("localhost"))
    server.start()
    path = folder / "radar.yaml"
    assert radar(folder, "mail", "key").exit_code == 2
    text = path.read_text("utf-8")
    text = re.sub(
        r"(?m)^digest:\n",
        f"digest:\n  dkim: {{selector: radar2026, key: {key}}}\n  public_url: https://radar.voorbeeld.example\n",
        text,
    )
    path.write_text(f"{text}\nrelay: {{host: localhost, port: {server.port}}}\n", encoding="utf-8")
    try:
        with name_server(ZONE) as dns:
            before = radar(folder, "mail", "check", "--dns", dns)
        assert before.exit_code == 1
        assert f"fout    DKIM: De DKIM-sleutel {key} bestaat niet. Maak hem met: radar mail key\n" in before.stdout
        assert "fout    verbinding: Mailserver localhost" in before.stdout
        made = radar(folder, "mail", "key")
        assert radar(folder, "mail", "key").stdout == made.stdout
        name, record = made.stdout.splitlines()
        strings = " ".join(f'"{record[at : at + 250]}"' for at in range(0, len(record), 250))
        with name_server(ZONE | {(name, "TXT"): (strings,)}) as dns:
            after = radar(folder, "mail", "check", "--dns", dns, "--trust", str(authority.file))
    finally:
        server.stop()
    assert after.exit_code == 0, after.stdout
    assert [each.split()[0] for each in after.stdout.splitlines()] == ["goed"] * 7, after.stdout


def test_without_a_name_server_it_says_so(folder: Path) -> None:
    """A name server that cannot be one is a single clear message and no verdict on the records."""
    result = radar(folder, "mail", "check", "--dns", "geen-adres")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("Er is geen nameserver om iets aan te vragen")
