"""The menu: a few sections, and beneath them the pages of the section one is in; plain links, nothing has to open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from monitor.role import Role

START = "/overzicht"


@dataclass(frozen=True)
class Section:
    """A part of the desk; `pages` are address, name and least role; `within` are addresses that belong to it too."""

    name: str
    pages: tuple[tuple[str, str, Role], ...]
    within: tuple[str, ...] = ()


MENU = (
    Section("Overzicht", ((START, "Overzicht", Role.READER),)),
    Section(
        "Beoordelen",
        (
            ("/", "Wachtrij", Role.READER),
            ("/tweede-mening", "Tweede mening", Role.READER),
            ("/tips", "Tips", Role.READER),
            ("/terzijde", "Terzijde gelegd", Role.READER),
            ("/gekozen", "Gekozen", Role.READER),
            ("/afgewezen", "Afgewezen", Role.READER),
            ("/zoeken", "Zoeken", Role.READER),
        ),
        within=("/item", "/samen", "/steekproef"),
    ),
    Section("Brief", (("/brief", "Brief", Role.READER),)),
    Section("Bronnen", (("/bronnen", "Bronnen", Role.READER), ("/woorden", "Woorden", Role.REVIEWER))),
    Section(
        "Terugkijken",
        (
            ("/cijfers", "Cijfers", Role.READER),
            ("/geleerd", "Geleerd", Role.READER),
            ("/logboek", "Logboek", Role.EDITOR),
        ),
    ),
    Section("Mensen", (("/mensen", "Mensen", Role.ADMINISTRATOR),)),
)


@dataclass(frozen=True)
class Entry:
    """A link of the menu; `current` is "page" for the page one is on, "true" for what it lies in, and "" otherwise."""

    address: str
    name: str
    current: str = ""


@dataclass(frozen=True)
class Menu:
    """The links that somebody sees; `pages` is empty where the section has one page only."""

    sections: tuple[Entry, ...] = ()
    pages: tuple[Entry, ...] = ()
    section: str = ""


NO_MENU = Menu()


@lru_cache(maxsize=256)  # every page asks it
def menu(role: Role, here: str) -> Menu:
    """The sections and pages that a role may see, with the ones marked in which the address `here` lies."""
    sections: list[Entry] = []
    inside: tuple[Entry, ...] = ()
    name = ""
    for section in MENU:
        open_to = [(address, title) for address, title, least in section.pages if role.may(least)]
        if not open_to:
            continue
        pages = tuple(Entry(address, title, _current(address, here)) for address, title in open_to)
        marks = [page.current for page in pages if page.current]
        if not marks and any(_current(address, here) for address in section.within):
            marks = ["true"]
        single = len(pages) == 1
        sections.append(Entry(pages[0].address, section.name, (marks[0] if single else "true") if marks else ""))
        if marks:
            name, inside = section.name, () if single else pages
    return Menu(tuple(sections), inside, name)


def _current(address: str, here: str) -> str:
    if here == address:
        return "page"
    return "true" if address != "/" and here.startswith(f"{address}/") else ""
