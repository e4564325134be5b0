"""What the judge knows before anybody reviewed: labelled items of our own, and the model that was learned from them.

`make seed` (`python -m monitor.seed`) learns the model anew; equal items give equal bytes.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from monitor.judgement import JudgeInput
from monitor.learn import Example, train
from monitor.model import Model

ITEMS = "items.jsonl"
MODEL = "model.npz"
BEGINNING = 0.5  # what the beginning of an item weighs beside the whole
GOALS = {1: "goal:formeel", 2: "goal:informeel"}


def read(row: dict[str, Any]) -> tuple[Example, ...]:
    """A labelled item, one line of items.jsonl, as what to learn from: whole, and its beginning alone.

    We wrote short items and long ones, and more long ones that matter. The beginnings keep length from being learned.
    """
    whole = example(row)
    beginning = whole.input.model_copy(update={"text": ""})
    return whole, replace(whole, input=beginning, weight=BEGINNING)


def example(row: dict[str, Any]) -> Example:
    """A labelled item whole."""
    label = row["label"]
    told = {GOALS[number] for number in label["goals"]}
    told |= {f"theme:{name}" for name in label["themes"]}
    told |= {"audience:gemeente"} & {f"audience:{name}" for name in label["audiences"]}
    told |= {f"{name}:{label[name]}" for name in ("kind", "rung") if label.get(name)}
    published = date.fromisoformat(row["date"]) if row["date"] else None
    read = JudgeInput(
        title=row["title"], intro=row["intro"], text=row["body"], source=row["source"], published=published
    )
    group = row.get("group") or {}
    return Example(read, label["relevant"], traits=frozenset(told), story=group.get("name", "") or row["id"])


def rows() -> list[dict[str, Any]]:
    """The labelled items as they were written."""
    lines = files(__name__).joinpath(ITEMS).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def examples() -> list[Example]:
    """All labelled items, to learn from together with what reviewers decided (`monitor.learn.with_seed`)."""
    return [one for row in rows() for one in read(row)]


@cache
def model() -> Model:
    """The model that is used until reviewers taught another."""
    return Model.from_bytes(files(__name__).joinpath(MODEL).read_bytes())


def learn() -> Model:
    """The model anew, from the items."""
    return train(examples())
