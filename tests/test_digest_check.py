import pytest
from fakes_digest import TODAY, an_entry

from digest.check import Severity, check, may_go
from digest.edition import Audience, compose
from digest.sample import sample


def found(*entries, sent=frozenset()):
    edition = compose(entries, Audience.GEMEENTE, "2026-W48", 1, TODAY)
    return [(finding.severity, finding.message) for finding in check(edition, sent)]


def test_a_good_edition_has_no_findings():
    """The sample edition may go."""
    assert check(sample(TODAY), frozenset()) == ()


def test_an_empty_edition_is_stopped():
    """Nothing to say is a reason not to mail."""
    assert found() == [(Severity.STOP, "Er staat geen enkel bericht in.")]


@pytest.mark.parametrize(
    ("values", "severity", "word"),
    [
        ({"title": " "}, Severity.STOP, "titel"),
        ({"summary": ""}, Severity.STOP, "samenvatting"),
        ({"address": ""}, Severity.STOP, "adres"),
        ({"address": "javascript:alert(1)"}, Severity.STOP, "geen webadres"),
        ({"address": "https://[x"}, Severity.STOP, "geen webadres"),
        ({"summary": "Woord. " * 200}, Severity.STOP, "veel te lang"),
        ({"summary": "Woord. " * 90}, Severity.WARN, "is lang"),
        ({"published": None}, Severity.WARN, "datum"),
        ({"source": ""}, Severity.WARN, "bron"),
        ({"address": "http://bron.example/a"}, Severity.WARN, "http://"),
        ({"address": "https://127.0.0.1:8001/a"}, Severity.WARN, "eigen computer"),
        ({"address": "https://localhost/a"}, Severity.WARN, "eigen computer"),
        ({"address": "https://10.0.0.7/a"}, Severity.WARN, "eigen computer"),
    ],
)
def test_each_fault_is_found_once(values, severity, word):
    """One fault gives one finding, of the right weight, in words that name it."""
    ((level, message),) = found(an_entry(**values))
    assert (level, word in message) == (severity, True)


def test_what_was_sent_before_is_stopped():
    """A reference that this audience had is named, with its place in the edition."""
    assert found(an_entry("a"), sent={"a"}) == [(Severity.STOP, "Deze doelgroep kreeg dit bericht al eerder.")]


def test_one_address_twice_is_stopped():
    """Two entries that lead to the same page are one too many."""
    same = "https://bron.example/x"
    assert found(an_entry("a", address=same), an_entry("b", address=same)) == [
        (Severity.STOP, "Zelfde adres als bericht 1.")
    ]


def test_one_title_twice_asks_for_a_second_look():
    """Two sources that tell the same story under one title are shown to people, who decide."""
    twice = [an_entry(one, title=title) for one, title in (("a", "Panel beslist mee"), ("b", "Panel: beslist mee!"))]
    assert found(*twice) == [(Severity.WARN, "Zelfde titel als bericht 1. Is het hetzelfde verhaal?")]


def test_warnings_do_not_hold_an_edition_back():
    """Only a stop keeps the edition from going."""
    edition = compose([an_entry(source="")], Audience.GEMEENTE, "2026-W48", 1, TODAY)
    assert may_go(check(edition, frozenset()))
    assert not may_go(check(edition, frozenset({"a"})))
