"""A small guide, a case of it, and its Word templates, made on the spot."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from docx import Document

from assistant.casework.model import Answer, Case, MaterialState, Source
from assistant.foundation.clock import SHANGHAI
from knowledge.schema import Guide

NOW = datetime(2026, 11, 10, 9, 30, tzinfo=SHANGHAI)

GUIDE = Guide.model_validate(
    {
        "code": "sample-change",
        "name": "示例变更登记",
        "version": "2026.1",
        "effective": date(2026, 1, 1),
        "outline": True,
        "department": "示例市场监管局",
        "evidence": {"law": {"title": "示例条例"}},
        "fields": [
            {"key": "company_name", "label": "公司名称", "type": "company_name", "question": "?", "why": "?"},
            {"key": "person", "label": "法定代表人", "type": "person_name", "question": "?", "why": "?"},
            {"key": "id_number", "label": "身份证号", "type": "id_number", "question": "?", "why": "?"},
            {"key": "new_address", "label": "新住所", "type": "address", "question": "?", "why": "?"},
            {"key": "decided", "label": "决定日期", "type": "date", "question": "?", "why": "?"},
            {"key": "remark", "label": "备注", "type": "text", "question": "?", "why": "?", "optional": True},
            {
                "key": "premises",
                "label": "房屋来源",
                "type": "choice",
                "question": "?",
                "why": "?",
                "situation": True,
                "options": [
                    {"value": "own", "label": "自有"},
                    {"value": "leased", "label": "租赁"},
                    {"value": "copy", "label": "其他"},
                ],
            },
            {
                "key": "kinds",
                "label": "项目",
                "type": "multi",
                "question": "?",
                "why": "?",
                "options": [
                    {"value": "hot", "label": "热食"},
                    {"value": "cold", "label": "冷食"},
                    {"value": "cake", "label": "糕点"},
                ],
            },
            {"key": "agent", "label": "是否代办", "type": "yes_no", "question": "?", "why": "?", "situation": True},
            {
                "key": "agent_name",
                "label": "代办人",
                "type": "person_name",
                "question": "?",
                "why": "?",
                "when": {"field": "agent", "is": "yes"},
            },
        ],
        "materials": [
            {
                "code": "form",
                "name": "申请书",
                "form": "original",
                "met_by": ["generated", "upload"],
                "document": "form",
                "evidence": ["law"],
            },
            {
                "code": "lease",
                "name": "租赁合同",
                "form": "copy",
                "met_by": ["upload", "promise"],
                "promise_document": "commitment",
                "when": {"field": "premises", "is": "leased"},
                "evidence": ["law"],
            },
            {
                "code": "plan",
                "name": "平面图",
                "form": "copy",
                "met_by": ["tolerate", "bring"],
                "tolerance_days": 10,
                "evidence": ["law"],
            },
            {
                "code": "power",
                "name": "授权委托书",
                "form": "original",
                "met_by": ["generated"],
                "document": "power",
                "when": {"field": "agent", "is": "yes"},
                "evidence": ["law"],
            },
            {"code": "licence", "name": "营业执照", "form": "electronic", "met_by": ["licence"], "evidence": ["law"]},
        ],
        "documents": [
            {"key": "form", "title": "示例变更申请书", "template": "form.docx", "kind": "form"},
            {"key": "commitment", "title": "住所承诺书", "template": "commitment.docx", "kind": "commitment"},
            {
                "key": "power",
                "title": "授权委托书",
                "template": "power.docx",
                "kind": "form",
                "when": {"field": "agent", "is": "yes"},
            },
        ],
    }
)

VALUES: dict[str, tuple[Any, str]] = {
    "company_name": ("示例公司&<合伙>", "示例公司&<合伙>"),
    "person": ("㼆·𠮷", "㼆·𠮷"),
    "id_number": ("11010519491231002X", "11010519491231002X"),
    "new_address": ("上海市示例区样板路88号1幢501室", "上海市示例区样板路88号1幢501室"),
    "decided": ("2026-11-05", "2026-11-05"),
    "premises": ("leased", "租赁"),
    "kinds": (["hot", "cake"], "热食、糕点"),
    "agent": ("yes", "是"),
    "agent_name": ("李四", "李四"),
}

FORM_TEXT = [
    "示例变更申请书",
    "公司名称：{{ company_name }}",
    "法定代表人：{{ person }}  证件号码：{{ id_number }}",
    "新住所：{{ new_address }}",
    "决定日期：{{ decided }}  备注：{{ remark }}",
    "{{ tick.premises.own }}自有 {{ tick.premises.leased }}租赁 {{ tick.premises.copy }}其他",
    "{{ tick.kinds.hot }}热食 {{ tick.kinds.cold }}冷食 {{ tick.kinds.cake }}糕点",
    "代办：{{ tick.agent.yes }}是 {{ tick.agent.no }}否 {% if agent_name %}代办人：{{ agent_name }}{% endif %}",
    "本人承诺以上内容真实。{{ today }}  {{ case_no }}  {{ guide_name }}",
]


def case(**changed: tuple[Any, str] | None) -> Case:
    """The sample case; a keyword gives another answer to a field, None takes it away."""
    held = {key: value for key, value in {**VALUES, **changed}.items() if value is not None}
    source = Source(kind="said", turn=3)
    return Case(
        case_no="BD202611100001",
        guide_code=GUIDE.code,
        guide_name=GUIDE.name,
        guide_version=GUIDE.version,
        created_at=NOW,
        updated_at=NOW,
        answers={key: Answer(value=value, display=text, source=source, confirmed_at=NOW) for key, (value, text) in held.items()},
        materials={
            "form": MaterialState(status="generated"),
            "lease": MaterialState(status="promised"),
            "plan": MaterialState(status="tolerated", due=date(2026, 11, 24)),
            "power": MaterialState(status="generated"),
            "licence": MaterialState(status="licence"),
        },
    )


def word(*paragraphs: str) -> bytes:
    """A Word file with these paragraphs, the last of them in a table cell."""
    document = Document()
    for text in paragraphs[:-1]:
        document.add_paragraph(text)
    document.add_table(rows=1, cols=2).rows[0].cells[1].text = paragraphs[-1]
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def templates(folder: Path) -> Path:
    """The three templates of the sample guide, in ``folder``."""
    (folder / "form.docx").write_bytes(word(*FORM_TEXT))
    (folder / "commitment.docx").write_bytes(
        word("住所承诺书", "承诺人：{{ company_name }}", "承诺材料：{{ promised }}", "{{ today }}")
    )
    (folder / "power.docx").write_bytes(word("授权委托书", "委托 {{ agent_name }} 办理 {{ guide_name }}", "委托人：{{ person }}"))
    return folder
