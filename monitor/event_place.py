"""Where an announced meeting is: house and town, or "online", read from the Dutch text around its day. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.calendar_words import MONTH_NUMBERS, WEEKDAYS
from monitor.towns import town_in

NEAR = 130
LONGEST = 400
LONGEST_PLACE = 80
SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n")

SMALL = r"aan|op|de|den|der|van|het|ten|ter|'t|’t"
NAME = rf"(?:'s-|’s-|'t |’t )?[A-Z][\w'’-]*(?: (?:(?:{SMALL}) )*[A-Z][\w'’-]*){{0,4}}"
KINDS = (
    r"huis|huus|hus|centrum|zaal|hal|kerk|school|theater|schouwburg|fabriek|gebouw|kantoor|kantine|aula|bibliotheek|hotel"
    r"|restaurant|café|museum|stadion|klooster|hoeve|landgoed|kasteel|universiteit|college|station|kamer|atelier|loods"
    r"|pand|schuur|kapel|foyer|terrein|boerderij|poort|paviljoen|lokaal|ruimte|soos|club|clubhuis|honk|forum"
)
CALLED_HOUSE = re.compile(r"^(?:De|Het|'t|’t) ")
HOUSE = re.compile(rf"(?i:\b[\w'’-]*(?:{KINDS})\b)")
# "buurthuis De Wissel", "de kantine van voetbalvereniging Rood-Wit": a house, and the name it goes by.
HOUSE_NAMED = rf"(?i:[\w'’-]*(?:{KINDS}))(?: van (?:(?:de|het) )?(?:[a-z][\w-]+ )?| )(?:{NAME})"
IN = re.compile(
    rf"\b(?P<by>(?i:in|te|bij|op|naar)) (?P<article>(?:de|het|een|ons|onze) )?(?P<place>{HOUSE_NAMED}|{NAME})"
    rf"|\b(?i:in|bij|op|naar) (?:de|het|een|ons|onze)? ?(?P<house>(?i:[\w'’-]*(?:{KINDS}))\b)"
)
# What may stand between a house and its town: ", Merelstraat 4" or " aan de Stationsstraat".
STREET_NAME = r"(?:[A-Z][a-z]{0,3}\. ?){0,3}[A-Z][\w'’-]*(?: (?:(?:van|de|der|den|het) )*[A-Z][\w'’-]*){0,3}"
MESSAGE = re.compile(r"\b(?:e-?mail\w*|app\w*|bericht\w*|brief|brieven|bel\w*|sms\w*) $", re.IGNORECASE)
# A street with its number, and the postcode: ", Kerkstraat 2" or " aan de Kerkstraat 2, 7622 AB"; no day and no hour.
STREET_NUMBER = re.compile(
    rf"(?:,| ?\()? ?(?:\baan (?:de |het )?)?(?!(?i:{'|'.join(WEEKDAYS)})\b){STREET_NAME} \d{{1,3}}[a-z]?\b"
    rf"(?! ?(?:{'|'.join(MONTH_NUMBERS)}|uur|en|t/m)\b|[.:/-]\d)(?:,? \d{{4}} ?[A-Z]{{2}}\b)?\)?,?"
)
PARTS = re.compile(r",? (?:in|te) (?=[A-Z'’])|, ?")
ADDRESS = re.compile(
    rf"^(?: aan (?:de |het )?{STREET_NAME})?(?:(?:, [^,.\n]*\d\w?)?,(?: in| te)? (?P<town>{NAME})(?=[.,;:!?)\n]|$)"
    rf"| \((?P<within>{NAME})\))"
)
STREET = re.compile(rf"(?:,? (?:aan (?:de |het )?)?{NAME}(?: \d+\w?)?)?,? ?")
COUNT = "een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf"
# "19.30 - 21.30", "aanvang 20 uur", "deur open om zeven uur", "van 14 tot half vijf".
HOUR = (
    r"(?:a\.s\.,? ?)?(?:(?:aanvang|inloop|ontvangst|start|begin|(?:deur|zaal) open|van|om|vanaf):? )*"
    rf"(?:half )?(?:\d{{1,2}}[.:]\d\d|\d{{1,2}}|{COUNT})"
    rf"(?: ?(?:-|–|tot) ?(?:half )?(?:\d{{1,2}}(?:[.:]\d\d)?|{COUNT}))?(?: uur| ?u\b\.?|(?<=\d\d)(?= ?[|,(–-]))"
)
MARK = r"(?:, ?| \| | [–-] | )"
BEHIND_DAY = re.compile(
    rf"^(?: (?:19|20)\d\d)?(?:{MARK}{HOUR})?{MARK}(?:(?:in|te) )?"
    rf"(?P<place>{HOUSE_NAMED}|(?:(?:de|het) )?{NAME})(?:(?:,? (?:in|te) |, | \| )(?P<town>{NAME}))?"
)
BEFORE_DAY = re.compile(
    rf"(?:^|[(|:.\n–-] ?)(?:(?P<house>{HOUSE_NAMED}|{NAME}), )?(?P<place>{NAME})(?:, ?| [–-] |(?(house)\. |(?!)))"
    rf"(?:[Oo]p )?(?:(?:{'|'.join(WEEKDAYS)}) )?$"
)
LABEL = re.compile(
    r"\b(?:(?:locatie|plaats|waar|adres) ?[:?] ?|(?:locatie|plek|plaats) van (?:samenkomst|handeling)(?: is|:) )"
    r"(?-i:(?:in|bij|de|het) )*(?P<place>[^\n]+)",
    re.IGNORECASE,
)
NUMBERED = re.compile(
    rf"\b{STREET_NAME} \d{{1,3}}[a-z]?(?:,? \d{{4}} ?[A-Z]{{2}}\b)?(?:,| \(|,? in|,? te)? ?(?P<town>{NAME})"
)
CAPITALISED = re.compile(NAME)
CLOCK = re.compile(r"\b\d{1,2}[.:]\d\d\b|\b\d{1,2} uur\b|\bhalf \w+", re.IGNORECASE)
ONLINE = re.compile(
    r"\bonline\b|\bwebinar|\bdigita(?:al|le) \w*(?:sessie|bijeenkomst|avond|middag|ochtend|cursus|training|workshop"
    r"|spreekuur|forum)"
    r"|\bvia (?:Microsoft )?(?:Teams|Zoom)\b|\b(?:de|een) (?:\w+)?link (?:volgt|ontvang|krijg|staat|sturen)"
    r"|\b(?:ontvang|krijg)\w* (?:(?:u|je|dan) )?(?:de|een) (?:\w+)?link\b"
    r"|\b(?:achter|voor) (?:uw|je|zijn) (?:eigen )?scherm\b",
    re.IGNORECASE,
)
CALLED_ONLINE = re.compile(r"^(?:online|digitaal|teams|zoom|microsoft teams|internet)\b", re.IGNORECASE)
NOWHERE = re.compile(
    rf"^(?:(?:{'|'.join((*MONTH_NUMBERS, *WEEKDAYS))}|nederland|twente|zeeland|friesland|drenthe|overijssel|gelderland"
    r"|flevoland|limburg|brabant|noord-brabant|noord-holland|zuid-holland|u|je|we|wij|zij|er|zo|teams|zoom)$|\w*wet\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Spot:
    """A house, a town, or both, as one sentence names them."""

    house: str
    town: str

    def __str__(self) -> str:
        return ", ".join(part for part in (self.house, self.town) if part)


def find_place(text: str, days: Sequence[tuple[int, int]]) -> str:
    """Where the meeting is; `days` says where in the text (start, end) its day is named. "" when no place is told.

    The surest sign first: "Locatie:", beside the day, the heading (the first line), the sentence of the day, the one
    with the hour, and at last any other behind the day.
    """
    heading = text.partition("\n")[0]
    label = LABEL.search(text, min((start for start, _ in days), default=0)) or LABEL.search(text)
    spot = _labelled(label["place"]) if label else None
    if (spot and CALLED_ONLINE.search(spot.house)) or (spot is None and ONLINE.search(heading)):
        return "online"
    found = list(_spots(text, days))
    spot = spot or next(iter(found), None)
    town = _town_of(heading)
    addressed = [match["town"] for match in NUMBERED.finditer(text)]
    if spot is None:
        # No town that is merely mentioned somewhere: a wrong place in the agenda is worse than none.
        beside_day = _only_town([text[slice(*sentence_at(text, start, end))] for start, end in days])
        return (
            town or beside_day or ("online" if ONLINE.search(text) else next(filter(None, map(town_in, addressed)), ""))
        )
    return str(_completed(spot, town, (town, *(one.town for one in found), *addressed), text))


def _completed(spot: _Spot, heading: str, told: Sequence[str], text: str) -> _Spot:
    """A house with the town it stands in; what only looked like a town ("in Musis") is a house when a town is known."""
    if town_in(spot.town) or town_in(spot.house) or (spot.house and spot.town):
        return spot
    named = (match[0] for match in CAPITALISED.finditer(text))
    town = next((known for name in (*told, *named) if (known := town_in(name) or town_in(name.title()))), "")
    if not town and spot.house:
        town = heading or next((name for name in told if name), "")
    return _Spot(spot.house or spot.town, town) if town and town not in spot.house else spot


def sentence_at(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around a passage begins and ends; a sentence without an end is cut off."""
    least = max(0, start - LONGEST)
    begins = [match.end() for match in SENTENCE_END.finditer(text, least, start)]
    close = SENTENCE_END.search(text, end, end + LONGEST)
    return begins[-1] if begins else least, close.start() if close else min(len(text), end + NEAR)


def _labelled(told: str) -> _Spot | None:
    """What stands behind "Locatie:", without the street: "Musis, Velperbuitensingel 25, Arnhem" is in Musis, Arnhem."""
    end = SENTENCE_END.search(told)
    parts = [
        part.strip()[:LONGEST_PLACE] for part in PARTS.split(_without_street(told[: end.start() if end else None]))
    ]
    if CALLED_ONLINE.search(parts[0]):
        return _Spot(parts[0], "")
    named = [part for part in parts if part and not re.search(r"\d", part) and not NOWHERE.search(part)]
    return _Spot(named[0], named[-1] if len(named) > 1 else "") if named else None


def _town_of(heading: str) -> str:
    """The town that a heading names: "Middag over invloed in Hengelo"."""
    spots = [spot for spot in _sentence_spots(heading) if spot.town]
    return spots[-1].town if spots else ""


def _only_town(sentences: Sequence[str]) -> str:
    """The one town that the sentences of the day name: "op 9 oktober rijden we vanaf station Apeldoorn"."""
    towns = {town for sentence in sentences for name in CAPITALISED.finditer(sentence) if (town := town_in(name[0]))}
    return towns.pop() if len(towns) == 1 else ""


def _spots(text: str, days: Sequence[tuple[int, int]]) -> Iterator[_Spot]:
    beside = [spot for start, end in days if (spot := _beside(text, start, end))]
    sentences = [sentence_at(text, start, end) for start, end in days]
    told = [spot for begin, end in sentences for spot in _sentence_spots(text[begin:end])]
    yield from (spot for spot in beside if spot.town)
    yield from (spot for spot in told if spot.house and spot.town)
    yield from (*beside, *told)
    if not days:
        return
    hour = CLOCK.search(text, days[0][0])
    if hour:
        begin, end = sentence_at(text, hour.start(), hour.end())
        yield from _sentence_spots(text[begin:end])
    yield from _sentence_spots(text[days[0][1] : days[0][1] + 2 * LONGEST])


def _beside(text: str, start: int, end: int) -> _Spot | None:
    """The place right behind a day, or right before it: "28 mei, Den Haag" or "Leeuwarden, 20 maart"."""
    if (behind := BEHIND_DAY.search(_without_street(text[end : end + NEAR]))) and (place := _named(behind["place"])):
        town = _named(behind["town"] or "")
        is_town = not town and place[0].isupper() and not HOUSE.search(place)
        return _Spot("", place) if is_town else _Spot(place, town)
    before = BEFORE_DAY.search(text[max(0, start - NEAR) : start])
    return _Spot(before["house"] or "", place) if before and (place := _named(before["place"])) else None


def _sentence_spots(sentence: str) -> Iterator[_Spot]:
    """Every "in ..." of a sentence; a house and the town right behind it are one."""
    sentence = _without_street(sentence)
    house, end = "", 0
    for match in IN.finditer(sentence):
        place = _named(match["place"] or match["house"])
        if not place or MESSAGE.search(sentence, max(0, match.start() - LONGEST_PLACE), match.start()):
            continue
        is_town = (
            (match["by"] or "").lower() in ("in", "te", "naar") and not match["article"] and not HOUSE.search(place)
        )
        if house and is_town and STREET.fullmatch(sentence[end : match.start()]):
            yield _Spot(house, place)
            house = ""
            continue
        if house:
            yield _Spot(house, "")
            house = ""
        if (not is_town or CALLED_HOUSE.search(place)) and (address := ADDRESS.search(sentence[match.end() :])):
            yield _Spot(place, _named(address["town"] or address["within"]))
            continue
        house, end = ("", 0) if is_town and not _town_follows(sentence, match.end()) else (place, match.end())
        if not house:
            yield _Spot("", place)
    if house:
        yield _Spot(house, "")


def _without_street(told: str) -> str:
    """A passage without its streets and postcodes, so that a town stands right behind its house."""
    return STREET_NUMBER.sub(",", told)


def _town_follows(sentence: str, end: int) -> bool:
    """Whether what looked like a town is a house: "in Pakhuis de Zwijger in Amsterdam"."""
    following = IN.search(sentence, end)
    return bool(following and following["by"] in ("in", "te") and not sentence[end : following.start()].strip(" ,"))


def _named(place: str) -> str:
    """A place as it is shown; "" when it is a month, a law or a whole province."""
    cut = place.strip(" ,-")
    return "" if NOWHERE.search(cut) else cut[:LONGEST_PLACE]
