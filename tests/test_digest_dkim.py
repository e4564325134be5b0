import re

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from fakes_digest import NOW, TODAY, frozen, post_office
from hypothesis import given, settings
from hypothesis import strategies as st

from digest import outbox
from digest.dkim import KeyTrouble, Signer, make_key, read_key
from digest.letterhead import Recipient
from digest.message import message
from digest.outbox import Plan
from digest.render import render
from digest.sample import LETTERHEAD, sample

ANNA = Recipient(email="anna@lezers.example", name="Anna de Groß", token="t" * 32)
MAIL = message(render(sample(TODAY), LETTERHEAD), ANNA, LETTERHEAD, "<0123@voorbeeld.example>", NOW)


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "var" / "dkim.pem"
    make_key(path)
    return Signer("voorbeeld.example", "radar2026", read_key(path))


def holds(signer, mail):
    def dns(name, timeout=5):
        return signer.record.encode() if name == f"{signer.record_name}.".encode() else b""

    return dkim.verify(mail, dnsfunc=dns)


def test_another_program_finds_the_signature_good(signer):
    """A whole letter verifies against the record that we tell to publish, also after a relay folded and padded it."""
    signed = signer.sign(MAIL)
    assert signed == signer.sign(MAIL)
    assert holds(signer, signed)
    assert holds(signer, b"Received: by relay\r\n" + signed.replace(b"Feedback-ID: ", b"Feedback-ID:\r\n\t ") + b"\r\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
        (b"List-Unsubscribe: <https://radar", b"List-Unsubscribe: <https://rader"),
        (b"Subject: ", b"Subject: Gratis\r\nSubject: "),
        (b"From: Participatieradar", b"From: Bank"),
        (b"Beste Anna", b"Beste Hans"),
    ],
)
def test_whoever_changes_a_letter_breaks_the_signature(signer, old, new):
    """The sender, the subject, both headers to leave by and the content cannot be changed or doubled."""
    signed = signer.sign(MAIL)
    assert old in signed
    assert not holds(signer, signed.replace(old, new, 1))


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(st.text("a \t.=", max_size=8), max_size=5))
def test_any_body_is_signed_as_others_read_it(signer, lines):
    """White space, empty lines and empty bodies are taken as another program takes them."""
    body = "".join(f"{line}\r\n" for line in lines).encode()
    assert holds(signer, signer.sign(b"From: a@voorbeeld.example\r\n\r\n" + body))


def test_the_outbox_signs_what_it_sends(engine, signer):
    """Every letter leaves with a signature that holds over what the mail server got."""
    edition_id = frozen(engine, readers=2)
    with post_office() as post:
        plan = Plan(sign=signer.sign)
        outbox.send(engine, edition_id, LETTERHEAD, post.connect(), lambda: NOW, plan=plan)
    assert [holds(signer, mail.content) for mail in post.taken] == [True, True]


def test_a_key_that_cannot_be_used_says_why(tmp_path):
    """No file, a file that others may read, one that holds no key, and a key of another kind: each names the file."""
    path = tmp_path / "dkim.pem"
    with pytest.raises(KeyTrouble, match=re.escape(f"{path} bestaat niet. Maak hem met: radar mail key")):
        read_key(path)
    make_key(path)
    with pytest.raises(FileExistsError):
        make_key(path)
    path.chmod(0o644)
    with pytest.raises(KeyTrouble, match=re.escape(f"Geef: chmod 600 {path}")):
        read_key(path)
    path.chmod(0o600)
    public = read_key(path).public_key()
    path.write_bytes(public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(KeyTrouble, match=re.escape(f"In {path} staat geen DKIM-sleutel")):
        read_key(path)
