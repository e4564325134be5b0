from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.source import Kind
from monitor.settings import LiveSettings, SettingsError, Weekday, load

SOURCES = """\
sources:
  - name: bond
    title: De Bond
    endpoints:
      - kind: feed
        address: https://bond.example/feed/
  - name: koepel
    title: De Koepel
    enabled: false
    threshold: 0.7
    endpoints:
      - kind: overview
        address: https://koepel.example/nieuws
        css: {item: article, link: h2 a}
    articles: /nieuws/[^/]+$
    schedule: "30 6 * * mon-fri"
    themes: [zelfbeheer]
"""
WORDS = """\
gate: [huurder*]
themes:
  - name: zelfbeheer
    title: Zelfbeheer
    goals: [informeel]
    strong: [wooncooperatie*]
audiences:
  - name: corporatie
    title: Corporaties
"""
RADAR = """\
agent:
  contact: beheer@radar.example
digest:
  sender_address: brief@radar.example
  postal: Straat 1, Enschede
  contact: bel 053
"""
GOOD = {"sources.yaml": SOURCES, "words.yaml": WORDS, "radar.yaml": RADAR}


def write(folder: Path, **changes: str) -> Path:
    for name, text in GOOD.items():
        (folder / name).write_text(changes.get(name.split(".")[0], text), encoding="utf-8")
    return folder


def problems(folder: Path, environment: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(folder, environment or {})
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]


def test_good_files_become_settings(tmp_path: Path) -> None:
    """Three good files give sources, words and the rest, with defaults for what is not said."""
    settings = load(write(tmp_path), {})
    bond, koepel = settings.sources
    assert (bond.schedule, bond.read_articles, bond.enabled) == ("daily", True, True)
    assert settings.enabled == (bond,)
    assert settings.source("koepel") is koepel
    assert settings.threshold(bond) == settings.words.thresholds.flag
    assert settings.threshold(koepel) == 0.7
    assert settings.radar.digest.weekday is Weekday.THURSDAY
    assert (settings.radar.digest.at.hour, settings.radar.digest.weekday.number) == (9, 3)
    assert settings.user_agent == "Participatieradar/1.0 (+mailto:beheer@radar.example)"


def test_a_source_for_the_crawler(tmp_path: Path) -> None:
    """The crawler gets its own value with endpoints, selectors and filters, and nothing of the rest."""
    source = load(write(tmp_path), {}).sources[1].source()
    assert source.endpoints[0].kind is Kind.OVERVIEW
    assert source.endpoints[0].css.link == "h2 a"
    assert source.articles == "/nieuws/[^/]+$"


def test_search_terms_and_their_place_go_together(tmp_path: Path) -> None:
    """Terms reach the crawler; an address without their place, or a place without terms, is told with its line."""
    asking = (
        "        address: https://bond.example/feed/?q={term}\n        terms: [huurders, panels]\n        cap: 20\n"
    )
    plain = "        address: https://bond.example/feed/\n"
    source = load(write(tmp_path, sources=SOURCES.replace(plain, asking)), {}).sources[0].source()
    assert (source.endpoints[0].terms, source.endpoints[0].cap) == (("huurders", "panels"), 20)
    for wrong, told in (
        (asking.replace("?q={term}", ""), "geen plaats voor {term}"),
        (asking.replace("        terms: [huurders, panels]\n", ""), "terms noemt geen zoekwoorden"),
    ):
        (problem,) = problems(write(tmp_path, sources=SOURCES.replace(plain, wrong)))
        assert told in problem
        assert "sources.yaml, regel" in problem


SOURCE_EDITS = [
    (
        "kind: feed",
        "knd: feed",
        "sources.yaml, regel 5, sources[0].endpoints[0].knd: deze sleutel bestaat niet.",
        "kind",
    ),
    ("kind: feed", "kind: fead", 'regel 5, sources[0].endpoints[0].kind: "fead" kan hier niet.', "feed"),
    ("title: De Bond", "title: 2024", "regel 3, sources[0].title: dit moet tekst zijn", "aanhalingstekens"),
    ("title: De Bond", "title: a\n    title: b", "regel 4, sources[0].title: deze sleutel staat er dubbel", "regel 3"),
    ("name: koepel", "name: bond", 'regel 7, sources[1].name: de naam "bond" staat er dubbel', "regel 2"),
    ("name: koepel", "name: De Koepel", "regel 7, sources[1].name: een naam heeft alleen kleine letters", ""),
    ("30 6 * * mon-fri", "61 6 * * *", "regel 16, sources[1].schedule: ", "geen goed cron-schema. Vijf velden"),
    ("30 6 * * mon-fri", "30 6 * * 1", "regel 16, sources[1].schedule: ", "niet als cijfer"),
    ("30 6 * * mon-fri", "0 0 31 feb *", "regel 16, sources[1].schedule: ", "komt nooit aan de beurt"),
    ('"30 6 * * mon-fri"', "dayly", "regel 16, sources[1].schedule: ", 'Bedoelde u "daily"?'),
    ("h2 a", "'h2 >'", "regel 14, sources[1].endpoints[0].css.link: ", "geen goede CSS-selector"),
    ("/nieuws/[^/]+$", "'/nieuws/([^/]+$'", "regel 15, sources[1].articles: ", "een ( zonder ), bij teken 9."),
    (
        "/nieuws/[^/]+$",
        "'/nieuws/[^/+$'",
        "regel 15, sources[1].articles: ",
        "een [ zonder ], bij teken 9. Zo kan het: /",
    ),
    ("/nieuws/[^/]+$", "'**'", "regel 15, sources[1].articles: ", "een *, + of ? met niets ervoor"),
    ("https://bond.example/feed/", "bond.example/feed", "regel 6, sources[0].endpoints[0].address: ", "geen webadres"),
    ("https://bond.example/feed/", "https://me:pw@bond.example/", "regel 6, ", "naam of wachtwoord"),
    ("zelfbeheer", "zelfbheer", 'regel 17, sources[1].themes[0]: het thema "zelfbheer" staat niet', "zelfbeheer"),
    ("enabled: false", "enabled: nee", 'regel 9, sources[1].enabled: dit moet true of false zijn, niet "nee"', ""),
    ("threshold: 0.7", "threshold: 7", "regel 10, sources[1].threshold: dit mag hooguit 1.0 zijn.", ""),
    (
        "threshold: 0.7",
        "threshold: 0,7",
        'regel 10, sources[1].threshold: dit moet een getal zijn, niet "0,7"',
        ": 0.7.",
    ),
    (SOURCES, "sources:\n", "regel 1, sources: dit moet een lijst zijn, niet leeg.", "Schrijf dan []."),
    ("threshold: 0.7", "threshold: .nan", "regel 10, sources[1].threshold: ", "gewoon getal"),
    ("    title: De Bond\n", "", "regel 2, sources[0].title: deze sleutel ontbreekt.", "verplicht"),
    ("title: De Bond", "title: [De, Bond", "regel 3: dit is geen goede YAML: ", "Zet een ] waar het ophoudt."),
    ("title: De Bond", "title: 'De Bond", "regel 3: dit is geen goede YAML: ", "Zet een ' waar het ophoudt."),
    (
        "title: De Bond",
        "themes: [a,\n      'b' 'c']",
        "regel 4: dit is geen goede YAML, bij teken 5 van ",
        "de dubbele",
    ),
    ("title: De Bond", "title: *bond", "regel 3: dit is geen goede YAML", "aanhalingstekens"),
    ("title: De Bond", "title: De Bond\n\tenabled: true", "regel 4: dit is geen goede YAML", "tabs"),
    (
        "title: De Bond",
        "api_key: abc\n    title: De Bond",
        "regel 3, sources[0].api_key: een geheim hoort niet",
        "omgeving",
    ),
    (SOURCES, "", "sources.yaml, regel 1: dit bestand is leeg.", ""),
    (SOURCES, "- a\n", "sources.yaml, regel 1: dit moet een blok met sleutels zijn", ""),
]


@pytest.mark.parametrize(("right", "wrong", "said", "hint"), SOURCE_EDITS)
def test_a_bad_edit_of_sources_is_told_exactly(tmp_path: Path, right: str, wrong: str, said: str, hint: str) -> None:
    """Each mistake is told once, with file, line, key and reason, and the way out where there is one."""
    assert right in SOURCES
    told = problems(write(tmp_path, sources=SOURCES.replace(right, wrong, 1)))
    assert len(told) == 1, told
    assert said in told[0]
    assert hint in told[0]


OTHER_EDITS = [
    ("words", "[wooncooperatie*]", "[woon*cooperatie]", 'words.yaml, regel 6, themes[0].strong[0]: "woon*cooperatie"'),
    ("words", "[huurder*]", "[huurder ~ ~5 a]", "words.yaml, regel 1, gate[0]: "),
    ("words", "name: corporatie", "name: coorporatie", 'audiences[0].name: "coorporatie" kan hier niet. Bedoelde u'),
    ("words", "goals: [informeel]", "goals: [infromeel]", 'Bedoelde u "informeel"?'),
    (
        "radar",
        "agent:",
        "desk: {port: '80'}\nagent:",
        'radar.yaml, regel 1, desk.port: dit moet een heel getal zijn, niet "80"',
    ),
    ("radar", "agent:", "crawl: {pause: 0.2}\nagent:", "radar.yaml, regel 1, crawl.pause: minder dan 1 seconde"),
    ("radar", "agent:", "database: postgresql://a:b@c/d\nagent:", "regel 1, database: een wachtwoord hoort niet"),
    ("radar", "agent:", "relay: {host: h, password: x}\nagent:", "regel 1, relay.password: een geheim hoort niet"),
    ("radar", "  postal: Straat 1, Enschede\n", "", "regel 3, digest.postal: deze sleutel ontbreekt."),
    ("radar", "bel 053", "bel 053\n  weekday: donderdg", 'Bedoelde u "donderdag"?'),
    ("radar", "bel 053", "bel 053\n  hour: 9 uur", "regel 7, digest.hour: een tijd schrijft u als 09:00."),
    ("radar", "bel 053", "bel 053\n  zone: Europe/Amsterdm", 'Bedoelde u "Europe/Amsterdam"?'),
    ("radar", "beheer@radar.example", "niemand", "regel 2, agent.contact: "),
]


@pytest.mark.parametrize(("file", "right", "wrong", "said"), OTHER_EDITS)
def test_a_bad_edit_of_the_other_files(tmp_path: Path, file: str, right: str, wrong: str, said: str) -> None:
    """Words and radar are held against their models in the same way."""
    told = problems(write(tmp_path, **{file: GOOD[f"{file}.yaml"].replace(right, wrong, 1)}))
    assert len(told) == 1, told
    assert said in told[0]


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    """Mistakes in different files and of different sorts are told together, in the order of the files."""
    sources = SOURCES.replace("kind: feed", "knd: feed").replace("zelfbeheer", "iets").replace("koepel\n", "bond\n")
    told = problems(write(tmp_path, sources=sources, radar=RADAR.replace("agent:", "agnt:")))
    assert [line.split(":")[0] for line in told] == [
        "sources.yaml, regel 5, sources[0].endpoints[0].knd",
        "sources.yaml, regel 7, sources[1].name",
        "sources.yaml, regel 17, sources[1].themes[0]",
        "radar.yaml, regel 1, agnt",
    ]


def test_missing_and_unreadable_files(tmp_path: Path) -> None:
    """A file that is not there, or is no UTF-8, is a problem of its own and does not hide the others."""
    write(tmp_path)
    (tmp_path / "words.yaml").unlink()
    (tmp_path / "radar.yaml").write_bytes(b"agent:\n  contact: caf\xe9@x.example\n")
    told = problems(tmp_path)
    assert any(line.startswith("words.yaml: dit bestand ontbreekt.") for line in told)
    assert any(line.startswith("radar.yaml, regel 2: dit is geen UTF-8.") for line in told)


def test_the_environment(tmp_path: Path) -> None:
    """Secrets and the database may come from the environment; they never show in a printed value."""
    environment = {
        "RADAR_DATABASE": "postgresql+psycopg://radar:geheimpje@localhost/radar",
        "RADAR_SMTP_PASSWORD": "wachtwoordje",
        "RADAR_ALLOW_LOOPBACK": "1",
    }
    settings = load(write(tmp_path, radar="crawl: {pause: 0.05}\n" + RADAR), environment)
    assert settings.database == environment["RADAR_DATABASE"]
    assert settings.allow_loopback
    assert settings.radar.crawl.pause == 0.05
    assert "wachtwoordje" not in repr(settings.secrets)


def test_the_mailbox_for_returned_mail_has_a_password_of_its_own(tmp_path: Path) -> None:
    """Without it the mailbox cannot be read, and the settings say so."""
    folder = write(tmp_path, radar="return_box: {host: imap.example, username: u}\n" + RADAR)
    (told,) = problems(folder, {})
    assert "RADAR_IMAP_PASSWORD: dit ontbreekt" in told
    box = load(folder, {"RADAR_IMAP_PASSWORD": "p"}).radar.return_box
    assert box is not None
    assert (box.port, box.security, box.folder) == (993, "tls", "INBOX")


def test_an_account_to_sign_in_with_belongs_to_one_organisation_and_has_a_secret(tmp_path: Path) -> None:
    """An issuer that lets everybody in is refused, and so is a missing secret."""
    account = 'desk: {account: {client_id: x, issuer: "https://login.example/%s/v2.0"}}\n'
    (told,) = problems(write(tmp_path, radar=account % "common" + RADAR), {"RADAR_ACCOUNT_SECRET": "s"})
    assert "dit laat iedereen toe" in told
    (told,) = problems(write(tmp_path, radar=account % "1234" + RADAR), {})
    assert "RADAR_ACCOUNT_SECRET: dit ontbreekt" in told


def test_a_return_address_leaves_room_for_the_mark_of_a_letter(tmp_path: Path) -> None:
    """No address may have more than 64 characters before the @."""
    long = RADAR.replace("digest:", f"digest:\n  return_address: {'r' * 32}@example.nl", 1)
    (told,) = problems(write(tmp_path, radar=long), {})
    assert "het deel voor de @ is te lang; hooguit 31 tekens" in told


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"RADAR_DATABASE": "mysql://x"}, "omgeving, RADAR_DATABASE: dit is geen database."),
        ({"RADAR_ALLOW_LOOPBACK": "ja"}, "omgeving, RADAR_ALLOW_LOOPBACK: dit kan alleen 1 of 0 zijn."),
        ({}, "omgeving, RADAR_SMTP_PASSWORD: dit ontbreekt"),
    ],
)
def test_a_bad_environment(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    """The environment is checked like the files, and its values are not repeated."""
    folder = write(tmp_path, radar="relay: {host: smtp.example, username: u}\n" + RADAR)
    told = problems(folder, {"RADAR_SMTP_PASSWORD": "p", **environment} if environment else {})
    assert len(told) == 1
    assert said in told[0]
    assert "mysql" not in told[0]


def test_a_bad_edit_while_running_keeps_the_last_good_version(tmp_path: Path) -> None:
    """A running service goes on with what was good, tells the error, and takes the next good edit."""
    live = LiveSettings(write(tmp_path), {})
    first = live.current
    assert not live.refresh()
    write(tmp_path, sources="sources: [\n")
    assert live.refresh()
    assert live.current is first
    assert live.error is not None
    assert "geen goede YAML" in str(live.error)
    assert not live.refresh()
    write(tmp_path, sources=SOURCES.replace("De Bond", "De Nieuwe Bond"))
    assert live.refresh()
    assert live.error is None
    assert live.current.sources[0].title == "De Nieuwe Bond"


def test_a_first_version_that_is_bad_is_refused(tmp_path: Path) -> None:
    """There is no last good version to keep at the start."""
    with pytest.raises(SettingsError):
        LiveSettings(write(tmp_path, words="gate: []\n"), {})


@given(text=st.one_of(st.text(max_size=200), st.text(alphabet="sources:-[]{}&*!|>\n \t'\"#?,0.~", max_size=200)))
@settings(deadline=None)
def test_no_text_breaks_the_reading(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever stands in a file, it is refused with told problems, never with another exception."""
    folder = tmp_path_factory.getbasetemp()
    for name in GOOD:
        write(folder)
        (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
        assert problems(folder)


def test_fixed_days_of_the_year_come_back(tmp_path: Path) -> None:
    """A day is the next one from today on; what is no day is told."""
    days = "  deadlines:\n    - {day: 1 juli, text: Het bod}\n    - {day: 29 februari, text: Schrikkeldag}\n"
    july, leap = load(write(tmp_path, radar=RADAR + days), {}).radar.digest.deadlines
    assert july.next_after(date(2026, 7, 1)) == date(2026, 7, 1)
    assert july.next_after(date(2026, 7, 2)) == date(2027, 7, 1)
    assert leap.next_after(date(2026, 3, 1)) == date(2027, 2, 28)
    (told,) = problems(write(tmp_path, radar=RADAR + "  deadlines: [{day: 31 juni, text: x}]\n"), {})
    assert '"31 juni" is geen dag' in told
