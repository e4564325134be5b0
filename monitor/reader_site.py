"""The installation as the pages for readers show it, from the settings."""

from __future__ import annotations

from digest.site import Choice, Site
from monitor.settings import Settings
from monitor.words import Goal

GOALS = {Goal.FORMAL: "Formeel: wet, afspraken en overleg", Goal.INFORMAL: "Informeel: samen doen en maken"}


def site(settings: Settings) -> Site:
    """What the pages for readers know of this installation."""
    from monitor.editor import letterhead  # what makes letters, which the desk opens without

    digest = settings.radar.digest
    return Site(
        letterhead=letterhead(settings),
        themes=tuple(Choice(name=theme.name, title=theme.title) for theme in settings.words.themes),
        goals=tuple(Choice(name=goal.value, title=title) for goal, title in GOALS.items()),
        rungs=tuple(Choice(name=rung.name.value, title=rung.title) for rung in settings.words.ladder),
        planned=f"elke {digest.weekday.value}",
        kept_days=settings.radar.retention.left_days,
        desk_page=settings.radar.desk.public_url + "/",
    )
