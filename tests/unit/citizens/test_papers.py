"""What a citizen checks of her package: a member changed, an answer missing or wrong is found from the zip alone."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
import typst

from benchmarks.citizens import papers
from benchmarks.citizens.facts import Facts

GUIDE = {
    "fields": [
        {"key": "name", "type": "person_name"},
        {"key": "day", "type": "date"},
        {"key": "founders", "type": "table", "columns": [
            {"key": "kind", "type": "choice", "options": [{"value": "citizen", "label": "中国公民"}]}, {"key": "amount", "type": "amount"}]},
        {"key": "kinds", "type": "multi", "options": [{"value": "a", "label": "热食"}, {"value": "b", "label": "冷食"}]},
    ]
}
FACTS = Facts(guide="g", name="she", opening="", say={"day": "2026年11月6日"}, documents=["form"],
              expect={"name": "阿卜杜拉·买买提", "day": "2026-11-06", "kinds": ["a", "b"],
                      "founders": [{"kind": "citizen", "amount": 600000}]})  # fmt: skip
HELD = {"name": "阿卜杜拉·买买提", "day": "2026年11月6日", "kinds": "热食、冷食", "founders": "1. 中国公民，600000元"}


class Holder:
    """Stands for the citizen: one guide and one package."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def get(self, path: str) -> Holder:
        return self

    def json(self) -> dict[str, Any]:
        return GUIDE

    def package(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.data))


def zipped(held: dict[str, str], text: str, kind: str = "said", also: tuple[str, bytes] | None = None) -> Any:
    pdf = typst.compile(text.encode(), format="pdf")
    assert isinstance(pdf, bytes)
    files = [{"path": "01-form.pdf", "sha256": hashlib.sha256(pdf).hexdigest()}]
    fields = [{"field": key, "value": value, "source": {"kind": kind}} for key, value in held.items()]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("01-form.pdf", pdf)
        package.writestr("manifest.json", json.dumps({"files": files, "fields": fields}))
        if also:
            package.writestr(*also)
    return Holder(out.getvalue())


WHOLE = "申请人 阿卜杜拉·买买提 2026 年 11 月 6 日"


def test_a_complete_package_is_one() -> None:
    assert papers.look(zipped(HELD, WHOLE), FACTS) == ["01-form.pdf"]


@pytest.mark.parametrize(
    ("package", "said"),
    [
        (zipped(HELD | {"name": "张三"}, WHOLE), "name"),
        (zipped({key: HELD[key] for key in ("name", "day", "founders")}, WHOLE), "kinds: not in the manifest"),
        (zipped(HELD | {"kinds": "热食"}, WHOLE), "冷食"),
        (zipped(HELD | {"founders": "1. 外国人，600000元"}, WHOLE), "founders"),
        (zipped(HELD | {"founders": "1. 中国公民，60000元"}, WHOLE), "founders"),
        (zipped(HELD | {"day": "2026年11月7日"}, WHOLE), "day"),
        (zipped(HELD, "申请人 阿卜杜拉·买买提"), "day: '2026年11月6日' is in no document"),
        (zipped(HELD, WHOLE, "computed"), "she said it herself"),
        (zipped(HELD, WHOLE, also=("02-more.pdf", b"")), "does not list"),
    ],
)
def test_what_is_wrong_is_found(package: Any, said: str) -> None:
    with pytest.raises(papers.WrongPaper, match=said):
        papers.look(package, FACTS)


def test_a_member_that_was_changed_is_found() -> None:
    whole = zipfile.ZipFile(io.BytesIO(zipped(HELD, WHOLE).data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("manifest.json", whole.read("manifest.json"))
        package.writestr("01-form.pdf", whole.read("01-form.pdf") + b"\n")
    with pytest.raises(papers.WrongPaper, match="not the file of the manifest"):
        papers.look(Holder(out.getvalue()), FACTS)  # type: ignore[arg-type]
