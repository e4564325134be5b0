"""The JSON Schema of each settings file, for editors that help while one types.

Write them anew after a change of the models: `python -m monitor.schema config`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from monitor.settings import FILES


def schemas() -> dict[str, str]:
    """The text of each schema by its file name, such as `sources.schema.json`."""
    return {f"{Path(name).stem}.schema.json": _schema(name) for name in FILES}


def _schema(name: str) -> str:
    schema = FILES[name].model_json_schema()
    schema["title"] = name
    for part in (schema, *schema.get("$defs", {}).values()):
        part.pop("description", None)  # docstrings are for programmers; the fields have their own words
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | schema, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> list[Path]:
    """Write the schemas into a folder; gives the files that changed."""
    changed = []
    for name, text in schemas().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "config"))
