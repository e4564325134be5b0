"""What a person of the working group may do at the desk; each role may do all that the ones before it may."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The roles, from least to most: look, judge, put letters together, manage the house."""

    READER = "lezer"
    REVIEWER = "beoordelaar"
    EDITOR = "redacteur"
    ADMINISTRATOR = "beheerder"

    def may(self, needed: Role) -> bool:
        """Whether this role includes the needed one."""
        return needed in _MAY[self]


_MAY = {role: frozenset(list(Role)[: number + 1]) for number, role in enumerate(Role)}
