"""Looking at a case without holding its conversation: what a right proof opens for a while, and what is then to be seen.

The key is a text of ours with a keyed hash over it, so nothing is stored; it opens one case, to look at and to ask to hurry.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from assistant.casework.model import Case
from assistant.casework.progress.build import progress
from assistant.casework.shipping.store import Shipment
from assistant.conversation.replying import readable
from assistant.foundation.messages import ENGLISH, language_of, use_language
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide

KEPT = timedelta(hours=12)
"""How long a proof given once is good for: a day's work at a shared computer's screen, no longer."""

_PREFIX = "view"
Sign = Callable[[str], str]


class Guides(Protocol):
    """What showing a case needs of the services."""

    @property
    def catalogue(self) -> Catalogue: ...
    def guide_of(self, case: Case) -> Guide: ...
    def parcels(self, case_no: str) -> Sequence[Shipment]: ...


@dataclass(frozen=True)
class Key:
    """What a key says: the case it opens, and the language its bearer reads."""

    case_no: str
    locale: str


def is_key(token: str | None) -> bool:
    """Whether a token is such a key at all, valid or not; a conversation's never looks like one."""
    return token is not None and token.startswith(f"{_PREFIX}.")


def make_key(sign: Sign, case_no: str, locale: str, now: datetime) -> tuple[str, datetime]:
    """A key, and until when it is good."""
    until = (now + KEPT).replace(microsecond=0)
    plain = f"{_PREFIX}.{case_no}.{locale}.{int(until.timestamp())}"
    return f"{plain}.{sign(plain)}", until


def read_key(sign: Sign, token: str, now: datetime) -> Key | None:
    """What a key opens; None for one that is not ours, was changed or is over."""
    plain, _, mark = token.rpartition(".")
    parts = plain.split(".")
    if len(parts) != 4 or not hmac.compare_digest(sign(plain).encode(), mark.encode()):
        return None
    _, case_no, locale, until = parts
    return Key(case_no, locale) if datetime.fromtimestamp(int(until), UTC) > now else None


def shown(services: Guides, case: Case, locale: str, now: datetime) -> dict[str, Any] | None:
    """The view of a case in the reader's language and script; None where its guide is no longer kept."""
    catalogue = services.catalogue
    try:
        guide = services.guide_of(case)
    except KeyError:
        return None
    with use_language(locale):
        if locale == ENGLISH:
            guide = catalogue.in_english(guide)
        sent = services.parcels(case.case_no)
        view = progress(case, guide, now, lambda code: catalogue.get(code, language_of(locale)), sent)
        said: dict[str, Any] = _readable(view.model_dump(mode="json"), locale)
    return said


def _readable(value: Any, locale: str) -> Any:
    if isinstance(value, dict):
        return {key: _readable(held, locale) for key, held in value.items()}
    if isinstance(value, list):
        return [_readable(held, locale) for held in value]
    return readable(value, locale) if isinstance(value, str) else value
