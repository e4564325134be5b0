"""The kind of publication that a Dutch page prints beside a title: "Nieuws", "Praktijk", "Project"."""

from __future__ import annotations

import re

LABELS = (
    "Nieuws", "Nieuwsbericht", "Praktijk", "Praktijkvoorbeeld", "Project", "Instrument", "Lobby", "Vereniging", "Blog",
    "Column", "Opinie", "Publicatie", "Rapport", "Onderzoek", "Factsheet", "Handreiking", "Brochure", "Persbericht",
    "Interview", "Agenda", "Bijeenkomst", "Evenement", "Webinar", "Workshop", "Training", "Symposium", "Congres",
    "Artikel", "Dossier", "Kennisdossier", "Podcast", "Video", "Magazine", "Verslag", "Essay", "Casus", "Programma",
    "Proeftuin", "Toolkit", "Expert",
)  # fmt: skip
_LABEL = re.compile(rf"^(?P<label>{'|'.join(LABELS)})\b(?:\s+(?P=label)\b)?(?P<rest>.*)$", re.I)
_REST = re.compile(r"^\s*(?:$|[·|•:–-]|\d|(?:ma|di|wo|do|vr|za|zo)\w*dag\b)")


def find_label(line: str) -> str:
    """The label a short line starts with ("Nieuws Nieuws · 30 juni 2022" gives "Nieuws"); "" when there is none."""
    match = _LABEL.match(line.strip()) if len(line) <= 80 else None
    if not match or not _REST.match(match["rest"]):
        return ""
    return next(label for label in LABELS if label.lower() == match["label"].lower())
