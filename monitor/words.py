"""What words.yaml says: the words that matter, by theme, and how much each of them counts."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from digest.edition import Audience
from monitor.terms import parse_term


class Goal(StrEnum):
    """The two goals of the working group."""

    FORMAL = "formeel"
    INFORMAL = "informeel"


class ItemKind(StrEnum):
    """What sort of item it is; the digest groups by it."""

    NEWS = "nieuws"
    PUBLICATION = "publicatie"
    PRACTICE = "praktijkvoorbeeld"
    EVENT = "agenda"
    RESEARCH = "onderzoek"
    VACANCY = "vacature"


class Rung(StrEnum):
    """How far the influence of tenants goes (the ladder of participation), the least first."""

    INFORM = "informeren"
    CONSULT = "raadplegen"
    ADVISE = "adviseren"
    COPRODUCE = "coproduceren"
    DECIDE = "meebeslissen"
    MANAGE = "zelfbeheer"


class Strength(StrEnum):
    """How much a word of a theme says."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"


def _understood(written: str) -> str:
    parse_term(written)
    return written


TermText = Annotated[str, AfterValidator(_understood)]
Terms = tuple[TermText, ...]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Theme(_Part):
    """A theme with its words, in three strengths."""

    name: Name = Field(description="De vaste korte naam, ook gebruikt in sources.yaml.")
    title: str = Field(min_length=1, description="De naam op het scherm en in de nieuwsbrief.")
    goals: tuple[Goal, ...] = Field(min_length=1, description="Doel van de werkgroep: formeel, informeel of beide.")
    strong: Terms = Field((), description="Woorden die bijna altijd raak zijn; tellen ook zonder sectorwoord.")
    medium: Terms = Field((), description="Woorden die raak zijn als de tekst over de sector gaat.")
    weak: Terms = Field((), description="Woorden die alleen samen met andere iets zeggen.")


class Negatives(_Part):
    """Words that lower the score and never forbid an item."""

    strong: Terms = Field((), description="Woorden uit een heel ander vakgebied.")
    mild: Terms = Field((), description="Woorden van onderwerpen die vaak naast huurdersparticipatie staan.")


class AudienceWords(_Part):
    """The words by which an item is useful for one audience."""

    name: Audience = Field(description="corporatie, huurdersorganisatie of gemeente.")
    title: str = Field(min_length=1, description="De naam op het scherm.")
    always: bool = Field(False, description="true: elk gekozen bericht is ook voor deze doelgroep.")
    words: Terms = Field((), description="Woorden die tonen dat deze doelgroep er iets aan heeft.")


class KindWords(_Part):
    """The words by which a kind of item is known; the first kind of the list that fits wins."""

    name: ItemKind = Field(description="De soort bericht.")
    title: str = Field(min_length=1, description="De naam op het scherm.")
    labels: Terms = Field((), description="Labels van de uitgever die deze soort aanwijzen.")
    words: Terms = Field((), description="Woorden in titel, inleiding of tekst.")
    needed: int = Field(
        2, ge=1, le=20, description="Hoeveel verschillende woorden minstens; een in de titel is genoeg."
    )


class RungWords(_Part):
    """The words by which a rung of the ladder of participation is known; most words win, the later one of equals."""

    name: Rung = Field(description="De trede van de participatieladder.")
    title: str = Field(min_length=1, description="De naam op het scherm.")
    words: Terms = Field((), description="Woorden die tonen dat de invloed tot deze trede gaat.")


class EventWords(_Part):
    """How an announcement is told from a report."""

    meetings: Terms = Field(
        (), description="Woorden voor een bijeenkomst, ook als einde van een samenstelling: dag- of regiobijeenkomst."
    )
    signs: Terms = Field((), description="Woorden van een aankondiging: aanmelden, inschrijven.")
    reports: Terms = Field((), description="Woorden van een verslag achteraf; die spreken tegen een aankondiging.")


class Weights(_Part):
    """How much a hit counts: by place, by strength, and how far points may run."""

    title: Amount = Field(3.0, description="Keer zoveel voor een woord in de titel.")
    intro: Amount = Field(2.0, description="Keer zoveel voor een woord in de inleiding.")
    text: Amount = Field(1.0, description="Keer zoveel voor een woord in de tekst.")
    strong: Amount = Field(3.0, description="Punten voor een sterk woord.")
    medium: Amount = Field(1.5, description="Punten voor een gewoon woord.")
    weak: Amount = Field(0.5, description="Punten voor een zwak woord.")
    negative_strong: Amount = Field(4.0, description="Aftrek voor een woord uit een ander vakgebied.")
    negative_mild: Amount = Field(1.5, description="Aftrek voor een woord van een buuronderwerp.")
    cap: Amount = Field(4.0, gt=0, description="Hooguit zoveel keer telt één woord mee, alle plaatsen samen.")
    floor: Share = Field(0.25, description="Dit deel van de punten blijft altijd over, hoe groot de aftrek ook is.")
    gate: Share = Field(0.2, description="Dit deel telt als geen enkel sectorwoord in de tekst staat.")
    half: Amount = Field(8.0, gt=0, description="Bij zoveel punten is de score 0,5.")
    theme: Amount = Field(2.0, gt=0, description="Vanaf zoveel punten hoort een thema bij het bericht.")
    theme_share: Share = Field(0.3, description="Een thema met minder dan dit deel van het sterkste thema valt af.")
    goal_share: Share = Field(0.25, description="Een doel heeft minstens dit deel van de punten nodig.")


class Thresholds(_Part):
    """From when on an item is shown and how sure we say we are; `sure` ≥ `flag`.

    `flag` is the chance to be on the subject, `sure` the score: the chance to be wanted. Both are probabilities, for a
    stream in which one item of twenty is on the subject; `certain` is on the scale of points.
    """

    flag: Share = Field(
        0.06, description="Vanaf deze kans dat het over het onderwerp gaat, komt een bericht in de wachtrij."
    )
    sure: Share = Field(0.5, description='Vanaf deze score heet het "zeker" in plaats van "misschien".')
    certain: Share = Field(0.85, description="Vanaf dit deel van de punten komt een bericht altijd in de wachtrij.")


class Words(_Part):
    """The whole of words.yaml; an immutable value that `monitor.judge.Judge` is built from."""

    thresholds: Thresholds = Field(Thresholds(), description="Vanaf welke score een bericht telt.")
    weights: Weights = Field(Weights(), description="Hoe zwaar een woord telt.")
    gate: Terms = Field(min_length=1, description="Sectorwoorden: zonder zo'n woord telt bijna niets.")
    themes: tuple[Theme, ...] = Field(min_length=1, description="De thema's met hun woorden.")
    negatives: Negatives = Field(Negatives(), description="Woorden die de score verlagen.")
    audiences: tuple[AudienceWords, ...] = Field(min_length=1, description="De doelgroepen met hun woorden.")
    kinds: tuple[KindWords, ...] = Field((), description="De soorten berichten met hun woorden.")
    ladder: tuple[RungWords, ...] = Field((), description="De participatieladder, de laagste trede eerst.")
    events: EventWords = Field(EventWords(), description="Woorden rond bijeenkomsten.")

    def version(self) -> str:
        """A short fingerprint; two equal lists of words share it, so a judgement can say what it was judged with."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    def theme(self, name: str) -> Theme | None:
        """The theme of that name, or None."""
        return next((theme for theme in self.themes if theme.name == name), None)
