"""How the desk is arranged (``BANDAO_DESK``): skill groups, their shifts and limits, what comes first; read and checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.desk.hours import parse_hours
from assistant.desk.limits import Targets
from assistant.foundation.messages import t
from knowledge.guide_file import line_of, tree_of

GENERAL = "general"
"""The one group of a desk that is not arranged otherwise."""
PROMISED, PULLED = "promised", "pulled"
REASONS = (
    "to_human", "complaint", "distress", "danger", "accessibility", "not_understood", "guide_rule", "validation", "correction",
    PULLED, "callback", "slot", "kept", "submission_stuck", "on_behalf", PROMISED,
)  # fmt: skip
"""Why somebody is at the desk. ``promised`` is no reason of its own: it ranks what was promised for a certain time."""
FIRST = ("danger", "distress", "complaint", "accessibility", PROMISED)
"""What comes before everything else, unless arranged otherwise."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with the file, where, and what to do about it."""

    file: str
    line: int
    why: str
    remedy: str

    def __str__(self) -> str:
        return t("desk.arrangement_fault", file=self.file, line=self.line, why=self.why, remedy=self.remedy)


class BadArrangement(Exception):
    """The file cannot be used; ``faults`` says why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Strict):
    """Seconds of opening time until an answer or the end; 0: no limit. ``warn`` is the share at which a manager is told."""

    first_answer: Annotated[int, Field(ge=0)] = Targets.first_answer
    next_answer: Annotated[int, Field(ge=0)] = Targets.next_answer
    resolution: Annotated[int, Field(ge=0)] = Targets.resolution
    warn: Annotated[float, Field(gt=0, le=1)] = Targets.warn

    def any(self) -> bool:
        """Whether there is a limit at all."""
        return bool(self.first_answer or self.next_answer or self.resolution)

    def targets(self) -> Targets:
        """As the limits are computed with."""
        return Targets(self.first_answer, self.next_answer, self.resolution, self.warn)


class Group(_Strict):
    """A skill group. What is empty takes everything; what is given must fit, all of it.

    Args:
        items: codes of items. districts: beginnings of GB/T 2260 codes. languages: zh-CN, zh-Hant, en.
        hours: shifts of a working day, or 24h; empty: those of ``BANDAO_DESK_HOURS``.
        assign: pull, or push: whoever is available and has room is given the oldest that waits.
        slots: appointments taken in each shift, spread evenly over it; 0: none.
    """

    name: Annotated[str, Field(min_length=1, max_length=32)]
    items: list[str] = []
    districts: list[Annotated[str, Field(pattern=r"^\d{2,6}$")]] = []
    languages: list[Literal["zh-CN", "zh-Hant", "en"]] = []
    hours: str = ""
    assign: Literal["pull", "push"] = "pull"
    slots: Annotated[int, Field(ge=0, le=200)] = 6
    limits: Limits = Limits()

    @field_validator("hours")
    @classmethod
    def shifts(cls, hours: str) -> str:
        if hours not in ("", "24h"):
            parse_hours(hours)
        return hours

    def takes(self, item: str | None, region: str | None, language: str) -> bool:
        """Whether a conversation about this item, in this place and language, belongs here."""
        return (
            (not self.items or item in self.items)
            and (not self.districts or (region or "").startswith(tuple(self.districts)))
            and (not self.languages or language in self.languages)
        )


class Arrangement(_Strict):
    """The whole file. ``capacity`` is how many conversations one person has at a time, unless set for her.

    The first group that takes a conversation gets it, so the one that takes everything stands last. Reasons of
    ``priorities`` come first, in this order; all others follow. Within one, whoever came first.
    """

    groups: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")], Group]
    capacity: Annotated[int, Field(ge=1, le=100)] = 5
    priorities: list[str] = list(FIRST)

    def group_for(self, item: str | None, region: str | None, language: str) -> str:
        """The code of the group a conversation belongs to."""
        return next(code for code, group in self.groups.items() if group.takes(item, region, language))

    def group(self, code: str) -> Group:
        """A group; of one that is not arranged any more, the one that takes everything."""
        return self.groups.get(code) or list(self.groups.values())[-1]

    def known(self, code: str) -> str:
        """``code``, or the group that takes everything where it is not arranged any more."""
        return code if code in self.groups else list(self.groups)[-1]

    def priority(self, *reasons: str) -> int:
        """Rank in the queue, 0 first: the best any of the reasons gives."""
        return min(self.priorities.index(one) if one in self.priorities else len(self.priorities) for one in reasons)


def usual(hours: str) -> Arrangement:
    """One group that takes everything, open at the hours of the setting."""
    return Arrangement(groups={GENERAL: Group(name=t("desk.group_general"), hours=hours)})


def arrangement(path: Path | None, hours: str, items: Collection[str] = ()) -> Arrangement:
    """What the file says; without one, ``usual``.

    Args:
        hours: of groups that name none.
        items: codes there are; none given: not checked.

    Raises:
        BadArrangement: something is wrong; everything that is, at once.
    """
    if path is None:
        return usual(hours)
    try:
        tree = tree_of(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "UTF-8"
        raise BadArrangement([_fault(path, None, (), "unreadable", reason=reason)]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else getattr(error, "line", 1)
        raise BadArrangement([_fault(path, None, (), "not_yaml", line, reason=str(error).splitlines()[0])]) from error
    try:
        found = Arrangement.model_validate(tree)
    except ValidationError as error:
        raise BadArrangement([_wrong(path, tree, one) for one in error.errors()]) from error
    if faults := list(_senseless(path, tree, found, items)):
        raise BadArrangement(faults)
    groups = {code: one if one.hours else one.model_copy(update={"hours": hours}) for code, one in found.groups.items()}
    return found.model_copy(update={"groups": groups})


def _senseless(path: Path, tree: Any, found: Arrangement, items: Collection[str]) -> Iterator[Fault]:
    last = list(found.groups)[-1] if found.groups else ""
    for code, group in found.groups.items():
        place = ("groups", code)
        everything = not (group.items or group.districts or group.languages)
        if everything != (code == last):
            yield _fault(path, tree, place, "last", name=code)
        for item in group.items if items else ():
            if item not in items:
                yield _fault(path, tree, (*place, "items"), "item", name=item)
    if not found.groups:
        yield _fault(path, tree, ("groups",), "last", name="groups")
    for reason in found.priorities:
        if reason not in REASONS:
            yield _fault(path, tree, ("priorities",), "reason", name=reason, known="、".join(REASONS))


def _wrong(path: Path, tree: Any, error: Any) -> Fault:
    place, kind = tuple(error["loc"]), error["type"]
    name = ".".join(str(step) for step in place) or path.name
    if kind == "missing":
        return _fault(path, tree, place, "missing", name=name)
    if kind == "extra_forbidden":
        return _fault(path, tree, place, "extra", name=name)
    return _fault(path, tree, place, "value", name=name, reason=error["msg"].removeprefix("Value error, "))


def _fault(path: Path, tree: Any, place: tuple[Any, ...], key: str, line: int = 1, /, **params: Any) -> Fault:
    where = line_of(tree, place) if tree is not None else line
    return Fault(path.name, where, t(f"desk.arrangement_{key}", **params), t(f"desk.arrangement_{key}_remedy", **params))
