"""The mail with a link that somebody asked for on the pages, as bytes. Pure."""

from __future__ import annotations

import hashlib
import html
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from digest import dutch
from digest.consent import OUR_CLOCK
from digest.letterhead import Letterhead
from digest.records import Confirmation, Purpose

SUBJECTS = {
    Purpose.SIGN_UP: "Bevestig uw aanmelding voor de Participatieradar",
    Purpose.PREFERENCES: "Uw gegevens bij de Participatieradar",
}


def confirmation_mail(asked: Confirmation, letterhead: Letterhead, own_page_token: str) -> bytes:
    """The whole mail with CRLF line ends; the same arguments always give the same bytes."""
    if asked.purpose is Purpose.SIGN_UP:
        link, paragraphs = letterhead.confirm_page(asked.token), _to_confirm(asked)
    else:
        link, paragraphs = letterhead.preferences_page(own_page_token), _to_own_page()
    foot = f"{letterhead.sender_name}, {letterhead.postal}. {letterhead.contact}"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(letterhead.sender_name, addr_spec=letterhead.sender_address)
    mail["To"] = Address(addr_spec=asked.email)
    mail["Reply-To"] = Address(addr_spec=letterhead.reply_to)
    mail["Subject"] = SUBJECTS[asked.purpose]
    mail["Date"] = asked.asked_at
    mail["Message-ID"] = f"<{hashlib.sha256(asked.token.encode()).hexdigest()[:32]}@{letterhead.domain}>"
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(_text(paragraphs, link, foot), cte="quoted-printable")
    mail.add_alternative(_html(paragraphs, link, foot), subtype="html", cte="quoted-printable")
    mail["Content-Language"] = "nl"  # after the parts, for making them moves such headers into the first
    mail.set_boundary(f"=_{hashlib.sha256(asked.token.encode()).hexdigest()[32:]}")
    return mail.as_bytes()


def _to_confirm(asked: Confirmation) -> tuple[str, str, str]:
    last_day = dutch.day(asked.expires_at.astimezone(OUR_CLOCK).date())
    return (
        "U hebt zich aangemeld voor de Participatieradar. Klopt dat? Open dan deze link en druk op de knop:",
        "Bevestig mijn aanmelding",
        f"Dit kan tot en met {last_day}. Hebt u zich niet aangemeld? Dan hoeft u niets te doen. U krijgt geen brief, "
        "en wij wissen dit adres vanzelf.",
    )


def _to_own_page() -> tuple[str, str, str]:
    return (
        "U krijgt of kreeg de Participatieradar. Op uw eigen pagina ziet u wat wij van u bewaren. U kunt daar kiezen "
        "wat u krijgt, een pauze nemen of alles laten wissen:",
        "Naar mijn eigen pagina",
        "Geef deze link niet door: wie hem heeft, kan uw keuzes veranderen. Hebt u hier niet om gevraagd? Dan hoeft u "
        "niets te doen.",
    )


def _text(paragraphs: tuple[str, str, str], link: str, foot: str) -> str:
    first, _, last = paragraphs
    return f"Goedendag,\n\n{first}\n\n  {link}\n\n{last}\n\n-- \n{foot}\n"


def _html(paragraphs: tuple[str, str, str], link: str, foot: str) -> str:
    first, button, last = (html.escape(part) for part in paragraphs)
    return (
        '<!DOCTYPE html>\n<html lang="nl"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{button}</title></head>\n'
        '<body style="margin:0;padding:24px;font-family:Arial,Helvetica,sans-serif;font-size:18px;line-height:28px">\n'
        f'<p>Goedendag,</p>\n<p>{first}</p>\n<p><a href="{html.escape(link)}" style="display:inline-block;'
        "padding:12px 22px;background-color:#0b5a66;color:#ffffff;font-weight:bold;border-radius:6px;"
        f'text-decoration:none">{button}</a></p>\n<p>{last}</p>\n'
        f'<p style="font-size:16px;line-height:24px">{html.escape(foot)}</p>\n</body></html>\n'
    )
