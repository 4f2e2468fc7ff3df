"""A table filled in by sentences, cards and sheets, asked cell by cell, and changed row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assistant.casework import interview
from assistant.casework.fields.table_sheet import sheet_of
from assistant.casework.flow import answering
from assistant.casework.flow.asking import advance
from assistant.casework.flow.summary import field_view
from assistant.casework.flow.talk import Attachment, Talk
from assistant.casework.model import Case, Source
from assistant.casework.resuming import identity_tail
from knowledge.schema import Guide
from tests.unit.casework.fields.tables import SHAREHOLDERS, id_number
from tests.unit.casework.flow.support import NOW, Conversation, World, small_guide

ZHANG, LI, WANG = "11010519491231002X", "440106199801020017", "340104198810200043"


def guide(**changed: Any) -> Guide:
    """A capital, the shareholders who pay it, and a phone."""
    held = small_guide().model_dump(by_alias=True, exclude_unset=True)
    table = SHAREHOLDERS.model_dump(by_alias=True, exclude_unset=True) | changed
    held["fields"] = [
        {"key": "capital", "label": "注册资本", "type": "amount", "question": "注册资本多少？", "why": "要登记"},
        table,
        {"key": "phone", "label": "联系电话", "type": "phone", "question": "电话？", "why": "要联系您", "names": ["电话"]},
    ]
    held["materials"] = held["materials"][:1]
    return Guide.model_validate(held)


class Interview:
    """Turns of a case of that guide, from its capital on."""

    def __init__(self, capital: str = "100万", **changed: Any) -> None:
        self.guide = guide(**changed)
        self.conversation = Conversation(world=World(guides={"address": self.guide}))
        self.conversation.case = Case(
            case_no="BD1", guide_code="address", guide_name="示例", guide_version="2026.1", created_at=NOW, updated_at=NOW
        )
        talk = self.conversation.talk()
        advance(talk)
        self.conversation.done(talk)
        self.say(capital)

    def say(self, text: str, sheet: bytes | None = None) -> Talk:
        talk = self.conversation.talk(text)
        if sheet is not None:
            talk.attachments = [Attachment(upload_id="u", name="股东.xlsx", material=None, ok=True, sheet=sheet)]
        answering.take(talk)
        return self.conversation.done(talk)

    @property
    def asking(self) -> tuple[str, str]:
        ask = self.conversation.state.ask
        assert ask is not None
        return ask.field, ask.label

    @property
    def case(self) -> Case:
        assert self.conversation.case is not None
        return self.conversation.case

    @property
    def rows(self) -> Any:
        return self.case.answers["shareholders"].value


def texts(talk: Talk) -> str:
    return "\n".join(getattr(reply, "text", "") for reply in talk.replies)


def test_what_is_missing_of_which_row_is_asked_next() -> None:
    talk = Interview()
    assert talk.asking == ("shareholders", "股东")
    said = talk.say("两个股东，张三60万李四40万")
    assert talk.asking == ("shareholders", "第1个股东（张三）的身份证号码") and said.status == "collecting"
    talk.say(ZHANG)
    assert talk.asking == ("shareholders", "第2个股东（李四）的身份证号码")
    talk.say(LI)
    assert talk.asking[0] == "phone"
    assert talk.rows == [{"name": "张三", "id": ZHANG, "amount": 600000}, {"name": "李四", "id": LI, "amount": 400000}]
    assert talk.case.drafts == {}
    assert identity_tail(talk.guide, talk.case) == "002X"


def test_one_row_after_the_other_until_there_are_no_more() -> None:
    talk = Interview(table_rules=[])
    said = talk.say(f"张三 {ZHANG} 60万")
    assert talk.asking == ("shareholders", "还有没有股东") and "还有吗" in texts(said)
    talk.say("再加一个")
    assert talk.asking == ("shareholders", "第2个股东")
    talk.say("李四")
    talk.say(LI)
    assert talk.asking == ("shareholders", "第2个股东（李四）的认缴出资额")
    talk.say("40万")
    talk.say("再加一个王五")
    talk.say("删掉王五")
    said = talk.say("就这些")
    assert talk.asking[0] == "phone" and len(talk.rows) == 2


def test_the_same_said_again_is_all_there_is() -> None:
    talk = Interview(table_rules=[])
    talk.say(f"张三 {ZHANG} 60万")
    talk.say(f"张三 {ZHANG} 60万")
    assert talk.asking[0] == "phone" and len(talk.rows) == 1


def test_where_there_is_just_one_row_no_more_are_asked_for() -> None:
    rows = {"least": 1, "most": 50, "called": "股东", "one_when": {"field": "capital", "under": 200000}}
    talk = Interview("10万", rows=rows, table_rules=[])
    said = talk.say(f"张三 {ZHANG} 6万，李四 {LI} 4万")
    assert said.status == "rejected_answer" and "最多1个股东" in texts(said)
    talk.say("删掉李四")
    assert talk.asking[0] == "phone" and len(talk.rows) == 1


def test_an_unusable_cell_is_told_by_row_and_column_and_loses_nothing_else() -> None:
    talk = Interview()
    said = talk.say(f"张三 {ZHANG} 60万\n李四 440106199801020018 40万")
    assert said.status == "rejected_answer" and talk.asking == ("shareholders", "第2个股东（李四）的身份证号码")
    error = said.state.ask.error if said.state.ask else None
    assert error is not None and "第2个股东（李四）的身份证号码" in error.message and "其余1个股东已经记下" in error.message
    talk.say(LI)
    assert talk.asking[0] == "phone" and [row["id"] for row in talk.rows] == [ZHANG, LI]


def test_of_many_wrong_rows_the_first_five_are_named_and_the_others_counted() -> None:
    talk = Interview()
    said = talk.say("\n".join(f"示例{sign}\t{110105194912310020 + n}\t1000" for n, sign in enumerate("甲乙丙丁戊己庚辛")))
    assert texts(said).count("身份证号码：") == 5 and "另外还有" in texts(said)


def test_a_card_sends_its_rows_as_lines_and_replaces_what_there_was() -> None:
    talk = Interview()
    talk.say("张三 60万")
    ask = talk.conversation.state.ask
    assert ask is not None and ask.kind == "text" and ask.accept == [".xlsx"] and ask.value == [{"name": "张三", "amount": 600000}]
    assert [(column.field, column.kind) for column in ask.columns or []] == [("name", "text"), ("id", "text"), ("amount", "number")]
    talk.say(f"姓名\t身份证号码\t认缴出资额\n李四\t{LI}\t700000\n王五\t{WANG}\t300000")
    assert talk.asking[0] == "phone" and [row["name"] for row in talk.rows] == ["李四", "王五"]


def test_a_sheet_of_two_hundred_shareholders() -> None:
    rows = [{"name": f"示例{chr(0x9000 + n)}", "id": id_number(110105, date(1980, 1, 1), n), "amount": 5000} for n in range(1, 201)]
    talk = Interview("100万")
    said = talk.say("", sheet=sheet_of(SHAREHOLDERS, {}, rows))
    assert talk.asking[0] == "phone" and talk.rows == rows and "200个股东" in texts(said)
    view = next(entry for entry in field_view(talk.guide, talk.case) if entry["field"] == "shareholders")
    assert "一共200个股东" in view["value"] and rows[0]["id"] not in view["value"]


def test_a_sheet_that_is_none_is_explained_and_the_rows_are_kept() -> None:
    talk = Interview()
    talk.say("张三 60万")
    said = talk.say("", sheet=b"no sheet")
    assert said.status == "rejected_answer" and "另存为.xlsx" in texts(said)
    assert talk.case.drafts["shareholders"].rows == [{"name": "张三", "amount": 600000}]


def test_more_rows_than_there_may_be() -> None:
    talk = Interview(rows={"least": 1, "most": 2, "called": "股东"})
    said = talk.say("张三 1万，李四 2万，王五 3万")
    assert said.status == "rejected_answer" and "最多2个股东，收到3个" in texts(said)


def test_two_hundred_by_excel_where_fifty_may_be_and_then_fifty_with_one_slip() -> None:
    names = ["阿卜杜拉·买买提", "㼆𠮷", "张" + "三" * 39, *(f"示例{chr(0x9000 + n)}" for n in range(200))]
    rows = [{"name": names[n], "id": id_number(110105, date(1980, 1, 1), n + 1), "amount": 20000} for n in range(200)]
    talk = Interview("100万", rows={"least": 1, "most": 50, "called": "股东"})
    assert "最多50个股东，收到200个" in texts(talk.say("", sheet=sheet_of(SHAREHOLDERS, {}, rows)))
    slip = str(rows[7]["id"])
    wrong = [*rows[:7], {**rows[7], "id": slip[:17] + ("1" if slip[17] != "1" else "2")}, *rows[8:50]]
    said = talk.say("", sheet=sheet_of(SHAREHOLDERS, {}, wrong))
    assert "第8个股东" in texts(said) and "其余49个股东已经记下" in texts(said)
    talk.say(slip)
    assert talk.asking[0] == "phone" and talk.rows == rows[:50]


def test_a_sum_that_does_not_come_out_is_told_and_mended() -> None:
    talk = Interview()
    said = talk.say(f"张三 {ZHANG} 60万\n李四 {LI} 30万")
    assert said.status == "rejected_answer" and "900000，应是1000000" in texts(said)
    talk.say("李四的出资改成40万")
    assert talk.asking[0] == "phone" and talk.rows[1]["amount"] == 400000


def test_two_rows_with_one_number() -> None:
    talk = Interview()
    said = talk.say(f"张三 {ZHANG} 60万\n李四 {ZHANG} 40万")
    assert said.status == "rejected_answer" and talk.asking == ("shareholders", "第2个股东（李四）的身份证号码")
    talk.say(LI)
    assert [row["id"] for row in talk.rows] == [ZHANG, LI]


def test_rows_are_corrected_while_other_things_are_asked_and_from_the_review() -> None:
    talk = Interview()
    talk.say(f"张三 {ZHANG} 60万\n李四 {LI} 40万")
    said = talk.say("李四的名字改成王五")
    assert talk.rows[1]["name"] == "王五" and talk.asking[0] == "phone"
    talk.say("13800138000")
    assert talk.asking[0] == "review"
    said = talk.say("张三的出资改成50万")
    assert "900000，应是1000000" in texts(said) and talk.asking[0] == "shareholders"
    said = talk.say("第二个的出资改成50万")
    assert talk.asking[0] == "review" and [row["amount"] for row in talk.rows] == [500000, 500000]
    talk.say("修改股东")
    assert talk.asking[0] == "shareholders"
    said = talk.say("就这些")
    assert talk.asking[0] == "review" and len(talk.rows) == 2


@pytest.mark.parametrize("text", ["修改注册资本", "转人工", "返回上一步", "等一下再说"])
def test_words_that_steer_make_no_row(text: str) -> None:
    talk = Interview()
    talk.say(text)
    assert "shareholders" not in talk.case.drafts or talk.case.drafts["shareholders"].rows == []


@pytest.mark.parametrize("said", ["两个股东，张三60万李四40万", "张三\t\t600000", "再加一个", "没有了", ZHANG])
def test_what_is_plainly_about_the_table(said: str) -> None:
    talk = Interview()
    assert answering.plainly(talk.conversation.talk(said))


@pytest.mark.parametrize("said", ["要交多少钱？", "什么是股东", "转人工", "返回上一步"])
def test_what_is_for_the_engine_to_read(said: str) -> None:
    talk = Interview()
    assert not answering.plainly(talk.conversation.talk(said))


def test_a_table_that_may_be_empty() -> None:
    talk = Interview(rows={"least": 0, "most": 5, "called": "股东"}, table_rules=[])
    talk.say("没有")
    assert talk.asking[0] == "phone" and talk.rows == []


def test_a_doubted_cell_is_taken_when_it_is_said_again() -> None:
    columns = [{"key": "firm", "label": "名称", "type": "company_name"}, {"key": "code", "label": "信用代码", "type": "uscc"}]
    talk = Interview(columns=columns, table_rules=[])
    said = talk.say("上海示例投资有限公司 91310115MA1K3TL06B，上海样品贸易有限公司 91310106MA1FY0TL4L")
    assert said.status == "rejected_answer"
    said = talk.say("91310115MA1K3TL06B")
    assert talk.asking[0] == "phone" and talk.rows[0]["code"] == "91310115MA1K3TL06B"
    assert talk.case.answers["shareholders"].warning


def test_an_answer_that_makes_rows_incomplete_opens_the_table_again() -> None:
    held = SHAREHOLDERS.model_dump(by_alias=True, exclude_unset=True)["columns"]
    held[1]["when"] = {"field": "capital", "over": 500000}
    talk = Interview("10万", columns=held, table_rules=[])
    talk.say("张三 6万\n李四 4万")
    assert talk.asking[0] == "phone" and talk.rows[0] == {"name": "张三", "amount": 60000}
    field = talk.guide.field("capital")
    assert field is not None
    from assistant.casework.fields.result import Accepted

    interview.record(talk.guide, talk.case, field, Accepted(1000000, "1000000元"), Source(kind="said"), NOW)
    assert "shareholders" not in talk.case.answers
    assert talk.case.drafts["shareholders"].asked == (0, "id")
    asked = interview.next_field(talk.guide, talk.case)
    assert asked is not None and asked.key == "shareholders"
