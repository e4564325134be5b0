"""A stored item with what the radar and people said of it: what learning and trying other words work on. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from monitor.item import Item
from monitor.judgement import JudgeInput, Judgement
from monitor.source_settings import SourceSettings


@dataclass(frozen=True, slots=True)
class Case:
    """An item with its judgement; `accepted` is what people decided, None as long as nobody did."""

    item_id: int
    source: str
    title: str
    intro: str
    text: str
    label: str
    published: date | None
    judgement: Judgement
    accepted: bool | None = None
    decided_at: datetime | None = None


def judge_input(content: Item | Case, source: SourceSettings | None) -> JudgeInput:
    """What the judge is told of an item; None for a source that left the settings."""
    return JudgeInput(
        title=content.title,
        intro=content.intro,
        text=content.text,
        source=source.title if source else "",
        label=content.label,
        published=content.published,
        always_themes=source.themes if source else (),
    )
