"""What Google's own parser of robots.txt answers (RFC 9309), case by case in our own words and names.

The cases are those that its published tests decide (github.com/google/robotstxt, Apache License 2.0); nothing of the
text is theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SITE = "http://bond.example"
LONG = "/x/" + "a" * (2083 * 8 - len("/x/") - len("disallow: ") + 1)
LONG_ALLOWED = tuple("/x/" + letter * (2083 * 8 - len("/x/") - len("allow: ") + 1) for letter in "ab")
TWO_GROUPS = (
    "allow: /los/hek/||user-agent: radar|disallow: /|allow: /x/|user-agent: tweede|disallow: /|allow: /y/|||allow: /w/|"
    "user-agent: derde||user-agent: radar|allow: /z/|disallow: /"
)
FISH = ("/vis", "/vis.html", "/vis/zalm.html", "/viskoppen", "/viskoppen/lekker.html", "/vis.html?id=iets")
NO_FISH = ("/bar", "/Vis.asp", "/zeevis", "/?id=vis")


@dataclass(frozen=True)
class Case:
    """A robots.txt (a bar ends a line), who asks, and what that one may and may not ask."""

    rules: str
    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    agent: str = "radar"

    def answers(self) -> Iterator[tuple[str, str, str, bool]]:
        """Text, agent, address and the right answer."""
        for paths, right in ((self.allowed, True), (self.denied, False)):
            for path in paths:
                yield self.rules.replace("|", "\n"), self.agent, f"{SITE}{path}" if path else "", right


def only(rule: str) -> str:
    """Nothing may be asked but what this rule allows."""
    return f"user-agent: radar|disallow: /|allow: {rule}|"


def spelled(*spellings: str) -> Iterator[str]:
    """The words of a line in several spellings."""
    for name in spellings:
        agent, allow, disallow = name.split()
        yield f"{agent}: radar|{allow}: /x/|{disallow}: /|"


CASES = (
    Case("", ("",)),
    Case("user-agent: radar|disallow: /|", ("",), agent=""),
    Case("user-agent: radar|disallow: /|", (), ("",)),
    Case("", ("",), agent=""),
    Case("user-agent: radar|disallow: /|", (), ("/x/y",)),
    Case("een: radar|twee: /|", ("/x/y",)),
    Case("user-agent radar|disallow /|", (), ("/x/y",)),
    Case(TWO_GROUPS, ("/x/b", "/z/d"), ("/y/c", "/los/hek/")),
    Case(TWO_GROUPS, ("/y/c", "/w/a"), ("/z/d", "/los/hek/"), "tweede"),
    Case(TWO_GROUPS, ("/z/d",), ("/los/hek/",), "derde"),
    *(
        Case(text, ("/x/y",), ("/a/b",))
        for text in spelled("USER-AGENT ALLOW DISALLOW", "user-agent allow disallow", "uSeR-aGeNt AlLoW dIsAlLoW")
    ),
    *(
        Case(f"User-Agent: {name}|Allow: /x/|Disallow: /|", ("/x/y",), ("/a/b",), agent)
        for name in ("RAD AR", "rad ar", "RaD aR")
        for agent in ("Rad", "rad")
    ),
    Case("User-Agent: *|Disallow: /|User-Agent: Rad Ar|Allow: /x/|Disallow: /|", ("/x/y",), (), "Rad"),
    Case("User-Agent: *|Disallow: /|User-Agent: Rad Ar|Allow: /x/|Disallow: /|", (), ("/x/y",), "Rad Ar"),
    Case("", ("/x/y",)),
    Case("user-agent: *|allow: /|user-agent: radar|disallow: /|", (), ("/x/y",)),
    Case("user-agent: *|allow: /|user-agent: radar|disallow: /|", ("/x/y",), (), "tweede"),
    Case(
        "user-agent: radar|allow: /|user-agent: tweede|disallow: /|user-agent: derde|disallow: /|",
        ("/x/y",),
        (),
        "vierde",
    ),
    Case("user-agent: radar|disallow: /x/|", (), ("/x/y",)),
    Case("user-agent: radar|disallow: /X/|", ("/x/y",)),
    Case("user-agent: radar|disallow: /x/blad.html|allow: /x/|", (), ("/x/blad.html",)),
    Case("user-agent: radar|allow: /x/blad.html|disallow: /x/|", ("/x/blad.html",), ("/x/",)),
    Case("user-agent: radar|disallow: |allow: |", ("/x/blad.html",)),
    Case("user-agent: radar|disallow: /|allow: /|", ("/x/blad.html",)),
    Case("user-agent: radar|disallow: /x|allow: /x/|", ("/x/",), ("/x",)),
    Case("user-agent: radar|disallow: /x/blad.html|allow: /x/blad.html|", ("/x/blad.html",)),
    Case("user-agent: radar|allow: /blad|disallow: /*.html|", ("/blad",), ("/blad.html",)),
    Case("user-agent: radar|allow: /x/blad.|disallow: /*.html|", ("/x/blad.html",), ("/x/y.html",)),
    Case("User-agent: *|Disallow: /x/|User-agent: radar|Disallow: /y/|", ("/x/blad",), ("/y/blad",)),
    Case(
        only("/los/hek?een=twee&drie=http://bond.example?vier&vijf"),
        ("/los/hek?een=twee&drie=http://bond.example?vier&vijf",),
    ),
    Case(only("/los/hek/ツ"), ("/los/hek/%E3%83%84",), ("/los/hek/ツ",)),
    Case(only("/los/hek/%E3%83%84"), ("/los/hek/%E3%83%84",), ("/los/hek/ツ",)),
    Case(only("/los/hek/%62%61%7A"), ("/los/hek/%62%61%7A",), ("/los/hek/baz",)),
    Case(
        "User-agent: radar|Disallow: /los/hek/kat|Allow: /los/*/hond|",
        ("/los/kat", "/los//kat", "/los/bok/kat"),
        ("/los/hek/kat",),
    ),
    Case(
        "User-agent: radar|Disallow: /los/hek$|Allow: /los/hek/kat|",
        ("/los/hek/kat", "/los/hek/", "/los/hek/bok"),
        ("/los/hek",),
    ),
    Case("User-agent: radar|# Disallow: /|Disallow: /los/kat#hond|Allow: /|", ("/los/hek",), ("/los/kat",)),
    Case(
        "User-Agent: *|Allow: /open/index.html|Disallow: /|",
        ("/open/", "/open/index.html"),
        ("/open/index.htm", "/anders"),
    ),
    Case(f"user-agent: radar|disallow: {LONG}/kat|", ("/hond",), (f"{LONG}/hond",)),
    Case(
        f"user-agent: radar|disallow: /|allow: {LONG_ALLOWED[0]}/kat|allow: {LONG_ALLOWED[1]}/kat|",
        (f"{LONG_ALLOWED[0]}/kat", f"{LONG_ALLOWED[1]}/hond"),
        ("/",),
    ),
    Case(only("/vis"), FISH, NO_FISH),
    Case(only("/vis*"), FISH, NO_FISH),
    Case(
        only("/vis/"),
        ("/vis/", "/vis/zalm", "/vis/?zalm", "/vis/zalm.html", "/vis/?id=iets"),
        ("/bar", "/vis", "/vis.html", "/Vis/Zalm.html"),
    ),
    Case(
        only("/*.php"),
        (
            "/naam.php",
            "/map/naam.php",
            "/map/naam.php?vraag",
            "//map/een.php.bestand.html",
            "/naam.php/",
            "/index?f=naam.php/",
        ),
        ("/bar", "/php/", "/index?php", "/ramen.PHP"),
    ),
    Case(
        only("/*.php$"),
        ("/naam.php", "/map/naam.php"),
        ("/bar", "/naam.php?vraag", "/naam.php/", "/naam.php5", "/php/", "/naam?php", "/aaaphpaaa", "//ramen.PHP"),
    ),
    Case(only("/vis*.php"), ("/vis.php", "/viskoppen/zeevis.php?vraag"), ("/bar", "/Vis.PHP")),
    Case("user-agent: radar|allow: /b|disallow: /|", ("/blad",)),
    Case("user-agent: radar|allow: /map|disallow: /map|", ("/map/blad",)),
    Case("user-agent: radar|allow: /blad|disallow: /*.htm|", (), ("/blad.htm",)),
    Case("user-agent: radar|allow: /$|disallow: /|", ("/",), ("/blad.html",)),
)
