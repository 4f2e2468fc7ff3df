"""Where to go with what is not ours: the hotline of the office that a sentence is about.

What is said stands in ``messages/*/elsewhere.yaml`` under the office's key. A number without a source of its own is one commonly
known and not yet checked for this city; its citation says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.replies import Citation
from knowledge.schema import Guide

_COMMON = Citation(title="各部门通用的服务热线（号码没有逐个核对）", verified=False)
_GUIDES_2021 = "广东政务服务网公开的办事指南（2021年）"


@dataclass(frozen=True)
class Elsewhere:
    """Another office: what its matters sound like, and where its number was read."""

    key: str
    words: re.Pattern[str]
    source: Citation


def _office(key: str, words: str, source: Citation = _COMMON) -> Elsewhere:
    return Elsewhere(key, re.compile(words, re.I), source)


#: In the order they are tried.
OFFICES = (
    _office("emergency", r"着火|失火|火灾|车祸|被打了|抢劫|救护车|有人受伤|on fire|ambulance|car accident"),
    _office("tax", r"税|发票|个税|纳税|申报表|\btax|invoice", Citation(title=f"{_GUIDES_2021}：12366热线受理纳税人来电")),
    _office("medical_insurance", r"医保|医疗保险|报销医药费|看病报销|medical insurance"),
    _office("housing_fund", r"公积金|housing (?:provident )?fund"),
    _office(
        "social_insurance",
        r"社保|养老金|失业|工伤|劳动仲裁|欠薪|拖欠工资|讨薪|劳动合同|加班费|被辞退|social (?:insurance|security)|unpaid wages",
    ),
    _office(
        "exit_entry",
        r"签证|港澳通行证|往来台湾|通行证|出入境|绿卡|"
        r"居留许可|外国人.{0,4}(?:居留|工作证|工作许可)|\bvisa|residence certificate for foreign",
        Citation(title="中国新闻网：12367服务平台上线四周年（2025年4月21日）", url="http://www.sh.chinanews.com.cn/shms/2025-04-21/134919.shtml"),
    ),
    _office("court", r"法院|起诉|打官司|诉讼|判决|离婚官司|执行款|立案|\bcourt|\bsue\b"),
    _office("legal_aid", r"法律援助|找律师|请律师|公证|法律咨询|lawyer|notar", Citation(title=f"{_GUIDES_2021}：12348法律服务")),
    _office("consumer", r"退货|退款|假货|买到假|商家|消费者|欺诈消费|质量问题|维权|refund|fake goods"),
    _office("power", r"电费|停电|没电|电表|供电|跳闸|electricity|power cut"),
    _office("water_gas", r"水费|停水|没水|自来水|水管|煤气|燃气|天然气|供暖|暖气|water supply|\bgas\b"),
    _office(
        "transport",
        r"出租车|网约车|公交车?|地铁|打车|投诉司机|长途车|taxi|subway",
        Citation(title=f"{_GUIDES_2021}：12328交通运输服务监督电话"),
    ),
    _office("railway", r"火车票|高铁|动车|12306|train ticket"),
    _office("traffic_police", r"违章|违停|扣分|罚单|交警|车管所|上牌|车牌|年检|traffic (?:fine|ticket|police)"),
    _office("health", r"挂号|医院|看病|疫苗|核酸|医生|hospital|vaccin|doctor"),
    _office("customs", r"海关|清关|关税|进口货|customs"),
    _office("school", r"上学|入学|学区|转学|中考|高考|幼儿园|学位|school enrol"),
)


def find(text: str) -> Elsewhere | None:
    """The office a sentence is about; the first in the table's order. None where none is named."""
    return next((office for office in OFFICES if office.words.search(text)), None)


def strange_to(text: str, guide: Guide) -> Elsewhere | None:
    """The office a sentence is about, if the guide itself never speaks of its matters; asked of a sentence that names no item."""
    office = find(text)
    found = office.words.search(text) if office else None
    return office if found and found[0] not in guide.model_dump_json() else None
