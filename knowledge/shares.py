"""What of a composition (一件事) is for which of its parts: each receiving department gets its own papers and answers only."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class PartShare(BaseModel):
    """Keys of documents and fields, codes of materials, as they are called in the composition.

    Made when the parts are put together; no file says it. The composition's own documents and materials (the joint form, the
    one authorisation) are everybody's; of its own fields a part has those it asks for itself.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    department: str
    fields: list[str]
    materials: list[str]
    documents: list[str]
