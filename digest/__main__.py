"""Try the room alone: `python -m digest [EDITION.json] [--folder outbox]` mails an edition to a folder."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
from pydantic import ValidationError

from digest import outbox, store, subscribers
from digest.check import check
from digest.consent import OUR_CLOCK, new_subscriber
from digest.edition import Edition
from digest.folder import folder_server
from digest.render import preview_html, preview_text, render
from digest.sample import LETTERHEAD, sample
from digest.smtp import connect
from digest.tables import open_trial


@click.command(help="Maakt van een editie een brief en verzendt die naar een map, met echte SMTP maar zonder internet.")
@click.argument("edition_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("outbox"),
    show_default=True,
    help="Map voor de brieven.",
)
def main(edition_file: Path | None, folder: Path) -> None:
    """Send one edition, from a JSON file or the built-in sample, to three made-up readers."""
    now = datetime.now(UTC)
    today = now.astimezone(OUR_CLOCK).date()
    edition = _read(edition_file) if edition_file else sample(today)
    for finding in check(edition, frozenset()):
        click.echo(f"{finding.severity}: {finding.place}: {finding.message}")
    engine = open_trial()
    readers = [
        new_subscriber(f"{name}@voorbeeld.example", name.capitalize(), edition.audience, "zelf bedacht", today, today)
        for name in ("anna", "bas", "chaima")
    ]
    subscribers.add(engine, readers, now)
    edition_id = store.save_draft(engine, edition, now)
    store.freeze(engine, edition_id, now, LETTERHEAD.domain)
    with folder_server(folder) as relay:
        report = outbox.send(engine, edition_id, LETTERHEAD, partial(connect, relay), lambda: datetime.now(UTC))
    letter = render(edition, LETTERHEAD)
    (folder / "voorbeeld.html").write_text(preview_html(letter), encoding="utf-8")
    (folder / "voorbeeld.txt").write_text(preview_text(letter), encoding="utf-8")
    click.echo(f"Onderwerp: {letter.subject}")
    click.echo(f"Verzonden: {report.now.total} brieven, te vinden in {folder}/")
    click.echo(f"Bekijk: {folder / 'voorbeeld.html'} en {folder / 'voorbeeld.txt'}")


def _read(path: Path) -> Edition:
    try:
        return Edition.model_validate_json(path.read_bytes())
    except ValidationError as fault:
        raise click.ClickException(f"{path} is geen editie: {fault}") from None


if __name__ == "__main__":
    main()
