"""Addresses down to the door, without the talk before and after them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.engine.components.patterns.regions import regions_in

_HAN = "一-鿿"
_BUILT = "大厦|广场|大楼|花园|公寓|小区|家园|商城|市场|园区|产业园|工业园|新村|中心"
#: What a street, a village or a building's name ends with. 知道3号 and 渠道2号 are none.
_WAY = rf"(?:路|街|大道|(?<![知渠频报难])道|巷|弄|胡同|村|{_BUILT})"
_NO = r"(?:[A-Za-z]?\d{1,5}[A-Za-z]?(?:[\-~/]\d{1,5}[A-Za-z]?){0,3}|[零〇一二三四五六七八九十百]{1,5}|[甲乙丙丁])"
DOOR = rf"(?:附|临|甲|乙)?{_NO}\s*(?:号楼|号院|支弄|号(?!线)|弄|室|单元|栋|幢|楼|层|座|房|户|商铺|铺|组|队|门)|[A-Za-z东南西北]座"
#: From the street on: doors, and buildings between them.
_FROM_WAY = re.compile(
    rf"{_WAY}\s?(?:(?:[{_HAN}A-Za-z0-9]{{0,10}}?(?:{_BUILT}|苑|里))?[\s,]?(?:{DOOR}))+(?:(?:-|(?<=[楼层座元号幢栋]))\d{{2,5}}(?![0-9元万块人年月日个天平㎡]))?"
)
_BEFORE = re.compile(rf"(?:[{_HAN}0-9]+[省市区县镇乡道] )*[{_HAN}0-9]+$")
_LEAD = re.compile(
    r"地址|住址|住所|位于|坐落|经营场所|注册地|搬[到至去]了?|迁[到至往入]|改[成为到]|换[成到]|变更[为到]|[设开租住]在|家住|户籍|户口|为什么|"
    r"[一看]下|[在到是的了您我你他她们把从至往帮请查问叫填写想要说这那哪:：]"
)
_OWNER = re.compile(r"^(?:新|老|旧|原|现)?(?:公司|单位|门店|店铺|店面|房子|房屋|仓库|办公室)+")
#: Characters looked back for the region and the street's name.
_FARTHEST = 36
_DETAIL = re.compile(
    r"[0-9零〇一二三四五六七八九十百]+\s*(?:-\d+)?\s*(?:号|弄|室|楼|层|幢|栋|座|单元|组|队|巷|铺|商铺|门)|村|屯|社区|广场|大厦|中心|商城|市场"
)
_STREET = re.compile(r"路|街|道|巷|弄|胡同|村|镇|乡|屯|组|大厦|广场|中心|园区|工业园|小区|花园|公寓|新村|市场|码头|里|坊|苑|城")


def names_street(text: str) -> bool:
    """Whether an answer to "which address" names a street, a village or a building."""
    return bool(_STREET.search(text))


def names_door(text: str) -> bool:
    """Whether it goes on to a number, or to a building in a place that has no numbers."""
    return bool(_DETAIL.search(text))


def addresses_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and normal form (no blanks) of each address in a sentence that reaches the door."""
    for match in _FROM_WAY.finditer(text):
        first = max(0, match.start() - _FARTHEST)
        before = _BEFORE.search(text, first, match.start())
        if before is None:
            continue
        head = text[before.start() : match.start()]
        start = before.start() + _talk(head)
        if start < match.start():
            written = text[start : match.end()]
            yield start, match.end(), re.sub(r"\s", "", written)


def address_in(text: str) -> str | None:
    """The first address of a sentence as it stands there; None if there is none."""
    return next((text[start:end] for start, end, _ in addresses_in(text)), None)


def _talk(head: str) -> int:
    """How much of what stands before the street's ending is talk: 我住在|浦东新区世纪."""
    cut = max((match.end() for match in _LEAD.finditer(head) if match.end() < len(head)), default=0)
    owner = _OWNER.match(head[cut:])
    if owner and owner.end() < len(head) - cut:
        cut += owner.end()
    region = next((start for start, _, _ in regions_in(head[cut:])), 0)
    return cut + region
