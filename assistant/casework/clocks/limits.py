"""The limits a guide sets for one case: legal (法定) and promised (承诺), in the situation the answers describe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.casework.clocks.reckoning import Unit
from assistant.casework.clocks.statutes import (
    DECISION,
    EXTENSIONS,
    FROM_RECEIPT,
    LICENCE,
    TOGETHER_DAYS,
    TOGETHER_EXTENSION,
    Article,
)
from assistant.foundation.messages import t
from knowledge.composer import source_name
from knowledge.conditions import holds
from knowledge.schema import Guide, TimeLimit


@dataclass(frozen=True)
class Limit:
    """One limit. ``verified`` is false where the guide's own evidence for it has not been checked: no one can be late by it.

    ``basis`` names the articles and sources the guide has for it; ``extension`` is how many days those allow the office to add.
    ``from_receipt``: they count from the day the application was received, and not from acceptance.
    """

    days: int
    unit: Unit
    text: str
    verified: bool
    basis: str | None = None
    extension: int = 0
    from_receipt: bool = False


@dataclass(frozen=True)
class Limits:
    """What a guide says of time. ``licence``: the clocks of 行政许可法 (acceptance, delivery) run for it as well."""

    legal: Limit | None
    promised: Limit | None
    licence: bool


def limits_of(guide: Guide, values: Mapping[str, Any]) -> Limits:
    """The limits that apply to these answers (``values`` by field key)."""
    return Limits(
        legal=_limit(guide, guide.legal_limit, values),
        promised=_limit(guide, guide.promised_limit, values),
        licence=guide.task_type == LICENCE,
    )


def _limit(guide: Guide, limit: TimeLimit | None, values: Mapping[str, Any]) -> Limit | None:
    if limit is None:
        return None
    meant = next((case for case in limit.cases if holds(case.when, values)), limit)
    sources = [guide.evidence[key] for key in meant.evidence if key in guide.evidence]
    basis = t("fields.list_separator").join(map(source_name, sources))
    articles = [Article(one.title, one.article or "") for one in sources]
    return Limit(
        meant.days,
        meant.unit,
        meant.text,
        all(one.verified for one in sources),
        basis or None,
        max((_extension(article, meant.days) for article in articles), default=0),
        not FROM_RECEIPT.isdisjoint(articles),
    )


def _extension(article: Article, days: int) -> int:
    return TOGETHER_EXTENSION if article == DECISION and days == TOGETHER_DAYS else EXTENSIONS.get(article, 0)
