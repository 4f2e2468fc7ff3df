"""What was read, as checks for the citizen: each says what is wrong and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.casework.papers.reading import Looked, Read
from assistant.casework.uploads import Check, check
from assistant.foundation.messages import ENGLISH, language, t
from knowledge.papers import is_picture, paper_kinds, wanted_kinds
from knowledge.schema import Material

#: The check that depends on the material a file is for; all others are of the file alone.
DOCUMENT = "document"


def of_file(looked: Looked | None, checks: Sequence[Check]) -> list[Check]:
    """The checks of a file with what reading it added: those of the whole photograph give way to those of the sheet alone."""
    if looked is None or looked.read.state != "read":
        return list(checks)
    found = [check(c.code, looked.quality[c.code], {}) if looked.quality.get(c.code) else c for c in checks]
    if "glare" in looked.quality:
        found.append(check("glare", looked.quality["glare"], {}))
    read = looked.read
    if read.found or "cut" in read.notes:
        found.append(check("crop", "cut" not in read.notes, {}))
    if read.turned:
        found.append(check("upright", True, {}))
    if looked.pdf is not None and read.found:
        found.append(check("straightened", True, {}))
    if "hard_to_read" in read.notes:
        found.append(check("legible", False, {}))
    if "expired" in read.notes:
        found.append(check("valid", False, {"day": read.values.get("expires", "")}))
    return found


def document(read: Read, material: Material | None) -> Check | None:
    """Whether this is the paper wanted; None where nobody can tell, or where none is wanted (a photograph of oneself)."""
    if read.state == "nothing_to_read" or (material is not None and is_picture(material.name)):
        return None
    if read.state == "waiting":
        return Check(code=DOCUMENT, ok=True, message=t("uploads.document_waiting"))
    if read.state == "not_read":
        return Check(code=DOCUMENT, ok=False, message=t("uploads.document_unread"))
    wanted = wanted_kinds(material.name, material.shows) if material is not None else []
    name = material.name if material is not None else ""
    if not read.readable:
        key = "uploads.document_no_text_for" if wanted else "uploads.document_no_text"
        return Check(code=DOCUMENT, ok=False, message=t(key, wanted=name))
    if read.kind is None:
        if not wanted:
            return Check(code=DOCUMENT, ok=True, message=t("uploads.document_some"))
        return Check(code=DOCUMENT, ok=False, message=t("uploads.document_unknown", wanted=name))
    seen = kind_name(read.kind)
    if wanted and read.kind not in wanted:
        return Check(code=DOCUMENT, ok=False, message=t("uploads.document_wrong", seen=seen, wanted=name))
    return Check(code=DOCUMENT, ok=True, message=t("uploads.document_ok", seen=seen))


def fits(read: Read, material: Material) -> bool:
    """Whether it is certain enough that this is the paper wanted, so that what it says may be held against the answers."""
    return read.kind is not None and read.kind in wanted_kinds(material.name, material.shows)


def kind_name(code: str) -> str:
    """What a kind of paper is called, in the language being spoken."""
    kind = paper_kinds()[code]
    return kind.english if language() == ENGLISH else kind.name
