"""A result as it is offered in a talk: the file and its proof, to be downloaded."""

from __future__ import annotations

from assistant.casework.results.store import Result
from assistant.foundation.messages import t
from knowledge.replies import File


def files(made: Result) -> list[File]:
    """The result and its proof."""
    base = f"/api/v1/cases/{made.case_no}/results/{made.id}"
    name = t("results.file_name", title=made.said.title, case_no=made.case_no)
    return [
        File(name=f"{name}.pdf", url=base, media_type=made.media_type),
        File(
            name=t("results.proof_name", name=name),
            url=f"{base}/proof",
            media_type="application/json",
            text=t("results.proof_text"),
        ),
    ]
