"""Dates in Dutch text, in machine fields and in addresses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.publication import Origin, Precision
from crawlers.readers.dates import date_in_address, find_date, writes_month_first
from crawlers.readers.machine_dates import parse_declared

TODAY = date(2026, 11, 24)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("24 mei 2023 | Leestijd: 12 minuten", date(2023, 5, 24)),
        ("9 jun 2020", date(2020, 6, 9)),
        ("3nov2026", date(2026, 11, 3)),
        ("24 mei '23", date(2023, 5, 24)),
        ("24 mei 23. Lees meer", date(2023, 5, 24)),
        ("28 april, 2022", date(2022, 4, 28)),
        ("maandag 25 juni 2012", date(2012, 6, 25)),
        ("01-07-2022", date(2022, 7, 1)),
        ("25.01.13", date(2013, 1, 25)),
        ("19.3.20", date(2020, 3, 19)),
        ("juni 5, 2015", date(2015, 6, 5)),
        ("Nieuws Nieuws · 30 juni 2022", date(2022, 6, 30)),
        ("Geplaatst op 4 apr. 2019", date(2019, 4, 4)),
        ("Publicatiedatum: 3 maart 2026", date(2026, 3, 3)),
        ("December 17, 2025", date(2025, 12, 17)),
        ("1st of May 2024", date(2024, 5, 1)),
        ("3 mei 2024 - Huurders praten mee", date(2024, 5, 3)),
    ],
)
def test_days_are_read_in_every_spelling_publishers_use(text: str, day: date) -> None:
    """A day is found in each of the spellings seen on Dutch sites, with the precision of a day."""
    found = find_date(text, Origin.TEXT, TODAY)
    assert found is not None
    assert (found.day, found.precision, found.moment) == (day, Precision.DAY, None)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Dinsdag 23 september 2014 om 15:00 uur", datetime(2014, 9, 23, 15, 0, tzinfo=AMSTERDAM)),
        ("24 mei 23 10:00", datetime(2023, 5, 24, 10, 0, tzinfo=AMSTERDAM)),
        ("29-11-2019 07:13", datetime(2019, 11, 29, 7, 13, tzinfo=AMSTERDAM)),
        ("15-04-2018, 19:37", datetime(2018, 4, 15, 19, 37, tzinfo=AMSTERDAM)),
        ("17 Dec 2025 3:15 pm", datetime(2025, 12, 17, 15, 15, tzinfo=AMSTERDAM)),
        ("2024-05-03T10:00:00+00:00", datetime(2024, 5, 3, 12, 0, tzinfo=AMSTERDAM)),
    ],
)
def test_times_without_a_zone_are_those_of_amsterdam(text: str, moment: datetime) -> None:
    """A date with a time carries a moment with a zone: the one written, else Amsterdam's."""
    found = find_date(text, Origin.TEXT, TODAY)
    assert found is not None
    assert found.precision is Precision.TIME
    assert found.moment == moment
    assert found.moment.tzinfo is not None


def test_month_and_edition_keep_their_precision() -> None:
    """A month or an edition gives its first day, marked as no more exact than that."""
    month = find_date("mei 2015", Origin.LISTING, TODAY)
    edition = find_date("Aedes-magazine, editie 2-2024", Origin.LISTING, TODAY)
    assert find_date("Editie 2, 2024", Origin.LISTING, TODAY) == edition
    assert month is not None
    assert edition is not None
    assert (month.day, month.precision) == (date(2015, 5, 1), Precision.MONTH)
    assert (edition.day, edition.precision) == (date(2024, 4, 1), Precision.QUARTER)


@pytest.mark.parametrize(
    "text",
    [
        "Looptijd project: 1 januari 2023 - 31 december 2025",
        "24 - 26 mei 2023",
        "di 8 dec, 19.30 uur",
        "8 december 19:30",
        "8 dec 20-22 uur",
        "8 dec 10 tot 12 uur",
        "8 december 20u",
        "24 t/m 26 mei 2023",
        "Van 3 juni 2024 tot en met 5 juni 2024",
        "Laatst bijgewerkt op 3 mei 2024",
        "Laatst gewijzigd: maandag 3 mei 2024",
        "Laatst bijgewerkt op: 3 mei 2024",
        "Laatst bewerkt 3 mei 2024",
        "Meld je aan voor 3 mei 2024",
        "31 februari 2023",
        "versie 3.2.10",
        "3 mei 2031",
        "Gepubliceerd op:",
        "Bel 06-12345678",
        "",
    ],
)
def test_what_is_no_date_of_publication_is_refused(text: str) -> None:
    """Ranges, change dates, deadlines, impossible days, far futures and other numbers give nothing."""
    assert find_date(text, Origin.TEXT, TODAY) is None


def test_a_whole_day_goes_before_a_month_named_earlier() -> None:
    """The most exact date of a text wins, wherever it stands."""
    found = find_date("Verslag van juni 2020, geplaatst 9 juli 2020", Origin.TEXT, TODAY)
    assert found is not None
    assert found.day == date(2020, 7, 9)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2023-05-24T10:00:00.123Z", date(2023, 5, 24)),
        ("2023-05-23T23:30:00Z", date(2023, 5, 24)),
        ("20230524", date(2023, 5, 24)),
        ("Wed, 24 May 2023 10:00:00 +0200", date(2023, 5, 24)),
        ("2023-05", date(2023, 5, 1)),
        ("2023", date(2023, 1, 1)),
    ],
)
def test_machine_dates_give_the_day_in_amsterdam(value: str, day: date) -> None:
    """ISO 8601 and RFC 822 are read; a moment late in the evening in UTC belongs to the next Dutch day."""
    found = parse_declared(value, Origin.META)
    assert found is not None
    assert found.day == day


@pytest.mark.parametrize("value", ["", "0001-01-01T00:00:00", "1970-01-01T00:00:00Z", "onbekend", "2023-13-40"])
def test_empty_machine_dates_are_no_dates(value: str) -> None:
    """What an unfilled field looks like is not taken for a date."""
    assert parse_declared(value, Origin.META) is None


def test_dates_in_addresses() -> None:
    """The path of an address may hold a day, a month or an edition."""
    day = date_in_address("https://koepel.example/2017/09/09/invloed-van-huurders/", TODAY)
    month = date_in_address("https://koepel.example/2017/09/", TODAY)
    edition = date_in_address("https://blad.example/nl/editie-2-2024/lessen", TODAY)
    assert day is not None
    assert month is not None
    assert edition is not None
    assert (day.day, day.origin) == (date(2017, 9, 9), Origin.ADDRESS)
    assert (month.precision, edition.precision) == (Precision.MONTH, Precision.QUARTER)
    assert date_in_address("https://koepel.example/nieuws/12345678/", TODAY) is None


def test_american_order_needs_evidence() -> None:
    """04/05/2024 is 4 May, unless the page shows that it writes the month first."""
    assert not writes_month_first("04/05/2024 en 25/05/2024")
    assert writes_month_first("04/05/2024 and 04/25/2024")
    found = find_date("04/05/2024", Origin.LISTING, TODAY, month_first=True)
    assert found is not None
    assert found.day == date(2024, 4, 5)


@given(
    st.integers(0, 3_400_000_000).map(lambda seconds: datetime(1990, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds)),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_the_date_of_a_mail_header_is_read_as_the_email_package_reads_it(moment, zone):
    """Day, hour and zone of an RFC 822 date are those of `email.utils`, whichever way we read them."""
    written = format_datetime(moment.astimezone(zone))
    found, expected = parse_declared(written, Origin.FEED).moment, parsedate_to_datetime(written)
    assert (found, found.utcoffset()) == (expected, expected.utcoffset())
