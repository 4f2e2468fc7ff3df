"""Who may do what in the console: the one table. An account has any number of roles, and may do what any of them allows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

OPERATOR, SUPERVISOR, EDITOR, APPROVER, AUDITOR, ADMINISTRATOR = ROLES = (
    "operator", "supervisor", "editor", "approver", "auditor", "administrator",
)  # fmt: skip
"""Operators talk with citizens, supervisors see how that goes too; editors write guides, approvers approve them; auditors read
the audit chain and past conversations, administrators keep the accounts."""

PERMISSIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "own": frozenset(),
        "desk.read": frozenset({OPERATOR, SUPERVISOR}),
        "desk.talk": frozenset({OPERATOR, SUPERVISOR}),
        "desk.supervise": frozenset({SUPERVISOR}),
        "figures.read": frozenset({SUPERVISOR}),
        "past.read": frozenset({OPERATOR, SUPERVISOR, AUDITOR}),
        "recordings.read": frozenset({SUPERVISOR, AUDITOR}),
        "misuse.read": frozenset({SUPERVISOR, AUDITOR}),
        "guides.read": frozenset({EDITOR, APPROVER, SUPERVISOR}),
        "guides.write": frozenset({EDITOR}),
        "guides.approve": frozenset({APPROVER}),
        "audit.read": frozenset({AUDITOR}),
        "accounts.manage": frozenset({ADMINISTRATOR}),
    }
)
"""Permission → the roles that give it. ``own`` (one's own session and password) needs none: everybody signed in has it."""

OWN = "own"


def may(roles: Collection[str], permission: str) -> bool:
    """Whether these roles give a permission.

    Raises:
        KeyError: there is no such permission.

    >>> may({"editor", "auditor"}, "audit.read"), may({"editor"}, "guides.approve"), may(set(), "own")
    (True, False, True)
    """
    return permission == OWN or not PERMISSIONS[permission].isdisjoint(roles)


def permissions(roles: Collection[str]) -> list[str]:
    """Everything these roles allow, in the table's order."""
    return [permission for permission in PERMISSIONS if may(roles, permission)]


def ordered(roles: Iterable[str]) -> list[str]:
    """Roles in the usual order, each once; unknown ones are kept, last.

    >>> ordered({"editor", "operator"})
    ['operator', 'editor']
    """
    return sorted(set(roles), key=lambda role: (ROLES.index(role) if role in ROLES else len(ROLES), role))


def split(text: str) -> list[str]:
    """The roles of a text with commas between them.

    >>> split("editor, approver")
    ['editor', 'approver']
    """
    return [role for role in (part.strip() for part in text.split(",")) if role]
