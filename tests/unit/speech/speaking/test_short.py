"""What is said of a turn: short, the question last, nothing twice, no source and no card read out."""

from __future__ import annotations

from typing import Any

from assistant.foundation.messages import use_language
from assistant.speech.speaking.short import BEFORE_QUESTION, spoken_text
from knowledge.replies import Ask, Card, Choices, File, Notice, Option, Row, Text

YES_NO = [Option(value="yes", label="办"), Option(value="no", label="先不办")]


def options(many: int) -> list[Option]:
    return [Option(value=str(n), label=f"第{n}种") for n in range(1, many + 1)]


def ask(**more: Any) -> Ask:
    return Ask.model_validate({"field": "phone", "label": "您的手机号是多少？", "kind": "text", **more})


def test_a_text_and_its_question() -> None:
    assert spoken_text([Text(text="好的，记下了。")], ask()) == ["好的，记下了。", "您的手机号是多少？"]


def test_a_question_that_has_been_said_is_not_said_again() -> None:
    assert spoken_text([Text(text="您的手机号是多少？ 例如：13800138000")], ask(example="13800138000")) == ["您的手机号是多少？"]


def test_of_a_card_its_title_and_one_sentence() -> None:
    card = Card(title="办理居住证", text="三个工作日办好。不收费。逾期请重新申请。", rows=[Row(label="地点", value="二楼"), Row(label="电话", value="12345")])
    said = "".join(spoken_text([card]))
    assert said.startswith("办理居住证。三个工作日办好。")
    assert "12345" not in said and "不收费" not in said and "屏幕" in said


def test_a_card_of_one_row_is_that_row() -> None:
    assert spoken_text([Card(title="查到了", text="", rows=[Row(label="状态", value="已受理")])]) == ["查到了。", "状态是已受理。"]


def test_up_to_four_choices_are_read_with_numbers() -> None:
    said = spoken_text([Choices(text="您要办哪一种？", options=options(4))], ask(label="您要办哪一种？", kind="choice", options=options(4)))
    assert "".join(said) == "您要办哪一种？1，第1种；2，第2种；3，第3种；4，第4种。"


def test_five_choices_are_on_the_screen() -> None:
    said = "".join(spoken_text([], ask(label="您要办哪一种？", kind="choice", options=options(5))))
    assert said.startswith("您要办哪一种？") and "5个选择" in said and "第3种" not in said


def test_choices_are_said_once() -> None:
    said = "".join(spoken_text([Choices(text="要现在开始办吗？", options=YES_NO)], ask(label="要现在开始办吗？", kind="choice", options=YES_NO)))
    assert said.count("先不办") == 1 and said.count("要现在开始办吗") == 1


def test_sources_are_not_said() -> None:
    said = "".join(spoken_text([Text(text="身份证丢了可以补办（依据：《居民身份证法》第十一条）。依据：《居民身份证法》。")]))
    assert said == "身份证丢了可以补办。"


def test_a_long_list_is_on_the_screen() -> None:
    lines = "要带这些材料：\n" + "\n".join(f"{n}. 第{n}样材料" for n in range(1, 8))
    said = "".join(spoken_text([Text(text=lines)]))
    assert said.startswith("要带这些材料") and "第5样" not in said and "屏幕" in said


def test_a_list_of_two_is_read() -> None:
    assert "户口本" in "".join(spoken_text([Text(text="要带两样：\n1. 身份证\n2. 户口本")]))


def test_what_comes_before_a_question_is_short_and_the_question_is_put_once() -> None:
    begun = [
        Text(text="好的，为您办理“社会保障卡补领”。办件编号是 BD20261123M8RB7UTF，填好的内容会自动保存。"),
        Text(text="社会保障卡补领：社会保障卡丢了或者坏了，补一张。领过社会保障卡，现在丢了、被偷了，或者坏了、读不出来、快到期了。"),
        Card(title="下面是社会保障卡补领：要点", text="", rows=[Row(label="费用", value="不收费"), Row(label="时限", value="当场")]),
        Text(text="下面我一项一项问，您也可以一句话说几项。说错了随时可以改。"),
        Choices(text="卡是丢了，还是坏了？", options=options(2)),
    ]
    said = spoken_text(begun, ask(label="补领的原因", kind="choice", options=options(2)))
    assert said[0] == "好的，为您办理“社会保障卡补领”。"
    assert "BD2026" not in "".join(said) and "补领的原因" not in "".join(said)
    assert "".join(said).endswith("卡是丢了，还是坏了？1，第1种；2，第2种。")
    assert len("".join(said)) <= BEFORE_QUESTION + 60


def test_a_number_of_a_case_is_said_where_nothing_else_is() -> None:
    assert "BD2026" in "".join(spoken_text([Text(text="办件编号是 BD20261123M8RB7UTF。")]))


def test_what_opens_something_is_not_said_aloud() -> None:
    told = Text(text="想在别的手机上看进度：填证件号码后四位和恢复码 Y6TD5J。恢复码请收好，不要给别人。")
    said = "".join(spoken_text([told]))
    assert said == "恢复码请收好，不要给别人。详细的请看屏幕。"
    assert "".join(spoken_text([Text(text="您的取件码是：883012。")])) == "详细的请看屏幕。"


def test_an_example_in_a_warning_is_not_said() -> None:
    warned = Notice(level="warning", text="没有认出电话号码。请写11位手机号，或带区号的固定电话，例如 021-12345678。")
    assert "".join(spoken_text([warned])) == "没有认出电话号码。请写11位手机号，或带区号的固定电话。"


def test_a_question_that_says_more_is_put_whole() -> None:
    said = "".join(spoken_text([Text(text="挂失了吗？没挂失的，先打12333，不着急。")], ask(label="挂失", kind="choice", options=YES_NO)))
    assert said == "挂失了吗？没挂失的，先打12333，不着急。1，办；2，先不办。"


def test_a_long_answer_is_begun_and_the_question_is_still_asked() -> None:
    said = spoken_text([Text(text="这是第一句，说明情况。" * 30), Text(text="还有一段话，也很要紧。" * 30)] * 2, ask())
    assert said[-1] == "您的手机号是多少？"
    assert len("".join(said)) <= BEFORE_QUESTION + 120
    assert any("屏幕" in one for one in said)


def test_files_are_on_the_screen() -> None:
    one, two = (File(name=f"申请表{n}.pdf", url="/x", media_type="application/pdf") for n in (1, 2))
    assert spoken_text([one]) == ["“申请表1”放在屏幕上了。"]
    assert spoken_text([one, two]) == ["2份文件放在屏幕上了。"]


def test_a_notice_comes_before_the_question_it_is_about() -> None:
    said = spoken_text([Notice(level="warning", text="手机号少了一位。")], ask(error={"code": "phone", "message": "手机号少了一位。"}))
    assert said == ["手机号少了一位。", "您的手机号是多少？"]


def test_a_paper_wanted_and_a_table_are_done_on_the_screen() -> None:
    assert "拍照" in "".join(spoken_text([], ask(label="请上传户口本。", kind="file")))
    column = {"field": "a", "label": "姓名", "kind": "text"}
    assert "表" in "".join(spoken_text([], ask(label="家庭成员有哪些？", columns=[column])))


def test_the_turn_as_the_api_has_it() -> None:
    told = spoken_text([{"kind": "text", "text": "好的。"}], {"field": "f", "label": "几号方便？", "kind": "date"})
    assert "".join(told) == "好的。几号方便？"


def test_in_english() -> None:
    with use_language("en"):
        said = " ".join(spoken_text([Text(text="All right.")], ask(label="Which one?", kind="choice", options=options(6))))
    assert "There are 6 choices on the screen" in said


def test_nothing_is_said_of_nothing() -> None:
    assert spoken_text([]) == []
    assert spoken_text([Text(text="")]) == []
