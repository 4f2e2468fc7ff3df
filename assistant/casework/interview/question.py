"""A field put as a question (``Ask`` of the API)."""

from __future__ import annotations

from assistant.casework.fields.parse import field_options
from assistant.casework.interview.table_question import ask_table
from assistant.casework.model import Case
from knowledge.replies import Ask, Option
from knowledge.schema import GuideField


def ask_field(field: GuideField, case: Case) -> Ask:
    """The question for a field, with its present answer when it is asked again."""
    answer = case.answers.get(field.key)
    kinds = {
        "choice": "choice",
        "yes_no": "choice",
        "multi": "multi",
        "date": "date",
        "area": "number",
        "amount": "number",
        "integer": "number",
    }
    if field.type == "table":
        return ask_table(field, case)
    choices = field_options(field) if field.type in ("choice", "multi", "yes_no") else []
    return Ask.model_validate(
        {
            "field": field.key,
            "label": field.label,
            "kind": kinds.get(field.type, "text"),
            "options": [Option(value=o.value, label=o.label) for o in choices] or None,
            "value": answer.value if answer and not answer.skipped else None,
            "example": field.example,
            "why": field.why,
            "optional": field.optional,
        }
    )
