"""What the wide index holds: an item in a region, with every way it is called.

A guide becomes one record, a platform's row another. Nothing else goes in, so the indexes are made from the guides alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.embedding import sentences
from knowledge.exchange.columns import said
from knowledge.regions import region_code
from knowledge.schema import Guide

#: The kinds of applicant, each a bit of a record's mask; a record without any is for everybody.
KINDS = ("person", "enterprise", "individual_business")
_KIND_NAMES = {
    "自然人": "person", "个人": "person", "企业法人": "enterprise", "企业": "enterprise", "非法人企业": "enterprise",
    "个体工商户": "individual_business",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """An item in a region. ``wordings`` has the official name first, then other names (``names`` in all), then what people say.

    ``region`` is a GB/T 2260 code, ``applicant`` holds some of ``KINDS``; ``guide`` tells guides from a platform's rows.
    """

    code: str
    wordings: tuple[str, ...]
    names: int = 1
    region: str = "000000"
    applicant: tuple[str, ...] = ()
    effective: date | None = None
    expires: date | None = None
    guide: bool = False


def of_guide(guide: Guide) -> Record:
    """A guide with all it says it is called or asked for, and its summary: the documents of the exact search."""
    spoken = sentences(guide)
    called = {name.strip() for name in (guide.name, *guide.names.aliases, *guide.names.colloquial)}
    names = [sentence for sentence in spoken if sentence in called]
    rest = [sentence for sentence in spoken if sentence not in called]
    wordings = (*names, *rest, *([guide.summary] if guide.summary else []))
    return Record(guide.code, wordings, len(names), guide.region, tuple(guide.applicant), guide.effective, guide.expires, True)


def of_rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[Record]:
    """A platform's rows (columns as ``guides import`` knows them); those without a name are passed over.

    The code is the platform's 实施编码; where a row has none, a digest of name and region.
    """
    for row in rows:
        told = said(row)
        name = " ".join(str(told.get("name") or "").split())
        if not name:
            continue
        region = region_code(str(told.get("area_code") or told.get("area") or "")) or "000000"
        parent = " ".join(str(told.get("parent") or "").split())
        wordings = (name, parent) if parent and parent != name else (name,)
        code = str(told.get("task_code") or hashlib.sha256(f"{region}{name}".encode()).hexdigest()[:16])
        objects = told.get("objects") or ()
        objects = re.split(r"[;；、,，\s]+", objects) if isinstance(objects, str) else objects
        kinds = {_KIND_NAMES[kind] for kind in objects if kind in _KIND_NAMES}
        yield Record(code, wordings, len(wordings), region, tuple(kind for kind in KINDS if kind in kinds),
                     _day(told.get("effective")), None)


def mask(applicant: Iterable[str]) -> int:
    """The kinds as bits; all of them where none is said.

    >>> mask(["enterprise"]), mask([])
    (2, 7)
    """
    bits = sum(1 << KINDS.index(kind) for kind in set(applicant) if kind in KINDS)
    return bits or (1 << len(KINDS)) - 1


def _day(raw: Any) -> date | None:
    try:
        return date.fromisoformat(str(raw)[:10]) if raw else None
    except ValueError:
        return None
