"""JSON Schema of the guide files, for editors: ``guide.schema.json`` and ``overlay.schema.json`` beside this module.

Written from the pydantic models, so that what an editor accepts is what is loaded; the checks between parts (references,
completeness) stay with ``bandao guides lint``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from knowledge.overlay import Overlay
from knowledge.schema import Guide, Strict

GUIDE_SCHEMA: type[Strict] = Guide
OVERLAY_SCHEMA: type[Strict] = Overlay
FILES: dict[type[Strict], Path] = {
    Guide: Path(__file__).with_name("guide.schema.json"),
    Overlay: Path(__file__).with_name("overlay.schema.json"),
}


def text_of(model: type[Strict]) -> str:
    """The schema of a model as JSON Schema 2020-12, keys as they stand in the file."""
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)}
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
