"""What sources.yaml says: the publishers, and where and how often each is read."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from crawlers.address import site
from crawlers.source import Endpoint, Kind, Selectors, Source
from monitor.item import Publisher
from monitor.problems import did_you_mean
from monitor.words import Name, Share

RHYTHMS = ("hourly", "daily", "weekly")
CRON = 'Vijf velden, zoals "30 6 * * mon-fri": minuut, uur, dag, maand, weekdag.'
SOME_DAY = datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Amsterdam"))
EXPRESSION_FAULTS = {
    "unterminated character set": "een [ zonder ]",
    "missing )": "een ( zonder )",
    "unbalanced parenthesis": "een ) zonder (",
    "nothing to repeat": "een *, + of ? met niets ervoor",
    "multiple repeat": "twee keer *, + of ? achter elkaar",
    "bad escape": "een \\ voor een teken waar die niet voor kan",
}


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as fault:
        raise ValueError(f'"{text}" is geen webadres.') from fault
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\x00-\x1f]", text):
        raise ValueError(f'"{text}" is geen webadres; het begint met https:// en heeft geen spaties.')
    if parts.username or parts.password:
        raise ValueError("een webadres met naam of wachtwoord erin kan hier niet.")
    if not port_is_fine:
        raise ValueError(f'"{text}" heeft een poort die niet bestaat.')
    return text


def _selector(text: str) -> str:
    import soupsieve  # brings all of BeautifulSoup, and few sources have a selector

    try:
        soupsieve.compile(text)
    except (soupsieve.SelectorSyntaxError, ValueError) as fault:
        raise ValueError(f'"{text}" is geen goede CSS-selector.') from fault
    return text


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as fault:
        said, place = str(getattr(fault, "msg", "")), getattr(fault, "pos", None)
        known = next((dutch for english, dutch in EXPRESSION_FAULTS.items() if said.startswith(english)), "")
        why = f": {known}, bij teken {place + 1}" if known and place is not None else ""
        raise ValueError(f'"{text}" is geen goede reguliere expressie{why}. Zo kan het: /nieuws/[^/]+') from fault
    return text


def _schedule(text: str) -> str:
    if text in RHYTHMS:
        return text
    fields = text.split()
    if len(fields) != 5:
        hint = did_you_mean(text, RHYTHMS) if len(fields) == 1 else ""
        ways = 'hourly, daily, weekly of vijf cron-velden zoals "30 6 * * mon-fri"'
        raise ValueError(f'"{text}" is geen schema; schrijf {ways}. {hint}'.strip())
    if re.search(r"\d", fields[4]):
        raise ValueError(f'"{text}": schrijf de weekdag als mon, tue, wed, thu, fri, sat of sun, niet als cijfer.')
    from apscheduler.triggers.cron import CronTrigger  # most sources have a simpler rhythm

    try:
        trigger = CronTrigger.from_crontab(text, timezone=SOME_DAY.tzinfo)
    except ValueError as fault:
        raise ValueError(f'"{text}" is geen goed cron-schema. {CRON}') from fault
    if trigger.get_next_fire_time(None, SOME_DAY) is None:
        raise ValueError(f'"{text}" komt nooit aan de beurt. {CRON}')
    return text


WebAddress = Annotated[str, AfterValidator(_web_address)]
Css = Annotated[str, AfterValidator(_selector), Field(min_length=1)]
Expression = Annotated[str, AfterValidator(_expression)]
Schedule = Annotated[str, AfterValidator(_schedule)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SelectorSettings(_Part):
    """CSS that overrides what the overview reader finds by itself."""

    item: Css | None = Field(None, description="Wijst elk bericht op de overzichtspagina aan.")
    link: Css | None = Field(None, description="Wijst binnen een bericht de link aan.")
    title: Css | None = Field(None, description="Wijst binnen een bericht de titel aan.")
    date: Css | None = Field(None, description="Wijst binnen een bericht de datum aan.")


class EndpointSettings(_Part):
    """One address that lists publications; the endpoints of a source are tried in order."""

    kind: Kind = Field(description="feed, overview, sitemap, wordpress, sru of watch.")
    address: WebAddress = Field(description="Het volledige webadres.")
    css: SelectorSettings = Field(
        SelectorSettings(), description="Alleen nodig als een overzicht niet goed gelezen wordt."
    )
    terms: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        (), description="Zoekwoorden; elk komt één keer op de plaats van {term} in het adres."
    )
    window: int = Field(30, ge=1, le=366, description="Zoveel dagen terug ligt {since} in het adres.")
    cap: int = Field(0, ge=0, description="Het grootste aantal berichten dat dit adres ooit geeft; 0 is geen grens.")
    verified: date | None = Field(None, description="Dag waarop een mens zag dat dit adres werkt; null is nog niet.")

    @model_validator(mode="after")
    def _terms_have_a_place(self) -> EndpointSettings:
        """Terms and {term} go together; one without the other would ask the wrong question in silence."""
        asks = "{term}" in self.address
        if asks and not self.terms:
            raise ValueError("het adres bevat {term}, maar terms noemt geen zoekwoorden.")
        if self.terms and not asks:
            raise ValueError("terms noemt zoekwoorden, maar het adres heeft geen plaats voor {term}.")
        return self


class SourceSettings(_Part):
    """One publisher as sources.yaml describes it."""

    name: Name = Field(description="Korte vaste naam, kleine letters en streepjes.")
    title: str = Field(min_length=1, description="De naam op het scherm en in de nieuwsbrief.")
    home: WebAddress | None = Field(None, description="De voorpagina, als link voor mensen.")
    enabled: bool = Field(True, description="false: deze bron wordt niet gelezen.")
    endpoints: tuple[EndpointSettings, ...] = Field(min_length=1, description="Adressen, in volgorde geprobeerd.")
    articles: Expression = Field("", description="Reguliere expressie: alleen links die hierop lijken.")
    not_articles: Expression = Field("", description="Reguliere expressie: nooit links die hierop lijken.")
    schedule: Schedule = Field("daily", description="hourly, daily, weekly of cron.")
    fastest: Literal["hourly", "daily"] | None = Field(
        None, description="Zo vaak mag de bron hooguit gelezen worden als er veel verschijnt; null is altijd schedule."
    )
    read_articles: bool = Field(True, description="false: alleen de lijst lezen, niet elk bericht.")
    threshold: Share | None = Field(None, description="Eigen drempel van deze bron; null is die van words.yaml.")
    themes: tuple[str, ...] = Field((), description="Thema's die elk bericht van deze bron krijgt.")
    original: bool = Field(True, description="false: deze bron neemt vooral berichten van anderen over.")
    terms: str = Field("", description="Notitie over voorwaarden of auteursrecht.")

    def publisher(self) -> Publisher:
        """The part that recognising stories needs."""
        home = site(self.home) if self.home else ""
        names = {self.title.casefold(), self.name.casefold(), home}
        return Publisher(tuple(sorted(names - {""})), self.original)

    def source(self) -> Source:
        """The part the crawler needs."""
        return Source(
            name=self.name,
            title=self.title,
            endpoints=tuple(
                Endpoint(
                    kind=each.kind,
                    address=each.address,
                    css=Selectors(**each.css.model_dump()),
                    terms=each.terms,
                    window=each.window,
                    cap=each.cap,
                )
                for each in self.endpoints
            ),
            articles=self.articles,
            not_articles=self.not_articles,
            read_articles=self.read_articles,
        )


class SourcesFile(_Part):
    """The whole of sources.yaml."""

    sources: tuple[SourceSettings, ...] = Field(description="De bronnen.")
