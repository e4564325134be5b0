"""The words that people agree to when they sign up, by version, as proof of what they agreed to.

A text that anybody agreed to never changes: other words are a new version.
"""

from __future__ import annotations

TEXTS = {
    "2026-11": "Ja, stuur mij de Participatieradar op dit e-mailadres. Mijn gegevens worden alleen daarvoor gebruikt. "
    "Ik kan mij altijd weer afmelden, met één klik.",
}
CURRENT = "2026-11"
