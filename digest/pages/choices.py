"""The form in which readers choose what they get, on signing up and on their own page: read strictly, shown again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from digest.consent import Preferences
from digest.edition import Audience, one_line
from digest.site import Site
from digest.wishes import Region, Rhythm, Wishes

LONGEST_NAME = 100
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
AUDIENCES = {
    Audience.HUURDERSORGANISATIE: "Ik ben huurder of werk voor een huurdersorganisatie",
    Audience.CORPORATIE: "Ik werk voor een woningcorporatie",
    Audience.GEMEENTE: "Ik werk voor een gemeente, of ben raadslid",
}
RHYTHMS = {Rhythm.WEEK: "Elke week", Rhythm.MONTH: "Eens per maand, alles in één brief"}
REGIONS = {
    Region.ALL: "Nieuws uit het hele land en uit Twente",
    Region.TWENTE: "Alleen nieuws uit Twente",
    Region.ELSEWHERE: "Alleen nieuws van buiten Twente",
}


@dataclass(frozen=True)
class Filled:
    """A form as somebody filled it in, to be shown again; `faults` names fields with what is wrong in Dutch."""

    email: str = ""
    name: str = ""
    audience: str = ""
    rhythm: str = Rhythm.WEEK.value
    themes: tuple[str, ...] = ()
    region: str = Region.ALL.value
    also_empty: bool = False
    faults: dict[str, str] = field(default_factory=dict)


def filled(form: FormData, site: Site) -> Filled:
    """What was filled in, without what no form of ours could have sent."""
    known = {theme.name for theme in site.themes}
    return Filled(
        email=_line(form, "email", 254),
        name=_line(form, "naam", LONGEST_NAME),
        audience=_line(form, "doelgroep", 40),
        rhythm=_line(form, "ritme", 40) or Rhythm.WEEK.value,
        themes=tuple(dict.fromkeys(str(name) for name in form.getlist("thema") if str(name) in known)),
        region=_line(form, "regio", 40) or Region.ALL.value,
        also_empty=form.get("ook_leeg") == "ja",
    )


def as_filled(preferences: Preferences, email: str) -> Filled:
    """The form as it stands for somebody who chose before."""
    return Filled(
        email=email,
        name=preferences.name,
        audience=preferences.audience.value,
        rhythm=preferences.rhythm.value,
        themes=preferences.wishes.themes,
        region=preferences.wishes.region.value,
        also_empty=preferences.also_empty,
    )


def chosen(form: Filled) -> Preferences | dict[str, str]:
    """The choices as a value, or what is wrong with them by field."""
    if form.audience not in list(Audience):
        return {"doelgroep": "Kies wie u bent."}
    values: dict[str, Any] = {
        "name": form.name,
        "audience": form.audience,
        "rhythm": form.rhythm,
        "also_empty": form.also_empty,
    }
    try:
        return Preferences(**values, wishes=Wishes(themes=form.themes, region=Region(form.region)))
    except (ValueError, ValidationError):
        return {"ritme": "Kies hoe vaak u de brief wilt."}


def _line(form: FormData, name: str, longest: int) -> str:
    return one_line(CONTROL.sub(" ", str(form.get(name, ""))))[:longest].strip()
