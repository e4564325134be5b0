"""The settings of the demo: its own sources and radar file, and the word list that everybody gets."""

from __future__ import annotations

from pathlib import Path

DEMO = Path(__file__).parent / "config"
SHIPPED = Path(__file__).parents[2] / "config"
DESK_PORT = 8930


def write_config(folder: Path, port: int, desk_port: int = DESK_PORT) -> None:
    """Write sources.yaml, radar.yaml and words.yaml into a folder, for a world on `port`.

    The database and the outbox come beside that folder. Files that are there already are overwritten.
    """
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        "@PORT@": str(port),
        "@DESK@": str(desk_port),
        "@HOME@": str(folder.resolve().parent),
    }
    for name in ("sources.yaml", "radar.yaml"):
        text = (DEMO / name).read_text(encoding="utf-8")
        for marker, value in values.items():
            text = text.replace(marker, value)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "words.yaml").write_bytes((SHIPPED / "words.yaml").read_bytes())
