"""Regions (GB/T 2260): a code of six digits, or the name of a province or of a district of Shanghai."""

from __future__ import annotations

import re

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
_SUFFIX = re.compile(r"(特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|新区|省|市|区)$")


def region_code(text: str) -> str | None:
    """The six-digit code of a region given as code or name (浦东, 浦东新区, 上海市浦东新区); None if it is none we know."""
    plain = text.strip()
    if re.fullmatch(r"\d{6}", plain):
        return plain if plain == "000000" or plain[:2] in PROVINCES else None
    names = {**{f"{code}0000": name for code, name in PROVINCES.items()}, **DISTRICTS}
    ends = [(len(name), code) for code, name in names.items() if plain.endswith(name) or plain == _SUFFIX.sub("", name)]
    return max(ends)[1] if ends else None
