"""Documents an office takes only signed: which of a package still want a signature, whose, and how it can be given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.foundation.messages import t
from knowledge.schema import DocumentSpec


@dataclass(frozen=True)
class Unsigned:
    """A document that wants a signature. ``here``: it can be drawn on the page; otherwise it is given by hand, on paper."""

    document: str
    title: str
    signer: str
    here: bool

    def todo(self) -> str:
        """What is to be done about it, for the list of papers."""
        return t("package.unsigned_here" if self.here else "package.unsigned_paper", signer=self.signer)

    def noted(self) -> dict[str, Any]:
        """The note the office finds in the manifest."""
        return {"title": self.title, "signer": self.signer, "note": t("package.unsigned_note")}


def wanting(document: DocumentSpec, *, drawn: bool, place: bool, by_agent: bool) -> Unsigned | None:
    """What a document still wants; None where it wants no signature, or has it.

    Args:
        drawn: the applicant's signature stands in it.
        place: its template leaves room for that one.
        by_agent: somebody files for the applicant, who then cannot sign on the page.
    """
    if document.signature is None or document.signer is None or drawn:
        return None
    return Unsigned(document.key, document.title, document.signer, here=place and not by_agent)


def named(documents: Sequence[tuple[str, str]]) -> str:
    """《申请书》（经营者）、《承诺书》（户主), from titles and who signs."""
    separator = t("fields.list_separator")
    return separator.join(t("package.unsigned_named", title=title, signer=signer) for title, signer in documents)


def told(missing: Sequence[Unsigned]) -> list[str]:
    """Sentences for the citizen whose package wants signatures."""
    said = []
    for here in (True, False):
        names = named([(one.title, one.signer) for one in missing if one.here is here])
        if names:
            said.append(t("package.unsigned_told_here" if here else "package.unsigned_told_paper", names=names))
    return [*said, t("package.unsigned_may_wait")] if said else []


def of(missing: Sequence[Unsigned], documents: Collection[str]) -> list[Unsigned]:
    """Those among these documents."""
    return [one for one in missing if one.document in documents]
