import pytest

from monitor.radar_settings import RegionSettings
from monitor.region import in_region

TWENTE = RegionSettings(places=("Twente", "Twentse", "Borne", "Hof van Twente"), members=("WoON Twente", "Ons Huis"))


@pytest.mark.parametrize(
    ("headline", "text", "place", "found"),
    [
        ("Panel in Borne beslist mee", "", "", True),
        ("Twentse huurders tekenen", "", "", True),
        ("Hof van Twente tekent afspraken", "", "", True),
        ("Training", "", "Borne", True),
        ("Huurders", "In Borne begon het. Nu volgt heel Twente.", "", True),
        ("Huurders", "Onder meer in Borne, Breda en Goes.", "", False),
        ("Huurders borne hun plannen", "ons huis en ons huis", "", False),
        ("Bornerbroek en Twentekanaal", "", "", False),
        ("Ons Huis laat huurders kiezen", "", "", True),
    ],
)
def test_news_from_the_region_is_recognised(headline, text, place, found):
    """By whole names with their capitals: once in the headline or as a place, twice in the text."""
    assert in_region(TWENTE, headline, text, place) is found


def test_without_names_nothing_is_from_the_region():
    """An installation elsewhere leaves the list empty."""
    assert not in_region(RegionSettings(), "Twente", "Twente Twente", "Twente")
