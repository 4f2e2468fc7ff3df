"""Building with a converter that renders plainly, so that no LibreOffice is needed; tests/integration has the real one."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from assistant.casework.model import MaterialState, OfficeReceipt
from assistant.casework.package import (
    BuiltPackage,
    ConversionFailed,
    OfficeUnavailable,
    PackageError,
    UploadedFile,
    build,
    gate,
    pages,
    verify,
)
from assistant.casework.package.build import package_documents
from assistant.casework.package.forms import Filled, visible_text
from assistant.casework.package.maker import Remembering
from assistant.casework.package.manifest import sm3
from assistant.casework.package.pages import Block, plain_form, receipt
from assistant.casework.package.plain import blocks
from knowledge.schema import Visits
from tests.unit.casework.package import samples

Change = Callable[[list[Block]], list[Block]]


class Plain:
    """A converter that keeps every word, after ``change`` has done its harm."""

    def __init__(self, change: Change = lambda held: held) -> None:
        self._change = change

    def convert(self, docx: bytes) -> bytes:
        return plain_form("x", self._change(blocks(docx)), samples.case(), samples.GUIDE)


class Failing:
    def __init__(self, error: Exception) -> None:
        self._error = error
        self.asked = 0

    def convert(self, docx: bytes) -> bytes:
        self.asked += 1
        raise self._error


SCAN = plain_form("x", [Block("paragraph", "租赁合同")], samples.case(), samples.GUIDE)
UPLOAD = UploadedFile("u1", "lease", "../合同 扫描.pdf", "application/pdf", SCAN, hashlib.sha256(SCAN).hexdigest(), 1)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samples.templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="module")
def built(templates: Path) -> BuiltPackage:
    return build(samples.case(), samples.GUIDE, [UPLOAD, UPLOAD], samples.NOW, Plain(), templates)


def test_package_holds_forms_checklist_and_uploads(built: BuiltPackage) -> None:
    with zipfile.ZipFile(io.BytesIO(built.data)) as archive:
        assert archive.namelist() == [
            "manifest.json",
            "00_封面和目录.pdf",
            "01_示例变更申请书.docx",
            "01_示例变更申请书.pdf",
            "02_住所承诺书.docx",
            "02_住所承诺书.pdf",
            "03_授权委托书.docx",
            "03_授权委托书.pdf",
            "材料清单.pdf",
            "附件/01_租赁合同_合同_扫描.pdf",
            "附件/02_租赁合同_合同_扫描.pdf",
            "材料接收回执.pdf",
            "合订本.pdf",
        ]
        assert json.loads(archive.read("manifest.json")) == built.manifest
        assert "承诺材料：租赁合同" in visible_text(archive.read("02_住所承诺书.docx"))
    assert built.sha256 == hashlib.sha256(built.data).hexdigest()
    assert built.notices == []


def test_manifest_is_as_the_contract_has_it(built: BuiltPackage) -> None:
    manifest = built.manifest
    assert set(manifest) == {"schema", "case_no", "version", "guide", "files", "fields", "signatures", "materials"}
    assert manifest["guide"] == {"code": "sample-change", "name": "示例变更登记", "version": "2026.1"}
    assert (manifest["version"], built.version, manifest["signatures"]) == (1, 1, [])
    assert all(set(file) == {"path", "title", "kind", "sha256", "sm3"} for file in manifest["files"])
    fields = {field["field"]: field for field in manifest["fields"]}
    assert fields["id_number"]["value"] == "11010519491231002X"
    assert fields["decided"]["value"] == "2026年11月5日"
    assert fields["id_number"]["source"] == {"kind": "said", "turn": 3}
    assert datetime.fromisoformat(fields["id_number"]["confirmed_at"]) == samples.NOW
    assert "remark" not in fields


def test_the_office_is_told_how_each_material_is_met_and_where_it_lies(built: BuiltPackage) -> None:
    found = {material["code"]: material for material in built.manifest["materials"]}
    assert found["power"]["files"] == ["03_授权委托书.docx", "03_授权委托书.pdf"]
    assert len(found["lease"]["files"]) == 2 and found["lease"]["status"] == "promised"
    assert found["plan"] == {"code": "plan", "name": "平面图", "status": "tolerated", "due": "2026-11-24", "files": []}
    members = {file["path"] for file in built.manifest["files"]}
    assert {path for material in found.values() for path in material["files"]} <= members


def test_sm3_is_the_standards(built: BuiltPackage) -> None:
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905 example 1


def test_verify_accepts_and_notices_every_change(built: BuiltPackage) -> None:
    assert verify(built.data) == []
    with zipfile.ZipFile(io.BytesIO(built.data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}

    def zipped(held: dict[str, bytes]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in held.items():
                archive.writestr(name, data)
        return buffer.getvalue()

    assert verify(zipped({**members, "材料清单.pdf": b"other"})) == ["材料清单.pdf: sha256 differs", "材料清单.pdf: sm3 differs"]
    assert verify(zipped({**members, "more.txt": b""})) == ["more.txt: there but not listed"]
    assert verify(zipped({**members, "signatures/a.sig": b""})) == []
    assert verify(zipped({name: data for name, data in members.items() if name != "材料清单.pdf"})) == [
        "材料清单.pdf: listed but not there"
    ]
    assert verify(zipped({**members, "manifest.json": b"[]"})) == ["manifest.json cannot be read: TypeError"]
    assert verify(built.data[:-40]) != []
    assert verify(b"no zip")[0].startswith("not a readable zip")


def dropping(words: str) -> Change:
    return lambda held: [block for block in held if words not in block.text]


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (dropping("新住所"), "新住所"),
        (dropping("证件号码"), "法定代表人、身份证号"),
        (dropping("热食"), "☑"),
        (
            lambda held: [
                Block("paragraph", block.text.replace("☑是", "☐是"), rows=block.rows, columns=block.columns) for block in held
            ],
            "☑",
        ),
        (
            lambda held: [
                Block("paragraph", block.text.replace("&<合伙>", ""), rows=block.rows, columns=block.columns) for block in held
            ],
            "公司名称",
        ),
    ],
)
def test_gate_stops_a_pdf_that_lost_something(templates: Path, change: Change, missing: str) -> None:
    with pytest.raises(PackageError) as caught:
        build(samples.case(), samples.GUIDE, [], samples.NOW, Plain(change), templates)
    assert caught.value.code == "document_incomplete"
    assert missing in caught.value.message and "示例变更申请书" in caught.value.message
    assert "11010519491231002X" not in caught.value.message, "messages are logged"


def test_gate_counts_equal_answers() -> None:
    blocks_twice = [Block("paragraph", "电话 13800138000"), Block("paragraph", "又 13800138000")]
    filled = Filled(b"", ("13800138000",), "电话 13800138000\n又 13800138000", 0, 0)
    whole = plain_form("x", blocks_twice, samples.case(), samples.GUIDE)
    half = plain_form("x", blocks_twice[:1], samples.case(), samples.GUIDE)
    assert gate.check(whole, gate.expect(filled), "x") == 1
    with pytest.raises(PackageError, match="document_incomplete"):
        gate.check(half, gate.expect(filled), "x")


def test_gate_accepts_an_answer_cut_by_a_page_break() -> None:
    long = "上海市示例区样板路" + "很长的一段说明文字编号" * 120
    filler = [Block("paragraph", f"第{number}行") for number in range(25)]
    pdf = plain_form("x", [*filler, Block("paragraph", long)], samples.case(), samples.GUIDE)
    layer = gate.TextLayer(pdf)
    assert len(layer.pages) > 1 and gate.squash(long) not in layer.whole
    assert gate.check(pdf, gate.expect(Filled(b"", (long,), long, 0, 0)), "x") == len(layer.pages)


def test_without_libreoffice_the_package_says_so(templates: Path) -> None:
    office = Failing(OfficeUnavailable("missing"))
    plain = build(samples.case(), samples.GUIDE, [], samples.NOW, office, templates)
    assert office.asked == 1, "a converter that hangs must not cost its time limit once a form"
    assert len(plain.notices) == 3 and all("通用版式" in notice for notice in plain.notices)
    kinds = {file["path"]: (file["kind"], file["title"]) for file in plain.manifest["files"]}
    assert kinds["01_示例变更申请书.pdf"] == ("form_plain", "示例变更申请书（通用版式）")
    assert kinds["01_示例变更申请书.docx"] == ("form", "示例变更申请书")
    assert verify(plain.data) == []


class Counting(Plain):
    asked = 0

    def convert(self, docx: bytes) -> bytes:
        self.asked += 1
        return super().convert(docx)


def test_what_did_not_change_is_not_converted_again(tmp_path: Path) -> None:
    folder = samples.templates(tmp_path)
    counting = Counting()
    office = Remembering(counting)
    first = build(samples.case(), samples.GUIDE, [], samples.NOW, office, folder)
    again = build(samples.case(), samples.GUIDE, [], samples.NOW, office, folder)
    assert counting.asked == 3
    assert again.data == first.data, "the same answers give the same bytes"
    changed = build(samples.case(agent_name=("王五", "王五")), samples.GUIDE, [], samples.NOW, office, folder)
    assert counting.asked == 5, "the two forms that name the agent"
    assert changed.sha256 != first.sha256


def test_a_document_libreoffice_refuses_is_a_broken_template(templates: Path) -> None:
    with pytest.raises(PackageError, match="template_broken"):
        build(samples.case(), samples.GUIDE, [], samples.NOW, Failing(ConversionFailed("no")), templates)


def test_a_character_no_font_has_is_said(templates: Path) -> None:
    case = samples.case(person=("王\U000323b0", "王\U000323b0"))
    built = build(case, samples.GUIDE, [], samples.NOW, Plain(), templates)
    assert len(built.notices) == 1 and "\U000323b0" in built.notices[0]


def test_which_documents_apply() -> None:
    case = samples.case()
    keys = lambda: [document.key for document in package_documents(samples.GUIDE, case)]  # noqa: E731
    assert keys() == ["form", "commitment", "power"]
    case.materials["lease"] = MaterialState(status="uploaded", upload_ids=["u1"])
    assert keys() == ["form", "power"]
    case.materials["form"] = MaterialState(status="uploaded", upload_ids=["u2"])
    assert keys() == ["power"]
    del case.answers["agent"]
    assert keys() == []


@pytest.mark.parametrize(("visits", "note", "told"), [
    (0, "通过数据共享核对。", "已通过电子证照核验，不用交。"),
    (1, "通过数据共享核对。", "不用交复印件；到窗口办的，带上原件备查。"),
    (1, "通过数据共享核对，不用交复印件；到窗口带上原件。", "不用交复印件；到窗口时带原件。"),
])  # fmt: skip
def test_the_checklist_says_what_becomes_of_the_original(visits: int, note: str, told: str) -> None:
    licence = next(m for m in samples.GUIDE.materials if m.met_by[0] == "licence").model_copy(update={"note": note})
    guide = samples.GUIDE.model_copy(update={"visits": Visits(count=visits, evidence=["law"])})
    text = gate.TextLayer(pages.checklist(samples.case(), guide, [licence], [], samples.NOW)).whole
    assert told.translate(str.maketrans("，；", ",;")) in text  # the text layer has its widths folded


def test_checklist_and_receipt_show_their_values() -> None:
    case = samples.case()
    pdf = pages.checklist(case, samples.GUIDE, samples.GUIDE.materials, [pages.Listed("示例变更申请书")], samples.NOW)
    text = gate.TextLayer(pdf).whole
    assert all(words in text for words in ("请在2026年11月24日前补交", "告知承诺", "电子证照", case.case_no))
    held = OfficeReceipt(
        number='R-1 #strong[x] $a$ "引号" \\', at=samples.NOW, office="示例机关", version=2, sha256="ab" * 32, files=["01_示例.pdf"]
    )
    pdf = receipt(case.case_no, samples.GUIDE, held)
    shown = gate.TextLayer(pdf).whole
    assert all(words in shown for words in ("示例机关", "01_示例.pdf", "ab" * 32, case.case_no))
    assert receipt(case.case_no, samples.GUIDE, held) == pdf, "the same receipt is the same file"
    assert '#strong[x]$a$"引号"\\' in shown, "values are data, not typst source"


@pytest.mark.parametrize(("pages", "times", "shown"), [
    ([["甲乙丙丁戊己庚辛壬癸子丑", "甲乙丙丁戊己庚"], ["辛壬癸子丑"]], 2, True),  # whole on the page on which the other is cut
    ([["甲乙丙丁戊己庚辛壬癸子丑"], ["甲乙丙丁戊己庚辛壬癸子丑"]], 2, True),
    ([["甲乙丙丁戊己庚辛壬癸子丑"], ["辛壬癸子丑"]], 2, False),  # the first half of the second is gone
    ([["甲乙丙丁戊己庚辛壬癸子丑"], []], 2, False),
])  # fmt: skip
def test_a_text_cut_by_a_page_break_counts_beside_a_whole_one(
    monkeypatch: pytest.MonkeyPatch, pages: list[list[str]], times: int, shown: bool
) -> None:
    layers = iter([["".join(page) for page in pages], [{} for _ in pages]])
    monkeypatch.setattr(gate.TextLayer, "_read", lambda self, read: next(layers))
    assert gate.TextLayer(b"").shows("甲乙丙丁戊己庚辛壬癸子丑", times) is shown
