"""The proof that lets a draft be opened on another channel."""

from __future__ import annotations

import secrets

from assistant.casework.model import Case
from knowledge.schema import Guide

TAIL = 4
#: No 0/O, 1/I/L: the code is read off a screen and typed on another.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 6


def new_code() -> str:
    """A resume code: random, short enough to be copied by hand."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(_CODE_LENGTH))


def identity_tail(guide: Guide, case: Case) -> str:
    """The last four characters of the first identity number given in the case, upper case; empty if none was given yet.

    The resume code alone then opens the draft: it is random and the case locks after five wrong tries.
    """
    for field in guide.fields:
        answer = case.answers.get(field.key)
        if field.type == "id_number" and answer is not None and not answer.skipped:
            return str(answer.value)[-TAIL:].upper()
        if field.type == "table" and answer is not None and isinstance(answer.value, list):
            columns = [column.key for column in field.columns if column.type == "id_number"]
            numbers = [row[key] for row in answer.value for key in columns if row.get(key)]
            if numbers:
                return str(numbers[0])[-TAIL:].upper()
    return ""
