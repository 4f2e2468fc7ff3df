"""The office that answers at once: what is asked for is what the report says, from the sandbox's own public-credit records."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant.casework.package.gate import TextLayer
from assistant.casework.package.signing import PackageKeys
from assistant.casework.package.text import squash
from assistant.casework.prefill.records import Conduct, Enterprise, FarSideUnavailable
from assistant.casework.results.codes import grouped
from assistant.casework.results.proof import examine
from assistant.casework.submission.office import Consignment, Item, OfficeRejected
from assistant.casework.submission.offices.by_item import ByItem
from assistant.casework.submission.offices.credit_office import PREFIX, CreditOffice
from assistant.foundation.blobs import BlobStore
from sandbox.register import conduct, seeds
from tests.unit.casework.submission.support import CASE, NOW, MemoryOffice, add_case, clock, open_database

PUNISHED, CLEAN = "91310106MA1FY0TL4L", "91310115MA1K3TL06A"
NAMES = {PUNISHED: "上海样品贸易有限公司", CLEAN: "上海示例科技发展有限公司"}
TODAY = NOW.date()


class Register:
    """The sandbox's register without its network."""

    def __init__(self) -> None:
        self.held = seeds.load(None).enterprises
        self.away = False

    def enterprise(self, *, uscc: str | None = None, name: str | None = None) -> Enterprise | None:
        found = next((record for record in self.held.values() if record.get("name") == name), None)
        return Enterprise.model_validate(found) if found else None

    def conduct(self, *, uscc: str, start: date, end: date) -> Conduct | None:
        if self.away:
            raise FarSideUnavailable("timeout")
        found = self.held.get(uscc)
        return Conduct.model_validate(conduct.of(found, start, end, NOW.isoformat())) if found else None


class World:
    """The office, its books and keys."""

    def __init__(self, folder: Path) -> None:
        self.db, self.clock, self.register = open_database(folder), clock(), Register()
        add_case(self.db)
        self.keys = PackageKeys(folder / "keys.json")
        self.keys.public()
        self.office = CreditOffice(self.db, BlobStore(folder / "blobs", self.db.keyring), self.keys, self.register, self.clock,
                                   issuer=lambda: "示例公共信用主管部门", verify_url="http://127.0.0.1/verify", fictitious=True)

    def send(self, version: int = 1, **fields: str) -> str:
        return self.office.send(consignment(version, **fields)).receipt_no

    def text(self, ref: str) -> str:
        return TextLayer(self.office.result(ref)).whole


def consignment(version: int = 1, **fields: str) -> Consignment:
    said = {"uscc": CLEAN, "company_name": NAMES[CLEAN], "period": "近三年", "areas": "全部领域", "subject": "只查公司自己",
            "purpose": "招投标", "receiver": "示例招标有限公司", **fields}
    manifest = {"guide": {"code": "credit-report", "name": "市场主体专用信用报告", "version": "1"},
                "fields": [{"field": key, "label": key, "value": value} for key, value in said.items()]}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("manifest.json"), json.dumps(manifest, ensure_ascii=False))  # the same bytes at any time
    data = buffer.getvalue()
    return Consignment(case_no=CASE, version=version, item=Item(code="credit-report", name="市场主体专用信用报告"), package=data,
                       sha256=hashlib.sha256(data).hexdigest(), key=f"{CASE}-{version}")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_no_records_in_all_areas(world: World) -> None:
    ref = world.send()
    file = world.office.file(ref)
    assert [line.status for line in file.history] == ["received", "accepted", "approved", "delivered"]
    data = world.office.result(ref)
    assert file.result is not None and file.result.sha256 == hashlib.sha256(data).hexdigest()
    verdict = examine(data, None, world.keys.public())
    assert verdict.ok and verdict.statement is not None and verdict.statement.number == file.result.number
    text = world.text(ref)
    for shown in (NAMES[CLEAN], CLEAN, file.result.number, grouped(verdict.statement.code), "没有查到违法记录", "2022年11月21日至2025年11月21日",
                  f"全部{len(conduct.AREAS)}个领域", "示例招标有限公司"):
        assert squash(shown) in text, shown


def test_records_are_written_as_they_are(world: World) -> None:
    text = world.text(world.send(uscc=PUNISHED, company_name=NAMES[PUNISHED]))
    assert squash("违法记录2条") in text and squash("演市监罚〔2025〕0012号") in text and squash("罚款人民币2000元") in text
    assert squash("演消罚") not in text, "a mere warning is not published"


def test_only_the_areas_and_days_chosen(world: World) -> None:
    text = world.text(world.send(uscc=PUNISHED, company_name=NAMES[PUNISHED], areas="只查几个领域", area_list="税务局、社保"))
    assert squash("违法记录1条") in text and squash("演税罚") in text and squash("演市监罚") not in text
    assert squash("税务、人力资源社会保障（共2个领域）") in text


def test_the_period_chosen(world: World) -> None:
    text = world.text(world.send(uscc=PUNISHED, company_name=NAMES[PUNISHED], period="自己定起止日期", period_start="2025年1月1日",
                                 period_end="2025年3月18日"))
    assert squash("违法记录1条") in text and squash("2025年1月1日至2025年3月18日") in text


@pytest.mark.parametrize(("fields", "wanting"), [
    ({"uscc": "91310115MA00000009"}, "uscc"),
    ({"company_name": "别家示例有限公司"}, "company_name"),
    ({"areas": "只查几个领域", "area_list": "税务、月球"}, "area_list"),
    ({"period": "自己定起止日期", "period_start": "2025年3月1日", "period_end": "2025年1月1日"}, "period_end"),
    ({"period": "自己定起止日期", "period_start": "", "period_end": "2025年1月1日"}, "period_start"),
    ({"subject": "连分公司一起查", "branch_list": "上海样品贸易有限公司"}, "branch_list"),
])  # fmt: skip
def test_what_cannot_be_answered_is_asked_for_again_and_then_issued(world: World, fields: dict[str, str], wanting: str) -> None:
    ref = world.send(**fields)
    file = world.office.file(ref)
    assert file.status == "correction_needed" and [w.code for w in file.wanting] == [wanting]
    assert NAMES[CLEAN] not in file.wanting[0].text, "the registered name is not told"
    with pytest.raises(OfficeRejected):
        world.office.result(ref)
    assert world.send(2) == ref
    assert world.office.file(ref).status == "delivered"


def test_a_register_that_is_away_delays_and_loses_nothing(world: World) -> None:
    world.register.away = True
    ref = world.send()
    assert world.office.file(ref).status == "received"
    world.register.away = False
    world.clock.advance(timedelta(seconds=10))
    assert world.office.file(ref).status == "delivered"


def test_repeating_gives_the_same_and_no_second_report(world: World) -> None:
    first = world.office.send(consignment())
    number = world.office.file(first.receipt_no).result
    assert world.office.send(consignment()) .receipt_no == first.receipt_no
    assert world.office.file(first.receipt_no).result == number
    with pytest.raises(OfficeRejected):
        world.send(purpose="贷款")
    found = world.office.find(CASE)
    assert found is not None and found.received(1) is not None
    with pytest.raises(OfficeRejected):
        world.office.withdraw(first.receipt_no)


def test_each_item_goes_to_its_own_office(world: World) -> None:
    usual = MemoryOffice()
    offices = ByItem(usual, {"credit-report": (PREFIX, world.office)}, lambda case_no: "food-licence-new" if case_no == "other" else "credit-report")
    receipt = offices.send(consignment())
    assert receipt.receipt_no.startswith(PREFIX) and offices.file(receipt.receipt_no).case_no == CASE and usual.calls == []
    assert offices.find(CASE) is not None and usual.calls == []
    assert offices.find("other") is None and usual.calls == ["find"]
    assert offices.result(receipt.receipt_no).startswith(b"%PDF")


