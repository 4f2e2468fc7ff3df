"""Whether a paper and an answer say the same: as people would say so, not as bytes."""

from __future__ import annotations

import re
import unicodedata

from assistant.casework.fields.addresses import same_place
from assistant.foundation.masking import mask_value
from knowledge.schema import GuideField

_NOISE = re.compile(r"[\s\W_]+")
#: Signs a reader of pictures takes for each other; each group is one sign for the comparison.
_ALIKE = (
    "0OoQD〇",
    "1lI|丨",
    "2Zz",
    "5Ss",
    "8B",
    "日曰",
    "末未",
    "己已巳",
    "人入",
    "土士",
    "千干于",
    "天夭",
    "大太犬",
    "戊戌戍",
    "末未",
    "洋洋",
    "弄異",
    "室窒",
)
_AS_ONE = {ord(sign): group[0] for group in _ALIKE for sign in group}
_CODES = ("id_number", "uscc", "phone")


def same(field: GuideField, said: object, read: object) -> bool:
    """Whether two normalised values of a field are the same.

    Codes to the last sign; names to the last sign as well, for one stroke makes another person; everything else as long as they
    differ only in what a reader of pictures confuses. Addresses as places.
    """
    one, other = plain(str(said)), plain(str(read))
    if one == other:
        return True
    if field.type in (*_CODES, "person_name", "date", "amount", "area", "integer"):
        return False
    if field.type == "address" and same_place(str(said), str(read)):
        return True
    alike, alike_other = one.translate(_AS_ONE), other.translate(_AS_ONE)
    return alike == alike_other or (field.type == "address" and same_place(alike, alike_other))


def plain(text: str) -> str:
    """Full-width signs as plain ones, no blanks, no punctuation, no difference of case."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def alone(field: GuideField, value: str) -> str:
    """A value as she has to see it to say whether it is right: a name or an address is whole, a person's number is masked."""
    return mask_value(field.type, value) if field.type in ("id_number", "phone") else value


def side_by_side(field: GuideField, one: str, other: str) -> tuple[str, str]:
    """Two values as the citizen sees them beside each other: numbers masked, but with all that tells them apart."""
    masked, masked_other = alone(field, one), alone(field, other)
    if masked != masked_other or len(one) != len(other):
        return masked, masked_other
    differing = [a != b for a, b in zip(one, other, strict=True)]
    return _revealed(masked, one, differing), _revealed(masked_other, other, differing)


def _revealed(masked: str, whole: str, where: list[bool]) -> str:
    if len(masked) != len(whole):
        return whole
    return "".join(sign if shown else star for star, sign, shown in zip(masked, whole, where, strict=True))
