"""What public-credit records say of an enterprise: penalties by area (领域), or none. All fictitious, as everything here.

An enterprise's penalties stand in its seed record under ``行政处罚`` (or ``penalties``): a list of objects with ``area``,
``decided``, ``number``, ``authority``, ``act``, ``penalty``, and ``minor`` for those that are not published (当场处罚、警告).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.register import values, words
from sandbox.register.records import Record

#: Code, name, whose records they are, and what people call the area.
AREAS: tuple[tuple[str, str, str, str], ...] = (
    ("market", "市场监管", "市场监督管理部门", "市监 工商 质监 价格"),
    ("food", "食品安全", "市场监督管理部门", "食品"),
    ("drug", "药品监管", "药品监督管理部门", "药监 药品"),
    ("ip", "知识产权", "知识产权部门", "专利 商标"),
    ("tax", "税务", "税务部门", "国税 地税 纳税"),
    ("labour", "人力资源社会保障", "人力资源社会保障部门", "人社 社保 社会保险 劳动 用工"),
    ("insurance", "医疗保障", "医疗保障部门", "医保"),
    ("fund", "住房公积金", "住房公积金管理机构", "公积金"),
    ("environment", "生态环境", "生态环境部门", "环保 环境"),
    ("safety", "应急管理", "应急管理部门", "安全生产 安监"),
    ("fire", "消防安全", "消防救援机构", "消防"),
    ("planning", "规划资源", "规划和自然资源部门", "规划 土地 自然资源"),
    ("building", "住房城乡建设", "住房城乡建设部门", "建设 住建 工程 房管"),
    ("transport", "交通运输", "交通运输部门", "交通 运输"),
    ("water", "水务", "水务部门", "排水 水利"),
    ("farming", "农业农村", "农业农村部门", "农业"),
    ("commerce", "商务", "商务部门", "外贸 商业"),
    ("culture", "文化旅游", "文化和旅游部门", "文化 旅游 文旅 文物"),
    ("health", "卫生健康", "卫生健康部门", "卫生 卫健"),
    ("education", "教育", "教育部门", "培训"),
    ("data", "网络和数据安全", "网信部门", "网信 网络 数据"),
    ("city", "城市管理", "城市管理部门", "城管 市容 绿化"),
    ("statistics", "统计", "统计部门", ""),
    ("finance", "地方金融", "地方金融管理部门", "金融"),
)
_KEYS = ("行政处罚", "处罚记录", "penalties", "conduct")


def areas() -> list[Record]:
    """The areas there are records of."""
    return [
        {"code": code, "name": name, "authority": authority, "aliases": aliases.split()}
        for code, name, authority, aliases in AREAS
    ]


def of(enterprise: Record, start: date, end: date, as_of: str) -> dict[str, Any]:
    """The enterprise's records decided from ``start`` to ``end``, both days counted; those not published are left out."""
    first, last = start.isoformat(), end.isoformat()
    found = [item for given in _listed(enterprise) if (item := _item(given)) and first <= item["decided"] <= last]
    return {
        "uscc": enterprise["uscc"],
        "name": enterprise.get("name"),
        "from": start.isoformat(),
        "to": end.isoformat(),
        "as_of": as_of,
        "areas": areas(),
        "items": sorted(found, key=lambda item: (item["decided"], item["number"])),
    }


def _listed(enterprise: Record) -> list[Any]:
    held = enterprise.get("fields", {})
    listed: list[Any] = next((held[key] for key in _KEYS if isinstance(held.get(key), list)), [])
    return listed


def _item(given: Any) -> Record | None:
    """A penalty as it is served; None for one that is not published, has no day, or is of no area known here."""
    if not isinstance(given, dict) or given.get("minor"):
        return None
    said, day = words.plain(given.get("area", "")), values.day(given.get("decided"))
    area = next((code for code, name, _, aliases in AREAS if said in map(words.plain, (code, name, *aliases.split()))), None)
    if area is None or day is None:
        return None
    text = {key: values.text(given.get(key)) or "" for key in ("number", "authority", "act", "penalty")}
    return {"area": area, "decided": day, **text}
