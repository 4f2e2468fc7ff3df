"""A table of shareholders to try readings on."""

from __future__ import annotations

from datetime import date

from knowledge.schema import GuideField

TODAY = date(2026, 11, 22)
SHAREHOLDERS = GuideField.model_validate(
    {
        "key": "shareholders", "label": "股东", "type": "table", "question": "股东都有谁？", "why": "要登记",
        "rows": {"least": 1, "most": 200, "called": "股东"},
        "columns": [
            {"key": "name", "label": "姓名", "type": "person_name", "example": "示例"},
            {"key": "id", "label": "身份证号码", "type": "id_number", "names": ["身份证"], "example": "11010519491231002X"},
            {"key": "amount", "label": "认缴出资额", "type": "amount", "names": ["出资", "出资额"], "example": "250000"},
        ],
        "table_rules": [
            {"kind": "sum_equals", "column": "amount", "field": "capital", "message": "加起来要等于注册资本。"},
            {"kind": "distinct", "column": "id", "message": "身份证号码不能一样。"},
            {"kind": "distinct", "column": "name", "message": "同名，请确认。", "soft": True},
        ],
    }
)  # fmt: skip


def id_number(region: int, day: date, order: int) -> str:
    """An invented identity number whose check digit holds (GB 11643-1999)."""
    body = f"{region:06d}{day:%Y%m%d}{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
