"""Which column of a platform's row means what: English keys of its JSON, names of GB/T 39554, Chinese heads of an Excel sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What we call it, and every name it goes by elsewhere; the first Chinese one heads the column we write.
COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("指南代号", "guide_code"),
    "name": ("事项名称", "name", "TASK_NAME", "task_name", "名称"),
    "parent": ("主项名称", "parent", "PARENT_NAME"),
    "version": ("版本", "version", "TASK_VERSION"),
    "effective": ("生效日期", "effective"),
    "task_code": ("实施编码", "task_code", "TASK_CODE"),
    "catalog_code": ("基本编码", "catalog_code", "CATALOG_CODE"),
    "task_type": ("事项类型", "type", "task_type", "TASK_TYPE"),
    "handling": ("办件类型", "PROJECT_TYPE", "handling"),
    "level": ("行使层级", "level", "USE_LEVEL"),
    "department": ("实施主体", "dept", "DEPT_NAME", "department", "实施机构"),
    "area": ("行政区划", "area", "AREA_NAME"),
    "area_code": ("行政区划代码", "area_code", "AREA_CODE", "region"),
    "objects": ("服务对象", "objects", "SERVE_TYPE", "applicant"),
    "themes": ("主题分类", "themes", "THEME"),
    "basis": ("设定依据", "BY_LAW", "basis"),
    "conditions": ("受理条件", "conditions", "ACCEPT_CONDITION"),
    "materials": ("申请材料", "materials", "MATERIALS"),
    "legal": ("法定办结时限", "time_raw_handle_time", "ANTICIPATE_DAY", "legal_limit"),
    "promised": ("承诺办结时限", "time_raw_handle_time_limit", "PROMISE_DAY", "promised_limit"),
    "visits": ("到现场次数", "visits", "LIMIT_SCENE_NUM"),
    "fee": ("收费", "IS_FEE", "fee", "收费标准"),
    "process": ("办理流程", "HANDLE_FLOW", "process"),
    "result": ("办理结果", "RESULT_NAME", "result"),
    "coverage": ("通办范围", "HANDLE_AREA", "coverage"),
    "location": ("办理地点", "location", "TRANSACT_ADDR", "places"),
    "consult": ("咨询方式", "LINK_WAY", "consult"),
    "complain": ("监督投诉方式", "SUPERVISE_WAY", "complain"),
    "faqs": ("常见问题", "faqs"),
    "url": ("网址", "url"),
}
_MEANS = {name: key for key, names in COLUMNS.items() for name in (key, *names)}


def said(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says under our names. Columns nobody knows are left out; of two for one thing the first filled one counts."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        key = _MEANS.get(str(name).strip())
        if key is not None and value not in (None, "", []) and key not in found:
            found[key] = value
    return found


def head(key: str) -> str:
    """The Chinese head of a column."""
    return COLUMNS[key][0]
