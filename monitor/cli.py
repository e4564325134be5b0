"""The door of the house: the command `radar`."""

from __future__ import annotations

import gettext
import os
from pathlib import Path
from typing import Any

import click

from monitor.commands.adding import source
from monitor.commands.config import config
from monitor.commands.crawling import crawl, sources
from monitor.commands.demo import demo
from monitor.commands.doctor import doctor
from monitor.commands.edition import edition
from monitor.commands.house import House
from monitor.commands.judging import judge
from monitor.commands.mail import mail
from monitor.commands.model import model
from monitor.commands.people import reviewer, subscriber
from monitor.commands.reading import read
from monitor.commands.serving import review, run
from monitor.commands.words import words

LOCALE = Path(__file__).parent / "locale"


class Door(click.Group):
    """The command `radar`; what Click itself says is told in Dutch too, whatever the language of the machine."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command line as `click.Group.main` does."""
        os.environ["LANGUAGE"] = "nl"
        gettext.bindtextdomain("messages", str(LOCALE))
        return super().main(*args, **extra)


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    "folder",
    type=click.Path(path_type=Path),
    metavar="MAP",
    default=Path("config"),
    envvar="RADAR_CONFIG",
    show_default=True,
    help="Map met sources.yaml, words.yaml en radar.yaml.",
)
@click.pass_context
def main(context: click.Context, folder: Path) -> None:
    """Volgt wat er in Nederland over huurdersparticipatie verschijnt.

    Gewoonlijk genoeg: radar run. Dat leest de bronnen, opent de redactiepagina en verstuurt de weekbrief.

    Uitkomst voor scripts: 0 goed, 1 er is iets wat aandacht vraagt, 2 verkeerd gebruik of een fout in de
    instellingen, 3 geen enkele bron bereikbaar, 4 een ander proces is al bezig.
    """
    context.obj = House(folder)


for command in (
    run,
    crawl,
    sources,
    judge,
    source,
    read,
    config,
    words,
    model,
    review,
    reviewer,
    edition,
    subscriber,
    mail,
    doctor,
    demo,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
