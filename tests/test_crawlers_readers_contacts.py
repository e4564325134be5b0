"""What leaves a text because it is how to reach a person, and what stays because it only looks so."""

from __future__ import annotations

import pytest

from crawlers.readers.contacts import without_contacts


@pytest.mark.parametrize(
    "contact",
    [
        "06-12345678", "06 12 34 56 78", "06.12.34.56.78", "06/12345678", "06–12345678", "06\u201112345678",
        "06 -- 12 34 56 78", "(030) 255 17 77", "053 – 480 50 00", "0546 - 12 34 56", "(0546) 12 34 56",
        "+31 (0)6 12345678", "+31(0)53-4805000", "+31 6 12345678", "0031 6 12345678", "+32 475 12 34 56",
        "tel.06-12345678", "T: 0546-123456", "jan.de.vries@corp.example", "E: jan@corp.example", "+49 171 1234567",
        "mailto:jan@corp.example", "jan [at] corp.example", "jan(at)corp.example",
        "j.jansen (apenstaartje) corp [punt] example", "jan {at} corp.example", "0546 12345",
    ],
)  # fmt: skip
def test_numbers_and_addresses_of_people_are_left_out(contact: str) -> None:
    """However it is written, with dots, dashes, brackets or for machines hidden, nothing of it stays."""
    assert without_contacts(f"Vragen? Neem contact op: {contact} (Noor)") == "Vragen? Neem contact op: (Noor)"


@pytest.mark.parametrize(
    "text",
    [
        "De bijeenkomst is op 05-12-2026 19:30 in Hengelo", "01.02.2023 10.30 uur", "01/02/2023/12",
        "ma 09.00-17.00 uur, di 10.00-12.30", "1.000.000.000 euro", "+100.000 huurders", "van 2010-2020 1.200.000",
        "ISBN 978-90-1234-567-8", "NL91ABNA0417164300", "kamerstuk 29453-123", "KvK 01234567", "bel mij (at) morgen",
        "@woonbond", "van 0900 tot 1700 in 2024 en 2025",
    ],
)  # fmt: skip
def test_other_numbers_stay(text: str) -> None:
    """Days with a time, amounts, years and numbers of books, banks and papers reach nobody."""
    assert without_contacts(text) == text
