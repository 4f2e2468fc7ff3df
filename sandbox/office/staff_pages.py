"""What the staff page shows: templates, everything in them escaped, anything missing an error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.office import manifest
from sandbox.office.decisions import EXTENSION_DAYS, MAX_TEXT, MOST_EXTENSION_DAYS, REMEDY, Decision, Spoken
from sandbox.office.forms import EMPTY, Sent
from sandbox.office.model import OfficeFile
from sandbox.office.rules import rules
from sandbox.office.statuses import ACTIONS, LABELS, Status, actions_in
from sandbox.problems import Problem

ALL, NONE = "*", "-"
"""The choices beside the departments: all of them, and files that name none."""

_HERE = Path(__file__).parent
_WITH_FORM = ("correct", "refuse", "extend", "approve", "deny")
_SOURCES = {
    "said": "申请人口述",
    "tapped": "申请人选择",
    "licence": "电子证照",
    "register": "登记信息",
    "previous_case": "历史办件",
    "computed": "系统计算",
    "staff": "工作人员填写",
}
_KINDS = {
    "form": "申请表",
    "generated": "生成材料",
    "upload": "上传材料",
    "licence": "电子证照",
    "checklist": "清单",
    "receipt": "凭证",
    "commitment": "告知承诺书",
    "form_plain": "申请表（简版）",
    "manifest": "目录",
    "cover": "封面",
    "merged": "合订本",
}


_FORMATS = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel", "jpg": "图片", "jpeg": "图片", "png": "图片"}


def _format(path: str) -> str:
    """What a file is, in brackets: one form lies in a package as Word and as PDF, under one title."""
    name = _FORMATS.get(path.rpartition(".")[2].lower(), "")
    return f"（{name}）" if name else ""


@dataclass(frozen=True)
class Session:
    """Whoever is signed in."""

    id_hash: str
    csrf: str


class Pages:
    """The pages of the staff page."""

    def __init__(self) -> None:
        self._jinja = Environment(loader=FileSystemLoader(_HERE / "pages"), autoescape=True, undefined=StrictUndefined)
        self._jinja.filters["moment"] = lambda at: datetime.fromisoformat(at).strftime("%Y年%m月%d日 %H:%M")
        self._jinja.filters["format"] = _format
        self._jinja.globals.update(
            labels=LABELS,
            statuses=list(Status),
            kinds=_KINDS,
            sources=_SOURCES,
            max_text=MAX_TEXT,
            all_of_them=ALL,
            none_named=NONE,
        )

    def render(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page."""
        return HTMLResponse(self._jinja.get_template(template).render(values), status_code=status)

    def error(self, problem: Problem) -> Response:
        """A problem as a page."""
        return self.render("error.html", problem.status, title=problem.title)

    def files(
        self,
        session: Session,
        files: list[OfficeFile],
        total: int,
        counts: dict[Status, int],
        departments: list[str],
        status: Status | None,
        department: str | None,
        q: str,
        page: int,
        pages: int,
    ) -> Response:
        """The list of files."""

        def address(**change: object) -> str:
            query = {"status": status or "", "department": department or "", "q": q, "page": 1, **change}
            kept = {name: value for name, value in query.items() if value not in ("", None) and (name, value) != ("page", 1)}
            return "/office/" + (f"?{urlencode(kept)}" if kept else "")

        return self.render(
            "list.html",
            session=session,
            files=files,
            total=total,
            counts=counts,
            departments=departments,
            chosen=status,
            department=department,
            q=q,
            page=page,
            last_page=max(1, pages),
            address=address,
        )

    def file(
        self,
        session: Session,
        held: OfficeFile,
        *,
        status: int = 200,
        done: str | None = None,
        wrong: str | None = None,
        form: Sent = EMPTY,
    ) -> Response:
        """The page of one office file; ``form`` is what was typed and could not be carried out, or is to be changed."""
        latest = held.packages[-1]
        open_actions = actions_in(held.status, inspecting=held.inspecting)
        names = {action.name for action in open_actions if action.name in _WITH_FORM}
        return self.render(
            "file.html",
            status,
            session=session,
            file=held,
            package=latest,
            answers=manifest.answers(latest.manifest),
            materials=manifest.materials(latest.manifest),
            plain=[action for action in open_actions if action.name not in _WITH_FORM],
            asking=[action for action in open_actions if action.name in _WITH_FORM],
            done=done,
            wrong=wrong,
            form=form,
            typed=form.text("action"),
            lost=form.text("text") if form.text("action") not in names else "",
            remedy=REMEDY,
            extension_days=(EXTENSION_DAYS, MOST_EXTENSION_DAYS),
            result_title=rules().item(held.item).result.title or f"{held.title}办理结果",
            approval=ACTIONS["approve"].text,
        )

    def preview(
        self, session: Session, held: OfficeFile, given: Decision, spoken: Spoken, result: dict[str, Any] | None, form: Sent
    ) -> Response:
        """What the citizen will see, before it is carried out."""
        action = ACTIONS[given.action]
        return self.render(
            "preview.html", session=session, file=held, action=action, spoken=spoken, result=result, again=form.pairs()
        )
