"""The staff page (收件办公室工作台): server-rendered, works without scripts, one key to get in.

Every change is a POST carrying the session's CSRF token; cookies are HttpOnly and SameSite=Strict.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from sandbox.config import SandboxConfig
from sandbox.office import forms, packages
from sandbox.office.model import OfficeFile, Package
from sandbox.office.service import Office
from sandbox.office.staff_pages import ALL, NONE, Pages, Session
from sandbox.office.statuses import ACTIONS, Status
from sandbox.problems import Problem

STATIC = Path(__file__).parent / "static"
_COOKIE = "office_session"
_SESSION = timedelta(hours=12)
_PAGE = 20
_TRIES, _TRIES_WINDOW = 10, timedelta(minutes=1)
# Shown in the browser; anything else, HTML and SVG above all, is only ever downloaded.
_INLINE = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


class _NoSession(Exception):
    """Nobody is signed in; the way to the login page is the answer."""


def routes(config: SandboxConfig, office: Office) -> APIRouter:
    """All pages under ``/office/``."""
    router = APIRouter(prefix="/office", include_in_schema=False, default_response_class=HTMLResponse)
    pages = Pages()
    wrong_tries: deque[datetime] = deque(maxlen=_TRIES)

    def session_of(request: Request) -> Session:
        token = request.cookies.get(_COOKIE, "")
        id_hash = hashlib.sha256(token.encode()).hexdigest()
        csrf = office.store.session_csrf(id_hash, config.now())
        if csrf is None:
            raise _NoSession
        return Session(id_hash, csrf)

    def guarded(request: Request, answer: Callable[[Session], Response]) -> Response:
        """Run a page for a signed-in person; problems become pages."""
        try:
            return answer(session_of(request))
        except _NoSession:
            return RedirectResponse("/office/login", status_code=303)
        except Problem as problem:
            return pages.error(problem)

    def check_form(request: Request, session: Session, csrf: str) -> None:
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
        def answer(session: Session) -> Response:
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
        department: Annotated[str | None, Query(max_length=100)] = None,
        q: Annotated[str, Query(max_length=100)] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        def answer(session: Session) -> Response:
            chosen = Status(status) if status in Status.__members__.values() else None
            of = None if department in (None, ALL) else "" if department == NONE else department
            with office.store.read() as conn:
                held, total = office.store.page(
                    conn, status=chosen, department=of, text=q.strip(), offset=(page - 1) * _PAGE, limit=_PAGE
                )
                counts, departments = office.store.counts(conn, of), office.store.departments(conn)
            return pages.files(session, held, total, counts, departments, chosen, department, q.strip(), page, -(-total // _PAGE))

        return guarded(request, answer)

    @router.get("/submissions/{receipt_no}")
    def file(request: Request, receipt_no: str, done: Annotated[str, Query(max_length=40)] = "") -> Response:
        def answer(session: Session) -> Response:
            label = ACTIONS[done].label if done in ACTIONS else None
            return pages.file(session, office.get(receipt_no), done=label)

        return guarded(request, answer)

    @router.post("/submissions/{receipt_no}/actions")
    def act(request: Request, receipt_no: str, form: Annotated[forms.Sent, Depends(forms.sent)]) -> Response:
        def answer(session: Session) -> Response:
            check_form(request, session, form.text("csrf"))
            try:
                given = forms.decision(form)
                if form.text("step") == "preview":
                    held, spoken, result = office.preview(receipt_no, given)
                    return pages.preview(session, held, given, spoken, result, form)
                if form.text("step") != "edit":
                    office.act(receipt_no, given)
            except Problem as problem:
                if problem.status == 404:
                    raise
                # The words typed are shown again: nobody should have to write a reason twice.
                return pages.file(session, office.get(receipt_no), status=problem.status, wrong=problem.title, form=form)
            if form.text("step") == "edit":
                return pages.file(session, office.get(receipt_no), form=form)
            return RedirectResponse(f"/office/submissions/{quote(receipt_no)}?done={given.action}", status_code=303)

        return guarded(request, answer)

    @router.get("/submissions/{receipt_no}/result")
    def result(request: Request, receipt_no: str) -> Response:
        def answer(session: Session) -> Response:
            record, data = office.result(receipt_no)
            return Response(data, media_type=record["media_type"], headers={"Content-Disposition": "inline"})

        return guarded(request, answer)

    @router.get("/submissions/{receipt_no}/packages/{version}")
    def package(request: Request, receipt_no: str, version: int) -> Response:
        def answer(session: Session) -> Response:
            held = office.get(receipt_no)
            path = office.store.path_of(_version(held, version))
            return FileResponse(path, media_type="application/zip", filename=f"{held.case_no}-v{version}.zip")

        return guarded(request, answer)

    @router.get("/submissions/{receipt_no}/packages/{version}/files/{position}")
    def member(request: Request, receipt_no: str, version: int, position: int) -> Response:
        def answer(session: Session) -> Response:
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
