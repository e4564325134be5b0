"""What people put otherwise than the radar found it: title, kind, audiences, themes and meeting of an item. Pure."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from digest.edition import Audience, Line
from monitor.judgement import Event, Judgement
from monitor.words import ItemKind, Words

LONGEST_TITLE = 300


class Amendment(BaseModel):
    """What holds in place of what was found; "" and None leave it as the radar found it.

    `event` is a meeting that people described, `no_event` says that it is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line = Field("", max_length=LONGEST_TITLE)
    kind: ItemKind | None = None
    audiences: tuple[Audience, ...] | None = None
    themes: tuple[str, ...] | None = None
    event: Event | None = None
    no_event: bool = False


NOTHING = Amendment()


def amend(judged: Judgement, amendment: Amendment, words: Words) -> Judgement:
    """The judgement as people put it; other themes bring their own goals, in the order of the words."""
    changed: dict[str, object] = {
        name: value
        for name in ("kind", "audiences", "themes", "event")
        if (value := getattr(amendment, name)) is not None
    }
    if amendment.no_event:
        changed["event"] = None
    if amendment.themes is not None:
        goals = [goal for name in amendment.themes if (theme := words.theme(name)) for goal in theme.goals]
        changed["goals"] = tuple(dict.fromkeys(goals))
    return judged.model_copy(update=changed)
