"""How likely the groups of a number are by themselves: what the register of places, the calendar and check digits say of them.

For choosing between readings of one sound only. Nothing is turned away by it: a district that is no more and a number whose check
does not agree are taken as they were said, and read back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assistant.engine.components.patterns.codes import organisation_check
from knowledge.regions import listed

_ODD, _IMPOSSIBLE = 0.2, 0.02
_LETTER, _ELSE = 0.67, 0.02
"""A letter beside a digit in the organisation's own part, and a beginning of it that is hardly met."""
_OLDEST = 110
"""Years: hardly anybody who stands at a kiosk is older."""
_USUAL = {
    ("card", 0): re.compile(r"[34569]"),
    ("uscc", 0): re.compile(r"[159][1239]"),
}
"""How a group usually begins. Bank cards (ISO/IEC 7812): 62 is UnionPay's, 4 and 5 are of cards with two signs, 95 and 3 of old
ones. Credit codes (GB 32100): who registers whom, as most that come here have it."""
OWN = "MA"
"""What is the organisation's own begins with it in credit codes of today; older ones have digits there."""


def likely(form: str, parts: Sequence[str], today: date, begin: int = 0) -> float:
    """How likely the groups from number ``begin`` on are, 1 where nothing speaks against them.

    Args:
        form: ``id_number``, ``card``, ``uscc``, or any other, of which nothing is known.
        parts: the groups from the first on, as ``dictating`` cuts them.
        today: nobody is born later.
    """
    found = 1.0
    for place in range(begin, len(parts)):
        if form == "id_number":
            found *= _of_id(parts, place, today)
        elif form == "uscc" and place > 0:
            found *= _of_code(parts, place)
        elif (usual := _USUAL.get((form, place))) is not None and not usual.match(parts[place]):
            found *= _ODD
    return found


def _of_id(parts: Sequence[str], place: int, today: date) -> float:
    """GB 11643: the district of GB/T 2260 when the number was given, and a day she can be born on."""
    if place == 0:
        return 1.0 if listed(parts[0]) else _ODD
    if place == 1:
        return 1.0 if today.year - _OLDEST <= int(parts[1]) <= today.year else _IMPOSSIBLE
    if place == 2:
        try:
            born = date.fromisoformat(parts[1] + parts[2])
        except ValueError:
            return _IMPOSSIBLE
        return 1.0 if born <= today else _IMPOSSIBLE
    return 1.0


def _of_code(parts: Sequence[str], place: int) -> float:
    """GB 32100: where it was registered, and what is the organisation's own. Its last sign checks the eight before (GB 11714)."""
    if place == 1:
        region = parts[0][2:] + parts[1]
        return 1.0 if listed(region) or region.endswith("0000") else _ODD
    found = 1.0 if place > 2 or parts[2].startswith(OWN) or parts[2].isdigit() else _ELSE
    found *= _LETTER ** sum(sign.isalpha() for sign in parts[place])
    own = "".join(parts[2:5])
    if place == 4 and len(own) > 8 and organisation_check(own[:8]) != own[8]:
        found *= _ODD
    return found
