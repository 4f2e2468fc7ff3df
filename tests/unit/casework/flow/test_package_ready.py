"""What is said when a package is ready: its pages, the departments, and what becomes of a signature."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from assistant.casework.flow.talk import Built
from assistant.casework.model import Case, DrawnSignature, PartPackage
from assistant.casework.package.unsigned import Unsigned as Wanting
from knowledge.replies import Card, File
from knowledge.schema import Guide
from tests.unit.casework.flow.support import NOW, Conversation, World
from tests.unit.casework.flow.test_flow import filled, said, take


def part(item: str, after: list[str]) -> PartPackage:
    return PartPackage(
        item=item, name=f"事项{item}", department=f"{item}局", after=after, version=1, sha256="0" * 64, blob_id=item, built_at=NOW
    )


class Departments(World):
    """A world in which packages have pages to look at and departments of their own."""

    def build_package(self, case: Case, guide: Guide, now: datetime) -> Built:
        built = super().build_package(case, guide, now)
        parts = [part("licence", []), part("food", ["licence"])]
        return Built(built.sha256, built.blob_id, built.files, built.notices, parts, [("申请书", 3), ("承诺书", 5)])


def signed(conv: Conversation) -> DrawnSignature:
    signature = DrawnSignature(blob_id="b", sha256="0" * 64, width=400, height=200, signed_at=NOW)
    assert conv.case is not None
    conv.case.signature = signature
    return signature


def test_pages_and_departments_are_shown() -> None:
    conv = filled(Departments())
    talk = take(conv, "确认无误")
    assert conv.case is not None
    pictures = [reply for reply in talk.replies if isinstance(reply, File) and reply.media_type == "image/png"]
    base = f"/api/v1/cases/{conv.case.case_no}/package/pages"
    assert [picture.url for picture in pictures] == [f"{base}/3.png", f"{base}/5.png"]
    files = [reply for reply in talk.replies if isinstance(reply, File)]
    assert files[0].media_type == "application/zip", "the package itself comes first"
    card = next(reply for reply in talk.replies if isinstance(reply, Card) and reply.title == "分给各部门的材料包")
    assert [(row.label, row.value) for row in card.rows] == [("事项licence", "licence局"), ("事项food", "food局；等“事项licence”办好后再办")]
    assert [held.item for held in conv.case.packages] == ["licence", "food"]


def test_an_ordinary_item_has_no_departments() -> None:
    conv = filled()
    talk = take(conv, "确认无误")
    assert conv.case is not None and conv.case.packages == [] and "分给各部门" not in said(talk)


def test_a_signature_given_before_is_used() -> None:
    conv = filled()
    signed(conv)
    talk = take(conv, "确认无误")
    assert conv.case is not None and conv.case.signature is not None and conv.case.signature.used
    assert "请再签一次" not in said(talk)


def test_what_was_changed_after_signing_has_to_be_signed_again() -> None:
    conv = filled()
    signed(conv)
    take(conv, "确认无误")
    assert conv.case is not None
    conv.case.package = None
    conv.case.status = conv.case.status.DRAFT
    from assistant.casework.flow import closing

    talk = conv.talk("确认无误")
    closing.make_package(talk)
    conv.done(talk)
    assert conv.case.signature is None and "请再签一次" in said(talk)


class Unsigned(World):
    """A world in which a document is taken only signed."""

    def build_package(self, case: Case, guide: Guide, now: datetime) -> Built:
        built = super().build_package(case, guide, now)
        if case.signature is not None:
            return built
        return replace(built, unsigned=[Wanting("form", "申请书", "经营者", here=True)])


def test_a_document_that_must_be_signed_is_said_and_blocks_nothing() -> None:
    conv = filled(Unsigned())
    ready = take(conv, "确认无误")
    assert conv.case is not None and conv.case.package is not None
    assert ready.status == "ready" and "还缺签名：《申请书》（经营者）" in said(ready)
    assert conv.case.package.unsigned == ["申请书"]
    sent = take(conv, "确认提交")
    assert sent.status == "submitted" and "已经注明“需补签”：《申请书》" in said(sent)


def test_once_signed_nothing_is_said_of_signing() -> None:
    conv = filled(Unsigned())
    signed(conv)
    ready = take(conv, "确认无误")
    assert conv.case is not None and conv.case.package is not None and conv.case.package.unsigned == []
    assert "还缺签名" not in said(ready) and "需补签" not in said(take(conv, "确认提交"))
