"""The staff page (收件办公室工作台): server-rendered, works without scripts, one key to get in.

Every change is a POST carrying the session's CSRF token; cookies are HttpOnly and SameSite=Strict.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.config import SandboxConfig
from sandbox.office import packages
from sandbox.office.decisions import MAX_TEXT, Decision
from sandbox.office.model import OfficeFile, Package
from sandbox.office.service import Office
from sandbox.office.statuses import ACTIONS, LABELS, Status, actions_in
from sandbox.problems import Problem

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
_COOKIE = "office_session"
_SESSION = timedelta(hours=12)
_PAGE = 20
_TRIES, _TRIES_WINDOW = 10, timedelta(minutes=1)
# Shown in the browser; anything else, HTML and SVG above all, is only ever downloaded.
_INLINE = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
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
}


@dataclass(frozen=True)
class _Session:
    id_hash: str
    csrf: str


class _NoSession(Exception):
    """Nobody is signed in; the way to the login page is the answer."""


def routes(config: SandboxConfig, office: Office) -> APIRouter:
    """All pages under ``/office/``."""
    router = APIRouter(prefix="/office", include_in_schema=False, default_response_class=HTMLResponse)
    pages = _Pages()
    wrong_tries: deque[datetime] = deque(maxlen=_TRIES)

    def session_of(request: Request) -> _Session:
        token = request.cookies.get(_COOKIE, "")
        id_hash = hashlib.sha256(token.encode()).hexdigest()
        csrf = office.store.session_csrf(id_hash, config.now())
        if csrf is None:
            raise _NoSession
        return _Session(id_hash, csrf)

    def guarded(request: Request, answer: Callable[[_Session], Response]) -> Response:
        """Run a page for a signed-in person; problems become pages."""
        try:
            return answer(session_of(request))
        except _NoSession:
            return RedirectResponse("/office/login", status_code=303)
        except Problem as problem:
            return pages.error(problem)

    def check_form(request: Request, session: _Session, csrf: str) -> None:
        if not hmac.compare_digest(csrf.encode(), session.csrf.encode()):
            raise Problem(403, "forged", "页面已过期，请返回刷新后重试")
        _check_origin(request)

    @router.get("/login")
    def login_page() -> Response:
        return pages.render("login.html", wrong=None)

    @router.post("/login")
    def login(request: Request, key: Annotated[str, Form(max_length=200)] = "") -> Response:
        now = config.now()
        try:
            _check_origin(request)
        except Problem as problem:
            return pages.error(problem)
        if len(wrong_tries) == _TRIES and now - wrong_tries[0] < _TRIES_WINDOW:
            return pages.render("login.html", 429, wrong="尝试次数过多，请一分钟后再试。")
        if not hmac.compare_digest(key.strip().encode(), config.staff_key.encode()):
            wrong_tries.append(now)
            return pages.render("login.html", 403, wrong="口令不对。口令在启动服务时显示。")
        token = secrets.token_urlsafe(32)
        office.store.add_session(
            hashlib.sha256(token.encode()).hexdigest(), secrets.token_urlsafe(24), now=now, expires_at=now + _SESSION
        )
        response = RedirectResponse("/office/", status_code=303)
        response.set_cookie(
            _COOKIE,
            token,
            max_age=int(_SESSION.total_seconds()),
            path="/office",
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    @router.post("/logout")
    def logout(request: Request, csrf: Annotated[str, Form(max_length=100)] = "") -> Response:
        def answer(session: _Session) -> Response:
            check_form(request, session, csrf)
            office.store.drop_session(session.id_hash)
            response = RedirectResponse("/office/login", status_code=303)
            response.delete_cookie(_COOKIE, path="/office")
            return response

        return guarded(request, answer)

    @router.get("/")
    def files(
        request: Request,
        status: Annotated[str, Query(max_length=40)] = "",
        q: Annotated[str, Query(max_length=100)] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        def answer(session: _Session) -> Response:
            chosen = Status(status) if status in Status.__members__.values() else None
            with office.store.read() as conn:
                held, total = office.store.page(
                    conn, status=chosen, department=None, text=q.strip(), offset=(page - 1) * _PAGE, limit=_PAGE
                )
                counts = office.store.counts(conn)
            return pages.render(
                "list.html",
                session=session,
                files=held,
                total=total,
                counts=counts,
                chosen=chosen,
                q=q.strip(),
                page=page,
                last_page=max(1, -(-total // _PAGE)),
            )

        return guarded(request, answer)

    @router.get("/submissions/{receipt_no}")
    def file(request: Request, receipt_no: str, done: Annotated[str, Query(max_length=40)] = "") -> Response:
        def answer(session: _Session) -> Response:
            label = ACTIONS[done].label if done in ACTIONS else None
            return pages.file(session, office.get(receipt_no), done=label)

        return guarded(request, answer)

    @router.post("/submissions/{receipt_no}/actions")
    def act(
        request: Request,
        receipt_no: str,
        action: Annotated[str, Form(max_length=40)] = "",
        text: Annotated[str, Form(max_length=20_000)] = "",
        csrf: Annotated[str, Form(max_length=100)] = "",
    ) -> Response:
        def answer(session: _Session) -> Response:
            check_form(request, session, csrf)
            try:
                office.act(receipt_no, Decision(action=action, text=text[:10_000]))
            except Problem as problem:
                if problem.status == 404:
                    raise
                # The words typed are shown again: nobody should have to write a reason twice.
                return pages.file(session, office.get(receipt_no), status=problem.status, wrong=problem.title, text=text)
            return RedirectResponse(f"/office/submissions/{quote(receipt_no)}?done={action}", status_code=303)

        return guarded(request, answer)

    @router.get("/submissions/{receipt_no}/packages/{version}")
    def package(request: Request, receipt_no: str, version: int) -> Response:
        def answer(session: _Session) -> Response:
            held = office.get(receipt_no)
            path = office.store.path_of(_version(held, version))
            return FileResponse(path, media_type="application/zip", filename=f"{held.case_no}-v{version}.zip")

        return guarded(request, answer)

    @router.get("/submissions/{receipt_no}/packages/{version}/files/{position}")
    def member(request: Request, receipt_no: str, version: int, position: int) -> Response:
        def answer(session: _Session) -> Response:
            taken = _version(office.get(receipt_no), version)
            listed = taken.manifest["files"]
            if not 0 <= position < len(listed):
                raise Problem(404, "not-found", "没有这份文件")
            name = str(listed[position]["path"])
            content = packages.read_member(office.store.path_of(taken), name)
            if content is None:
                raise Problem(404, "not-found", "没有这份文件")
            media_type = _INLINE.get(PurePosixPath(name).suffix.lower())
            place = "inline" if media_type else "attachment"
            headers = {"Content-Disposition": f"{place}; filename*=UTF-8''{quote(PurePosixPath(name).name)}"}
            return Response(content, media_type=media_type or "application/octet-stream", headers=headers)

        return guarded(request, answer)

    return router


def _version(held: OfficeFile, version: int) -> Package:
    for package in held.packages:
        if package.version == version:
            return package
    raise Problem(404, "not-found", "没有这个版本的申请包")


def _check_origin(request: Request) -> None:
    """Refuse a form that another site sent; browsers always name the origin of a POST."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem(403, "forged", "请求来自其他网站，已拒绝")


class _Pages:
    """The templates, with everything escaped and anything missing an error."""

    def __init__(self) -> None:
        self._jinja = Environment(loader=FileSystemLoader(_HERE / "pages"), autoescape=True, undefined=StrictUndefined)
        self._jinja.filters["moment"] = lambda at: datetime.fromisoformat(at).strftime("%Y年%m月%d日 %H:%M")
        self._jinja.globals.update(labels=LABELS, statuses=list(Status), kinds=_KINDS, sources=_SOURCES, max_text=MAX_TEXT)

    def render(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page."""
        return HTMLResponse(self._jinja.get_template(template).render(values), status_code=status)

    def error(self, problem: Problem) -> Response:
        """A problem as a page."""
        return self.render("error.html", problem.status, title=problem.title)

    def file(
        self,
        session: _Session,
        held: OfficeFile,
        *,
        status: int = 200,
        done: str | None = None,
        wrong: str | None = None,
        text: str = "",
    ) -> Response:
        """The page of one office file."""
        latest = held.packages[-1]
        open_actions = actions_in(held.status, inspecting=held.inspecting)
        return self.render(
            "file.html",
            status,
            session=session,
            file=held,
            package=latest,
            fields=[_field(item) for item in latest.manifest.get("fields", [])],
            plain=[action for action in open_actions if not action.reason_required],
            reasoned=[action for action in open_actions if action.reason_required],
            done=done,
            wrong=wrong,
            text=text,
        )


def _field(item: dict[str, Any]) -> dict[str, str]:
    """One field of the manifest as the page shows it; a sender's manifest may lack parts."""
    value, source = item.get("value"), item.get("source")
    shown = "、".join(str(part) for part in value) if isinstance(value, list) else "" if value is None else str(value)
    kind = str(source.get("kind", "")) if isinstance(source, dict) else ""
    return {"label": str(item.get("label") or item.get("field") or ""), "value": shown, "source": _SOURCES.get(kind, kind)}
