"""A simulated citizen's answer to whatever she is asked, from her facts."""

from __future__ import annotations

import functools
import io
from typing import Any

import pypdfium2  # type: ignore[import-untyped, unused-ignore]

from benchmarks.citizens.citizen import Citizen, Unserved
from benchmarks.citizens.facts import Facts
from benchmarks.citizens.pdfium import LOCK

A4_POINTS = (595, 842)
MATERIAL = "material:"
NO_MORE = "就这些"


class Unprepared(AssertionError):
    """She was asked something her facts hold no answer to; says what was asked, and of whom."""


@functools.cache
def sample_pdf() -> bytes:
    """One clean A4 page, as a citizen's scan would be."""
    with LOCK:
        pdf = pypdfium2.PdfDocument.new()
        pdf.new_page(*A4_POINTS)
        out = io.BytesIO()
        pdf.save(out)
        pdf.close()
    return out.getvalue()


def answer(citizen: Citizen, facts: Facts) -> dict[str, Any]:
    """Answer what is being asked; the turn it led to.

    Raises:
        Unprepared: the facts say nothing of it.
        Unserved: the service refused what she sent.
    """
    asking = citizen.turn["ask"]
    field = str(asking["field"])
    if field == "review":
        return citizen.say("确认无误")
    if field == "consent" and field not in facts.say:
        return citizen.choose(facts.consent)
    if field.startswith(MATERIAL):
        return _material(citizen, facts, field.removeprefix(MATERIAL), asking)
    if field in facts.skip:
        return citizen.say("跳过")
    words = facts.say.get(field)
    if words is not None and asking.get("columns") and asking["value"] is not None and not asking["error"]:
        return citizen.say(NO_MORE)  # the rows are in; is there another?
    if words is None:
        raise Unprepared(f"{field} ({asking['label']}) was asked, and citizen {facts.title} has no answer to it")
    return give(citizen, words)


def give(citizen: Citizen, words: str | list[Any]) -> dict[str, Any]:
    """Type the words, or tap the options."""
    return citizen.choose(*words) if isinstance(words, list) else citizen.say(words)


def _material(citizen: Citizen, facts: Facts, material: str, asking: dict[str, Any]) -> dict[str, Any]:
    way = facts.materials.get(material, "upload")
    if way != "upload":
        return citizen.choose(way)
    if material not in facts.materials and asking["kind"] != "file":
        raise Unprepared(
            f"material {material} ({asking['label']}) cannot be uploaded, and citizen {facts.title} says no other way"
        )
    uploaded = citizen.upload(sample_pdf(), f"{material}.pdf", material, "application/pdf")
    if uploaded.status_code != 201:
        raise Unserved(f"material {material} was not taken: {uploaded.status_code} {uploaded.text[:400]}")
    return citizen.attach(uploaded.json()["upload_id"])
