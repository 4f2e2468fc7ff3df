"""Where a field's value may be known already: the paths a guide may name in ``prefill``.

What stands behind them is the business of the room that asks registers; here is only what they are called, so that lint can
tell a slip of the pen. A test holds the names to the registers' records.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

_KEY = r"[a-z][a-z0-9_]*"
_ANSWER = rf"{_KEY}(?:\.{_KEY})*"
_WHOSE = rf"(?:\((?P<whose>{_ANSWER}(?:,{_ANSWER})?)\))?"
PREFILL_PATH = (
    rf"^(?:(?:enterprise|person){_WHOSE.replace('?P<whose>', '?:')}\.{_KEY}|(?:identity|filer|previous)\.{_KEY}"
    rf"|licence{_WHOSE.replace('?P<whose>', '?:')}\.{_KEY}\.[a-z][a-z0-9_.]*)$"
)
_PARTS = re.compile(rf"(?P<source>[a-z]+){_WHOSE}\.(?P<rest>.+)")

_ENTERPRISE = """
uscc name kind legal_representative address registered_capital established business_term business_scope status registry region
phone shareholders form over_a_year
"""
_PERSON = """
id_number name sex birth_date nation address residence_address phone household_region marital_status married history household
"""
_LICENCE = "code kind name number holder_name issued expires issuer address scope status fields expired lapsed_a_year"
_SIGNED_IN = frozenset(("id_number", "name", "phone"))
NAMES: dict[str, frozenset[str]] = {
    "enterprise": frozenset(_ENTERPRISE.split()),
    "person": frozenset(_PERSON.split()),
    "licence": frozenset(_LICENCE.split()),
    "identity": _SIGNED_IN,
    "filer": _SIGNED_IN,
}


class PathParts(NamedTuple):
    """A path taken apart: ``person(woman_id_number,woman_name).phone`` is ``person``, the two answers, ``phone``.

    ``whose`` names the answers with the number and, of a person, the name of who is asked about; none for the case's subject.
    """

    source: str
    whose: tuple[str, ...]
    rest: str


def parts_of(path: str) -> PathParts:
    """A path of a guide taken apart."""
    match = _PARTS.fullmatch(path)
    if match is None:
        return PathParts(path, (), "")
    return PathParts(match["source"], tuple((match["whose"] or "").split(",")) if match["whose"] else (), match["rest"])


def known_path(path: str, keys: Collection[str]) -> bool:
    """Whether a path names something there is; ``previous`` names a field, of this guide or (``keys``) of any other."""
    source, whose, rest = parts_of(path)
    if source == "previous":
        return rest in keys
    if any(answer.partition(".")[0] not in keys for answer in whose) or len(whose) > _MOST_ANSWERS.get(source, 2):
        return False
    if source == "person" and len(whose) == 1:  # nobody gets a person's data by a number alone
        return False
    if source == "licence":
        rest = rest.partition(".")[2].partition(".")[0]
    return rest in NAMES.get(source, ())


_MOST_ANSWERS = {"enterprise": 1}
