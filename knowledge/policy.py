"""Policies that may fit somebody, and what renews a licence: declared in ``knowledge/policies/*.yaml``, never in code.

A policy's condition is written as in a guide, over the answers of the citizen's cases and two lists: ``items``, what she has
applied for, and ``granted``, what of it was granted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.conditions import holds
from knowledge.facts import Condition, Evidence, Strict

FOLDER = Path(__file__).parent / "policies"
_RENEWALS = "renewals.yaml"


class Policy(Strict):
    """One policy: what it brings, in simple words, whom it fits, the item to apply for (if any), and where it stands written."""

    code: str
    name: str
    text: str
    text_en: str
    when: Condition
    item: str | None = None
    evidence: Evidence

    def fits(self, answers: Mapping[str, Any], items: Collection[str], granted: Collection[str]) -> bool:
        """Whether it fits somebody with these answers, applications and grants."""
        return holds(self.when, {**answers, "items": list(items), "granted": list(granted)})


@dataclass(frozen=True)
class Policies:
    """All of it. ``renewals`` is the item's code by the register's kind of licence."""

    policies: tuple[Policy, ...]
    renewals: Mapping[str, str]


@lru_cache(maxsize=4)
def load(folder: Path = FOLDER) -> Policies:
    """Read the folder.

    Raises:
        ValueError: a file is not as it should be (``pydantic.ValidationError`` is one), or a code is there twice.
    """
    found: dict[str, Policy] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name == _RENEWALS:
            continue
        for given in yaml.safe_load(path.read_text(encoding="utf-8")):
            policy = Policy.model_validate(given)
            if policy.code in found:
                raise ValueError(f"{path.name}: {policy.code} is there twice")
            found[policy.code] = policy
    renewals = yaml.safe_load((folder / _RENEWALS).read_text(encoding="utf-8"))
    return Policies(tuple(found.values()), {str(kind): str(item) for kind, item in renewals.items()})
