"""What staff say when they decide, checked against the file they decide on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.office import manifest
from sandbox.office.model import Extension, OfficeFile
from sandbox.office.statuses import LABELS, Action
from sandbox.problems import Problem

MAX_TEXT = 2000
MAX_WANTING = 50
EXTENSION_DAYS, MOST_EXTENSION_DAYS = 10, 15
"""Working days a limit may be extended by: as a rule, and where several licences are decided together (Licensing Law art. 42)."""

REMEDY = "如不服本决定，可以自收到本决定之日起六十日内申请行政复议，也可以在六个月内依法向人民法院提起行政诉讼。"
"""What the staff page proposes. Administrative Reconsideration Law art. 20, Administrative Litigation Law art. 46."""


class Wanting(BaseModel):
    """One thing to be corrected. ``code`` is a field's or material's of the file's own manifest; of ``other`` it is free."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["field", "material", "other"]
    code: str = Field(default="", max_length=300)
    text: str = Field(default="", max_length=500)


class ResultGiven(BaseModel):
    """What staff may settle of a result; what is left open comes from the item's rules."""

    model_config = ConfigDict(extra="forbid")
    kind: str = Field(default="", max_length=40, pattern=r"^[a-z_]*$")
    title: str = Field(default="", max_length=100)
    number: str = Field(default="", max_length=60, pattern=r"^[^\x00-\x1f]*$")
    issued: date | None = None
    expires: date | None = None


class Decision(BaseModel):
    """A staff decision: ``action`` is a name of ``statuses.ACTIONS``.

    ``wanting`` and ``due`` belong to ``correct``, ``basis`` (the law relied on) and ``remedy`` (what can be done against
    it) to ``refuse`` and ``deny``, ``result`` to ``approve``, ``days`` (working days more) to ``extend``.
    """

    model_config = ConfigDict(extra="forbid")
    action: str = Field(max_length=40)
    text: str = Field(default="", max_length=10_000)
    wanting: list[Wanting] = Field(default=[], max_length=MAX_WANTING)
    due: date | None = None
    basis: str = Field(default="", max_length=1000)
    remedy: str = Field(default="", max_length=1000)
    result: ResultGiven | None = None
    days: int | None = Field(default=None, ge=1, le=MOST_EXTENSION_DAYS)


@dataclass(frozen=True)
class Spoken:
    """A decision as it goes into the file: the words of the history line, and its structured part."""

    text: str
    wanting: list[dict[str, str]] = field(default_factory=list)
    due: str | None = None
    decision: dict[str, str] | None = None
    extension: Extension | None = None


def settle(given: Decision, action: Action, held: OfficeFile, now: datetime) -> Spoken:
    """Check a decision and put it into words.

    Raises:
        Problem: 422 when something is missing, too long, does not belong to the action or is not in the manifest.
    """
    words = given.text.strip()
    if len(words) > MAX_TEXT:
        raise Problem(422, "text-too-long", f"说明不能超过 {MAX_TEXT} 字")
    _belongs(given, action)
    wanting = _wanting(given.wanting, held)
    if given.due is not None and given.due <= now.date():
        raise Problem(422, "due-passed", "补正期限须在今天以后")
    if action.name == "correct" and not words:
        words = "请补正：\n" + "\n".join(f"{n}. {item['text']}" for n, item in enumerate(wanting, start=1)) if wanting else ""
    if action.reason_required and not words:
        raise Problem(422, "reason-required", f"“{action.label}”须写明理由或内容")
    if action.name == "correct":
        return Spoken(words, wanting, None if given.due is None else given.due.isoformat())
    if action.name in ("refuse", "deny"):
        basis, remedy = given.basis.strip(), given.remedy.strip()
        lines = [words, *([f"法律依据：{basis}"] if basis else []), *([f"救济途径：{remedy}"] if remedy else [])]
        return Spoken("\n".join(lines), decision={"reason": words, "basis": basis, "remedy": remedy})
    if action.name == "extend":
        days = given.days or EXTENSION_DAYS
        line = f"经本机关负责人批准，办理期限延长{days}个工作日。理由：{words}"
        return Spoken(line, extension=Extension(days, words, now.isoformat(timespec="milliseconds")))
    return Spoken(words or action.text)


def check_turn(action: Action, held: OfficeFile) -> None:
    """Raise Problem 409 when the file's state does not allow the action."""
    if held.status not in action.sources:
        raise Problem(409, "not-now", f"“{LABELS[held.status]}”的收件不能“{action.label}”")
    if held.inspecting != (action.name == "inspected"):
        if held.inspecting:
            raise Problem(409, "inspection-running", f"现场核查还没有结束，不能“{action.label}”")
        raise Problem(409, "no-inspection", "没有正在进行的现场核查")
    if action.name == "extend" and held.extension is not None:
        raise Problem(409, "extended-already", "办理期限已经延长过，不能再延长")


def _belongs(given: Decision, action: Action) -> None:
    misplaced: list[tuple[str, bool]] = [
        ("wanting", bool(given.wanting) and action.name != "correct"),
        ("due", given.due is not None and action.name != "correct"),
        ("basis", bool(given.basis.strip()) and action.name not in ("refuse", "deny")),
        ("remedy", bool(given.remedy.strip()) and action.name not in ("refuse", "deny")),
        ("result", given.result is not None and action.name != "approve"),
        ("days", given.days is not None and action.name != "extend"),
    ]
    if names := [name for name, wrong in misplaced if wrong]:
        raise Problem(422, "not-of-action", f"“{action.label}”不能带这些内容", ", ".join(names))


def _wanting(given: list[Wanting], held: OfficeFile) -> list[dict[str, str]]:
    """The wanting items with their words; only what the file's own manifest lists can be asked for by code."""
    latest: dict[str, Any] = held.packages[-1].manifest if held.packages else {}
    labels = {("field", answer.code): answer.label for answer in manifest.answers(latest)}
    labels |= {("material", material.code): material.title for material in manifest.materials(latest)}
    paths = {file.code for file in manifest.files(latest)}
    settled: list[dict[str, str]] = []
    for item in given:
        label = labels.get((item.kind, item.code))
        if item.kind != "other" and label is None:
            raise Problem(422, "wanting-unknown", "要求补正的内容不在申请包清单里")
        text = item.text.strip() or label or ""
        if item.kind == "material" and item.code in paths and label and label not in text:
            # The path of a file says nothing to the sender's program about which material it is: the words have to.
            text = f"{label}：{text}"
        if not text:
            raise Problem(422, "reason-required", "须写明要补正什么")
        entry = {"kind": item.kind, "code": item.code, "text": text}
        if entry not in settled:
            settled.append(entry)
    return settled
