"""What pydantic refuses, said in plain Dutch with the nearest right name."""

from __future__ import annotations

import re
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from monitor.problems import KeyPath, did_you_mean, nearest

KINDS_OF_VALUE = {
    "string_type": "dit moet tekst zijn",
    "int_type": "dit moet een heel getal zijn",
    "float_type": "dit moet een getal zijn",
    "bool_type": "dit moet true of false zijn",
    "tuple_type": "dit moet een lijst zijn",
    "model_type": "dit moet een blok met sleutels zijn",
    "model_attributes_type": "dit moet een blok met sleutels zijn",
    "date_type": "dit moet een datum zijn, zoals 2026-11-24, of null",
    "date_from_datetime_parsing": "dit moet een datum zijn, zoals 2026-11-24, of null",
    "date_from_datetime_inexact": "dit moet een datum zijn, zoals 2026-11-24, of null",
    "date_parsing": "dit moet een datum zijn, zoals 2026-11-24, of null",
    "path_type": "dit moet een map zijn",
    "finite_number": "dit moet een gewoon getal zijn",
}
LIMITS = {
    "greater_than_equal": ("ge", "dit moet minstens {} zijn."),
    "greater_than": ("gt", "dit moet meer dan {} zijn."),
    "less_than_equal": ("le", "dit mag hooguit {} zijn."),
    "less_than": ("lt", "dit moet minder dan {} zijn."),
    "string_too_short": ("min_length", "deze tekst is te kort; minstens {} teken(s)."),
    "too_short": ("min_length", "deze lijst is te kort; minstens {}."),
    "too_long": ("max_length", "deze lijst is te lang; hooguit {}."),
}
PATTERNS = {
    "name": "een naam heeft alleen kleine letters, cijfers, - en _, en hooguit 40 tekens.",
    "hour": "een tijd schrijft u als 09:00.",
}


def without_echoes(errors: list[ErrorDetails], model: type[BaseModel]) -> list[ErrorDetails]:
    """The errors without those that only follow from another.

    A list with a bad item is also "too short" to pydantic, and a key that is misspelt is also "missing".
    """
    places = [error["loc"] for error in errors]
    misspelt = {
        (*error["loc"][:-1], name)
        for error in errors
        if error["type"] == "extra_forbidden"
        and (name := nearest(str(error["loc"][-1]), _keys_at(model, error["loc"][:-1])))
    }

    def echo(error: ErrorDetails) -> bool:
        here = error["loc"]
        if error["type"] == "too_short":
            return any(len(place) > len(here) and place[: len(here)] == here for place in places)
        return error["type"] == "missing" and here in misspelt

    return [error for error in errors if not echo(error)]


def refusal(error: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """The reason and the hint for one error of a model, in Dutch."""
    kind, place, given = error["type"], error["loc"], error.get("input")
    context: dict[str, Any] = error.get("ctx", {})
    last = str(place[-1]) if place else ""
    if kind == "extra_forbidden":
        return "deze sleutel bestaat niet.", did_you_mean(last, _keys_at(model, place[:-1]))
    if kind == "missing":
        return "deze sleutel ontbreekt.", "Vul hem in; hij is verplicht."
    if kind in ("enum", "literal_error"):
        choice = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return f'"{given}" kan hier niet.', did_you_mean(str(given), choice)
    if kind in KINDS_OF_VALUE:
        return f"{KINDS_OF_VALUE[kind]}, niet {_shown(given)}.", _way_out(kind, given)
    if kind in LIMITS:
        name, sentence = LIMITS[kind]
        return sentence.format(context.get(name, "")), ""
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(last, f'"{given}" heeft niet de goede vorm.'), ""
    if kind == "value_error":
        return str(context.get("error", error["msg"])), ""
    return f"deze waarde kan hier niet ({error['msg']}).", ""


def _way_out(kind: str, given: object) -> str:
    """How to write it, for what is often written otherwise; "" for the rest."""
    if kind == "string_type" and isinstance(given, int | float):
        return "Zet er aanhalingstekens om."
    if kind == "float_type" and isinstance(given, str) and re.fullmatch(r"-?\d+,\d+", given):
        return f"Schrijf een punt in plaats van de komma: {given.replace(',', '.')}."
    if kind == "tuple_type" and given is None:
        return "Staat er niets in? Schrijf dan []."
    return ""


def _shown(given: object) -> str:
    if given is None:
        return "leeg"
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, list):
        return "een lijst"
    if isinstance(given, dict):
        return "een blok met sleutels"
    return f'"{str(given)[:60]}"'


def _keys_at(model: type[BaseModel], place: KeyPath) -> list[str]:
    """The keys that exist in the block at a place of a model."""
    here: type[BaseModel] | None = model
    for step in place:
        if isinstance(step, int):
            continue
        field = here.model_fields.get(step) if here else None
        here = _model_in(field.annotation) if field else None
    return list(here.model_fields) if here else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation such as `tuple[Model, ...]` or `Model | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, list, Annotated, Union, UnionType):
        return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
    return None
