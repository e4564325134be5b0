"""The door of the house: the command `radar`."""

from __future__ import annotations

import gc
import gettext
import importlib
import os
from pathlib import Path
from typing import Any

import click

LOCALE = Path(__file__).parent / "locale"
COMMANDS = {
    "config": ("config", "De instellingen nakijken."),
    "crawl": ("crawling", "Leest de bronnen die aan de beurt zijn."),
    "demo": ("demo", "Laat zien wat de radar doet, op een verzonnen wereld."),
    "doctor": ("doctor", "Kijkt of alles klaarstaat en zegt wat er te doen is."),
    "edition": ("edition", "De weekbrief bekijken, vastzetten en verzenden."),
    "judge": ("judging", "Beoordeelt berichten en zegt waarom."),
    "mail": ("mail", "Komt de mail goed aan, en wat komt er terug."),
    "model": ("model", "Wat de radar leerde van uw besluiten."),
    "read": ("reading", "Laat zien wat de radar uit een bewaard bestand haalt."),
    "review": ("serving", "Opent alleen de redactiepagina."),
    "reviewer": ("people", "De mensen die op de redactiepagina kiezen."),
    "run": ("serving", "Draait alles: bronnen lezen, de redactiepagina, de weekbrief."),
    "source": ("adding", "Een bron toevoegen of herstellen."),
    "sources": ("crawling", "Hoe de bronnen het doen en wanneer ze aan de beurt zijn."),
    "subscriber": ("people", "De lezers van de brief."),
    "words": ("words", "Andere woorden proberen, bewaren en terugzetten."),
}


class Door(click.Group):
    """The command `radar`; what Click itself says is told in Dutch too, whatever the language of the machine.

    A command is imported when it is given, so that none waits for what only another one needs.
    """

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of the commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command with this name, from its module in `monitor.commands`; raises NoSuchCommand."""
        if name not in COMMANDS:
            if context.resilient_parsing:
                return None
            raise click.exceptions.NoSuchCommand(name, possibilities=COMMANDS, ctx=context)
        gc.disable()  # what is imported stays; looking for garbage in it takes as long as reading the settings
        try:
            command = getattr(importlib.import_module(f"monitor.commands.{COMMANDS[name][0]}"), name)
            gc.freeze()
        finally:
            gc.enable()
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands in the help, each with its first sentence."""
        with formatter.section(gettext.gettext("Commands")):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])

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
    from monitor.commands.house import House  # the help need not wait for the settings and the database

    context.obj = House(folder)


if __name__ == "__main__":
    main()
