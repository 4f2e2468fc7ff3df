"""What the full guides must say and must never say, held against the statutes.

The facts below mirror the guides on purpose: whoever changes a guide states the change twice and thinks twice.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted
from assistant.foundation.settings import ROOT
from knowledge.conditions import holds
from knowledge.schema import Guide, TimeLimit
from knowledge.template_tags import PACKAGE_TAGS
from tests.unit.knowledge.full_guides import FULL, NAMES, TODAY, each_citizen, each_guide

LAWS = ROOT.parent / "shared" / "data" / "laws"


def stated(guide: Guide, *parts: str) -> str:
    """The text of these parts of a guide; of everything a citizen may be told when none is named."""
    data = guide.model_dump(exclude={"names", "evidence"} if not parts else None, include=set(parts) or None)
    return "\n".join(_strings(data))


def _strings(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return [text for child in children for text in _strings(child)]


# ------------------------------------------------------------------ facts

# code, parts looked at (none: all), what must stand there
SAID = [
    ("company-address-change", ("conditions",), r"决议.*30日内"),
    ("company-address-change", ("conditions",), r"搬进新住所之前.*迁入地"),
    ("company-address-change", ("conditions",), r"只能登记一个住所"),
    ("company-address-change", ("conditions",), r"三分之二以上表决权"),
    ("company-address-change", ("legal_limit",), r"当场.*3个工作日.*延长3个工作日"),
    ("company-address-change", ("faqs",), r"不用登报.*公示系统.*声明作废"),
    ("company-address-change", ("faqs",), r"重新申请食品经营许可"),
    ("company-address-change", ("faqs",), r"15日内要更新公示"),
    ("company-address-change", ("faqs",), r"1万元以上10万元以下"),
    ("company-address-change", ("process",), r"正本、副本一起交回"),
    ("company-founding", ("conditions",), r"1个以上、50个以下的股东"),
    ("company-founding", ("conditions",), r"公司成立后五年内缴足"),
    ("company-founding", ("conditions",), r"登记前就要批准的项目，先拿到批准文件"),
    ("company-founding", ("legal_limit",), r"当场.*3个工作日.*延长3个工作日"),
    ("company-founding", ("faqs",), r"不用。.*没有验资报告"),
    ("company-founding", ("faqs",), r"本国公证，再由中国使领馆认证"),
    ("company-founding", ("faqs",), r"董事、经理、财务负责人.*不能兼监事"),
    ("company-founding", ("faqs",), r"不超过1000万元.*承诺就不用报"),
    ("company-founding", ("faqs",), r"1万元以上10万元以下"),
    ("food-permit-new", ("conditions",), r"只卖食用农产品的不用许可；只卖预包装食品的不用许可，.*备案"),
    ("food-permit-new", ("conditions",), r"五年内不能申请.*终身"),
    ("food-permit-new", ("legal_limit",), r"20个工作日.*延长10个工作日.*10个工作日内发证"),
    ("food-permit-new", ("promised_limit",), r"10个工作日.*延长5个工作日.*5个工作日内发证"),
    ("food-permit-new", ("result",), r"有效期5年.*90个到15个工作日"),
    ("food-permit-new", ("faqs",), r"在新地址重新申请食品经营许可，不是变更"),
    ("food-permit-new", ("faqs",), r"5万元以上10万元以下.*10倍以上20倍以下"),
    ("food-permit-new", ("process",), r"5个工作日内一次说清"),
    ("remote-medical", ("conditions",), r"连续住满6个月.*承诺书"),
    ("remote-medical", ("faqs",), r"急诊抢救的，视同已经备案"),
    ("remote-medical", ("faqs",), r"就医地的目录.*参保地的政策"),
    ("remote-medical", ("faqs",), r"有效期不少于6个月"),
    ("remote-medical", ("faqs",), r"境外.*不由基本医疗保险付"),
    ("remote-medical", ("faqs",), r"二倍以上五倍以下"),
    ("residence-permit", ("conditions",), r"住满半年以上，下面三样有一样就行"),
    ("residence-permit", ("conditions",), r"外国人不领这种居住证.*12367"),
    ("residence-permit", ("conditions",), r"未满16周岁.*监护人、近亲属代办"),
    ("residence-permit", ("legal_limit",), r"15日内.*最长不超过30日"),
    ("residence-permit", ("fee",), r"第一次领居住证不收费，每年签注也不收费"),
    ("residence-permit", ("result",), r"每年签注一次"),
    ("residence-permit", ("faqs",), r"条例没有要求房东去"),
    ("residence-permit", ("faqs",), r"社保不是条例里的条件"),
]

# Obsolete or invented rules that circulate on the web: parts looked at, what must not stand there
NEVER = [
    ("company-address-change", (), r"15个工作日|名称预先核准|验资|工本费\d"),
    ("company-address-change", (), r"(?<!不用)(?<!要)登报"),
    ("company-address-change", ("materials", "process"), r"清税|租期|原登记机关.*迁出|房东身份证"),
    ("company-address-change", ("conditions", "process"), r"先.*老(区|地址).*(迁出|申请)"),
    ("company-founding", (), r"名称预先核准|三十年内缴足|最低注册资本(为|是)"),
    ("company-founding", ("materials", "process"), r"验资|登报|开户许可|身份证复印件"),
    ("food-permit-new", ("materials",), r"租赁|健康证|培训|房产|身份证复印件"),
    ("food-permit-new", (), r"30个工作日前|遗失.*登报|缴纳.*1000"),
    ("food-permit-new", ("materials", "process"), r"告知承诺"),
    ("remote-medical", ("materials", "conditions"), r"户籍地.*盖章|两地医保.*盖章|三家医院"),
    ("remote-medical", (), r"报销\d+%|报销比例(为|是)"),
    ("residence-permit", (), r"暂住证|工本费\d"),
    ("residence-permit", ("materials", "conditions"), r"社保.*满|积分|无犯罪|房东身份证"),
]


@pytest.mark.parametrize(("code", "parts", "pattern"), SAID)
def test_said(code: str, parts: tuple[str, ...], pattern: str) -> None:
    assert re.search(pattern, stated(FULL[code], *parts))


@pytest.mark.parametrize(("code", "parts", "pattern"), NEVER)
def test_never_said(code: str, parts: tuple[str, ...], pattern: str) -> None:
    found = re.search(pattern, stated(FULL[code], *parts))
    assert found is None, found


@pytest.mark.parametrize(
    ("code", "legal", "promised", "visits"),
    [
        ("company-address-change", 3, 0, 1),
        ("company-founding", 3, 1, 1),
        ("food-permit-new", 20, 10, 1),
        ("remote-medical", 0, 0, 0),
        ("residence-permit", 15, None, None),
    ],
)
def test_limits(code: str, legal: int, promised: int | None, visits: int | None) -> None:
    """The days of each; ``None`` where nothing is promised beyond the law, or nobody has checked."""
    guide = FULL[code]
    unit = "calendar_day" if code == "residence-permit" else "working_day"
    assert isinstance(guide.legal_limit, TimeLimit)
    assert (guide.legal_limit.days, guide.legal_limit.unit) == (legal, unit)
    assert (guide.promised_limit.days if guide.promised_limit else None) == promised
    assert guide.promised_limit is None or guide.promised_limit.unit == "working_day"
    assert sum(step.days or 0 for step in guide.process) == (promised or 0)
    assert (guide.visits and guide.visits.count) == visits


@each_guide
def test_free_of_charge(guide: Guide) -> None:
    assert guide.fee is not None
    assert not guide.fee.charged
    assert "不收费" in guide.fee.text
    assert all(guide.evidence[key].verified for key in guide.fee.evidence)


@pytest.mark.parametrize(
    ("code", "parts"),
    [("food-permit-new", ["promised_limit"]), ("remote-medical", ["legal_limit", "promised_limit"])],
)
def test_what_nobody_has_checked_is_marked(code: str, parts: list[str]) -> None:
    guide = FULL[code]
    for part in parts:
        assert not any(guide.evidence[key].verified for key in getattr(guide, part).evidence)


# ------------------------------------------------------------------ evidence


def article_stands(title: str, article: str) -> bool:
    number = article.split("条", maxsplit=1)[0]
    texts = [path.read_text(encoding="utf-8") for path in LAWS.glob("*.md") if re.split(r"\(|\.md$", path.name)[0] == title]
    return any(re.search(rf"^{number}条", text, re.MULTILINE) for text in texts)


@each_guide
def test_cited_articles_exist(guide: Guide) -> None:
    if not LAWS.is_dir():
        pytest.skip("the statutes are not beside this checkout")
    titles = {re.split(r"\(|\.md$", path.name)[0] for path in LAWS.glob("*.md")}
    statutes = {key: e for key, e in guide.evidence.items() if e.title in titles}
    assert len(statutes) >= 7
    assert [key for key, e in statutes.items() if e.article is None or not article_stands(e.title, e.article)] == []


@each_guide
def test_every_source_is_used_and_every_step_has_one(guide: Guide) -> None:
    data = guide.model_dump(exclude={"evidence": True})
    assert set(guide.evidence) == set(_cited(data))
    assert all(step.evidence for step in guide.process)
    assert all(field.evidence for field in guide.fields)
    assert guide.online is not None


def _cited(node: Any) -> list[str]:
    if isinstance(node, list):
        return [key for child in node for key in _cited(child)]
    if not isinstance(node, dict):
        return []
    here = node.get("evidence", [])
    return [*here, *(key for name, child in node.items() if name != "evidence" for key in _cited(child))]


# ------------------------------------------------------------------ names


@pytest.mark.parametrize(("code", "name"), NAMES.items())
def test_name_is_the_item_lists(code: str, name: str) -> None:
    assert FULL[code].code == code
    assert FULL[code].name == name


@each_guide
def test_people_are_understood(guide: Guide) -> None:
    samples = guide.names.samples
    assert len(samples["apply"]) >= 8
    asked = ("ask_process", "ask_materials", "ask_conditions", "ask_time_limit", "ask_fee", "ask_location")
    assert all(len(samples[intent]) >= 4 for intent in asked)
    said = [sentence for sentences in samples.values() for sentence in sentences]
    assert len(said) == len(set(said))
    assert len(guide.faqs) >= 5
    assert len(guide.names.aliases) >= 5
    assert len(guide.names.colloquial) >= 5
    assert len(guide.names.neighbours) >= 3


# ------------------------------------------------------------------ fields


@each_guide
def test_fields_are_few_and_plain(guide: Guide) -> None:
    assert any(field.optional for field in guide.fields)
    for field in guide.fields:
        assert re.search(r"[？。）]$", field.question), field.key
        assert len(field.question) <= 45, field.key
        assert field.why.endswith(("。", "）")), field.key
        assert field.names, field.key
        assert field.key not in PACKAGE_TAGS


@each_guide
def test_situations_are_one_tap(guide: Guide) -> None:
    situations = [field for field in guide.fields if field.situation]
    assert len(situations) >= 2
    assert {field.type for field in situations} <= {"choice", "multi", "yes_no"}
    assert guide.fields[: len(situations)] == situations


@each_guide
def test_options_can_be_ticked_in_a_template(guide: Guide) -> None:
    values = [option.value for field in guide.fields for option in field.options]
    assert [value for value in values if not re.fullmatch(r"[a-z][a-z0-9_]*", value)] == []
    for field in guide.fields:
        if field.type == "yes_no" and field.options:
            assert [option.value for option in field.options] == ["yes", "no"]
        words = [word for option in field.options for word in (option.label, *option.aliases)]
        assert len(words) == len(set(words)), f"{field.key}: a word means two options"


@each_guide
def test_examples_are_answers(guide: Guide) -> None:
    for field in guide.fields:
        assert field.example, field.key
        parsed = parse(field, field.example, TODAY, {})
        assert isinstance(parsed, Accepted), field.key
        assert parsed.warning is None, field.key


@pytest.mark.parametrize(
    ("code", "key", "answer", "values"),
    [
        ("company-address-change", "new_address", "上海市示例区样板路1号", {"old_address": "上海市示例区样板路1号"}),
        ("company-address-change", "agent_id_number", "11010519491231002X", {"legal_representative_id": "11010519491231002X"}),
        ("food-permit-new", "warehouse_address", "上海市示例区样板路1号", {"premises_address": "上海市示例区样板路1号"}),
        ("remote-medical", "medical_region", "上海市", {"insured_region": "上海市"}),
        ("remote-medical", "end_date", "2026年11月1日", {"start_date": "2026-12-01"}),
    ],
)
def test_rules_refuse(code: str, key: str, answer: str, values: dict[str, str]) -> None:
    field = FULL[code].field(key)
    assert field is not None
    assert not isinstance(parse(field, answer, TODAY, values), Accepted)
    assert isinstance(parse(field, answer, TODAY, {}), Accepted)


@each_citizen
def test_citizens_answers_fit_together(code: str, citizen: dict[str, Any]) -> None:
    values = citizen["expect"]
    assert [check.message for check in FULL[code].checks if holds(check.when, values) and not holds(check.must, values)] == []


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"shareholder_count": "two", "registered_capital": 1000000, "sh1_amount": 600000, "sh2_amount": 300000}, "加起来"),
        ({"shareholder_count": "three", "registered_capital": 9, "sh1_amount": 3, "sh2_amount": 3, "sh3_amount": 3.5}, "加起来"),
        ({"shareholder_kinds": "foreign", "sh1_kind": "citizen", "sh2_kind": "company"}, "外国人"),
        ({"shareholder_kinds": "foreign", "sh1_kind": "citizen", "sh2_kind": "hmt"}, None),
        ({"shareholder_kinds": "mixed", "sh1_kind": "citizen", "sh2_kind": "company"}, None),
        ({"shareholder_count": "one", "registered_capital": 1000000}, None),
    ],
)
def test_founders_answers_must_fit_together(values: dict[str, Any], broken: str | None) -> None:
    checks = FULL["company-founding"].checks
    said = [check.message for check in checks if holds(check.when, values) and not holds(check.must, values)]
    assert len(said) == (broken is not None)
    assert all(broken in message for message in said if broken)
