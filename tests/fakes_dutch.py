"""What the desk says in Dutch, read from its templates and its code, so that a phrase without English is found."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from jinja2 import Environment, nodes

import monitor
from monitor.desk import record
from monitor.desk.english import SAID, TOKEN
from monitor.desk.phrasebook import BLANK, LETTER, SENTENCES

ROOM = Path(monitor.__file__).parent
SPEAKERS = (
    *("health_words.py", "figures_words.py", "telling.py", "proposal.py", "amendment.py", "letter_check.py"),
    *("tipped.py", "words_file.py", "copied_text.py", "overdue.py", "schedule.py", "sources_file.py", "terms.py"),
    *(
        "refusals.py",
        "problems.py",
        "yaml_file.py",
        "../digest/check.py",
        "../digest/edition.py",
        "../digest/address.py",
    ),
)
VALUE, STEP = "\0", "\1"  # a value that the template fills in, and a step of the template such as an if
PHRASE = re.compile(r"[A-ZÀ-Ý][\wà-ý’-]*[a-zà-ý]|.*[\wà-ý’.,:”)] +[\wà-ý“(\0].*", re.DOTALL)


CODE = re.compile(r"[<='{]|^/|^\W*$|enabled:")
MACHINES = frozenset({"info", "warning", "error", "exception", "debug", "add_job", "compile", "get", "Unproven"})
SELECTOR = re.compile(r"^\.|[\[(]")
NOT_SAID = frozenset(
    {
        *record.ACTIONS,
        *(
            "good",
            "warn",
            "wrong",
            "stoppen",
            "Enter",
            "openid email",
            "Refresh",
            "English",
            "source turned",
            "Cc",
            "Cs",
            "use strict",
            "Escape",
            "badge claimed",
        ),
        "allow-popups allow-popups-to-escape-sandbox",
        *(
            "Een brief van de Participatieradar is niet weg",
            "Kijk wat er nodig is: \0",
        ),  # mails of the radar stay Dutch
        "\N{HORIZONTAL ELLIPSIS} en nog \0 regels",  # the end of a Dutch text
    }
)
SILENT = frozenset({"phrasebook.py", "shelf.py", "english.py", "english_days.py", "guard.py"})


def squeezed(text: str) -> str:
    return " ".join(text.split())


def in_template(source: str) -> Iterator[str]:
    """The texts of a template: between tags, in attributes that people read, and strings that are put out."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True)
    flat, within = [], ""
    for _, kind, value in environment.lex(source):
        if kind in ("variable_begin", "block_begin"):
            flat.append(VALUE if kind == "variable_begin" else STEP)
            within = kind
        elif kind in ("variable_end", "block_end"):
            within = ""
        elif kind == "data" and not within:
            flat.append(value)
    skipped = ""
    for token in TOKEN.finditer("".join(flat)):
        if token["tag"]:
            yield from (said["text"] for said in SAID.finditer(token[0]))
            skipped = "" if token["close"] else token["tag"] if token["tag"] in ("kbd", "style", "script") else ""
            skipped = skipped or ("no" if 'translate="no"' in token["rest"] else "")
        elif not token[0].startswith("<") and not skipped:
            yield from token[0].split(STEP)
    for output in environment.parse(source).find_all((nodes.Output, nodes.Assign)):
        yield from _strings(output)


def _strings(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from _strings(node.expr1)
        yield from _strings(node.expr2) if node.expr2 else ()
    elif isinstance(node, nodes.Dict):
        for pair in node.items:
            yield from _strings(pair.value)
    elif isinstance(node, nodes.Concat):
        yield VALUE.join(text for part in node.nodes for text in _strings(part))
    elif not isinstance(node, nodes.Compare | nodes.Call | nodes.Filter | nodes.Test | nodes.TemplateData):
        for child in node.iter_child_nodes():
            yield from _strings(child)


def in_module(path: Path) -> Iterator[str]:
    """The phrases that stand in a module, with VALUE where something is filled in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unspoken = set(_unspoken(tree))
    for node in ast.walk(tree):
        if id(node) in unspoken:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else VALUE for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = re.sub(r"\{\w*\}", VALUE, node.value)
        else:
            continue
        if PHRASE.fullmatch(text.strip()) and not CODE.search(text):
            yield text


def _unspoken(tree: ast.AST) -> Iterator[int]:
    """Docstrings, parts of a text with blanks, names of things, and what is said to the log or to a machine."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield from (id(key) for key in node.keys)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
        if isinstance(node, ast.JoinedStr):
            yield from (id(part) for part in node.values)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in MACHINES:
            yield from (id(part) for argument in node.args for part in ast.walk(argument))


def in_script(source: str) -> list[str]:
    """The phrases that a script itself holds, where nobody can put them into English."""
    texts = (plain or filled for plain, filled in re.findall(r'"([^"\n]*)"|`([^`]*)`', source))
    return [text for text in texts if PHRASE.fullmatch(text) and not SELECTOR.search(text) and text not in NOT_SAID]


def everything_said() -> Iterator[tuple[str, str]]:
    """Every text with the file it stands in."""
    desk = ROOM / "desk"
    templates = [(one, in_template(one.read_text(encoding="utf-8"))) for one in sorted(desk.glob("templates/*.html"))]
    modules = [*(one for one in sorted(desk.glob("*.py")) if one.name not in SILENT), *(ROOM / one for one in SPEAKERS)]
    for path, texts in (*templates, *((one, in_module(one)) for one in modules)):
        for text in map(squeezed, texts):
            if LETTER.search(text) and not CODE.search(text) and text not in NOT_SAID:
                yield path.name, text


def without_english(catalogue: Iterable[str]) -> list[tuple[str, str]]:
    """The texts that no phrase of a catalogue holds, with the file they stand in."""
    known = "\n".join(BLANK.sub(VALUE, phrase) for phrase in catalogue)
    return [
        (name, text.replace(VALUE, "{}"))
        for name, text in everything_said()
        if not (_is_in(known, text) or all(_is_in(known, one) for one in SENTENCES.split(text)))
    ]


def _is_in(known: str, text: str) -> bool:
    parts = [part.strip(" .:,;()…“”") for part in text.split(VALUE)]
    wanted = ".*".join(re.escape(part) for part in parts if LETTER.search(part))
    return any(re.search(rf"(?<!\w){one}(?!\w)", known) for one in (wanted, wanted[:1].lower() + wanted[1:]))
