"""Who may be mailed, and the proof of it: nobody gets the letter without consent that can be shown.

Telecommunicatiewet article 11.7: unsolicited mail for commercial, idealistic or charitable ends needs prior consent,
for organisations as well as for persons, and it is the sender who must be able to show it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from digest import address, dutch
from digest.edition import Audience, Line, one_line
from digest.wishes import EVERYTHING, Rhythm, Wishes

COLUMNS = ("e-mail", "naam", "doelgroep", "toestemming_op", "toestemming_hoe")
OUR_CLOCK = ZoneInfo("Europe/Amsterdam")
DUTCH_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


class Consent(BaseModel):
    """How somebody agreed: in words, on which Dutch calendar day, to which version of the text, and who noted it.

    Whoever signed up by themselves also has the moment they asked and the moment they confirmed it from their own
    mailbox (aware UTC). The versions of the text are in `digest.consent_text`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    how: Line = Field(min_length=1)
    when: date
    text_version: Line = ""
    by: Line = ""
    asked_at: datetime | None = None
    confirmed_at: datetime | None = None


class Preferences(BaseModel):
    """What a reader chooses: whose letter, how often, about what, and whether also when there is nothing in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Line = ""
    audience: Audience
    rhythm: Rhythm = Rhythm.WEEK
    wishes: Wishes = EVERYTHING
    also_empty: bool = False


class NewSubscriber(Preferences):
    """Somebody who asked for a letter; `email` is in the spelling of `digest.address.normalised`."""

    email: str
    consent: Consent


@dataclass(frozen=True)
class Problem:
    """Why a line of a CSV file cannot be taken; line 1 holds the names of the columns, 0 means the whole file."""

    line: int
    message: str


def new_subscriber(
    email: str, name: str, audience: str, how: str, when: date, today: date, by: str = ""
) -> NewSubscriber:
    """A subscriber from what somebody typed; raises ValueError with a Dutch reason when it may not be taken."""
    if not one_line(how):
        raise ValueError("toestemming_hoe is leeg: zonder bewijs van toestemming mag er geen mail heen (Tw 11.7)")
    if when > today:
        raise ValueError(f"toestemming_op ({dutch.day(when)}) ligt in de toekomst")
    return NewSubscriber(
        email=address.normalised(email),
        name=name,
        audience=_audience(audience),
        consent=Consent(how=how, when=when, by=by),
    )


def read_csv(text: str, now: datetime, by: str = "") -> tuple[tuple[NewSubscriber, ...], tuple[Problem, ...]]:
    """Read subscribers from CSV text (comma or semicolon), with proof of consent on every line.

    The file is taken whole or not at all: when there is any problem, no subscribers are given back.
    """
    today = now.astimezone(OUR_CLOCK).date()
    lines = text.removeprefix("\ufeff")
    header = lines.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(lines), delimiter=";" if header.count(";") > header.count(",") else ",")
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = [column for column in COLUMNS if column not in reader.fieldnames]
    if missing:
        return (), (Problem(1, f"Deze kolommen ontbreken: {', '.join(missing)}. Nodig: {', '.join(COLUMNS)}."),)
    taken: dict[str, tuple[int, NewSubscriber]] = {}
    problems: list[Problem] = []
    for row in reader:
        try:
            subscriber = _read_row(row, today, by)
        except ValueError as fault:
            problems.append(Problem(reader.line_num, f"{fault}."))
            continue
        earlier = taken.setdefault(subscriber.email, (reader.line_num, subscriber))
        if earlier[1] is not subscriber:
            problems.append(Problem(reader.line_num, f"{subscriber.email} staat ook al op regel {earlier[0]}."))
    if not taken and not problems:
        problems.append(Problem(0, "Er staat niemand in het bestand."))
    return (() if problems else tuple(one for _, one in taken.values())), tuple(problems)


def _read_row(row: Mapping[str, str | None], today: date, by: str) -> NewSubscriber:
    email, name, audience, when, how = ((row.get(column) or "").strip() for column in COLUMNS)
    if None in row:
        raise ValueError("er staan meer velden op deze regel dan er kolommen zijn")
    if not when:
        raise ValueError("toestemming_op is leeg: zonder bewijs van toestemming mag er geen mail heen (Tw 11.7)")
    return new_subscriber(email, name, audience, how, _day(when), today, by)


def _day(text: str) -> date:
    dutch_order = DUTCH_DAY.fullmatch(text)
    try:
        if dutch_order:
            day, month, year = (int(part) for part in dutch_order.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"toestemming_op “{text}” is geen datum; schrijf 2026-03-31 of 31-3-2026") from None


def _audience(text: str) -> Audience:
    word = text.strip().lower()
    for audience in Audience:
        if word in (audience.value, audience.plural):
            return audience
    raise ValueError(f"doelgroep “{text.strip()}” bestaat niet; kies uit {', '.join(Audience)}")
