"""A simulated citizen's answers, from facts kept as data."""

from __future__ import annotations

import io
from typing import Any

import pypdfium2

from tests.e2e.citizen import Citizen


def sample_pdf() -> bytes:
    """One clean A4 page with some text, as a citizen's scan would be."""
    pdf = pypdfium2.PdfDocument.new()
    pdf.new_page(595, 842)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def answer(citizen: Citizen, facts: dict[str, Any]) -> dict[str, Any]:
    """Answer whatever is being asked, from the citizen's facts."""
    asking = citizen.turn["ask"]
    field = asking["field"]
    if field == "review":
        return citizen.say("确认无误")
    if field.startswith("material:"):
        material = field.removeprefix("material:")
        way = facts.get("materials", {}).get(material, "upload")
        if way == "upload":
            uploaded = citizen.upload(sample_pdf(), f"{material}.pdf", material, "application/pdf")
            assert uploaded.status_code == 201, uploaded.text
            return citizen.attach(uploaded.json()["upload_id"])
        return citizen.choose(way)
    if field in facts.get("skip", []):
        return citizen.say("跳过")
    words = facts["say"].get(field)
    if isinstance(words, list):
        return citizen.choose(*words)
    assert words is not None, f"{field} was asked, and the citizen has no answer to it"
    return citizen.say(str(words))
