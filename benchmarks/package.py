"""How long a package takes: the company's change of address with all six of its documents, filled, converted, checked, bound,
signed and zipped; ten of them at once; and what LibreOffice weighs after two hundred conversions.

Figures are of a warm converter, as a citizen meets it; ``start_ms`` is what the first one after a restart waits longer.
"""

from __future__ import annotations

import json as json_module
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.casework import interview
from assistant.casework.fields.parse import field_options
from assistant.casework.fields.result import Accepted
from assistant.casework.model import Case, Source
from assistant.casework.package import OfficeWorker, build, gate
from assistant.casework.package.assembly import Trimmings, slips
from assistant.casework.package.build import package_documents
from assistant.casework.package.checking import examine
from assistant.casework.package.forms import fill
from assistant.casework.package.pages import Listed
from assistant.casework.package.press import press
from assistant.casework.package.signing import PackageKeys
from assistant.casework.package.values import form_context
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide, GuideField

GUIDE = "company-address-change"
SITUATION = {"licence_paper": "lost", "filer": "agent", "company_kind": "limited"}  # in which all six documents are wanted
PROMISED = "premises_commitment"
DOCUMENTS = 6
TARGET_MS = 1500
AT_ONCE = 10
CONVERSIONS = 200
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


def measure(repeats: int = 20, conversions: int = CONVERSIONS) -> dict[str, Any]:
    """The figures of ``repeats`` warm packages, of their parts, of ten at once, and of the converter's memory.

    Raises:
        RuntimeError: a package is not what it should be.
    """
    templates = ROOT / "knowledge" / "templates"
    guide = Catalogue.load(ROOT / "knowledge" / "guides").for_region("310115").guides[GUIDE]
    case = six_documents(guide)
    documents = package_documents(guide, case)
    if len(documents) != DOCUMENTS:
        raise RuntimeError(f"{len(documents)} documents instead of {DOCUMENTS}")
    with tempfile.TemporaryDirectory() as folder, OfficeWorker(Converter(Path(folder))) as office:
        keys = PackageKeys(Path(folder) / "keys.json")

        def package() -> None:
            built = build(case, guide, [], NOW, office, templates, Trimmings(sealer=keys))
            problems = [*examine(built.data, keys.public()).findings, *built.notices]
            if problems:
                raise RuntimeError(f"the package is not what it should be: {problems}")

        start = _timed(office.warm_up)
        first = _timed(package)
        whole = [_timed(package) for _ in range(repeats)]
        context = form_context(case, guide, NOW)
        filled = [fill(templates / d.template, context, d.title) for d in documents]
        pdfs = [office.convert(f.docx) for f in filled]
        listed = [Listed(d.title) for d in documents]
        together = _at_once(package)
        with OfficeWorker(Converter(Path(folder) / "long")) as long:
            memory = _memory(long, [f.docx for f in filled], conversions)
        press.close()
        return {
            "guide": GUIDE, "documents": len(documents), "runs": repeats,
            "median_ms": round(statistics.median(whole)), "p95_ms": round(_p95(whole)), "target_ms": TARGET_MS,
            "within_target": statistics.median(whole) <= TARGET_MS,
            "start_ms": round(start), "first_ms": round(first),
            "fill_ms": _median(lambda: [fill(templates / d.template, context, d.title) for d in documents], repeats),
            "convert_ms": _median(lambda: [office.convert(f.docx) for f in filled], repeats),
            "gate_ms": _median(
                lambda: [gate.check(p, gate.expect(f), "x") for p, f in zip(pdfs, filled, strict=True)], repeats
            ),
            "slips_ms": _median(lambda: slips(case, guide, listed, NOW), repeats),
            **together, **memory,
        }  # fmt: skip


def six_documents(guide: Guide) -> Case:
    """A case in the situation that wants every document: an agent files, the licence was lost, the premises are promised."""
    case = sample_case(guide, SITUATION)
    interview.refresh_materials(guide, case)
    for material in interview.applying_materials(guide, case):
        if material.promise_document == PROMISED and "promise" in material.met_by:
            interview.meet(guide, case, material, "promise", NOW)
    return case


def sample_case(guide: Guide, answers: dict[str, str] | None = None) -> Case:
    """A case answered with each field's own example and first option, or as ``answers`` say."""
    case = Case(case_no="BD20261110EXAMPLE", guide_code=guide.code, guide_name=guide.name, guide_version=guide.version,
                created_at=NOW, updated_at=NOW)
    for turn in range(1, len(guide.fields) + 1):
        field = interview.next_field(guide, case)
        if field is None:
            break
        given = (answers or {}).get(field.key)
        taken = _example(field) if given is None else Accepted(given, given)
        interview.record(guide, case, field, taken, Source(kind="said", turn=turn), NOW)
    return case


def _example(field: GuideField) -> Accepted:
    if field.type not in ("choice", "multi", "yes_no"):
        value = "2026-11-05" if field.type == "date" else str(field.example or "示例")
        return Accepted(value, value)
    first = field_options(field)[0]
    return Accepted([first.value] if field.type == "multi" else first.value, first.label)


def _at_once(package: Callable[[], None]) -> dict[str, Any]:
    """Ten citizens confirm in the same moment; one converter."""
    gate_open = threading.Barrier(AT_ONCE)

    def one(_: int) -> float | None:
        gate_open.wait()
        try:
            return _timed(package)
        except Exception:  # whatever it was, it is one that failed
            return None

    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        times = list(pool.map(one, range(AT_ONCE)))
    good = [taken for taken in times if taken is not None]
    return {
        "at_once": AT_ONCE, "at_once_failed": AT_ONCE - len(good), "at_once_slowest_ms": round(max(good, default=0.0)),
        "at_once_all_ms": round((time.perf_counter() - started) * 1000),
    }  # fmt: skip


def _memory(office: OfficeWorker, docx: list[bytes], conversions: int) -> dict[str, Any]:
    """Resident memory of LibreOffice over many conversions, recycled as it is in service."""
    office.warm_up()
    begun = most = office.rss_bytes()
    for number in range(conversions):
        office.convert(docx[number % len(docx)])
        if number % 10 == 9:
            most = max(most, office.rss_bytes())
    return {
        "conversions": conversions, "office_rss_start_mib": round(begun / MIB), "office_rss_most_mib": round(most / MIB),
        "office_rss_after_mib": round(office.rss_bytes() / MIB), "office_starts": office.starts,
    }  # fmt: skip


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
