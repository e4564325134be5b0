from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.event_date import Meeting, find_meeting
from monitor.named_day import HINTS, PATTERNS, named_days
from monitor.towns import town_in

PUBLISHED = date(2026, 2, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Symposium op 16 april in Hengelo", Meeting(date(2026, 4, 16), "Hengelo", None)),
        ("Netwerkmiddag | 28 mei, Den Haag", Meeting(date(2026, 5, 28), "Den Haag", None)),
        ("Op donderdag 8 januari 2027 in buurthuis De Wissel.", Meeting(date(2027, 1, 8), "buurthuis De Wissel", None)),
        ("Op 8 juni. Locatie: Stadhuis, Hengelo.", Meeting(date(2026, 6, 8), "Stadhuis, Hengelo", None)),
        ("Webinar op 11-06-2026 om 19.30 uur", Meeting(date(2026, 6, 11), "online", None)),
        (
            "Aanmelden kan tot en met 1 maart. De dag is op 9 mrt. 2026 te Zwolle",
            Meeting(date(2026, 3, 9), "Zwolle", date(2026, 3, 1)),
        ),
        (
            "Zaterdag 7 maart 2026, 10.00 tot 15.30 uur, gemeenschapshuis De Linde, Borne. Gratis.",
            Meeting(date(2026, 3, 7), "gemeenschapshuis De Linde, Borne", None),
        ),
        ("Dinsdag 3 maart om 19.30 uur in de Kolk te Almelo.", Meeting(date(2026, 3, 3), "de Kolk, Almelo", None)),
        ("Zaterdag 18 april, De Bron, Vriezenveen.", Meeting(date(2026, 4, 18), "De Bron, Vriezenveen", None)),
        ("Weverij, Nijverdal. Donderdag 30 april 2026.", Meeting(date(2026, 4, 30), "Weverij, Nijverdal", None)),
        ("Cursus, 9 oktober Almelo\nVoor wie in Twente woont.", Meeting(date(2026, 10, 9), "Almelo", None)),
        (
            "Twents symposium op 16 april\nVoor leden in Twente. Op 16 april zitten we in het Huis te Hengelo.",
            Meeting(date(2026, 4, 16), "Huis, Hengelo", None),
        ),
        ("De groep kwam op 20 januari in Delden bijeen.", None),
        ("De bijeenkomst was op 4 februari 2026 in Almelo.", None),
        ("Kom naar Almelo op 31 februari 2026.", None),
        ("Wij zoeken 3 mensen.", None),
    ],
)
def test_the_meeting_a_text_announces(text: str, expected: Meeting | None) -> None:
    """Day, place and last day to sign up are read; a day in the past or that does not exist is no meeting."""
    assert find_meeting(text, PUBLISHED) == expected


def test_what_speaks_of_a_day_to_come_to_is_counted() -> None:
    """The day with an hour goes before the first day named; a day on which something begins says less than nothing."""
    found = find_meeting("Op 1 juni begint de zomer. Donderdag 11 juni 2026, 19.30 uur, De Kuil, Goor.", PUBLISHED)
    assert found == Meeting(date(2026, 6, 11), "De Kuil, Goor", None)
    law = find_meeting("Nieuwe regels\nDe wet gaat in op 1 juli 2026.", PUBLISHED)
    assert law
    assert law.clues < 0 < found.clues


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Data: 3, 10 en 17 november 2026", date(2026, 11, 3)),
        ("Op donderdag 8 t/m vrijdag 9 oktober 2026", date(2026, 10, 8)),
        ("Op woensdag 4 februari", None),
        ("Op dinsdag 26 januari", date(2027, 1, 26)),
        ("Op 26 januari", None),
    ],
)
def test_the_first_of_several_days_and_the_year_of_a_day(text: str, day: date | None) -> None:
    """Of several days the first counts; a day without a year is the one of its weekday, else not one just past."""
    found = find_meeting(f"Kom naar de cursus\n{text} in Almelo.", PUBLISHED)
    assert (found.day if found else None) == day


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ("Dinsdag 3 maart om 19.30 uur, De Kolk, Kerkstraat 2, Borne.", "De Kolk, Borne"),
        ("Op 7 maart, Kerkstraat 2, Borne.", "Borne"),
        ("Op 7 maart om 10.00 uur, Stationsplein 1 Enschede", "Enschede"),
        ("Zaterdag 7 maart, De Linde te Borne.", "De Linde, Borne"),
        ("Op 7 maart zijn we in De Linde, Kerkstraat 2 in Borne.", "De Linde, Borne"),
        ("Op 7 maart om 10 uur bij De Linde aan de Kerkstraat 2, 7622 AB Borne.", "De Linde, Borne"),
        ("Waar: De Linde (Kerkstraat 2) in Borne. Wanneer: 7 maart.", "De Linde, Borne"),
        ("Op 7 maart om 10.00 uur op het gemeentehuis in Borne.", "gemeentehuis, Borne"),
        ("Op 7 maart. Locatie: Zoom.", "online"),
    ],
)
def test_house_and_town_are_read_without_the_street(told: str, place: str) -> None:
    """The town behind a street and its number is kept, and the house before it."""
    found = find_meeting(f"Bijeenkomst over huur\n{told}", PUBLISHED)
    assert found
    assert found.place == place


def test_without_a_day_of_publishing_the_year_must_stand_there() -> None:
    """An undated item may be years old, so "16 april" alone says nothing."""
    assert find_meeting("Symposium op 16 april", None) is None
    found = find_meeting("Symposium op 16 april 2027", None)
    assert found is not None
    assert found.day == date(2027, 4, 16)


def test_the_last_year_there_is_breaks_nothing() -> None:
    """A nonsense date of publishing at the end of the calendar gives no meeting and no error."""
    assert find_meeting("Symposium op 16 april", date.max) is None


def test_signing_up_for_a_day_is_no_last_day() -> None:
    """ "Meld u aan voor 12 december" names the meeting, and the day of publication is never the meeting."""
    text = (
        "Huurdersdag: meld u aan voor zaterdag 12 december 2026\n22 november 2026\n"
        "Plaats: congrescentrum De Veenhal, Wesselmonde. Aanmelden kan vóór 3 december."
    )
    found = find_meeting(text, date(2026, 11, 22))
    assert found == Meeting(date(2026, 12, 12), "congrescentrum De Veenhal, Wesselmonde", date(2026, 12, 2))


@pytest.mark.parametrize(
    ("words", "last"), [("vóór", 2), ("voor", 2), ("tot", 2), ("tot en met", 3), ("t/m", 3), ("uiterlijk", 3)]
)
def test_the_last_day_to_sign_up_is_never_a_day_late(words: str, last: int) -> None:
    """ "Vóór 3 december" is over on the third; "uiterlijk 3 december" is not."""
    found = find_meeting(f"Workshop op 12 december 2026 in Hengelo. Aanmelden kan {words} 3 december.", PUBLISHED)
    assert found
    assert found.deadline == date(2026, 12, last)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("za. 4 okt 2025", [date(2025, 10, 4)]),
        ("di 12/3 om 20 uur", [date(2026, 3, 12)]),
        ("de eerste dinsdag van april", [date(2026, 4, 7)]),
        ("de laatste donderdag van maart 2027", [date(2027, 3, 25)]),
        ("komende donderdag", [date(2026, 2, 12)]),
        ("donderdagavond a.s.", [date(2026, 2, 12)]),
        ("volgende week maandag", [date(2026, 2, 16)]),
        ("do 4 en vr 5 juni", [date(2026, 6, 4)]),
        ("elke eerste dinsdag van de maand, 24/7, met 2-1", []),
    ],
)
def test_the_ways_a_text_names_a_day(text: str, days: list[date]) -> None:
    """Short weekdays, figures behind one, counted and coming weekdays, read in a text of Tuesday 10 February 2026."""
    assert [named.day for named in named_days(text, date(2026, 2, 10))] == days


@pytest.mark.parametrize(
    ("name", "town"),
    [
        ("Zwolle-Zuid", "Zwolle"),
        ("Station Almelo", "Almelo"),
        ("Alphen aan den Rijn", "Alphen aan den Rijn"),
        ("Piet van Dongen", ""),
        ("Theater De Kolk", ""),
    ],
)
def test_the_town_in_a_name(name: str, town: str) -> None:
    """A name with a town in it, and none in a surname or in the name of a house."""
    assert town_in(name) == town


def test_a_house_gets_its_town_and_no_place_is_made_up() -> None:
    """The town of a house may stand anywhere; else the only town in the sentence of the day is it, no other mention."""
    told = "Wij komen naar Arnhem. Donderdag 12 maart om 13.30 uur in Musis."
    house, ride, two, nowhere = (
        find_meeting(f"Middag over huur\n{text}", PUBLISHED)
        for text in (
            told,
            "Donderdag 12 maart om 9.30 uur vertrekt de bus vanaf station Apeldoorn.",
            "Donderdag 12 maart om 9.30 uur rijden Almelo en Borne mee.",
            "Donderdag 12 maart om 13.30 uur. Huurders uit Rotterdam deden dit al.",
        )
    )
    assert house
    assert house.place == "Musis, Arnhem"
    assert ride
    assert ride.place == "Apeldoorn"
    assert two
    assert two.place == ""
    assert nowhere
    assert nowhere.place == ""


@pytest.mark.parametrize("place", range(len(PATTERNS)))
@given(st.data())
def test_no_way_of_naming_a_day_is_passed_over_unseen(place, data):
    """Whatever a pattern finds, the quick look that comes before it finds its hint there too."""
    hint, pattern = PATTERNS[place]
    named = data.draw(st.from_regex(pattern))
    assert HINTS[hint].search(named)
