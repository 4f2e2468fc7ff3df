"""The staff page's forms as decisions. What was typed is kept as it came, so that it can be shown again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData

from sandbox.office.decisions import Decision
from sandbox.problems import Problem

_FIELDS = 400
_LONGEST = 20_000
_LABELS = {
    "due": "补正期限",
    "days": "延长天数",
    "issued": "签发日期",
    "expires": "有效期至",
    "number": "结果编号",
    "title": "结果名称",
}
RESULT = ("title", "number", "issued", "expires")


@dataclass(frozen=True)
class Sent:
    """A form as it was sent."""

    given: FormData

    def text(self, name: str) -> str:
        """One value; "" when there is none."""
        value = self.given.get(name, "")
        return value[:_LONGEST] if isinstance(value, str) else ""

    def chosen(self, name: str) -> list[str]:
        """All values of a name, as check boxes send them."""
        return [value for value in self.given.getlist(name) if isinstance(value, str)]

    def pairs(self) -> list[tuple[str, str]]:
        """Everything but what each page adds anew, to be sent once more."""
        return [
            (name, value)
            for name, value in self.given.multi_items()
            if isinstance(value, str) and value and name not in ("csrf", "step")
        ]


EMPTY = Sent(FormData())


async def sent(request: Request) -> Sent:
    """Read the form of a request, files refused."""
    return Sent(await request.form(max_files=0, max_fields=_FIELDS))


def decision(form: Sent) -> Decision:
    """The decision a form says.

    Raises:
        Problem: 422 with the label of what cannot be read.
    """
    action = form.text("action")
    given: dict[str, Any] = {"action": action, "text": form.text("text").replace("\r\n", "\n")[:10_000]}
    if action == "correct":
        given |= {"wanting": _wanting(form), "due": form.text("due").strip() or None}
    if action == "extend":
        given["days"] = form.text("days").strip() or None
    if action in ("refuse", "deny"):
        given |= {"basis": form.text("basis").strip(), "remedy": form.text("remedy").strip()}
    if action == "approve" and any(form.text(f"result_{name}").strip() for name in RESULT):
        given["result"] = {name: value for name in RESULT if (value := form.text(f"result_{name}").strip())}
    try:
        return Decision.model_validate(given)
    except ValidationError as error:
        names = [str(part) for item in error.errors() for part in item["loc"]]
        label = next((_LABELS[name] for name in names if name in _LABELS), "填写的内容")
        raise Problem(422, "form-invalid", f"{label}不对，请检查后再提交") from error


def _wanting(form: Sent) -> list[dict[str, str]]:
    """The ticked items, and each line of what was written besides."""
    items = []
    for ticked in form.chosen("wanting"):
        kind, _, code = ticked.partition(":")
        items.append({"kind": kind, "code": code, "text": form.text(f"why:{ticked}").strip()})
    others = [line.strip() for line in form.text("other").splitlines()]
    return [*items, *({"kind": "other", "code": "", "text": line} for line in others if line)]
