import email
from email.policy import SMTP

import pytest
from fakes_digest import NOW, TODAY
from pydantic import ValidationError

from digest.letterhead import Letterhead, Recipient
from digest.message import UnsafeHeader, message
from digest.render import Letter, render
from digest.sample import LETTERHEAD, sample

ANNA = Recipient(email="anna@lezers.example", name="Anna de Groß, (bestuur)", token="t" * 32)
ID = "<0123456789abcdef0123456789abcdef@voorbeeld.example>"


def mail_of(letterhead=LETTERHEAD, recipient=ANNA):
    raw = message(render(sample(TODAY), letterhead), recipient, letterhead, ID, NOW)
    return raw, email.message_from_bytes(raw, policy=SMTP)


def test_every_header_is_there():
    """The mail has what mailbox providers ask of a newsletter, readable for a machine."""
    _, mail = mail_of()
    assert mail["From"].addresses[0].addr_spec == "radar@voorbeeld.example"
    assert mail["To"].addresses[0].display_name == ANNA.name
    assert mail["Reply-To"] == "redactie@voorbeeld.example"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == ID
    assert mail["List-Id"] == "<participatieradar.voorbeeld.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Content-Language"] == "nl"
    assert mail["Subject"] == sample(TODAY).subject
    assert mail.get_content_type() == "multipart/alternative"


def test_leaving_works_by_page_and_by_mail():
    """List-Unsubscribe holds an https address and a mailto, each with the reader's secret, unbroken even when long."""
    long = LETTERHEAD.model_copy(update={"public_url": "https://" + "lang." * 20 + "example"})
    raw, mail = mail_of(long)
    page, mailto = (part.strip() for part in str(mail["List-Unsubscribe"]).split(","))
    assert page == f"<{long.public_url}/afmelden/{ANNA.token}>"
    assert mailto == f"<mailto:redactie@voorbeeld.example?subject=Afmelden%20{ANNA.token}>"
    assert page.encode() in raw


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


@pytest.mark.parametrize(
    ("subject", "message_id"),
    [("Nieuws\r\nBcc: x@y.example", ID), ("Nieuws\nBcc: x@y.example", ID), ("Nieuws", "<a@b>\r\nBcc: x@y.example")],
)
def test_headers_refuse_line_breaks(subject, message_id):
    """Whatever slipped through earlier stops at the door."""
    letter = Letter(subject=subject, html="<p>x</p>", text="x", mark="geen")
    with pytest.raises(UnsafeHeader):
        message(letter, ANNA, LETTERHEAD, message_id, NOW)
