"""Answers worded as no table has them: by ear, in dialect, all in one line, with digits in Chinese; amounts that are none."""

from __future__ import annotations

import pytest

from assistant.casework.fields import extract
from assistant.casework.fields.parse import parse
from tests.unit.casework.fields.test_said import TODAY, as_noted, asked_for


@pytest.mark.parametrize(("kind", "text", "wanted"), [
    # days
    ("date", "上个月15号", "2026-10-15"), ("date", "上月十五", "2026-10-15"), ("date", "上个月20", "2026-10-20"), ("date", "前年五月二十", "2024-05-20"),
    ("date", "二零二五年八月八号", "2025-08-08"), ("date", "25.8.8", "2025-08-08"), ("date", "昨儿个下午三点多", "2026-11-09"),
    ("date", "上上周五晚上", "2026-10-30"), ("date", "今年五一", "?2026-05-01"), ("date", "前年五月", "!date_which_day"),
    ("date", "大概上个月中旬", "!date_which_day"), ("date", "11月初三", "!date_lunar"), ("date", "下月初一", "!date_lunar"),
    # sums, of which none is made up
    ("amount", "十来万", "!number_vague"), ("amount", "小十万", "!number_vague"), ("amount", "一万五六", "!number_vague"),
    ("amount", "三万出头", "!number_vague"), ("amount", "二三十万", "!number_vague"), ("amount", "不到两万", "!number_vague"),
    ("amount", "12万8", "128000"), ("amount", "叁拾伍万元整", "350000"), ("amount", "押一付三每月3500", "3500"), ("amount", "两万八千六", "28600"),
    # areas and counts
    ("area", "一百来平", "!number_vague"), ("area", "八十多平米", "!number_vague"), ("area", "套内八十六点五", "86.5"), ("area", "10米乘8米", "!number_shape"),
    ("integer", "就俩", "2"), ("integer", "仨人", "3"), ("integer", "十来个", "!number_vague"), ("integer", "1个老板2个工人一共3个", "3"),
    # numbers said and mistyped
    ("phone", "幺三九 零零幺三 九零零零", "13900139000"), ("phone", "我手机13800138000打不通就打我爱人的", "13800138000"), ("phone", "1390013900", "!phone_shape"),
    ("id_number", "三二零五零二一九九零零四一五一零二一", "320502199004151021"), ("id_number", "32O5O2199OO4151O21", "320502199004151021"),
    ("id_number", "320502 19900415 1021", "320502199004151021"), ("email", "zhangsan艾特example点com", "zhangsan@example.com"),
    # names
    ("person_name", "阿卜杜拉．买买提", "阿卜杜拉·买买提"), ("person_name", "欧阳㼆", "欧阳㼆"), ("person_name", "张𠮷", "张𠮷"), ("person_name", "弓长张 张三", "张三"),
    ("person_name", "木子李的李 李四", "李四"), ("person_name", "李四就是我", "李四"), ("person_name", "李小四是我", "李小四"), ("person_name", "户主我爸张三", "张三"),
    ("person_name", "俺叫李四", "李四"), ("person_name", "咱闺女叫张小三", "张小三"),
    # places without a district, with more than the place
    ("address", "示例路八十八号", "示例路八十八号"), ("address", "浦东 示例路88号301", "浦东示例路88号301"), ("address", "上海浦东示例路88弄3-502", "上海浦东示例路88弄3-502"),
    ("address", "示例小区3幢2单元501对吧", "示例小区3幢2单元501"), ("address", "示例路88号301（靠近地铁站）", "示例路88号301"), ("address", "示例大道", "!address_door"),
    ("company_name", "叫示例小吃店就行", "示例小吃店"), ("company_name", "示例商贸有限公司没有别的", "示例商贸有限公司"), ("company_name", "示例 商贸 有限公司", "示例商贸有限公司"),
    # choices, by ear and in dialect
    ("yes_no", "木有哈", "no"), ("yes_no", "那必须有", "yes"), ("yes_no", "莫得", "no"), ("yes_no", "嗯呐", "yes"),
    ("choice", "租德", "leased"), ("choice", "组的房子", "leased"), ("choice", "不是组的", "!choice_unknown"), ("choice", "自己家滴", "own"),
    ("multi", "热才和凉菜", "hot,cold"), ("multi", "热菜 奶茶 蛋糕", "hot,drinks,cake"), ("multi", "除了刺身都做", "hot,cold,drinks,cake"),
])  # fmt: skip
def test_it_is_read_or_asked_about_and_never_made_up(kind: str, text: str, wanted: str) -> None:
    assert as_noted(parse(asked_for(kind, ""), text, TODAY, {})) == wanted


@pytest.mark.parametrize("kind", ["area", "amount", "integer", "date"])
@pytest.mark.parametrize("text", ["上一步", "回到上一步", "返回上一个问题"])
def test_going_back_is_no_number(kind: str, text: str) -> None:
    assert not extract.plainly_answers(asked_for(kind, ""), text, TODAY)
