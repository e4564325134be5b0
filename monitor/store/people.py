"""Reviewers, their sessions and failed tries to sign in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Engine,
    String,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from monitor.language import Language
from monitor.role import Role
from monitor.store import notices, record
from monitor.store.database import Database, Snapshot, reading
from monitor.store.notices import Notice
from monitor.tables import notice, reviewer, session, sign_in_failure
from monitor.tables import record as records

PERSON = (
    reviewer.c.id,
    reviewer.c.email,
    reviewer.c.name,
    reviewer.c.password_hash,
    reviewer.c.role,
    reviewer.c.code_secret,
    reviewer.c.language,
)

# Built once: every page asks it.
SIGNED_IN = (
    select(*PERSON, *notices.COLUMNS, Snapshot())
    .join(session)
    .outerjoin(notice, notice.c.ended_at.is_(None))
    .where(session.c.token_hash == bindparam("hash"), session.c.expires_at > bindparam("now"))
    .where(reviewer.c.left_at.is_(None))
    .order_by(notice.c.since.desc())
)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person of the working group who may open the desk, in a role; `language` is "" until they choose one."""

    id: int
    email: str
    name: str
    password_hash: str
    role: Role
    code_secret: str = ""
    language: str = ""


class SignedIn(NamedTuple):
    """Who asks for a page, and the notices that are up, the newest first, which every page tells.

    `snapshot` is what the database showed then (see `monitor.store.database.Snapshot`).
    """

    reviewer: Reviewer
    notices: list[Notice]
    snapshot: str


def subject_of(reviewer_id: int) -> str:
    """How the record names a person."""
    return f"person/{reviewer_id}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def add_reviewer(
    engine: Engine,
    email: str,
    name: str,
    password_hash: str,
    now: datetime,
    role: Role = Role.REVIEWER,
    by: int | None = None,
) -> bool:
    """Give somebody access, also who had it before; returns False when the address has access now.

    Without a password hash ("") they can sign in by a mailed link only.
    """
    email = email.strip().lower()
    values = {"name": name, "password_hash": password_hash, "role": role, "created_at": now}
    with engine.begin() as connection:
        row = connection.execute(
            select(reviewer.c.id, reviewer.c.left_at).where(reviewer.c.email == email)
        ).one_or_none()
        if row and row.left_at is None:
            return False
        if row:
            again = values | {"left_at": None, "code_secret": "", "code_step": 0, "account": ""}
            connection.execute(update(reviewer).where(reviewer.c.id == row.id).values(again))
            added = row.id
        else:
            key = connection.execute(insert(reviewer).values(email=email, **values)).inserted_primary_key
            assert key
            added = key[0]
        told = {"email": email, "name": name, "role": role}
        record.note(connection, by, "invite", subject_of(added), now, after=told)
        return True


def set_password(engine: Engine, email: str, password_hash: str, now: datetime, by: int | None = None) -> bool:
    """Replace a password and end that person's sessions; returns False for an unknown address.

    `by` is who did it, None for the command line.
    """
    with engine.begin() as connection:
        one = connection.scalar(select(reviewer.c.id).where(reviewer.c.email == email.strip().lower()))
        if one is None:
            return False
        connection.execute(update(reviewer).where(reviewer.c.id == one).values(password_hash=password_hash))
        connection.execute(delete(session).where(session.c.reviewer_id == one))
        record.note(connection, by, "password", subject_of(one), now)
        return True


def set_role(engine: Engine, reviewer_id: int, role: Role, now: datetime, by: int | None = None) -> bool:
    """Give somebody another role, from the next request on; returns False when nothing changed."""
    with engine.begin() as connection:
        before = connection.scalar(select(reviewer.c.role).where(reviewer.c.id == reviewer_id))
        if before is None or before is role:
            return False
        connection.execute(update(reviewer).where(reviewer.c.id == reviewer_id).values(role=role))
        change = {"before": {"role": before}, "after": {"role": role}}
        record.note(connection, by, "role", subject_of(reviewer_id), now, **change)
        return True


def withdraw(engine: Engine, reviewer_id: int, now: datetime, by: int | None = None) -> bool:
    """Take somebody's access away and end their sessions; what they decided stays. False when they had none."""
    with engine.begin() as connection:
        still = (reviewer.c.id == reviewer_id, reviewer.c.left_at.is_(None))
        if connection.execute(update(reviewer).where(*still).values(left_at=now)).rowcount != 1:
            return False
        connection.execute(delete(session).where(session.c.reviewer_id == reviewer_id))
        record.note(connection, by, "withdraw", subject_of(reviewer_id), now)
        return True


def set_code_secret(engine: Engine, reviewer_id: int, secret: str, now: datetime) -> None:
    """Ask for a code at each sign-in from now on, or no more when the secret is ""."""
    with engine.begin() as connection:
        wanted = update(reviewer).where(reviewer.c.id == reviewer_id)
        connection.execute(wanted.values(code_secret=secret, code_step=0))
        action = "two steps on" if secret else "two steps off"
        record.note(connection, reviewer_id, action, subject_of(reviewer_id), now)


def set_language(engine: Engine, reviewer_id: int, language: Language | None) -> None:
    """Show somebody the desk in a language from now on; None leaves it to their browser."""
    with engine.begin() as connection:
        connection.execute(update(reviewer).where(reviewer.c.id == reviewer_id).values(language=language or ""))


def use_code_step(engine: Engine, reviewer_id: int, step: int) -> bool:
    """Use up a time step of somebody's codes; False when it or a later one was used before (RFC 6238, 5.2)."""
    fresh = (reviewer.c.id == reviewer_id, reviewer.c.code_step < step)
    with engine.begin() as connection:
        return connection.execute(update(reviewer).where(*fresh).values(code_step=step)).rowcount == 1


def reviewers(engine: Engine) -> list[Reviewer]:
    """Everybody with access, by address."""
    wanted = select(*PERSON).where(reviewer.c.left_at.is_(None)).order_by(reviewer.c.email)
    with engine.connect() as connection:
        return [Reviewer(*row) for row in connection.execute(wanted)]


def never_signed_in(engine: Engine) -> int:
    """How many people with access were invited and have not opened the desk yet."""
    subject = literal("person/") + cast(reviewer.c.id, String)
    came = exists().where(records.c.subject == subject, records.c.action == "sign in")
    with engine.connect() as connection:
        return int(connection.scalar(select(func.count()).where(reviewer.c.left_at.is_(None), ~came)) or 0)


def names(engine: Engine) -> dict[int, str]:
    """The name of everybody who ever had access, by id."""
    with engine.connect() as connection:
        return {row.id: row.name for row in connection.execute(select(reviewer.c.id, reviewer.c.name))}


def by_email(engine: Engine, email: str) -> Reviewer | None:
    """The person with access who has this address."""
    return _one(engine, reviewer.c.email == email.strip().lower())


def by_id(engine: Engine, reviewer_id: int) -> Reviewer | None:
    """The person with access who has this id."""
    return _one(engine, reviewer.c.id == reviewer_id)


def by_account(engine: Engine, account: str, email: str, now: datetime) -> Reviewer | None:
    """The person with access who signs in with this account; the first time it is found by its e-mail address.

    From then on the account decides, whatever address it has: an organisation may give an address to somebody else.
    """
    email = email.strip().lower()
    with engine.begin() as connection:
        known = connection.scalar(select(reviewer.c.id).where(reviewer.c.account == account))
        if known is None:
            fresh = (reviewer.c.email == email, reviewer.c.account == "", reviewer.c.left_at.is_(None))
            known = connection.scalar(select(reviewer.c.id).where(*fresh))
            if known is None:
                return None
            connection.execute(update(reviewer).where(reviewer.c.id == known).values(account=account))
            record.note(connection, known, "account", subject_of(known), now, after={"account": account})
    return by_id(engine, known)


def _one(engine: Engine, condition: ColumnElement[bool]) -> Reviewer | None:
    with engine.connect() as connection:
        row = connection.execute(select(*PERSON).where(condition, reviewer.c.left_at.is_(None))).one_or_none()
        return Reviewer(*row) if row else None


def open_session(
    engine: Engine, reviewer_id: int, token: str, now: datetime, expires_at: datetime, way: str = "password"
) -> None:
    """Keep a session under the hash of its token; expired ones are cleared away. `way` is how somebody signed in."""
    with engine.begin() as connection:
        connection.execute(delete(session).where(session.c.expires_at <= now))
        values = {
            "token_hash": _hash(token),
            "reviewer_id": reviewer_id,
            "created_at": now,
            "expires_at": expires_at,
        }
        connection.execute(insert(session).values(**values))
        record.note(connection, reviewer_id, "sign in", subject_of(reviewer_id), now, after={"way": way})


def signed_in(database: Database, token: str, now: datetime) -> SignedIn | None:
    """Who holds this session token, if it has not expired and the person still has access."""
    with reading(database) as connection:
        rows = connection.execute(SIGNED_IN, {"hash": _hash(token), "now": now}).all()
    if not rows:
        return None
    told = [Notice(*row[len(PERSON) : -1]) for row in rows if row.since]
    return SignedIn(Reviewer(*rows[0][: len(PERSON)]), told, rows[0][-1])


def sessions(engine: Engine, reviewer_id: int, now: datetime) -> list[datetime]:
    """When the open sessions of somebody began, the latest first."""
    wanted = select(session.c.created_at).where(session.c.reviewer_id == reviewer_id, session.c.expires_at > now)
    with engine.connect() as connection:
        return list(connection.scalars(wanted.order_by(session.c.created_at.desc())))


def close_sessions(engine: Engine, reviewer_id: int, now: datetime) -> None:
    """End all sessions of somebody."""
    with engine.begin() as connection:
        connection.execute(delete(session).where(session.c.reviewer_id == reviewer_id))
        record.note(connection, reviewer_id, "sign out everywhere", subject_of(reviewer_id), now)


def close_session(engine: Engine, token: str, now: datetime) -> None:
    """End a session."""
    with engine.begin() as connection:
        one = connection.scalar(select(session.c.reviewer_id).where(session.c.token_hash == _hash(token)))
        if one is not None:
            connection.execute(delete(session).where(session.c.token_hash == _hash(token)))
            record.note(connection, one, "sign out", subject_of(one), now)


def note_failure(engine: Engine, email: str, now: datetime) -> None:
    """Remember a failed try to sign in, also for an address that nobody has."""
    with engine.begin() as connection:
        connection.execute(insert(sign_in_failure).values(email=email.strip().lower()[:254], at=now))
        one = connection.scalar(select(reviewer.c.id).where(reviewer.c.email == email.strip().lower()))
        if one is not None:
            record.note(connection, one, "wrong password", subject_of(one), now)


def failures_since(engine: Engine, email: str, since: datetime) -> int:
    """Count the failed tries for an address; older ones are cleared away."""
    with engine.begin() as connection:
        connection.execute(delete(sign_in_failure).where(sign_in_failure.c.at <= since))
        mine = select(func.count()).where(sign_in_failure.c.email == email.strip().lower()[:254])
        return int(connection.scalar(mine) or 0)
