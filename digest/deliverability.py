"""Will our mail be believed? What mailbox providers ask of who sends a newsletter, looked up and told in Dutch.

Since 2024 they want SPF, DKIM and DMARC in order and aligned with the sender, a server with a name of its own, and TLS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest import dutch
from digest.dkim import Signer
from digest.letterhead import Letterhead
from digest.nameserver import Nameserver
from digest.smtp import Relay
from digest.spf import Broken, Evaluation, record_of

RUNS_OUT_SOON = timedelta(days=21)


class Level(StrEnum):
    """How it stands with one thing."""

    GOOD = "goed"
    CARE = "let op"
    FAULT = "fout"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was found, and what to do about it ("" when nothing)."""

    level: Level
    about: str
    found: str
    advice: str = ""


def envelope_domain(letterhead: Letterhead) -> str:
    """The domain that SPF is about: that of the address that bounces come back to."""
    return (letterhead.return_address or letterhead.sender_address).rpartition("@")[2]


def of_sender(letterhead: Letterhead, signer: Signer | None, ask: Nameserver) -> Iterator[Finding]:
    """What the DNS of the sender says; raises `digest.nameserver.NoAnswer`."""
    yield _dkim(letterhead.domain, signer, ask)
    yield _dmarc(letterhead, ask)
    yield _mail_servers(envelope_domain(letterhead), ask)
    if letterhead.domain != envelope_domain(letterhead):
        yield _mail_servers(letterhead.domain, ask)
    if letterhead.public_url.startswith("https://"):
        yield Finding(Level.GOOD, "afmelden", "de link om af te melden gaat over https")
    else:
        advice = "Zet de pagina's achter https en vul dat adres in bij digest: public_url in radar.yaml."
        yield Finding(Level.FAULT, "afmelden", "de link om af te melden gaat niet over https", advice)


def of_relay(letterhead: Letterhead, relay: Relay, ask: Nameserver) -> Iterator[Finding]:
    """What the DNS says of the mail server that takes our mail; raises `digest.nameserver.NoAnswer`."""
    addresses = ask.addresses(relay.host)
    if not addresses:
        advice = "Kijk of de naam goed geschreven is, bij relay: host in radar.yaml."
        yield Finding(Level.FAULT, "mailserver", f"{relay.host} staat niet in DNS", advice)
    yield _spf(envelope_domain(letterhead), relay.host, addresses, ask)
    for address in addresses:
        yield _name_of(address, ask)


def of_connection(relay: Relay, version: str, runs_out: datetime | None, now: datetime) -> Finding:
    """What a connection showed: the version of TLS ("" is none), and until when the certificate holds."""
    if not version:
        advice = "Zet relay: security in radar.yaml op starttls of tls, zodat niemand onderweg meeleest."
        return Finding(Level.FAULT, "TLS", f"de mail gaat onbeveiligd naar {relay.host}", advice)
    told = f"de verbinding met {relay.host} is beveiligd ({version}) en het certificaat klopt"
    if runs_out and runs_out - now < RUNS_OUT_SOON:
        advice = "Vraag de beheerder van de mailserver om het te vernieuwen; daarna gaat er geen mail meer weg."
        return Finding(Level.CARE, "TLS", f"{told}, maar het loopt af op {dutch.day(runs_out.date())}", advice)
    return Finding(Level.GOOD, "TLS", told)


def of_trouble(relay: Relay, trouble: str) -> Finding:
    """A connection that failed: why, and where to look."""
    if "certificate" in trouble.lower():
        advice = (
            "De naam bij relay: host moet die van het certificaat zijn, en het certificaat moet geldig zijn. "
            "Vraag het na bij de beheerder van de mailserver."
        )
    elif "STARTTLS" in trouble:
        advice = "Vraag welke poort beveiligd is: meestal 587 met security: starttls, of 465 met security: tls."
    else:
        advice = "Kijk bij relay in radar.yaml naar host, port, security en username, en naar RADAR_SMTP_PASSWORD."
    return Finding(Level.FAULT, "verbinding", trouble, advice)


def _spf(domain: str, host: str, addresses: tuple[str, ...], ask: Nameserver) -> Finding:
    try:
        record = record_of(domain, ask)
        results = {address: Evaluation(address, ask).result(domain) for address in addresses}
        anybody = Evaluation("192.0.2.1", ask).result(domain) == "pass"  # an address that is nobody's (RFC 5737)
    except Broken as reason:
        advice = "Ontvangers slaan zo'n record over. Laat de beheerder van uw domein het herstellen."
        return Finding(Level.FAULT, "SPF", str(reason), advice)
    if not record:
        advice = (
            f"Zet bij {domain} in DNS een TXT-record: v=spf1 include:... -all (uw mailprovider weet wat er moet staan)."
        )
        return Finding(Level.FAULT, "SPF", f"{domain} zegt niet wie er namens haar mag mailen", advice)
    if anybody:
        advice = "Laat het record eindigen op -all of ~all, niet op +all."
        return Finding(Level.FAULT, "SPF", f"het record van {domain} laat iedereen namens haar mailen", advice)
    missing = [address for address, result in results.items() if result != "pass"]
    if missing:
        advice = (
            "Verstuurt deze server zelf, dan hoort hij erin. Verstuurt hij via andere adressen, vraag dan uw "
            "mailprovider welke include in het record hoort."
        )
        told = f"het record van {domain} noemt {host} ({dutch.listing(missing)}) niet"
        return Finding(Level.CARE, "SPF", told, advice)
    return Finding(Level.GOOD, "SPF", f"{host} mag mailen namens {domain}")


def _dkim(domain: str, signer: Signer | None, ask: Nameserver) -> Finding:
    if signer is None:
        advice = (
            "Stuur een brief naar een adres bij Gmail en kies daar “Origineel weergeven”. Er moet staan: DKIM: PASS "
            f"met domein {domain}. Staat dat er niet? Laat uw provider ondertekenen, of zet digest: dkim in "
            "radar.yaml aan."
        )
        return Finding(
            Level.CARE, "DKIM", "uw mailserver moet de mails ondertekenen; dat is van hier niet te zien", advice
        )
    wanted = _tags(signer.record)["p"]
    keys = [_tags(text).get("p") for text in ask.texts(signer.record_name)]
    advice = f"Zet in DNS een TXT-record met de naam {signer.record_name} en als inhoud:\n{signer.record}"
    if not keys:
        return Finding(Level.FAULT, "DKIM", f"{signer.record_name} staat niet in DNS", advice)
    if keys != [wanted]:
        return Finding(Level.FAULT, "DKIM", f"bij {signer.record_name} staat een andere sleutel dan de onze", advice)
    return Finding(Level.GOOD, "DKIM", f"wij ondertekenen, en de sleutel staat bij {signer.record_name}")


def _dmarc(letterhead: Letterhead, ask: Nameserver) -> Finding:
    """Looks at the domain itself and then at those above it, as receivers do (RFC 7489, 6.6.3)."""
    domain, records = letterhead.domain, []
    labels = domain.split(".")
    for begin in range(len(labels) - 1):
        place = "_dmarc." + ".".join(labels[begin:])
        records = [text for text in ask.texts(place) if text.lower().startswith("v=dmarc1")]
        if records:
            break
    if not records:
        advice = f"Zet in DNS een TXT-record met de naam _dmarc.{domain} en als inhoud: v=DMARC1; p=none"
        return Finding(Level.FAULT, "DMARC", f"{domain} heeft geen DMARC-record, en Gmail en Outlook eisen het", advice)
    tags = _tags(records[0])
    policy = tags.get("p", "").lower()
    if len(records) > 1 or policy not in ("none", "quarantine", "reject"):
        advice = f"Er moet één record staan bij {place}, zoals: v=DMARC1; p=none"
        return Finding(Level.FAULT, "DMARC", f"het record bij {place} klopt niet", advice)
    envelope = envelope_domain(letterhead)
    if not _aligned(domain, envelope, strict=tags.get("aspf", "r").lower() == "s"):
        advice = (
            f"Retourmail gaat naar {envelope}, de afzender is van {domain}. Dan telt SPF niet mee en moet "
            "DKIM kloppen. Neem liever een return_address bij hetzelfde domein."
        )
        return Finding(Level.CARE, "DMARC", "het adres voor retourmail hoort niet bij de afzender", advice)
    if policy == "none":
        advice = "Dat is genoeg om te beginnen. Gaat alles goed, kies dan p=quarantine: dan kan niemand u nabootsen."
        return Finding(Level.GOOD, "DMARC", f"{place} staat op p=none", advice)
    return Finding(Level.GOOD, "DMARC", f"{place} staat op p={policy}")


def _mail_servers(domain: str, ask: Nameserver) -> Finding:
    servers = [server for server in ask.mail_servers(domain) if server]
    if servers:
        return Finding(Level.GOOD, "MX", f"mail aan {domain} komt aan bij {dutch.listing(servers)}")
    advice = (
        "Antwoorden, afmeldingen en retourmail komen nergens aan. Laat de beheerder van het domein een MX-record maken."
    )
    return Finding(Level.FAULT, "MX", f"{domain} kan geen mail ontvangen", advice)


def _name_of(address: str, ask: Nameserver) -> Finding:
    """Whether an address has a name that leads back to it; receivers mistrust a server without."""
    names = ask.names(address)
    if any(address in ask.addresses(name) for name in names):
        return Finding(Level.GOOD, "PTR", f"{address} heet {dutch.listing(names)}, en die naam verwijst terug")
    told = (
        f"{address} heet {dutch.listing(names)}, maar die naam verwijst niet terug"
        if names
        else f"{address} heeft geen naam"
    )
    advice = (
        "Is het uw eigen server, laat dan de hostingpartij een PTR-record maken. Anders is het aan uw mailprovider."
    )
    return Finding(Level.CARE, "PTR", told, advice)


def _aligned(domain: str, other: str, *, strict: bool) -> bool:
    """Whether two domains count as one sender; of one the other may be a part, unless it is strict (RFC 7489, 3.1)."""
    return domain == other or (not strict and (other.endswith(f".{domain}") or domain.endswith(f".{other}")))


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
