import email
import re
from email.policy import SMTP

import pytest
from fakes_digest import NOW, TODAY, an_entry
from fakes_headers import header_faults
from fakes_whole_mail import whole_mail
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from digest.edition import Audience, compose
from digest.headers import safe
from digest.letterhead import Letterhead, Recipient
from digest.message import Mould, UnsafeHeader, message
from digest.render import render
from digest.sample import LETTERHEAD, sample

ANNA = Recipient(email="anna@lezers.example", name="Anna de Groß, (bestuur)", token="t" * 32)
ID = "<0123456789abcdef0123456789abcdef@voorbeeld.example>"


def mail_of(letterhead=LETTERHEAD, recipient=ANNA):
    raw = message(render(sample(TODAY), letterhead), recipient, letterhead, ID, NOW)
    return raw, email.message_from_bytes(raw, policy=SMTP)


def test_every_header_is_there():
    """The mail has what mailbox providers ask of a newsletter, readable for a machine."""
    raw, mail = mail_of()
    assert mail["From"].addresses[0].addr_spec == "radar@voorbeeld.example"
    assert mail["To"].addresses[0].display_name == ANNA.name
    assert mail["Reply-To"] == "redactie@voorbeeld.example"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == ID
    assert mail["List-Id"] == "Participatieradar <participatieradar.voorbeeld.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Help"] == "<https://radar.voorbeeld.example/welkom>"
    assert mail["List-Archive"] == "<https://radar.voorbeeld.example/brieven>"
    assert mail["Feedback-ID"] == "2026-W48:huurdersorganisatie:week:radarbrief"
    assert mail["Content-Language"] == "nl"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["Subject"] == sample(TODAY).subject
    assert mail.get_content_type() == "multipart/alternative"
    assert header_faults(raw) == []


def test_leaving_works_by_page_and_by_mail():
    """List-Unsubscribe holds an https address and a mailto, each with the reader's secret, unbroken even when long."""
    long = LETTERHEAD.model_copy(update={"public_url": "https://" + "lang." * 20 + "example"})
    raw, mail = mail_of(long)
    page, mailto = (part.strip() for part in str(mail["List-Unsubscribe"]).split(","))
    assert page == f"<{long.public_url}/afmelden/{ANNA.token}>"
    assert mailto == f"<mailto:redactie@voorbeeld.example?subject=Afmelden%20{ANNA.token}>"
    assert page.encode() in raw


def test_each_letter_has_a_return_path_of_its_own():
    """A bounce then tells whose letter it was; mails that ask to leave come into the same mailbox."""
    read_by_us = LETTERHEAD.model_copy(update={"return_address": "retour@voorbeeld.example"})
    assert read_by_us.return_path(ID) == "retour+0123456789abcdef0123456789abcdef@voorbeeld.example"
    assert LETTERHEAD.return_path(ID) == "radar@voorbeeld.example"
    assert read_by_us.leave_mail("abc") == "mailto:retour@voorbeeld.example?subject=Afmelden%20abc"


def test_both_parts_arrive_as_they_were_written():
    """Text first, HTML second, both UTF-8, in lines that every server takes."""
    raw, mail = mail_of()
    letter = render(sample(TODAY), LETTERHEAD)
    text, html = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert html.get_content_type() == "text/html"
    assert text.get_content().replace("\r\n", "\n") == letter.text_for(ANNA)
    assert html.get_content().replace("\r\n", "\n") == letter.html_for(ANNA)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_same_mail_twice_is_the_same_to_the_byte():
    """A mail that is built again after a crash does not differ."""
    assert mail_of()[0] == mail_of()[0]


NAMES = st.one_of(
    st.sampled_from(
        ["", ".", "..anna", "=3D", "Anna ", "=?utf-8?q?x?=", '"Anna" \\', "a" * 200, "é" * 60, "Jan, Piet <x@y>"]
    ),
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=120),
)
LOCALS = st.from_regex(r"\A[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[a-z0-9=_+-]{1,20}){0,2}\Z")
TOKENS = st.from_regex(r"\A[A-Za-z0-9_-]{1,300}\Z")
ODD = [
    an_entry("odd", title=". en = en <b>é</b>", summary=".\n..dubbel \x0b =20 " + "ë" * 90),
    an_entry("long", address="https://a.example/" + "lang=" * 60),
]
MOULDS = [
    (letter, Mould(letter, LETTERHEAD, NOW))
    for edition in (sample(TODAY), compose(ODD, Audience.GEMEENTE, "2026-W48", 1, TODAY))
    for letter in [render(edition, LETTERHEAD)]
]


@settings(max_examples=150, deadline=None)
@given(NAMES, LOCALS, TOKENS, TOKENS, st.sampled_from([0, 1]))
def test_a_filled_mould_is_the_mail_encoded_whole(name, local, token, preferences, of):
    """Whatever a reader is called, filling a mould gives the bytes of the whole mail encoded for them alone."""
    reader = Recipient(email=f"{local}@lezers.example", name=name, token=token, preferences=preferences)
    letter, mould = MOULDS[of]
    assert mould.fill(reader, ID) == whole_mail(letter, reader, LETTERHEAD, ID, NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender_name", "Radar\r\nBcc: x@y.example"),
        ("sender_address", "a@b.example\nBcc: x@y.example"),
        ("reply_to", "geen adres"),
        ("postal", "Straat 1\nBcc: x"),
        ("public_url", "https://a.example>\r\nBcc: x"),
        ("list_id", "a.example>\n"),
    ],
)
def test_a_letterhead_cannot_smuggle_headers(field, value):
    """A line break in a value that ends up in a header is refused before anything is made of it."""
    with pytest.raises(ValidationError):
        Letterhead.model_validate(LETTERHEAD.model_dump() | {field: value})


@pytest.mark.parametrize(
    ("field", "value"), [("name", "Anna\r\nBcc: x"), ("email", "a@b.example\r\nX: y"), ("token", "a>\r\nb")]
)
def test_a_recipient_cannot_smuggle_headers(field, value):
    """The same holds for what a subscriber typed."""
    values = {"email": "a@b.example", "name": "Anna", "token": "abc"}
    with pytest.raises(ValidationError):
        Recipient.model_validate(values | {field: value})


def test_headers_refuse_line_breaks():
    """Whatever slipped through earlier stops at the door."""
    letter = render(sample(TODAY), LETTERHEAD)
    with pytest.raises(UnsafeHeader):
        message(letter, ANNA, LETTERHEAD, "<a@b>\r\nBcc: x@y.example", NOW)
    with pytest.raises(UnsafeHeader):
        safe("Nieuws\r\nBcc: x@y.example")


def test_a_subject_never_begins_on_a_second_line():
    """A long subject is there at once, also with letters that have to be encoded."""
    for title in ("Handreiking: huurders sterker in de lokale driehoek, ook bij sloop", "Coöptatierecht: " + "é" * 50):
        edition = compose([an_entry(title=title)], Audience.GEMEENTE, "2026-W48", 1, TODAY)
        raw = message(render(edition, LETTERHEAD), ANNA, LETTERHEAD, ID, NOW)
        assert re.search(rb"(?m)^Subject: \S", raw)
        assert email.message_from_bytes(raw, policy=SMTP)["Subject"] == edition.subject
