"""What radar.yaml says: how this installation crawls, shows and mails."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from digest import dutch
from monitor.problems import did_you_mean
from monitor.source_settings import WebAddress

DATABASE = re.compile(r"^(sqlite:///.+|postgresql(\+psycopg)?://(?:[^/@:]+(?P<password>:[^/@]*)?@)?[^/@]*/.+)$")
LONGEST_RETURN_NAME = 31  # a mark of 33 characters comes behind it, and 64 is all there may be (RFC 5321, 4.5.3.1.1)
MAILBOX = re.compile(r"^[^@\s<>,;\"]+@[^@\s<>,;\".]+(\.[^@\s<>,;\".]+)*$")


def _database(text: str) -> str:
    match = DATABASE.match(text)
    if not match:
        raise ValueError(f'"{text}" is geen database; schrijf sqlite:///var/radar.db of postgresql://server/naam.')
    if match["password"] is not None:
        raise ValueError("een wachtwoord hoort niet in dit bestand; zet het hele adres in RADAR_DATABASE.")
    return text


def _mailbox(text: str) -> str:
    if not MAILBOX.match(text):
        raise ValueError(f'"{text}" is geen e-mailadres.')
    return text


def _return_address(text: str) -> str:
    if len(_mailbox(text).partition("@")[0]) > LONGEST_RETURN_NAME:
        raise ValueError(f"het deel voor de @ is te lang; hooguit {LONGEST_RETURN_NAME} tekens.")
    return text


def _one_line(text: str) -> str:
    if not text.strip() or re.search(r"[\r\n]", text):
        raise ValueError("dit moet één regel tekst zijn.")
    return text


def _contact(text: str) -> str:
    if not MAILBOX.match(text) and not re.match(r"^https?://\S+$", text):
        raise ValueError(f'"{text}" is geen e-mailadres of webadres; beheerders van sites moeten u kunnen bereiken.')
    return text


def _zone(text: str) -> str:
    if text not in available_timezones():
        hint = did_you_mean(text, available_timezones())
        raise ValueError(f'"{text}" is geen tijdzone. {hint}'.strip())
    return text


def _without_slash(text: str) -> str:
    return text.rstrip("/")


DatabaseAddress = Annotated[str, AfterValidator(_database)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
ReturnAddress = Annotated[str, AfterValidator(_return_address)]
Contact = Annotated[str, AfterValidator(_contact)]
OneLine = Annotated[str, AfterValidator(_one_line)]
PublicAddress = Annotated[WebAddress, AfterValidator(_without_slash)]
Port = Annotated[int, Field(ge=1, le=65535)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Weekday(StrEnum):
    """A day of the week, as a Dutch reader writes it."""

    MONDAY = "maandag"
    TUESDAY = "dinsdag"
    WEDNESDAY = "woensdag"
    THURSDAY = "donderdag"
    FRIDAY = "vrijdag"
    SATURDAY = "zaterdag"
    SUNDAY = "zondag"

    @property
    def number(self) -> int:
        """The number Python's `date.weekday()` gives: 0 for Monday."""
        return list(Weekday).index(self)


class Agent(_Part):
    """How the crawler makes itself known to the sites it reads."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9._-]*$")] = Field(
        "Participatieradar", description="De naam die sites in hun logboek zien."
    )
    contact: Contact = Field(description="E-mailadres of webadres waar een beheerder van een site u bereikt.")


class CrawlSettings(_Part):
    """How politely and how much is read."""

    pause: float = Field(
        3.0, ge=0, le=600, allow_inf_nan=False, description="Seconden tussen twee vragen aan één site."
    )
    jitter: int = Field(60, ge=0, le=720, description="Zoveel minuten later mag het dagelijkse lezen beginnen.")
    pages_per_run: int = Field(40, ge=1, le=1000, description="Hooguit zoveel berichten per bron per keer.")
    timeout: int = Field(20, ge=1, le=300, description="Seconden wachten op een antwoord.")
    tick: int = Field(60, ge=1, le=3600, description="Elke zoveel seconden kijken wat aan de beurt is.")


def _one_organisation(address: str) -> str:
    if re.search(r"/(common|organizations|consumers)(/|$)", address):
        raise ValueError("dit laat iedereen toe; neem het adres van uw eigen organisatie, met haar tenant-id erin.")
    return address


class AccountSettings(_Part):
    """The organisation whose accounts people may sign in with; the key of the client comes from RADAR_ACCOUNT_SECRET.

    The issuer must be that of one organisation, for it is trusted to know the addresses of its own people.
    """

    title: OneLine = Field("Microsoft", description="Zo heet het account op de knop.")
    issuer: Annotated[PublicAddress, AfterValidator(_one_organisation)] = Field(
        description="Adres van de uitgever, zoals https://login.microsoftonline.com/TENANT-ID/v2.0."
    )
    client_id: OneLine = Field(description="Nummer van de radar bij die uitgever.")


class DeskSettings(_Part):
    """Where the review page listens."""

    host: OneLine = Field("127.0.0.1", description="Adres waarop de pagina luistert.")
    port: Port = Field(8930, description="Poort waarop de pagina luistert.")
    public_url: PublicAddress = Field("http://127.0.0.1:8930", description="Webadres dat redacteuren intypen.")
    account: AccountSettings | None = Field(None, description="Inloggen met het account van het werk; null is niet.")


class DkimSettings(_Part):
    """The signature under each mail (DKIM), when the radar signs and not the mail server."""

    selector: str = Field(
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$", description="Naam van de sleutel in DNS, zoals radar2026."
    )
    key: Path = Field(Path("var/dkim.pem"), description="Bestand met de geheime sleutel; maak hem met radar mail key.")


class DigestSettings(_Part):
    """When the digest goes out and who it says it is from; the mail law asks for a name and a postal address."""

    weekday: Weekday = Field(Weekday.THURSDAY, description="Dag van verzenden.")
    hour: str = Field("09:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Tijd van verzenden, zoals 09:00.")
    zone: Annotated[str, AfterValidator(_zone)] = Field("Europe/Amsterdam", description="Tijdzone van dag en tijd.")
    sender_name: OneLine = Field("Participatieradar", description="Naam van de afzender.")
    sender_address: Mailbox = Field(description="E-mailadres van de afzender.")
    reply_to: Mailbox | None = Field(None, description="Adres voor antwoorden; null is dat van de afzender.")
    return_address: ReturnAddress | None = Field(
        None, description="Postbus die de radar zelf leest: retourmail en afmeldingen; null is: die lezen mensen."
    )
    postal: OneLine = Field(description="Postadres onder elke mail.")
    contact: OneLine = Field(description="Zo bereiken lezers u; staat onder elke mail.")
    public_url: PublicAddress = Field("http://127.0.0.1:8930", description="Begin van de links in de mail.")
    outbox: Path = Field(Path("var/outbox"), description="Map voor de mails als er geen mailserver is.")
    dkim: DkimSettings | None = Field(None, description="Zelf ondertekenen (DKIM); null: de mailserver doet het.")
    deadlines: tuple[YearlyDeadline, ...] = Field((), description="Vaste dagen in het jaar die lezers moeten weten.")
    approvals: int = Field(1, ge=0, le=5, description="Zoveel redacteuren keuren een brief goed; 0 is niemand.")
    when_not_approved: Literal["send", "skip"] = Field(
        "send", description="Op tijd niet goedgekeurd? send: hij gaat weg zoals hij is. skip: hij gaat niet weg."
    )
    when_nothing: Literal["skip", "send"] = Field("skip", description="Zonder berichten: skip (niets) of send.")

    @property
    def at(self) -> time:
        """The hour as a time of day, in `zone`."""
        return time.fromisoformat(self.hour)

    @property
    def zone_info(self) -> ZoneInfo:
        """The time zone of weekday and hour."""
        return ZoneInfo(self.zone)


class Relay(_Part):
    """The mail server that takes the digest; its password comes from RADAR_SMTP_PASSWORD."""

    host: OneLine = Field(description="Naam van de mailserver.")
    port: Port = Field(587, description="Poort van de mailserver.")
    security: Literal["starttls", "tls", "none"] = Field("starttls", description="starttls, tls of none.")
    username: OneLine | None = Field(None, description="Naam om in te loggen; null is zonder inloggen.")
    connections: int = Field(2, ge=1, le=8, description="Over zoveel verbindingen tegelijk gaan de brieven.")
    per_minute: int = Field(0, ge=0, le=100_000, description="Hooguit zoveel brieven per minuut; 0 is geen grens.")
    per_domain: int = Field(
        0, ge=0, le=100_000, description="Hooguit zoveel brieven per minuut naar één domein; 0 is geen grens."
    )
    when_in_doubt: Literal["again", "park"] = Field(
        "again",
        description="Onzeker of een brief aankwam? again: nog één keer. park: wachten op een mens.",
    )


class ReturnBox(_Part):
    """The mailbox behind `return_address`, read over IMAP; its password comes from RADAR_IMAP_PASSWORD."""

    host: OneLine = Field(description="Naam van de IMAP-server.")
    port: Port = Field(993, description="Poort van de IMAP-server.")
    security: Literal["tls", "starttls", "none"] = Field("tls", description="tls, starttls of none.")
    username: OneLine = Field(description="Naam om in te loggen.")
    folder: OneLine = Field("INBOX", description="Map die gelezen wordt.")
    minutes: int = Field(30, ge=1, le=1440, description="Elke zoveel minuten kijken.")


class RegionSettings(_Part):
    """What makes an item news from the region; capitals count."""

    places: tuple[OneLine, ...] = Field((), description="Plaatsen en gemeenten in de regio.")
    members: tuple[OneLine, ...] = Field((), description="Corporaties, huurdersorganisaties en andere namen daar.")


class YearlyDeadline(_Part):
    """A day that comes back every year, told in the letter in the weeks before it."""

    day: Annotated[str, Field(pattern=r"^(0?[1-9]|[12]\d|3[01]) [a-z]+$")] = Field(
        description="De dag, zoals 1 juli; wat erop staat moet vóór die dag."
    )
    text: OneLine = Field(description="Wat er dan klaar moet zijn, in één korte zin.")
    weeks: int = Field(6, ge=1, le=26, description="Zoveel weken ervoor staat het in de brief.")

    @model_validator(mode="after")
    def _is_a_day(self) -> YearlyDeadline:
        number, month = self.day.split()
        if month not in dutch.MONTHS or int(number) > monthrange(2024, dutch.MONTHS.index(month) + 1)[1]:
            raise ValueError(f'"{self.day}" is geen dag; schrijf bijvoorbeeld 1 juli.')
        return self

    def next_after(self, today: date) -> date:
        """The first such day from `today` on; 29 februari is the 28th in most years."""
        number, month = self.day.split()
        for year in (today.year, today.year + 1):
            place = dutch.MONTHS.index(month) + 1
            day = date(year, place, min(int(number), monthrange(year, place)[1]))
            if day >= today:
                return day
        raise AssertionError("a day of the year comes back within a year")


class RetentionSettings(_Part):
    """How long texts of others are kept, and who somebody was that left."""

    text_days: int = Field(
        365, ge=1, le=3650, description="Na zoveel dagen verdwijnt de bewaarde tekst van een bericht."
    )
    left_days: int = Field(
        365, ge=1, le=3650, description="Zoveel dagen na het afmelden worden de gegevens van een lezer gewist."
    )


class LearningSettings(_Part):
    """How much the radar asks of people in order to know itself, and when it learns from them."""

    sample: int = Field(
        10, ge=0, le=100, description="Zoveel terzijde gelegde berichten per week in de wachtrij, ter controle."
    )
    model: bool = Field(True, description="Het geleerde deel telt mee; false: de woorden beslissen alleen.")
    decisions: int = Field(
        40, ge=0, le=10_000, description="Na zoveel nieuwe besluiten leert de radar opnieuw; 0 is nooit."
    )


class RadarFile(_Part):
    """The whole of radar.yaml."""

    database: DatabaseAddress = Field("sqlite:///var/radar.db", description="De database; RADAR_DATABASE gaat voor.")
    agent: Agent = Field(description="Hoe de radar zich bekendmaakt.")
    crawl: CrawlSettings = Field(CrawlSettings(), description="Hoe er gelezen wordt.")
    desk: DeskSettings = Field(DeskSettings(), description="De redactiepagina.")
    digest: DigestSettings = Field(description="De nieuwsbrief.")
    relay: Relay | None = Field(None, description="De mailserver; null is: mails in de map outbox zetten.")
    return_box: ReturnBox | None = Field(None, description="De postbus voor retourmail; null: niet vanzelf lezen.")
    retention: RetentionSettings = Field(RetentionSettings(), description="Hoe lang teksten bewaard blijven.")
    region: RegionSettings = Field(RegionSettings(), description="Wat bericht uit de regio maakt.")
    learning: LearningSettings = Field(LearningSettings(), description="Hoe de radar leert en zichzelf controleert.")
