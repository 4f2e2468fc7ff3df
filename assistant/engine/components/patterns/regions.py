"""Provinces and districts of GB/T 2260 by code, and finding them in a sentence by any name in use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from assistant.engine.components.catalogue import Catalogue

PROVINCES = {
    "11": "北京市",
    "12": "天津市",
    "13": "河北省",
    "14": "山西省",
    "15": "内蒙古自治区",
    "21": "辽宁省",
    "22": "吉林省",
    "23": "黑龙江省",
    "31": "上海市",
    "32": "江苏省",
    "33": "浙江省",
    "34": "安徽省",
    "35": "福建省",
    "36": "江西省",
    "37": "山东省",
    "41": "河南省",
    "42": "湖北省",
    "43": "湖南省",
    "44": "广东省",
    "45": "广西壮族自治区",
    "46": "海南省",
    "50": "重庆市",
    "51": "四川省",
    "52": "贵州省",
    "53": "云南省",
    "54": "西藏自治区",
    "61": "陕西省",
    "62": "甘肃省",
    "63": "青海省",
    "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区",
    "71": "台湾省",
    "81": "香港特别行政区",
    "82": "澳门特别行政区",
}
DISTRICTS = {
    "310101": "黄浦区",
    "310104": "徐汇区",
    "310105": "长宁区",
    "310106": "静安区",
    "310107": "普陀区",
    "310109": "虹口区",
    "310110": "杨浦区",
    "310112": "闵行区",
    "310113": "宝山区",
    "310114": "嘉定区",
    "310115": "浦东新区",
    "310116": "金山区",
    "310117": "松江区",
    "310118": "青浦区",
    "310120": "奉贤区",
    "310151": "崇明区",
    "440100": "广州市",
    "440300": "深圳市",
}
#: Cities, counties and districts elsewhere, one a line, some with the short name they go by; from the place names in jieba's
#: dictionary (MIT) that end in 市, 县, 区, 旗, 盟 or 自治州, foreign ones left out.
_LISTED = Path(__file__).with_name("regions.txt")
_SUFFIX = re.compile(r"(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|新区|省|市|区)$")
#: 静安寺, 黄浦江, 浦东南路 and the like are named after a place and are none.
_NAMED_AFTER = re.compile(r"江|寺|(?:[东南西北中]|[一二三四五六七八九十]+)*(?:路|街|大道|道(?!路)|巷|站)|人民路")


def short(name: str) -> str:
    """A region's name without what it is: 浦东, 内蒙古, 广西."""
    return _SUFFIX.sub("", name)


@cache
def _names() -> dict[str, str]:
    """Every name a region is found by, with the full one: provinces and our districts, then what ``regions.txt`` lists."""
    known = {name: name for name in (*PROVINCES.values(), *DISTRICTS.values())}
    for line in _LISTED.read_text(encoding="utf-8").splitlines():
        name, *also = line.split()
        known.update(dict.fromkeys((name, *also), name))
    return {**known, **{short(name): name for name in (*PROVINCES.values(), *DISTRICTS.values())}}


@cache
def _finder() -> Catalogue:
    return Catalogue(_names())


def regions_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and full name of each region named in ``text``, the longest name first."""
    for start, end in _finder().find(text):
        if not _NAMED_AFTER.match(text, end):
            yield start, end, _names()[text[start:end]]
