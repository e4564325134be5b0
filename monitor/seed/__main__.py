"""Learn the seed model anew and write it beside its items: `make seed`."""

from __future__ import annotations

from pathlib import Path

from monitor import seed


def main() -> None:
    """Write the model and say what came of it."""
    learned = seed.learn()
    (Path(__file__).parent / seed.MODEL).write_bytes(learned.to_bytes())
    print(f"{learned.learned_from} items, model {learned.version}")  # noqa: T201


if __name__ == "__main__":
    main()
