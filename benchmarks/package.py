"""How long a package takes: three Word forms filled, converted, checked, with checklist and zip; and what LibreOffice weighs.

Figures are of a warm converter, as a citizen meets it; ``start_ms`` is what the first one after a restart waits longer.
"""

from __future__ import annotations

import json as json_module
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.casework import interview
from assistant.casework.fields.parse import field_options
from assistant.casework.fields.result import Accepted
from assistant.casework.model import Case, Source
from assistant.casework.package import OfficeWorker, build, gate, pages, verify
from assistant.casework.package.build import package_documents
from assistant.casework.package.forms import fill
from assistant.casework.package.values import form_context
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide, GuideField

GUIDE = "food-permit-new"  # three forms when the owner comes herself
TARGET_MS = 1000
NOW = datetime(2026, 11, 10, 9, 0, tzinfo=SHANGHAI)
MIB = 1 << 20


@dataclass(frozen=True)
class Converter:
    """Settings of the converter: its own folder, so that a running service is not disturbed."""

    data_dir: Path
    soffice: str = "soffice"


def run(json: bool = False, repeats: int = 20) -> dict[str, Any]:
    """Measure, print (one JSON object, or lines for people) and return the figures; times in milliseconds."""
    figures = measure(repeats)
    if json:
        print(json_module.dumps(figures, ensure_ascii=False))
    else:
        for name, value in figures.items():
            print(f"{name:>20}  {value}")
    return figures


def measure(repeats: int = 20) -> dict[str, Any]:
    """The figures of ``repeats`` warm packages and of their parts."""
    templates = ROOT / "knowledge" / "templates"
    guide = Catalogue.load(ROOT / "knowledge" / "guides").guides[GUIDE]
    case = sample_case(guide)
    documents = package_documents(guide, case)
    with tempfile.TemporaryDirectory() as folder, OfficeWorker(Converter(Path(folder))) as office:
        start = _timed(office.warm_up)
        first = _timed(lambda: build(case, guide, [], NOW, office, templates))
        built = build(case, guide, [], NOW, office, templates)
        if problems := verify(built.data) + built.notices:
            raise RuntimeError(f"the package is not what it should be: {problems}")
        whole = [_timed(lambda: build(case, guide, [], NOW, office, templates)) for _ in range(repeats)]
        context = form_context(case, guide, NOW)
        path, title = templates / documents[0].template, documents[0].title
        filled = fill(path, context, title)
        pdf = office.convert(filled.docx)
        materials = interview.applying_materials(guide, case)
        return {
            "guide": GUIDE, "documents": len(documents), "runs": repeats,
            "median_ms": round(statistics.median(whole)), "p95_ms": round(_p95(whole)), "target_ms": TARGET_MS,
            "within_target": statistics.median(whole) <= TARGET_MS,
            "start_ms": round(start), "first_ms": round(first),
            "fill_ms": _median(lambda: fill(path, context, title), repeats),
            "convert_ms": _median(lambda: office.convert(filled.docx), repeats),
            "gate_ms": _median(lambda: gate.check(pdf, gate.expect(filled), title), repeats),
            "checklist_ms": _median(lambda: pages.checklist(case, guide, materials, [title], NOW), repeats),
            "zip_kib": round(len(built.data) / 1024), "office_rss_mib": round(office.rss_bytes() / MIB),
        }


def sample_case(guide: Guide) -> Case:
    """A case answered with each field's own example and first option."""
    case = Case(case_no="BD20261110EXAMPLE", guide_code=guide.code, guide_name=guide.name, guide_version=guide.version,
                created_at=NOW, updated_at=NOW)
    for turn in range(1, len(guide.fields) + 1):
        field = interview.next_field(guide, case)
        if field is None:
            break
        interview.record(guide, case, field, _example(field), Source(kind="said", turn=turn), NOW)
    return case


def _example(field: GuideField) -> Accepted:
    if field.type not in ("choice", "multi", "yes_no"):
        value = "2026-11-05" if field.type == "date" else str(field.example or "示例")
        return Accepted(value, value)
    first = field_options(field)[0]
    return Accepted([first.value] if field.type == "multi" else first.value, first.label)


def _median(work: Callable[[], object], repeats: int) -> float:
    return round(statistics.median(_timed(work) for _ in range(repeats)), 1)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    run(json=True)
