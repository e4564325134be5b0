"""What is wrong with a mail once it is built."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes_digest import NOW, TODAY

from digest.check import Severity
from digest.mail_faults import mail_faults
from digest.render import render
from digest.sample import LETTERHEAD, sample

LETTER = render(sample(TODAY), LETTERHEAD)
ONE_CLICK = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"


def test_our_own_mail_has_no_faults() -> None:
    """The sample edition becomes a mail with all that large providers ask for."""
    assert list(mail_faults(LETTER, LETTERHEAD, NOW)) == []


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (LETTER.headers.replace(ONE_CLICK, ""), "“List-Unsubscribe-Post” ontbreekt."),
        (LETTER.headers + ONE_CLICK, "“List-Unsubscribe-Post” staat er 2 keer in."),
        (LETTER.headers.replace("List-Id: Participatieradar <", "List-Id: <x "), "“List-Id” klopt niet:"),
    ],
)
def test_a_header_that_is_missing_doubled_or_wrong_stops_the_letter(headers: str, said: str) -> None:
    """Each is named once, with whom to ask."""
    (found,) = mail_faults(replace(LETTER, headers=headers), LETTERHEAD, NOW)
    assert (found.severity, found.message.startswith(said)) == (Severity.STOP, True), found
    assert found.message.endswith("of vraag wie de radar beheert.")


def test_a_picture_without_words_is_named() -> None:
    """A picture needs a description; one that is marked as decoration does not."""
    html = LETTER.html.replace("</body>", '<img src="lijn.png" alt=""><img src="huis.png"></body>')
    (found,) = mail_faults(replace(LETTER, html=html), LETTERHEAD, NOW)
    assert (found.severity, "huis.png" in found.message) == (Severity.WARN, True)
