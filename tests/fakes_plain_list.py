"""A page as simple as can be, to hold the desk against: fifty of the stored items, with Starlette and SQLAlchemy's ORM.

By keyset, escaped by Jinja, in a thread as the pages of the desk are; nobody signs in and nothing is counted.
`python fakes_plain_list.py DATABASE PORT` serves it.
"""

from __future__ import annotations

import sys

import uvicorn
from jinja2 import Environment
from sqlalchemy import Engine, create_engine, insert, select, tuple_
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

SHOWN = 50
PAGE = """<!doctype html>
<html lang="nl"><title>Lijst</title><body><h1>Lijst</h1>
{% for one in lines %}
<article class="card"><p>{{ one.source }} {{ "%.2f" | format(one.score) }}</p>
<h2><a href="{{ one.address }}">{{ one.title }}</a></h2><p>{{ one.intro }}</p></article>
{% endfor %}
<a href="?score={{ lines[-1].score }}&amp;id={{ lines[-1].id }}">Verder</a></body></html>
"""


class Base(DeclarativeBase):
    pass


class Line(Base):
    __tablename__ = "plain_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    address: Mapped[str]
    title: Mapped[str]
    intro: Mapped[str]
    score: Mapped[float] = mapped_column(index=True)


def fill(engine: Engine, rows: list[dict[str, object]]) -> None:
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        for start in range(0, len(rows), 1000):
            connection.execute(insert(Line), rows[start : start + 1000])


def application(engine: Engine) -> Starlette:
    template = Environment(autoescape=True, auto_reload=False).from_string(PAGE)

    def page(request: Request) -> HTMLResponse:
        wanted = select(Line).order_by(Line.score.desc(), Line.id.desc()).limit(SHOWN)
        if "score" in request.query_params:
            after = (float(request.query_params["score"]), int(request.query_params["id"]))
            wanted = wanted.where(tuple_(Line.score, Line.id) < tuple_(*after))
        with Session(engine) as session:
            return HTMLResponse(template.render(lines=session.scalars(wanted).all()))

    return Starlette(routes=[Route("/", page)])


if __name__ == "__main__":
    uvicorn.run(application(create_engine(sys.argv[1])), port=int(sys.argv[2]), log_level="error", access_log=False)
