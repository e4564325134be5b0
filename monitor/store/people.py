"""Reviewers, their sessions and failed tries to sign in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, func, insert, select, update

from monitor.role import Role
from monitor.tables import reviewer, session, sign_in_failure

PERSON = (reviewer.c.id, reviewer.c.email, reviewer.c.name, reviewer.c.password_hash, reviewer.c.role)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person of the working group who may open the desk, in a role."""

    id: int
    email: str
    name: str
    password_hash: str
    role: Role


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def add_reviewer(
    engine: Engine, email: str, name: str, password_hash: str, now: datetime, role: Role = Role.REVIEWER
) -> bool:
    """Add a reviewer; returns False when the address is taken."""
    email = email.strip().lower()
    with engine.begin() as connection:
        if connection.scalar(select(reviewer.c.id).where(reviewer.c.email == email)):
            return False
        values = {"email": email, "name": name, "password_hash": password_hash, "role": role, "created_at": now}
        connection.execute(insert(reviewer).values(**values))
        return True


def set_password(engine: Engine, email: str, password_hash: str) -> bool:
    """Replace a password and end that person's sessions; returns False for an unknown address."""
    with engine.begin() as connection:
        one = connection.scalar(select(reviewer.c.id).where(reviewer.c.email == email.strip().lower()))
        if one is None:
            return False
        connection.execute(update(reviewer).where(reviewer.c.id == one).values(password_hash=password_hash))
        connection.execute(delete(session).where(session.c.reviewer_id == one))
        return True


def set_role(engine: Engine, email: str, role: Role) -> bool:
    """Give somebody another role, from the next request on; returns False for an unknown address."""
    wanted = update(reviewer).where(reviewer.c.email == email.strip().lower())
    with engine.begin() as connection:
        return connection.execute(wanted.values(role=role)).rowcount == 1


def reviewers(engine: Engine) -> list[Reviewer]:
    """Every reviewer, by address."""
    with engine.connect() as connection:
        return [Reviewer(*row) for row in connection.execute(select(*PERSON).order_by(reviewer.c.email))]


def by_email(engine: Engine, email: str) -> Reviewer | None:
    """The reviewer with this address."""
    return next((one for one in reviewers(engine) if one.email == email.strip().lower()), None)


def open_session(engine: Engine, reviewer_id: int, token: str, now: datetime, expires_at: datetime) -> None:
    """Keep a session under the hash of its token; expired ones are cleared away."""
    with engine.begin() as connection:
        connection.execute(delete(session).where(session.c.expires_at <= now))
        values = {
            "token_hash": _hash(token),
            "reviewer_id": reviewer_id,
            "created_at": now,
            "expires_at": expires_at,
        }
        connection.execute(insert(session).values(**values))


def signed_in(engine: Engine, token: str, now: datetime) -> Reviewer | None:
    """Who holds this session token, if it has not expired."""
    wanted = select(*PERSON).join(session).where(session.c.token_hash == _hash(token), session.c.expires_at > now)
    with engine.connect() as connection:
        row = connection.execute(wanted).one_or_none()
        return Reviewer(*row) if row else None


def close_session(engine: Engine, token: str) -> None:
    """End a session."""
    with engine.begin() as connection:
        connection.execute(delete(session).where(session.c.token_hash == _hash(token)))


def note_failure(engine: Engine, email: str, now: datetime) -> None:
    """Remember a failed try to sign in, also for an address that nobody has."""
    with engine.begin() as connection:
        connection.execute(insert(sign_in_failure).values(email=email.strip().lower()[:254], at=now))


def failures_since(engine: Engine, email: str, since: datetime) -> int:
    """Count the failed tries for an address; older ones are cleared away."""
    with engine.begin() as connection:
        connection.execute(delete(sign_in_failure).where(sign_in_failure.c.at <= since))
        mine = select(func.count()).where(sign_in_failure.c.email == email.strip().lower()[:254])
        return int(connection.scalar(mine) or 0)
