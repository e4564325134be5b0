from datetime import date

import pytest
from fakes_digest import NOW

from digest.address import normalised
from digest.consent import read_csv
from digest.edition import Audience

HEADER = "e-mail,naam,doelgroep,toestemming_op,toestemming_hoe\n"


def messages(text):
    subscribers, problems = read_csv(text, NOW)
    assert not (subscribers and problems)
    return [(problem.line, problem.message) for problem in problems]


def test_a_good_file_is_taken():
    """Comma or semicolon, Dutch or ISO dates, a byte order mark and capitals: all are understood."""
    text = (
        "\ufeffE-mail;Naam;Doelgroep;Toestemming_op;Toestemming_hoe\r\n"
        "Anna@Lezers.example;Anna;Huurdersorganisatie;31-3-2026;formulier, zaal\r\n"
        "bas@lezers.example;;gemeenten;2026-04-01;per mail\r\n"
    )
    (anna, bas), problems = read_csv(text, NOW, by="jo")
    assert problems == ()
    assert (anna.email, anna.audience) == ("anna@lezers.example", Audience.HUURDERSORGANISATIE)
    assert (anna.consent.when, anna.consent.how, anna.consent.by) == (date(2026, 3, 31), "formulier, zaal", "jo")
    assert (bas.name, bas.audience) == ("", Audience.GEMEENTE)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("anna@lezers.example,Anna,gemeente,,formulier", "toestemming_op is leeg"),
        ("anna@lezers.example,Anna,gemeente,2026-03-01,", "toestemming_hoe is leeg"),
        ("anna@lezers.example,Anna,gemeente,2027-03-01,formulier", "toekomst"),
        ("anna@lezers.example,Anna,gemeente,30-2-2026,formulier", "geen datum"),
        ("anna@lezers.example,Anna,pers,2026-03-01,formulier", "doelgroep “pers”"),
        ("anna,Anna,gemeente,2026-03-01,formulier", "geen e-mailadres"),
        ("anna@lezers.example,Anna,gemeente,2026-03-01,formulier,extra", "meer velden"),
    ],
)
def test_a_row_that_may_not_be_taken_refuses_the_file(row, word):
    """One bad row: its line and the reason are told, and nobody of the file is taken."""
    good = "bas@lezers.example,Bas,gemeente,2026-03-01,formulier\n"
    ((line, message),) = messages(HEADER + good + row + "\n")
    assert line == 3
    assert word in message


def test_doubles_in_the_file_are_told():
    """The same address twice, in another spelling, is told with the line of the first."""
    row = "{},Anna,gemeente,2026-03-01,formulier\n"
    text = HEADER + row.format("anna@lezers.example") + row.format(" ANNA@lezers.example")
    assert messages(text) == [(3, "anna@lezers.example staat ook al op regel 2.")]


def test_missing_columns_and_empty_files_are_told():
    """A file without the proof columns, or without rows, says what is needed."""
    ((line, message),) = messages("e-mail,naam\nanna@lezers.example,Anna\n")
    assert line == 1
    assert "doelgroep, toestemming_op, toestemming_hoe" in message
    assert messages(HEADER) == [(0, "Er staat niemand in het bestand.")]
    assert messages("")[0][0] == 1


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Jan.Jansen+radar@Woon-Bond.example ", "jan.jansen+radar@woon-bond.example"),
        ("info@bürger.example", "info@xn--brger-kva.example"),
    ],
)
def test_one_spelling_of_an_address(text, address):
    """Spaces, capitals and accented domains come down to one spelling."""
    assert normalised(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "a@",
        "@b.nl",
        "a@b",
        "a@@b.nl",
        "a b@c.nl",
        ".a@b.nl",
        "a..b@c.nl",
        "a@-b.nl",
        "a@b..nl",
        "é@b.nl",
        "a@b.nl\nBcc: x@y.nl",
        "a@b.nl,c@d.nl",
        "<a@b.nl>",
        "a" * 65 + "@b.nl",
        "a@" + "b" * 64 + ".nl",
    ],
)
def test_what_is_no_address(text):
    """Text that is no address, or more than one, is refused."""
    with pytest.raises(ValueError, match="“"):
        normalised(text)
