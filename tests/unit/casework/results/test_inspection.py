"""Whose a result is, by its own words: names are matched whole, wherever lines and columns are broken."""

from __future__ import annotations

import hashlib

import pytest

from assistant.casework.results.inspection import BadResult, Wanted, check
from assistant.casework.submission.office import ResultNote

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
NOTE = ResultNote(sha256=hashlib.sha256(PDF).hexdigest())
NO = "BD20251121ABCDEFGH"


def holds(text: str, *names: str) -> bool:
    """Whether a file with this text layer is taken for one of these people's."""
    try:
        check(PDF, NOTE, Wanted(NO, "SJ1", frozenset(names)), 1_000, lambda _data: text)
    except BadResult as bad:
        assert bad.code == "other_holder"
        return False
    return True


@pytest.mark.parametrize("text", [
    "姓名：张三", "姓名:张三\n性别：男", "姓 名：张 三", "姓名：李四、张三", "姓名：张三（女）", "姓名：张三性别：男", "持有人：____\n张三", "姓名 ： 张\n三",
    "法定代表人姓名：李四\n持证人张三，2025年", "申请人：\n兹准予张三办理", "与任何人的名字无关",
])  # fmt: skip
def test_a_name_that_is_there_whole_is_hers(text: str) -> None:
    assert holds(text, "张三")


@pytest.mark.parametrize("text", [
    "姓名：张三丰", "姓名：小张三", "持有人：张三丰\n性别：男", "姓名：张三·买买提", "姓名：李四\n兹准予张三丰办理", "持有人：\n张三丰\n性别：男",
])  # fmt: skip
def test_a_name_within_another_is_somebody_elses(text: str) -> None:
    assert not holds(text, "张三")
    assert holds(text, "张三", *(name for name in ("张三丰", "小张三", "张三·买买提", "李四") if name in text)), "whose it is, is one of the case"


def test_a_firm_is_not_its_branch_and_may_be_broken_over_lines() -> None:
    firm = "示例餐饮（上海）有限公司"
    assert holds("主体名称：示例餐饮(上海)有\n限公司\n类型：有限责任公司", firm)
    assert holds("企业名称：示例餐饮（上海）有限公司类型：有限责任公司", firm)
    assert not holds("主体名称：示例餐饮（上海）有限公司浦东分公司", firm)
