"""Whether a register's answer is one to the question: registers get confused, and nobody may be given another's data."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from assistant.casework.prefill.records import Conduct, Enterprise, FarSideUnavailable, Licence, Person
from assistant.engine.components.patterns.codes import born, compact, uscc_fits

_Record = TypeVar("_Record", bound=BaseModel)
_DOTS = re.compile("[·•‧・∙⋅.]")


def enterprise(answer: Any, uscc: str) -> Enterprise:
    """The enterprise with this code.

    Raises:
        FarSideUnavailable: ``unreadable``; ``wrong-record`` where it is another one.
    """
    # The check character is not looked at: some codes in force fail it, and this one is what was asked for.
    record = _read(Enterprise, answer)
    if compact(record.uscc) != compact(uscc):
        raise FarSideUnavailable("wrong-record")
    return record.model_copy(update={"uscc": compact(uscc)})


def conduct(answer: Any, uscc: str, start: date, end: date) -> Conduct:
    """The records of this enterprise in this period.

    Raises:
        FarSideUnavailable: ``unreadable``; ``wrong-record`` where they are another's, of another period, or of an area not named.
    """
    record = _read(Conduct, answer)
    areas = {area.code for area in record.areas}
    own = compact(record.uscc) == compact(uscc) and (record.start, record.end) == (start, end)
    if not own or any(item.area not in areas or not start <= item.decided <= end for item in record.items):
        raise FarSideUnavailable("wrong-record")
    return record


def named_enterprise(answer: Any, name: str) -> Enterprise | None:
    """The one enterprise of this name; None where there is none, or several: a name does not tell them apart.

    Raises:
        FarSideUnavailable: ``unreadable``; ``wrong-record`` where one has another name, or no credit code.
    """
    records = [_read(Enterprise, item) for item in _items(answer)]
    for record in records:
        if not _same(record.name, name) or not uscc_fits(compact(record.uscc)):
            raise FarSideUnavailable("wrong-record")
    return records[0] if len(records) == 1 else None


def person(answer: Any, id_number: str, name: str) -> Person:
    """The person with this number and name.

    Raises:
        FarSideUnavailable: ``unreadable``; ``wrong-record`` where it is somebody else, or born another day than the number says.
    """
    record = _read(Person, answer)
    number = compact(id_number)
    if compact(record.id_number) != number or not _same(record.name, name):
        raise FarSideUnavailable("wrong-record")
    if record.birth_date is not None and record.birth_date != born(number):
        raise FarSideUnavailable("wrong-record")
    return record.model_copy(update={"id_number": number})


def licences(answer: Any, holder: str) -> list[Licence]:
    """The licences of this holder.

    Raises:
        FarSideUnavailable: ``unreadable``; ``wrong-record`` where one is another's, or ends before it begins.
    """
    records = [_read(Licence, item) for item in _items(answer)]
    for record in records:
        if compact(record.holder) != compact(holder) or (record.issued and record.expires and record.expires < record.issued):
            raise FarSideUnavailable("wrong-record")
    return records


def _items(answer: Any) -> list[Any]:
    items = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(items, list):
        raise FarSideUnavailable("unreadable")
    return items


def _read(model: type[_Record], answer: Any) -> _Record:
    try:
        return model.model_validate(answer)
    except ValidationError:
        # Not chained: the message repeats the values, which are personal data, and would end up in a log.
        raise FarSideUnavailable("unreadable") from None


def _same(given: str | None, asked: str) -> bool:
    """Whether two names are one, however wide, with whichever dot and brackets they were typed."""
    return given is not None and _plain(given) == _plain(asked)


def _plain(name: str) -> str:
    return re.sub(r"\s", "", _DOTS.sub("·", unicodedata.normalize("NFKC", name))).upper()
