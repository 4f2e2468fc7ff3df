"""How well uploads are straightened, turned upright, told apart and read: over photographs that are made, with known truth.

Run as ``python -m benchmarks.papers [N]``; prints JSON. Made photographs are kinder than real ones: flat paper, clean print, one
lens. The figures say that nothing is broken, not what a street photographer's pictures would give.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from typing import Any

import numpy as np

from assistant.casework.papers.classify import classify, compact
from assistant.casework.papers.fields import read_fields
from assistant.casework.papers.lines import Page
from assistant.casework.papers.ocr import OcrReader
from assistant.casework.upload_checks import straightening
from benchmarks import drawn_papers, paper_photos
from knowledge.papers import paper_kinds

TODAY = date(2026, 11, 22)


def main(count: int) -> dict[str, Any]:
    """Make, straighten and read ``count`` photographs; every fourth is a little out of focus, every fifth dim."""
    reader = OcrReader(read_s=55.0)
    errors: list[float] = []
    found = upright = known = fields = exact = wrong = 0
    seconds: dict[str, list[float]] = {"straighten": [], "read": []}
    missed: list[str] = []
    try:
        for number in range(count):
            rng = np.random.default_rng(5000 + number)
            kind = drawn_papers.kinds()[number % len(drawn_papers.kinds())]
            paper = drawn_papers.draw(kind, rng)
            photo = paper_photos.photograph(paper.picture, rng, blur=1.0 if number % 4 == 3 else 0.0, slant=0.08)
            picture = photo.picture // 2 + 20 if number % 5 == 4 else photo.picture
            begun = time.perf_counter()
            told, pages = straightening.pages_of(paper_photos.jpeg(picture), "jpg")
            seconds["straighten"].append(time.perf_counter() - begun)
            begun = time.perf_counter()
            page = reader.read(pages[0], 60)
            seconds["read"].append(time.perf_counter() - begun)
            corners = told["pages"][0]["corners"]
            if corners is not None:
                found += 1
                seen = np.array(corners, dtype=np.float32)
                turns = [float(np.linalg.norm(np.roll(seen, -j, axis=0) - photo.corners, axis=1).max()) for j in range(4)]
                quarter = int(np.argmin(turns))
                errors.append(turns[quarter] / float(np.linalg.norm(photo.corners[0] - photo.corners[2])))
                upright += page.turned == (-quarter) % 4
            values, right = _read(kind, page, paper.fields)
            known += right
            fields += len(paper.fields)
            for key, printed in paper.fields.items():
                same = compact(values.get(key, "")) == compact(printed)
                exact += same
                wrong += not same and key in values
                if not same:
                    missed.append(f"{kind}.{key}" + ("" if key in values else " (left out)"))
    finally:
        reader.close()
    return {
        "photographs": count,
        "sheet_found": found,
        "corner_error_percent_of_diagonal": {
            "median": _percent(errors, 0.5),
            "p95": _percent(errors, 0.95),
            "worst": _percent(errors, 1),
        },
        "upright": upright,
        "right_kind": known,
        "fields": fields,
        "fields_exact": exact,
        "fields_wrong": wrong,
        "missed": missed,
        "seconds_median": {name: round(float(np.median(values)), 2) for name, values in seconds.items()},
    }


def _read(kind: str, page: Page, printed: dict[str, str]) -> tuple[dict[str, str], bool]:
    held = classify([page])
    return (read_fields(paper_kinds()[held.kind], [page], TODAY) if held.kind else {}), held.kind == kind


def _percent(values: list[float], share: float) -> float:
    return round(float(np.quantile(values, share)) * 100, 2) if values else 0.0


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 117), ensure_ascii=False, indent=1))
