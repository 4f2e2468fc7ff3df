"""A small server that speaks the public API with scripted turns, for developing and testing the chat page alone.

Run by itself: ``python -m tests.browser.mock_api 8090``. Besides the API it has ``/mock/...`` switches with which a test
brings about what a real server does rarely: limits, expired tokens, outages, staff speaking, late answers.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import FastAPI, Request, Response, UploadFile
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse

from channels.web.routes import SECURITY_HEADERS, router
from knowledge.replies import Notice, Text
from tests.browser.mock_package import add_package_routes
from tests.browser.mock_script import GUIDE, Result, Script, guide_fields

MAX_TEXT = 4000
PROOF = "123XK7QM2R"


@dataclass
class Talk:
    """One conversation of the mock."""

    token: str
    script: Script
    turns: int = 0
    owner: str = "bot"
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    stored: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: list[str] = field(default_factory=list)
    dead: bool = False

    def emit(self, kind: str, data: dict[str, Any]) -> None:
        self.events.append((kind, data))


def now() -> str:
    """The present moment as the API writes it."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).isoformat(timespec="seconds")


def problem(status: int, detail: str, **headers: str) -> JSONResponse:
    """An RFC 9457 answer."""
    return JSONResponse({"type": "about:blank", "title": detail, "status": status, "detail": detail}, status,
                        media_type="application/problem+json", headers=headers)


def turn_of(talk: Talk, result: Result) -> dict[str, Any]:
    """The turn object of a scripted result; counts the turn."""
    talk.turns += 1
    if result.owner is not None:
        talk.owner = result.owner
    asked = talk.script.ask()
    return {
        "turn": talk.turns, "owner": talk.owner, "status": result.status,
        "understanding": {"intent": "apply", "confidence": 0.97, "guide": None, "candidates": []},
        "replies": [reply.model_dump(exclude_none=True) for reply in result.replies],
        "ask": asked.model_dump() if asked else None, "case": talk.script.case(),
    }


def create_app() -> FastAPI:
    """The mock application; its state lives in ``app.state``."""
    app = FastAPI()
    app.include_router(router)
    talks: dict[str, Talk] = {}
    switches: dict[str, Any] = {"delay": 0.0, "fail": [], "stream": True, "check_ok": True, "engine_down": 0}
    app.state.talks, app.state.switches = talks, switches

    def find(request: Request, conversation: str) -> Talk | JSONResponse:
        talk = talks.get(conversation)
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or request.query_params.get("token", "")
        if talk is None:
            return problem(404, "没有这个会话。")
        return talk if token == talk.token and not talk.dead else problem(401, "会话已过期，请重新开始。")

    def by_case(request: Request, case_no: str) -> Talk | JSONResponse:
        found = next((key for key, talk in talks.items() if talk.script.case_no == case_no), None)
        return find(request, found) if found else problem(404, "没有这个办件。")

    def planned_failure() -> JSONResponse | None:
        if not switches["fail"]:
            return None
        status, wait = switches["fail"].pop(0)
        return problem(status, "操作太频繁，请稍后再试。" if status == 429 else "服务出了问题。", **({"Retry-After": str(wait)} if wait else {}))

    async def held() -> None:
        """Answers late: by ``delay`` seconds, or until it is taken back."""
        until = time.monotonic() + switches["delay"]
        while switches["delay"] and time.monotonic() < until:
            await asyncio.sleep(0.02)

    def open_talk() -> tuple[str, Talk]:
        key = secrets.token_hex(8)
        talk = Talk(secrets.token_urlsafe(24), Script(case_no=f"BD2026111000{len(talks) + 1:02d}"))
        talks[key] = talk
        replies = [reply.model_dump(exclude_none=True) for reply in talk.script.opening()]
        talk.emit("message", {"from": "bot", "text": replies[0]["text"], "replies": replies, "turn": 0, "at": now()})
        return key, talk

    @app.post("/api/v1/conversations", status_code=201)
    async def open_conversation(body: dict[str, Any]) -> Any:
        failure = planned_failure()
        if failure:
            return failure
        key, talk = open_talk()
        switches["locale"] = body.get("locale")
        return {"conversation_id": key, "token": talk.token, "replies": talk.events[0][1]["replies"]}

    @app.post("/api/v1/conversations/{conversation}/messages")
    async def message(request: Request, conversation: str, body: dict[str, Any]) -> Any:
        talk = find(request, conversation)
        if isinstance(talk, JSONResponse):
            return talk
        talk.posts.append(body["client_message_id"])
        failure = planned_failure()
        if failure:
            return failure
        await held()
        key, fingerprint = body["client_message_id"], json.dumps(body, sort_keys=True)
        if key in talk.stored:
            before, turn = talk.stored[key]
            return turn if before == fingerprint else problem(409, "这条消息与之前的不一致。")
        if switches["engine_down"]:
            switches["engine_down"] -= 1
            away = turn_of(talk, Result("error_engine", [Notice(level="error", text="系统正在恢复，您这句话还没有处理。")]))
            talk.turns -= 1
            return away
        if switches.pop("lose_answer", False):
            accept(talk, key, body, fingerprint)
            return problem(502, "网关没有等到回答。")
        return accept(talk, key, body, fingerprint)

    def accept(talk: Talk, key: str, body: dict[str, Any], fingerprint: str) -> dict[str, Any]:
        uploads = [talk.uploads[one] for one in body.get("attachments", [])]
        asked = talk.script.ask()
        labels = {option.value: option.label for option in (asked.options or [])} if asked else {}
        choice = body.get("choice")
        words = body.get("text") or "、".join(labels.get(one, str(one)) for one in (choice if isinstance(choice, list) else [choice]) if one)
        if talk.owner == "staff":
            result = Result("handed_off", [])
        elif len(body.get("text") or "") > MAX_TEXT:
            result = Result("refused_too_long", [])
        else:
            if talk.owner == "queue" and asked:
                talk.owner = "bot"
            result = talk.script.turn(body.get("text"), choice, uploads)
        data = {"from": "citizen", "text": words, "turn": talk.turns + 1, "client_message_id": key, "at": now()}
        if uploads:
            data["attachments"] = [upload["upload_id"] for upload in uploads]
        talk.emit("message", data)
        turn = turn_of(talk, result)
        talk.emit("turn", turn)
        talk.stored[key] = (fingerprint, turn)
        return turn

    @app.post("/api/v1/conversations/{conversation}/uploads", status_code=201)
    async def upload(request: Request, conversation: str, file: UploadFile) -> Any:
        talk = find(request, conversation)
        if isinstance(talk, JSONResponse):
            return talk
        data = await file.read()
        await held()
        if not data:
            return problem(422, "文件是空的，请重新选择。")
        upload_id = secrets.token_hex(6)
        checks = [{"code": "readable", "ok": True, "message": "文件可以打开"},
                  {"code": "scale", "ok": switches["check_ok"], "message": "图上标有比例尺" if switches["check_ok"] else "没有找到比例尺，可能会要求补正"}]
        talk.uploads[upload_id] = {"upload_id": upload_id, "file_name": file.filename, "media_type": file.content_type, "pages": 1,
                                   "checks": checks, "size": len(data)}
        known = talk.uploads[upload_id]
        talk.emit("upload", {"upload_id": upload_id, "name": known["file_name"], "media_type": known["media_type"], "checks": checks, "at": now()})
        return {key: talk.uploads[upload_id][key] for key in ("upload_id", "media_type", "pages", "checks")}

    @app.get("/api/v1/conversations/{conversation}/sign-in")
    async def standing(conversation: str, request: Request) -> Any:
        talk = find(request, conversation)
        return {"offered": False, "signed_in": False, "wanted": None} if isinstance(talk, Talk) else talk

    @app.get("/api/v1/conversations/{conversation}/events")
    async def events(request: Request, conversation: str, after: int = 0) -> Any:
        talk = find(request, conversation)
        if isinstance(talk, JSONResponse):
            return talk
        if not switches["stream"]:
            return problem(503, "暂时不可用。")

        async def stream() -> AsyncIterator[str]:
            seq, idle = after, 0.0
            while switches["stream"] and not await request.is_disconnected():
                while seq < len(talk.events):
                    kind, data = talk.events[seq]
                    seq += 1
                    yield f"id: {seq}\nevent: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
                await asyncio.sleep(0.03)
                idle += 0.03
                if idle > 10:
                    idle = 0.0
                    yield ": alive\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    @app.get("/api/v1/cases/{case_no}/timeline")
    async def timeline(request: Request, case_no: str) -> Any:
        talk = by_case(request, case_no)
        return talk if isinstance(talk, JSONResponse) else {"items": talk.script.timeline()}

    @app.get("/api/v1/cases/{case_no}/results")
    @app.get("/api/v1/cases/{case_no}/shipments")
    async def outcome(request: Request, case_no: str) -> Any:
        """What the switches of these names hold: lists of items."""
        talk = by_case(request, case_no)
        items = switches.get(request.url.path.rpartition("/")[2], [])
        return talk if isinstance(talk, JSONResponse) else {"items": items, "total": len(items)}

    @app.get("/api/v1/cases/{case_no}/results/{result_id}")
    async def result_file(request: Request, case_no: str, result_id: str) -> Any:
        talk = by_case(request, case_no)
        return talk if isinstance(talk, JSONResponse) else Response(b"%PDF-1.7 " + result_id.encode(), media_type="application/pdf")

    @app.get("/api/v1/cases/{case_no}/package")
    async def package(request: Request, case_no: str) -> Any:
        talk = by_case(request, case_no)
        return talk if isinstance(talk, JSONResponse) else Response(b"PK\x05\x06" + bytes(18), media_type="application/zip")

    def script_of(request: Request, case_no: str) -> Script | JSONResponse:
        talk = by_case(request, case_no)
        return talk if isinstance(talk, JSONResponse) else talk.script

    def announce(script: Script) -> None:
        talk = next(talk for talk in talks.values() if talk.script is script)
        talk.emit("case", {"case_no": script.case_no, "status": script.status, "at": now()})

    add_package_routes(app, script_of, switches, announce)

    @app.post("/api/v1/cases/{case_no}/resume")
    async def resume(request: Request, case_no: str, body: dict[str, Any]) -> Any:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        here = next((talk for talk in talks.values() if talk.token == token), None)
        there = next((talk for talk in talks.values() if talk.script.case_no == case_no), None)
        if here is None:
            return problem(401, "会话已过期，请重新开始。")
        if there is None or body.get("proof") != PROOF:
            return problem(404, "办件编号、证件号码后四位或恢复码不对，请再核对。")
        here.script, there.script = there.script, Script(case_no="BD-moved")
        turn = turn_of(here, Result("collecting", [Text(text="好，我们接着办。")]))
        here.emit("turn", turn)
        return turn

    @app.get("/api/v1/cases/{case_no}")
    async def case(request: Request, case_no: str) -> Any:
        talk = by_case(request, case_no)
        return talk if isinstance(talk, JSONResponse) else {**(talk.script.case() or {}), "fields": talk.script.fields(), "packages": switches.get("packages", [])}

    @app.get("/api/v1/guides/{code}")
    async def guide(code: str) -> Any:
        if switches.pop("no_guide", False):
            return problem(503, "服务出了问题。")
        return {"code": code, "fields": guide_fields()} if code == GUIDE["code"] else problem(404, "没有这个事项。")

    @app.get("/mock/sample.txt")
    async def sample(request: Request) -> Any:
        tokens = {f"Bearer {talk.token}" for talk in talks.values()}
        return PlainTextResponse("样表") if request.headers.get("authorization") in tokens else problem(401, "请先登录。")

    @app.post("/mock/switch")
    async def switch(body: dict[str, Any]) -> dict[str, Any]:
        """Sets switches: delay (s, over as soon as it is set to 0), fail [[status, retry_after], …], stream, check_ok, lose_answer,
        engine_down (how many messages find no engine)."""
        switches.update(body)
        return {"ok": True}

    @app.post("/mock/{conversation}/emit")
    async def emit(conversation: str, body: dict[str, Any]) -> dict[str, Any]:
        """Adds an event {kind, data}; an ``owner`` event also changes the owner."""
        talk = talks[conversation]
        if body["kind"] == "owner":
            talk.owner = body["data"]["owner"]
        talk.emit(body["kind"], body["data"])
        return {"ok": True}

    @app.post("/mock/{conversation}/expire")
    async def expire(conversation: str) -> dict[str, Any]:
        talks[conversation].dead = True
        return {"ok": True}

    @app.get("/mock/{conversation}")
    async def inspect(conversation: str) -> dict[str, Any]:
        """What reached the server: posts (ids in order), distinct stored messages, and uploads."""
        talk = talks[conversation]
        return {"posts": talk.posts, "stored": list(talk.stored), "uploads": list(talk.uploads.values()), "switches": {**switches}}

    assert "Content-Security-Policy" in SECURITY_HEADERS
    return app


if __name__ == "__main__":
    uvicorn.run(create_app(), host="127.0.0.1", port=int(sys.argv[1]) if len(sys.argv) > 1 else 8090, log_level="warning")
