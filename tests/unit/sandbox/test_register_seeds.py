"""The register's own records hold together, and records others write are read whatever their shape."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.engine.components.patterns.codes import id_fault, uscc_fits
from sandbox.register import seeds
from sandbox.register.seeds import Seeds

TODAY = date(2026, 11, 22)
USCC, NUMBER = "91310115MA1K3TL06A", "11010519491231002X"
OTHER = "91310106MA1FY0TL4L"


def written(folder: Path, **files: Any) -> Seeds:
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return seeds.read_folder(folder)


@pytest.fixture(scope="module")
def own() -> Seeds:
    return seeds.load(None)


def test_there_is_enough_to_demonstrate_with(own: Seeds) -> None:
    assert not own.problems
    assert len(own.enterprises) >= 12 and len(own.persons) >= 20
    assert {record.get("status") for record in own.enterprises.values()} >= {"active", "revoked", "abnormal"}
    assert sum(bool(record["barred"]) for record in own.enterprises.values()) == 1
    kinds = {record["kind"] for record in own.licences}
    assert kinds >= {
        "business_licence",
        "identity_card",
        "food_permit",
        "road_freight_permit",
        "household_book",
        "marriage_certificate",
    }
    assert kinds >= {"property_certificate", "residence_permit", "driving_licence"}
    assert any(record["region"] == "442000" for record in own.enterprises.values())


def test_every_code_is_right_and_every_number_says_what_the_record_says(own: Seeds) -> None:
    assert [uscc for uscc in own.enterprises if not uscc_fits(uscc)] == []
    for number, person in own.persons.items():
        assert id_fault(number, TODAY) is None
        assert person["birth_date"] == f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
        assert person["sex"] == ("male" if int(number[16]) % 2 else "female")


def test_whoever_is_named_exists(own: Seeds) -> None:
    given = json.loads((seeds.OWN / "enterprises.json").read_text(encoding="utf-8"))["enterprises"]
    for enterprise in given:
        head = enterprise["legal_representative"]
        assert own.persons[head["id_number"]]["name"] == head["name"], enterprise["name"]
        for holder in enterprise.get("shareholders", []):
            record = own.persons.get(holder["id_number"]) or own.enterprises[holder["id_number"]]
            assert record["name"] == holder["name"], enterprise["name"]
    for licence in own.licences:
        subject = own.enterprises.get(licence["holder"]) or own.persons[licence["holder"]]
        assert subject["name"] == licence["holder_name"]


def test_shareholders_make_up_the_whole(own: Seeds) -> None:
    for enterprise in own.enterprises.values():
        if holders := enterprise["shareholders"]:
            assert sum(holder["share"] for holder in holders) == 100, enterprise["name"]
            assert sum(holder["amount"] for holder in holders) == enterprise["registered_capital"], enterprise["name"]
            assert all("*" in holder["id_number_masked"] for holder in holders if holder["id_kind"] == "居民身份证")


def test_days_follow_each_other(own: Seeds) -> None:
    for licence in own.licences:
        subject = own.enterprises.get(licence["holder"]) or own.persons[licence["holder"]]
        begins, issued = subject.get("established") or subject["birth_date"], licence.get("issued")
        assert issued is None or begins <= issued <= TODAY.isoformat(), licence
        assert "expires" not in licence or issued < licence["expires"], licence


def test_business_licences_say_what_the_register_says(own: Seeds) -> None:
    for uscc, enterprise in own.enterprises.items():
        (licence,) = (held for held in own.licences if held["holder"] == uscc and held["kind"] == "business_licence")
        assert (licence["number"], licence["address"], licence["issued"]) == (
            uscc,
            enterprise["address"],
            enterprise["established"],
        )


def test_the_recommended_shape_of_the_documentation_is_read_whole(tmp_path: Path) -> None:
    text = Path("docs/sandbox.md").read_text(encoding="utf-8").split("```json")[1].split("```")[0]
    read = written(tmp_path, anything=text)
    assert not read.problems
    assert read.enterprises[USCC]["registered_capital"] == 5000000 and not read.enterprises[USCC]["fields"]
    assert read.persons[NUMBER]["name"] == "张三" and not read.persons[NUMBER]["fields"]
    assert {(held["kind"], held["holder"]) for held in read.licences} == {("food_permit", USCC), ("identity_card", NUMBER)}


SHAPES: list[tuple[str, Any]] = [
    ("enterprises", [{"uscc": USCC, "name": "示例公司", "address": "示例路1号"}]),
    ("mine", {"enterprises": [{"unified_social_credit_code": USCC, "company_name": "示例公司", "domicile": "示例路1号"}]}),
    ("mine", {"企业": [{"统一社会信用代码": USCC, "名称": "示例公司", "住所": "示例路1号"}]}),
    ("mine", [{"creditCode": "9131 0115 ma1k3tl06a", "companyName": "示例公司", "registeredAddress": "示例路1号"}]),
    ("companies", {USCC: {"name": "示例公司", "address": "示例路1号"}}),
    ("mine", {"companies": {USCC: {"name": "示例公司", "address": "示例路1号"}}}),
    ("mine", {"uscc": USCC, "name": "示例公司", "注册地址": "示例路1号"}),
    ("test-companies-2", [{"code": USCC, "name": "示例公司", "location": "示例路1号"}]),
    ("mine", {"version": 1, "data": {"enterprises": [{"uscc": USCC, "enterprise_name": "示例公司", "经营场所": "示例路1号"}]}}),
    ("mine", {"records": [{"type": "有限责任公司", "uscc": USCC, "name": "示例公司", "address": "示例路1号"}]}),
    ("companies", {"code": 0, "message": "ok", "data": [{"uscc": USCC, "name": "示例公司", "address": "示例路1号"}]}),
    ("mine", {"total": 1, "enterprises": {"total": 1, "items": [{"uscc": USCC, "name": "示例公司", "address": "示例路1号"}]}}),
    ("mine", f'{{"uscc": "{USCC}", "name": "示例公司", "address": "示例路1号"}}\n{{"id_number": "{NUMBER}", "name": "张三"}}\n'),
    ("mine", {"enterprises": [{"uscc": USCC, "name": "示例公司", "address": {"province": "示例", "detail": "路1号"}}]}),
]


@pytest.mark.parametrize(("name", "content"), SHAPES)
def test_an_enterprise_in_any_shape(tmp_path: Path, name: str, content: Any) -> None:
    read = written(tmp_path, **{name: content})
    assert not read.problems
    record = read.enterprises[USCC]
    assert (record["name"], record["address"], record["status"]) == ("示例公司", "示例路1号", "active")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("persons", [{"id_number": NUMBER, "name": "张三"}]),
        ("mine", {"people": [{"id_no": NUMBER.lower(), "full_name": "张三", "gender": "F"}]}),
        ("mine", {"人员": [{"公民身份号码": NUMBER, "姓名": "张三", "性别": "女", "出生日期": "1949年12月31日"}]}),
        ("business", [{"id_number": NUMBER, "name": "张三"}]),
        ("人员信息", {NUMBER: {"姓名": "张三"}}),
        (
            "mine",
            {"enterprises": [{"uscc": USCC, "name": "示例公司", "legal_representative": {"name": "张三", "id_number": NUMBER}}]},
        ),
    ],
)
def test_a_person_in_any_shape(tmp_path: Path, name: str, content: Any) -> None:
    read = written(tmp_path, **{name: content})
    assert not read.problems
    record = read.persons[NUMBER]
    assert (record["name"], record["sex"], record["birth_date"]) == ("张三", "female", "1949-12-31")


FOOD = {"number": "JY1", "issued": "2022-01-21", "expires": "2027-01-20"}
ENTERPRISE = {"uscc": USCC, "name": "示例公司"}


@pytest.mark.parametrize(
    "content",
    [
        {"licences": [{"kind": "food_permit", "holder": USCC, **FOOD}]},
        {
            "licenses": [
                {
                    "type": "食品经营许可证",
                    "owner": USCC,
                    "license_no": "JY1",
                    "valid_from": "2022.01.21",
                    "valid_to": "2027.01.20",
                }
            ]
        },
        {
            "证照": [
                {
                    "证照名称": "食品经营许可证",
                    "持证主体代码": USCC,
                    "许可证编号": "JY1",
                    "有效期": "2022年1月21日至2027年1月20日",
                }
            ]
        },
        {"enterprises": [{**ENTERPRISE, "licences": [{"kind": "food_permit", **FOOD}]}]},
        {"enterprises": [{**ENTERPRISE, "电子证照": {"食品经营许可证": FOOD}}]},
        {"enterprises": [{**ENTERPRISE, "permits": {"food_license": [FOOD]}}]},
        {"enterprises": [ENTERPRISE], "licences": [{"kind": "food_permit", "holder": "示例公司", **FOOD}]},
        {"enterprises": [ENTERPRISE], "licences": [{"kind": "food_permit", "holder": {"name": "示例公司"}, **FOOD}]},
        [{"licence_kind": "food_permit", "uscc": USCC, **FOOD}],
        {"licences": {USCC: [{"kind": "food_permit", **FOOD}]}},
        {"enterprise": ENTERPRISE, "licences": [{"kind": "food_permit", **FOOD}]},
        {"licences": [{"type": "food_permit", "holder_uscc": USCC, "data": {**FOOD, "面积": 86}}]},
        [
            {
                "证照类型": "食品经营许可证",
                "名称": "示例公司",
                "统一社会信用代码": USCC,
                "编号": "JY1",
                "发证日期": "2022-01-21",
                "有效期至": "2027-01-20",
            }
        ],
    ],
)
def test_a_licence_in_any_shape(tmp_path: Path, content: Any) -> None:
    written(tmp_path, mine=content)
    read = seeds.load(tmp_path)
    assert not read.problems
    held = [licence for licence in read.licences if licence["holder"] == USCC and licence["kind"] == "food_permit"]
    assert [(licence["number"], licence["issued"], licence["expires"]) for licence in held] == [
        ("JY1", "2022-01-21", "2027-01-20")
    ]


def test_what_nobody_knows_is_kept(tmp_path: Path) -> None:
    read = written(
        tmp_path, persons=[{"id_number": NUMBER, "name": "张三", "pension_no": "P1", "residence_address": "示例路2号"}]
    )
    assert read.persons[NUMBER]["fields"] == {"pension_no": "P1", "residence_address": "示例路2号"}
    assert read.persons[NUMBER]["address"] == "示例路2号"
    more = written(tmp_path, enterprises=[{"uscc": USCC, "name": "示例公司", "registered_capital": "100万美元", "分支": ["a"]}])
    assert more.enterprises[USCC]["fields"] == {"registered_capital": "100万美元", "分支": ["a"]}


@pytest.mark.parametrize(
    ("given", "yuan"),
    [
        ("500万元", 5_000_000),
        ("500万", 5_000_000),
        ("人民币500万元整", 5_000_000),
        ("5,000,000.00", 5_000_000),
        (5e6, 5_000_000),
        ("1.5亿", 150_000_000),
    ],
)
def test_money_is_yuan(tmp_path: Path, given: Any, yuan: int) -> None:
    assert written(tmp_path, enterprises=[{"uscc": USCC, "注册资本": given}]).enterprises[USCC]["registered_capital"] == yuan


@pytest.mark.parametrize("key", ["注册资本(万元)", "注册资本（万元）", "registered_capital_wan"])
def test_money_in_ten_thousands(tmp_path: Path, key: str) -> None:
    assert written(tmp_path, enterprises=[{"uscc": USCC, key: 500}]).enterprises[USCC]["registered_capital"] == 5_000_000


@pytest.mark.parametrize(("given", "percent"), [([60, 40], 60), ([0.6, 0.4], 60), (["60%", "40%"], 60), ([1, 99], 1), ([1], 100)])
def test_shares_are_per_cent(tmp_path: Path, given: list[Any], percent: float) -> None:
    holders = [{"name": f"示例{at}", "出资比例": share} for at, share in enumerate(given)]
    read = written(tmp_path, enterprises=[{"uscc": USCC, "shareholders": holders}])
    assert read.enterprises[USCC]["shareholders"][0]["share"] == percent


@pytest.mark.parametrize(
    "content",
    [
        {"persons": [{"id_number": NUMBER, "name": "张三", "barred": True}]},
        {"persons": [{"id_number": NUMBER, "name": "张三", "失信": "是"}]},
        {"persons": [{"id_number": NUMBER, "name": "张三", "任职限制": "破产未满三年"}]},
        {"persons": [{"id_number": NUMBER, "name": "张三"}], "失信名单": [NUMBER]},
        {"persons": [{"id_number": NUMBER, "name": "张三"}], "blacklist": [{"id_no": NUMBER, "reason": "破产未满三年"}]},
    ],
)
def test_who_is_barred_bars_the_enterprise(tmp_path: Path, content: dict[str, Any]) -> None:
    company = {"uscc": USCC, "name": "示例公司", "legal_representative": "张三", "legal_representative_id": NUMBER}
    written(tmp_path, mine={**content, "enterprises": [company]})
    read = seeds.load(tmp_path)
    assert not read.problems
    assert read.persons[NUMBER]["barred"] and read.enterprises[USCC]["barred"]
    assert NUMBER not in json.dumps(read.enterprises[USCC])


def test_what_cannot_be_read_is_said_and_the_rest_is_used(tmp_path: Path) -> None:
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00\xd8\x81")
    read = written(
        tmp_path,
        broken='{"enterprises": [',
        nothing=[{"名字": "x"}],
        enterprises=[{"name": "无代码"}, {"uscc": USCC}],
        deep="[" * 100_000,
    )
    assert list(read.enterprises) == [USCC]
    said = "\n".join(read.problems)
    for name in (
        "broken.json: 不是有效的 JSON（第 1 行",
        "nothing.json",
        "enterprises.json: 企业缺少",
        "bytes.json",
        "deep.json",
    ):
        assert name in said


def test_a_wrong_check_character_is_said_and_kept(tmp_path: Path) -> None:
    read = written(tmp_path, enterprises=[{"uscc": USCC[:17] + "B", "name": "示例公司"}])
    assert USCC[:17] + "B" in read.enterprises
    assert "校验码" in read.problems[0]


def test_what_stands_on_a_licence_is_told_from_what_it_is(tmp_path: Path) -> None:
    written(tmp_path, licences=[
        {"kind": "营业执照", "名称": "示例公司", "holder": USCC},
        {"kind": "identity_card", "id_number": NUMBER, "attributes": {"name": "张三", "nation": "汉族", "expires": "长期"}},
    ])  # fmt: skip
    paper, card = seeds.read_folder(tmp_path).licences
    assert (paper["name"], paper["holder_name"]) == ("营业执照", "示例公司")
    assert (card["name"], card["fields"]["name"], card["fields"]["nation"]) == ("居民身份证", "张三", "汉族")
    assert "expires" not in card


def test_a_code_outside_the_standards_letters_is_said_and_kept(tmp_path: Path) -> None:
    read = written(tmp_path, enterprises=[{"uscc": "91310000MATESTS001", "name": "示例公司"}])
    assert list(read.enterprises) == ["91310000MATESTS001"] and len(read.problems) == 1


def test_a_term_of_two_ends(tmp_path: Path) -> None:
    read = written(tmp_path, enterprises=[{"uscc": USCC, "business_term": {"from": "2020-01-01", "to": "2040-01-01"}}])
    assert read.enterprises[USCC]["business_term"] == "2020-01-01至2040-01-01"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert str(tmp_path / "none") in seeds.load(tmp_path / "none").problems[0]


def test_gb18030_is_understood(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(
        json.dumps({"企业": [{"统一社会信用代码": USCC, "名称": "示例公司"}]}, ensure_ascii=False).encode("gb18030")
    )
    assert seeds.read_folder(tmp_path).enterprises[USCC]["name"] == "示例公司"


def test_a_subject_described_anew_is_the_new_one_with_its_licences(tmp_path: Path) -> None:
    written(tmp_path, enterprises=[{"uscc": OTHER, "name": "上海样品贸易有限公司", "address": "示例路9号"}])
    read = seeds.load(tmp_path)
    held = [licence for licence in read.licences if licence["holder"] == OTHER]
    assert read.enterprises[OTHER]["address"] == "示例路9号"
    assert [(licence["kind"], licence["address"]) for licence in held] == [("business_licence", "示例路9号")]
