"""Where a field's value may be known already: the paths a guide may name in ``prefill``.

What stands behind them is the business of the room that asks registers; here is only what they are called, so that lint can
tell a slip of the pen. A test holds the names to the registers' records.
"""

from __future__ import annotations

from collections.abc import Collection

PREFILL_PATH = r"^(?:(?:enterprise|person|identity|previous)\.[a-z][a-z0-9_]*|licence\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_.]*)$"

_ENTERPRISE = """
uscc name kind legal_representative address registered_capital established business_term business_scope status registry region
phone shareholders form over_a_year
"""
_PERSON = "id_number name sex birth_date nation address residence_address phone household_region marital_status married history"
_LICENCE = "code kind name number holder_name issued expires issuer address scope status fields"
NAMES: dict[str, frozenset[str]] = {
    "enterprise": frozenset(_ENTERPRISE.split()),
    "person": frozenset(_PERSON.split()),
    "licence": frozenset(_LICENCE.split()),
    "identity": frozenset(("id_number", "name", "phone")),
}


def known_path(path: str, keys: Collection[str]) -> bool:
    """Whether a path names something there is; ``previous`` names a field, of this guide or (``keys``) of any other."""
    source, _, rest = path.partition(".")
    if source == "previous":
        return rest in keys
    if source == "licence":
        rest = rest.partition(".")[2].partition(".")[0]
    return rest in NAMES.get(source, ())
