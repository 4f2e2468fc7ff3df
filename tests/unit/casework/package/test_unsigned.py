"""Documents an office takes only signed: what is said of them in the package, and what a signature changes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.casework.model import Case
from assistant.casework.package import gate
from assistant.casework.package.assembly import BuiltPackage, HandSignature, Trimmings
from assistant.casework.package.build import build
from assistant.casework.package.checking import examine
from assistant.casework.package.errors import OfficeUnavailable
from assistant.casework.package.forms import Drawn
from assistant.casework.package.press import press
from assistant.casework.package.unsigned import told
from knowledge.schema import DocumentSpec, Guide
from tests.unit.casework.package import samples
from tests.unit.casework.package.test_book import STROKES
from tests.unit.casework.package.test_build import Plain

WANTED = {"signature": "required"}
ALONE = samples.case(agent=("no", "否"), agent_name=None)
GUIDE = samples.GUIDE.model_copy(
    update={
        "documents": [
            samples.GUIDE.documents[0].model_copy(update={**WANTED, "signer": "法定代表人"}),
            samples.GUIDE.documents[1].model_copy(update={**WANTED, "signer": "房屋产权人"}),
            *samples.GUIDE.documents[2:],
        ]
    }
)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = samples.templates(tmp_path_factory.mktemp("templates"))
    (folder / "form.docx").write_bytes(samples.word(*samples.FORM_TEXT, "签字：{{ signature }}"))
    return folder


class Away:
    """No LibreOffice: the signature then stands in the Word file only."""

    def convert(self, docx: bytes) -> bytes:
        raise OfficeUnavailable("away")


def made(templates: Path, *, signed: bool = False, case: Case = ALONE, guide: Guide = GUIDE) -> BuiltPackage:
    drawn = HandSignature(Drawn(press.ink(strokes=STROKES), 400, 200), samples.NOW) if signed else None
    return build(case, guide, [], samples.NOW, Away() if signed else Plain(), templates, Trimmings(signature=drawn))


def checklist(package: BuiltPackage) -> str:
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        return gate.TextLayer(archive.read("材料清单.pdf")).whole


def test_what_is_to_be_signed_is_said_in_the_list_the_manifest_and_to_her(templates: Path) -> None:
    package = made(templates)
    assert [(one.title, one.here) for one in package.unsigned] == [("示例变更申请书", True), ("住所承诺书", False)]
    assert package.manifest["unsigned"] == [
        {"title": "示例变更申请书", "signer": "法定代表人", "note": "需补签"},
        {"title": "住所承诺书", "signer": "房屋产权人", "note": "需补签"},
    ]
    text = checklist(package)
    assert text.count("需补签") == 2 and "要签名:法定代表人" in text and "要签名:房屋产权人" in text
    said = "".join(told(package.unsigned))
    assert said.index("《示例变更申请书》（法定代表人）") < said.index("打印出来手签：《住所承诺书》（房屋产权人）") and "先提交" in said
    assert [found.code for found in examine(package.data, []).findings] == ["unsigned"], "not sealed here, and nothing else"


def test_a_drawn_signature_is_missing_no_more_and_another_persons_still_is(templates: Path) -> None:
    package = made(templates, signed=True)
    assert [one.title for one in package.unsigned] == ["住所承诺书"]
    assert "法定代表人" not in checklist(package)


def test_where_an_agent_files_the_applicant_signs_by_hand(templates: Path) -> None:
    assert [one.here for one in made(templates, case=samples.case()).unsigned] == [False, False]


def test_a_guide_that_wants_no_signature_says_nothing(templates: Path) -> None:
    package = made(templates, guide=samples.GUIDE)
    assert package.unsigned == () and "unsigned" not in package.manifest and "需补签" not in checklist(package)


@pytest.mark.parametrize("half", [{"signature": "required"}, {"signer": "经营者"}])
def test_who_signs_is_named(half: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="belong together"):
        DocumentSpec.model_validate({"key": "form", "title": "表", "template": "form.docx", "kind": "form", **half})
