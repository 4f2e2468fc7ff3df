"""A simulated citizen's facts, as files hold them.

A file is YAML: ``guide`` (the item's code) and ``cases``, each

- ``name``: which citizen this is, in a few words; ``opening``: the first sentence;
- ``say``: field key → the words as typed, or a list of option values that are tapped;
- ``expect``: field key → what is stored for it (option values for choices, 2026-11-06 for dates);
- ``skip``: fields she leaves out; ``materials``: material code → upload, promise, tolerate or bring (upload where not named);
- ``consent``: yes or no, to what is known already being fetched; no where not said;
- ``documents``: the package's documents, in the guide's order;
- ``stops``: where the item is not for her, a part of the sentence that tells her so; she gets no package then.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

Way = Literal["licence", "upload", "generated", "promise", "tolerate", "bring"]
Words = str | list[Any]


class UnreadableFacts(ValueError):
    """A file of citizens that cannot be used; says which file, which citizen and why."""


class Facts(BaseModel):
    """One citizen. ``guide`` is the code of the item she comes for."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    guide: str
    name: str
    opening: str
    say: dict[str, Words] = {}
    expect: dict[str, Any] = {}
    skip: list[str] = []
    materials: dict[str, Way] = {}
    consent: Literal["yes", "no"] = "no"
    documents: list[str] = Field(default_factory=list)
    stops: str | None = None

    @field_validator("say", "expect", mode="before")
    @classmethod
    def yes_is_a_word(cls, value: Any) -> Any:
        """YAML reads an unquoted ``yes`` as true."""
        return {key: _word(held) for key, held in value.items()} if isinstance(value, dict) else value

    @field_validator("consent", mode="before")
    @classmethod
    def yes_is_an_answer(cls, value: Any) -> Any:
        """As above."""
        return _word(value)

    @property
    def title(self) -> str:
        """How reports and tests call her."""
        return f"{self.guide}: {self.name}"


def load(folder: Path) -> list[Facts]:
    """Every citizen of every file of a folder, in the order of the files' names; a file may be named instead.

    Raises:
        UnreadableFacts: there is none, or one cannot be used.
    """
    files = [folder] if folder.is_file() else sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    if not files:
        raise UnreadableFacts(f"{folder}: no file of citizens (*.yaml)")
    return [facts for path in files for facts in _of_file(path)]


def _of_file(path: Path) -> list[Facts]:
    try:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries = held["cases"]
        guide = held.get("guide", path.stem)
        assert isinstance(entries, list)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnreadableFacts(f"{path.name}: not YAML ({error})") from None
    except (KeyError, TypeError, AttributeError, AssertionError):
        raise UnreadableFacts(f"{path.name}: wanted are `guide: CODE` and `cases: [...]`") from None
    found = []
    for number, entry in enumerate(entries, 1):
        name = entry.get("name", number) if isinstance(entry, dict) else number
        try:
            found.append(Facts.model_validate({"guide": guide, "name": str(number), **entry}))
        except (ValidationError, TypeError) as error:
            problems = (
                "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
                if isinstance(error, ValidationError)
                else str(error)
            )
            raise UnreadableFacts(f"{path.name}, citizen {name}: {problems}") from None
    return found


def _word(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
