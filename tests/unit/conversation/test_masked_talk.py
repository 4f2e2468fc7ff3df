"""What is kept of a sentence names nobody, and sentences without anybody in them stay as they were said."""

from __future__ import annotations

import pytest

from assistant.conversation.masked_talk import COMPANY, NAME, NUMBER, _dictionary, kept, prepare, with_stand_ins

SECRETS = (
    "张三", "李四", "王小明", "赵铁柱", "陈大文", "欧阳娜娜", "买买提", "John", "Smith", "310101199001011234", "13800138000", "021-58880000",
    "示例路", "示例小区", "88号", "502", "3栋", "Example Road", "someone@example.com", "E12345678", "91310115MA1K3XYZ0A", "沪A12345",
)  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "我叫张三，住在浦东新区示例路88号3栋502室，想办居住证",
        "我身份证310101199001011234丢了，电话13800138000，怎么补",
        "身份证３１０１０１１９９００１０１１２３４丢了怎么补",
        "咱家王小明上学怎么办",
        "李四的户口怎么迁",
        "帮我爸赵铁柱办老年卡",
        "给张三办退休要带什么",
        "法人是陈大文要换成李四",
        "申请将法定代表人由张三变更为李四",
        "欧阳娜娜办护照要多久",
        "买买提·示例怎么办居住证",
        "My name is John Smith and I need a residence permit",
        "I live at 88 Example Road, Room 502, which police station do I go to",
        "联系人 王小明 电话 021-58880000 邮箱 someone@example.com，帮我问下进度",
        "护照E12345678快到期了怎么换",
        "我公司91310115MA1K3XYZ0A要注销",
        "车牌沪A12345怎么过户",
        "家住示例小区，垃圾没人管",
    ],
)
def test_nobody_can_be_found_in_what_is_kept(said: str) -> None:
    text = kept(said)
    assert text is not None
    assert [secret for secret in SECRETS if secret in text] == []
    assert "[" not in with_stand_ins(text)


@pytest.mark.parametrize(
    "said",
    ["张三", "13800138000", "310101199001011234", "浦东新区示例路88号3栋502室", "someone@example.com", "", "？！", "我" * 201],
)
def test_where_nothing_else_was_said_nothing_is_kept(said: str) -> None:
    assert kept(said) is None


def test_what_the_case_knows_is_hidden_wherever_it_stands() -> None:
    known = {"示例餐饮有限公司": COMPANY, "示例": NAME, "8800": NUMBER}
    assert kept("示例餐饮有限公司的示例问要几天，尾号8800", known) == f"{COMPANY}的{NAME}问要几天，尾号{NUMBER}"


@pytest.mark.parametrize(
    "said",
    [
        "公积金怎么取",
        "公司搬到张江了，执照上的地址要改",
        "高新技术企业怎么认定",
        "谢谢您，许可证到期了要不要换",
        "请问补一张证多少钱",
        "孙子要上户口",
        "食品证12月31日到期，申请延续",
        "how do I renew my residence permit",
    ],
)
def test_what_names_nobody_stays_as_it_was_said(said: str) -> None:
    assert kept(said) == said


def test_stand_ins_are_invented_and_leave_rasa_nothing_to_read() -> None:
    assert with_stand_ins("[name]的[paper]丢了[x](y)") == "张三的E12345678丢了 x (y)"


def test_the_dictionary_is_read_beforehand() -> None:
    """As serving begins, not with the first sentence somebody puts right."""
    prepare()
    assert _dictionary.cache_info().currsize == 1 and _dictionary()[0].initialized
