"""What the demo puts in on behalf of people: subscribers who agreed, and a reviewer's own words about items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from digest.consent import NewSubscriber, new_subscriber
from monitor.amendment import Amendment
from monitor.demo.piece import Piece, publishers

AGREED = timedelta(days=30)
PEOPLE = (
    ("janneke.vos@voorbeeld.nl", "Janneke Vos", "corporatie", "aanmeldformulier op de site, versie 1"),
    ("m.oudhof@voorbeeld.nl", "Mehmet Oudhof", "corporatie", "aanmeldformulier op de site, versie 1"),
    ("directie@voorbeeld.nl", "Ellen Kramer", "corporatie", "getekende lijst op de themadag"),
    ("gerda.pauwels@voorbeeld.nl", "Gerda Pauwels", "huurdersorganisatie", "getekende lijst op de themadag"),
    (
        "bestuur@voorbeeld.nl",
        "Huurdersvereniging De Brug",
        "huurdersorganisatie",
        "eigen e-mail met de vraag om de brief",
    ),
    ("yildiz.kara@voorbeeld.nl", "Yildiz Kara", "huurdersorganisatie", "aanmeldformulier op de site, versie 1"),
    ("wonen@voorbeeld.nl", "Team Wonen Wesselmonde", "gemeente", "eigen e-mail met de vraag om de brief"),
    ("s.dekker@voorbeeld.nl", "Sven Dekker", "gemeente", "aanmeldformulier op de site, versie 1"),
)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a reviewer writes about an item: a summary, why it matters, and what is put otherwise than it was found."""

    summary: str
    why: str
    otherwise: Amendment


def subscribers(today: date) -> tuple[NewSubscriber, ...]:
    """Eight invented readers over the three audiences, with proof of consent from a month ago."""
    return tuple(
        new_subscriber(email, name, audience, how, today - AGREED, today, by="demo")
        for email, name, audience, how in PEOPLE
    )


def own_words() -> dict[str, OwnWords]:
    """By the path of an item: what the reviewer writes of what clearly belongs in the letter, from stage 2 on."""
    pieces = [piece for one in publishers() for piece in one.items if piece.summary]
    return {piece.path: _words(piece) for piece in pieces}


def _words(piece: Piece) -> OwnWords:
    return OwnWords(piece.summary, piece.why, Amendment(title=piece.own_title, audiences=piece.audiences))
