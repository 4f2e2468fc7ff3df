"""The small interface behind which everything stands that may know a value already."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, Protocol

from assistant.casework.prefill.state import OfferKind

SubjectKind = Literal["enterprise", "person"]


@dataclass(frozen=True)
class Subject:
    """Whom to ask about, as the answers of the case have it. ``number`` is a credit code or an identity number.

    A person is asked about by number *and* name, an enterprise by either.
    """

    kind: SubjectKind
    number: str | None = None
    name: str | None = None

    @property
    def complete(self) -> bool:
        """Whether enough is known to ask."""
        return bool(self.number and self.name) if self.kind == "person" else bool(self.number or self.name)

    @property
    def key(self) -> str:
        """What tells this subject from another."""
        parts = (self.number, self.name) if self.kind == "person" else (self.number or self.name,)
        return ":".join([self.kind, *(part or "" for part in parts)])


def of_another(found: Sequence[Found], whose: Sequence[str]) -> list[Found]:
    """What was found of somebody else than the case's subject, under the paths a guide names her by: ``person(…,…).phone``."""
    named = f"({','.join(whose)})"
    return [replace(one, path=re.sub(r"^[a-z]+", lambda source: source[0] + named, one.path)) for one in found]


@dataclass(frozen=True)
class Found:
    """What one source has. ``path`` is the beginning of the paths it answers (``enterprise``, ``licence.food_permit``).

    ``values`` are by the rest of the path; ``record`` is the record itself, for who needs more than values.
    """

    path: str
    kind: OfferKind
    ref: str
    values: Mapping[str, Any] = field(default_factory=dict)
    record: Any = None

    def value(self, path: str) -> Any:
        """The value behind a path; None where this source has none."""
        rest = path.removeprefix(self.path + ".") if path.startswith(self.path + ".") else None
        if not rest:
            return None
        held: Any = self.values
        for step in rest.split("."):
            held = held.get(step) if isinstance(held, Mapping) else None
        return None if held in ("", [], None) else held


class Provider(Protocol):
    """One source. ``remote`` ones are asked over the network, and only with the citizen's consent, like all of them."""

    remote: bool

    def find(self, subject: Subject, today: date, before: Sequence[Found]) -> list[Found]:
        """What this source knows of the subject, given what the sources before it found.

        Raises:
            FarSideUnavailable: it gave no usable answer.
        """


def same_name(one: str | None, other: str | None) -> bool:
    """Whether two names are the same but for blanks, width of brackets and the shape of the dot between parts."""
    return bool(one) and bool(other) and _plain(str(one)) == _plain(str(other))


def _plain(name: str) -> str:
    return re.sub(r"\s", "", name).replace("（", "(").replace("）", ")").replace("•", "·").replace("・", "·").upper()
