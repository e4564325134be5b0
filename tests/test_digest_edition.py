from datetime import timedelta

import pytest
from fakes_digest import TODAY, an_edition, an_entry
from pydantic import ValidationError

from digest.edition import Audience, Kind, compose, one_line


def composed(*entries):
    return compose(entries, Audience.CORPORATIE, "2026-W48", 12, TODAY)


def meeting(reference, days, **event):
    return an_entry(reference, event={"day": TODAY + timedelta(days=days), "place": "Almelo", **event})


def test_parts_stand_in_the_order_of_the_letter():
    """Nieuws, publicaties, praktijk, Twente, agenda; an unknown kind is nieuws and a meeting in Twente is agenda."""
    edition = composed(
        an_entry("twente", region=True, kind="publicatie"),
        meeting("meeting", 3, deadline=None).model_copy(update={"region": True}),
        an_entry("practice", kind="praktijkvoorbeeld"),
        an_entry("paper", kind="publicatie"),
        an_entry("odd", kind="podcast"),
    )
    assert [(group.kind, [e.reference for e in group.entries]) for group in edition.groups] == [
        (Kind.NIEUWS, ["odd"]),
        (Kind.PUBLICATIE, ["paper"]),
        (Kind.PRAKTIJKVOORBEELD, ["practice"]),
        (Kind.TWENTE, ["twente"]),
        (Kind.AGENDA, ["meeting"]),
    ]


def test_editors_place_an_entry_elsewhere():
    """It stands where they chose and says what it is; a meeting stays in the agenda, and nothing else goes there."""
    placed = an_entry("paper", kind="publicatie", placed="nieuws")
    held = meeting("meeting", 3).model_copy(update={"placed": Kind.NIEUWS})
    assert [(one.part, one.label) for one in (placed, held)] == [(Kind.NIEUWS, "publicatie"), (Kind.AGENDA, "")]
    assert [Kind.AGENDA in one.places for one in (placed, held, an_entry(kind="agenda"))] == [False, True, True]


def test_newest_first_and_meetings_by_day():
    """Within a part the newest comes first and the undated last; meetings go by their day."""
    edition = composed(
        meeting("late", 9),
        an_entry("undated", published=None),
        an_entry("old", published=TODAY - timedelta(days=5)),
        an_entry("new", published=TODAY),
        meeting("soon", 2),
    )
    assert [entry.reference for entry in edition.entries] == ["new", "old", "undated", "soon", "late"]


def test_past_meetings_and_second_copies_are_left_out():
    """A meeting of yesterday is dropped, one of today stays, and a reference stands in the letter once."""
    edition = composed(meeting("past", -1), meeting("today", 0), an_entry("a"), an_entry("a", title="Anders"))
    assert [entry.reference for entry in edition.entries] == ["a", "today"]
    assert edition.entries[0].title == "Titel a"


@pytest.mark.parametrize(
    ("titles", "subject"),
    [
        ([], "Participatieradar 12"),
        (["Huurders kiezen zelf."], "Participatieradar 12: Huurders kiezen zelf"),
        (["Een", "Twee"], "Participatieradar 12: Een en 1 ander bericht"),
        (["Wie beslist?", "Twee", "Drie"], "Participatieradar 12: Wie beslist? En 2 andere berichten"),
        (["Woord " * 30], "Participatieradar 12: " + ("Woord " * 11).strip() + "…"),
    ],
)
def test_subject_says_what_is_in_it(titles, subject):
    """The subject names the first item and counts the others; a long title is cut at a word."""
    assert composed(*[an_entry(str(n), title=title) for n, title in enumerate(titles)]).subject == subject


def test_same_content_same_hash():
    """The hash follows the content, and survives a trip through JSON."""
    edition = an_edition("a", "b")
    assert type(edition).model_validate_json(edition.canonical_json).content_hash == edition.content_hash
    assert an_edition("a", "c").content_hash != edition.content_hash


def test_titles_lose_line_breaks_and_tricks():
    """Line breaks, control characters and reading-direction marks in a publisher's text do not reach the letter."""
    assert one_line("Een\r\nBcc: x@y.nl\x00 \u202etitel\u2028 ") == "Een Bcc: x@y.nl titel"
    assert an_entry(title="Een\n\n twee").title == "Een twee"


def test_an_issue_is_a_week():
    """Anything but an ISO week is refused as an issue."""
    with pytest.raises(ValidationError):
        an_edition(issue="48")
