"""How a score came about: the words, what was learned, the versions of both, and decided items that are alike."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from monitor import lessons
from monitor.desk import phrases
from monitor.desk.cards import UNTITLED
from monitor.desk.decisions import item_of
from monitor.desk.pages import desk_of, page
from monitor.figures_words import of_hundred
from monitor.judgement import JudgeInput, Judgement


@dataclass(frozen=True)
class Why:
    """The two parts of a score in words; `learned` is "" when nothing was learned yet."""

    learned: str
    up: tuple[str, ...]
    down: tuple[str, ...]
    versions: str


@dataclass(frozen=True)
class AlikeLine:
    """A decided item that is alike, in words."""

    id: int
    title: str
    source: str
    likeness: str
    accepted: bool


def why(judgement: Judgement) -> Why:
    """Put the parts of a judgement into words."""
    learned = ""
    if judgement.learned is not None:
        if judgement.on_subject is not None:
            learned = (
                f"De kans dat dit bericht over ons onderwerp gaat, is {phrases.percentage(judgement.on_subject)}. "
            )
        learned += (
            f"De kans dat u het kiest, is {phrases.percentage(judgement.score)}. "
            f"De woordenlijst alleen komt op {phrases.percentage(judgement.by_words)}. "
            f"Wat de radar leerde van eerdere berichten komt op {phrases.percentage(judgement.learned)}. "
            f"Dat geleerde deel telt voor {of_hundred(judgement.share)} mee."
        )
    versions = f"Woorden: versie {judgement.words_version}."
    if judgement.model_version:
        versions += f" Geleerd: versie {judgement.model_version}."
    return Why(
        learned,
        tuple(pull.word for pull in judgement.pulls if pull.points > 0),
        tuple(pull.word for pull in judgement.pulls if pull.points < 0),
        versions,
    )


def alike(request: Request) -> Response:
    """Accepted and rejected items that are most like this one."""
    desk, item = desk_of(request), item_of(request)
    source = desk.live.current.source(item.source)
    content = JudgeInput(title=item.title, intro=item.intro, text=item.text, source=source.title if source else "")
    found = lessons.nearest(desk.engine, desk.live.current, item.id, content)
    return page(
        request,
        "alike.html",
        item=item,
        title=item.title or UNTITLED,
        lines=[
            AlikeLine(
                near.case.item_id,
                near.case.title or UNTITLED,
                desk.source_title(near.case.source),
                phrases.percentage(near.likeness),
                bool(near.case.accepted),
            )
            for near in found
        ],
    )
