"""A business scope as an answer: what she wrote stays, and what is not worded as the registry words it is pointed out.

The rule is 市场主体登记管理条例实施细则第十二条 (registered by the published standard wordings); the wordings are
``knowledge.business_scope``'s.
"""

from __future__ import annotations

import re

from assistant.casework.fields import words
from assistant.casework.fields.meaning import meant
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.foundation.messages import t
from knowledge import business_scope
from knowledge.business_scope import Wording

#: Long enough for the scopes of real licences; a whole catalogue is no scope.
LONGEST = 2000
MOST_TOLD = 5
_HEADINGS = re.compile(r"(?:一般|许可)(?:经营)?项目\s*[:：]")
#: What licences print after the items, and no item itself.
_CLAUSES = re.compile(r"[（(]?(?:依法须经批准的项目|除依法须经批准的项目外)[^）)。；;]*[）)]?[。；;]?")
_LEAD = re.compile(
    r"^(?:(?:我们?|主要|还有|另外|就是|以及|和|打算|想|准备|增加|新增|加上?|改[成为]|从事|经营|做的?是|是)+[:，, ]*)"
)
_TAIL = re.compile(r"(?:之类的?|这些|等等|等|的?生意|的?业务|什么的|方面的?|那种)+[吧呢啊]?$")


def parse_scope(text: str) -> Parsed:
    """A business scope. Nothing she wrote is changed; ``Accepted.fix`` is the same in standard wordings, where that differs."""
    plain = _CLAUSES.sub("；", _HEADINGS.sub("；", meant(text.replace("\n", "；"))))
    parts = business_scope.parts_of(plain)
    pieces = [piece for piece in map(_item, parts) if words.has_words(piece)]
    if not pieces:
        return Rejected("text_empty", t("fields.text_empty"))
    if len(plain) > LONGEST:
        return Rejected("text_long", t("fields.text_long", most=LONGEST, count=len(plain)))
    pieces = list(dict.fromkeys(pieces))
    # her own marks between the items stay: what she checks on the form is what she wrote
    for part in parts:
        plain = plain.replace(part, _item(part), 1)
    kept = re.sub("[；;]{2,}", ";", plain).replace("；", ";").strip(";；,，。 ")
    shown = words.typeset(kept)
    standard = [business_scope.exactly(piece) or business_scope.called(piece) for piece in pieces]
    read = list(zip(pieces, standard, strict=True))
    fixed = "；".join(dict.fromkeys(_standard(piece, wording) for piece, wording in read))
    permits = {when: [w for w in dict.fromkeys(standard) if w is not None and w.when == when] for when in ("before", "after")}
    warning = "".join([*_rewordings(read), *map(_permit, permits["before"])][:MOST_TOLD]) or None
    note = "".join(map(_permit, permits["after"][:MOST_TOLD])) or None
    reworded = any(wording is not None and business_scope.exactly(piece) is None for piece, wording in read)
    return Accepted(kept, shown, warning, fix=fixed if reworded else None, note=note)


def _item(piece: str) -> str:
    """One item without the talk around it; 经营性网站 and 无船承运业务 are items as they stand."""
    if business_scope.exactly(piece) or business_scope.called(piece):
        return piece
    return _TAIL.sub("", _LEAD.sub("", piece)).strip()


def _standard(piece: str, wording: Wording | None) -> str:
    return words.typeset(piece) if wording is None else wording.text


def _rewordings(read: list[tuple[str, Wording | None]]) -> list[str]:
    told = []
    for piece, wording in read:
        if wording is not None and business_scope.exactly(piece) is None:
            told.append(t("fields.scope_reworded", said=piece, standard=wording.text))
        elif wording is None:
            near = business_scope.nearest(piece)
            likes = t("fields.list_separator").join(t("fields.scope_quoted", text=like.text) for like in near)
            told.append(t("fields.scope_like", said=piece, likes=likes) if near else t("fields.scope_unknown", said=piece))
    return told


def _permit(wording: Wording) -> str:
    return t(f"fields.scope_permit_{wording.when}", item=wording.text, licence=wording.licence)
