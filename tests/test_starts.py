"""What is imported to answer: each command and page waits for what it needs itself, and for no more."""

from __future__ import annotations

import gc
import inspect
import subprocess
import sys

import click
from jinja2 import Environment, FileSystemLoader
from sqlalchemy import text

from crawlers.fetch import EXTENSIONS, MIDDLEWARES
from monitor.cli import main
from monitor.desk.app import routes
from monitor.desk.page_route import PageRoute
from monitor.desk.pages import KeptTemplates
from monitor.store.database import is_newest, open_engine


def imported(program: str) -> set[str]:
    """The packages that a program in a process of its own has imported when it is done."""
    told = "import sys; print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run(
        [sys.executable, "-c", f"import atexit; atexit.register(lambda: exec({told!r}))\n{program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in ran.stderr.split()} | set(ran.stderr.split())


def test_the_help_waits_for_nothing_that_only_a_command_needs():
    """`radar --help` imports Click and the door alone: no settings, no database, no web server, no command."""
    found = imported("from monitor.cli import main; main(['--help'])")
    assert {"click", "monitor.cli"} <= found
    ours = {name for name in found if name.startswith(("monitor.", "digest", "crawlers"))}
    assert ours == {"monitor.cli"}
    assert not found & {"pydantic", "sqlalchemy", "starlette", "scrapy", "numpy", "rich"}


def test_the_desk_opens_without_what_few_of_its_pages_need():
    """No NumPy, no reader of pages, no OpenID Connect, no cryptography, no catalogue of English, no other page."""
    found = imported("import monitor.commands.serving")
    assert {"monitor.desk.app", "monitor.desk.list_page", "sqlalchemy"} <= found
    assert not found & {"monitor.schedule", "monitor.editor", "monitor.lessons", "monitor.desk.editions", "argon2"}
    assert not found & {"numpy", "scipy", "sklearn", "scrapy", "lxml", "bs4", "feedparser", "trafilatura", "pypdfium2"}
    assert not found & {"authlib", "joserfc", "httpx2", "icalendar", "snowballstemmer", "alembic"}
    assert "sqlalchemy.dialects.postgresql" not in found
    assert not found & {"cryptography", "babel", "aiosmtpd", "apscheduler", "segno", "rich"}


def test_every_route_of_the_desk_leads_to_a_page():
    """What is imported when it is first asked for is there, and takes a request."""
    pages = {route.path: route.page for route in routes() if isinstance(route, PageRoute)}
    assert pages["/overzicht"].__module__ == "monitor.desk.overview"
    assert {tuple(inspect.signature(page).parameters) for page in pages.values()} == {("request",)}


def test_garbage_is_looked_for_again_once_a_command_is_there():
    """While a command is imported nothing is garbage; afterwards it is collected as always, save what was imported."""
    gc.unfreeze()
    main.get_command(click.Context(main), "doctor")
    assert gc.isenabled()
    assert gc.get_freeze_count() > 10_000


def test_a_template_is_compiled_once_and_again_when_its_text_is_other(tmp_path):
    """What an earlier start compiled is used, never what was compiled of another text."""
    page, folder = tmp_path / "page.html", tmp_path / "__pycache__"
    page.write_text("een", "utf-8")
    assert rendered(tmp_path) == ("een", 1)
    (kept,) = folder.iterdir()
    assert rendered(tmp_path) == ("een", 0)
    page.write_text("twee", "utf-8")
    assert rendered(tmp_path) == ("twee", 1)
    assert list(folder.iterdir()) == [kept]


def test_templates_work_where_nothing_can_be_kept(tmp_path):
    """A program on a disk that is read only, or full, compiles its templates at each start."""
    (tmp_path / "page.html").write_text("een", "utf-8")
    for _ in range(2):
        assert rendered(tmp_path, "not/there") == ("een", 1)


def rendered(folder, beside="__pycache__"):
    """A page as a start renders it, and how many templates were compiled for it."""
    compiled = []

    class Counting(Environment):
        def compile(self, source, *rest, **options):
            compiled.append(source)
            return super().compile(source, *rest, **options)

    kept = KeptTemplates(str(folder / beside))
    made = Counting(loader=FileSystemLoader(folder), bytecode_cache=kept)
    return made.get_template("page.html").render(), len(compiled)


def test_a_crawl_begins_without_what_few_answers_need():
    """No lenient parser, no PDFium, no reader of articles, and no part of Scrapy but those that are named."""
    found = imported("""
from scrapy.crawler import CrawlerProcess
from crawlers.child import job_by_hand, scrapy_settings
from crawlers.spider import RadarSpider
job = job_by_hand("feed", "ftp://x.example/")
process = CrawlerProcess(scrapy_settings(job))
process.crawl(RadarSpider, job=job, emit=lambda *events: None)
process.start()
""")
    assert {"scrapy.core.engine", "crawlers.readers.feed"} <= found
    assert not found & {"feedparser", "pypdfium2", "trafilatura", "numpy", "aiohttp", "tldextract", "requests"}
    parts = {name for name in found if name.startswith(("scrapy.extensions.", "scrapy.downloadermiddlewares."))}
    named = {name.rpartition(".")[0] for name in (*MIDDLEWARES, *EXTENSIONS)}
    assert parts <= named | {"scrapy.downloadermiddlewares.robotstxt"}


def test_what_fetches_is_imported_before_the_reactor_runs():
    """Scrapy looks through the sources of all that called an import of it, so it is imported while that is little."""
    found = imported("import crawlers.fetch")
    assert "scrapy.core.downloader.contextfactory" in found
    assert "twisted.internet.reactor" not in found


def test_a_command_that_crawls_waits_for_no_letters():
    """`radar crawl` imports neither the templates of the letter nor what sends it."""
    found = imported("import monitor.commands.crawling")
    assert "monitor.intake" in found
    assert not found & {"jinja2", "smtplib", "aiosmtpd", "monitor.editor", "digest.outbox", "numpy", "scrapy"}


def test_tables_that_are_the_newest_are_opened_without_the_migrations(sqlite_address):
    """A start looks up the revision itself, and imports Alembic only to change something."""
    program = f"from monitor.store.database import migrate, open_engine; migrate(open_engine({sqlite_address!r}))"
    assert "alembic" not in imported(program)
    engine = open_engine(sqlite_address)
    assert is_newest(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert not is_newest(engine)
    engine.dispose()
