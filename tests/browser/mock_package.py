"""The mock's package routes: sheets of tables, pages as pictures, and signing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from PIL import Image, ImageDraw

from tests.browser.mock_script import Script

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGES = [("食品经营许可申请书", "申请书.pdf", 1), ("食品经营许可申请书", "申请书.pdf", 2), ("食品安全管理制度清单", "制度.pdf", 1)]
SIGNED_AT = "2026-11-10T09:50:00+08:00"
ByCase = Callable[[Request, str], Script | JSONResponse]


def page_picture(number: int, width: int) -> bytes:
    """A page of A4 as PNG: lines, and ``number`` bars at its head."""
    image = Image.new("RGB", (width, width * 297 // 210), "white")
    pen = ImageDraw.Draw(image)
    for line in range(6, 40):
        pen.line((width // 10, line * width // 32, width * 9 // 10, line * width // 32), fill="#8aa", width=1)
    for bar in range(number):
        pen.rectangle((width // 10 + bar * width // 12, width // 14, width // 10 + bar * width // 12 + width // 20, width // 8), fill="#0b5d5e")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def add_package_routes(app: FastAPI, by_case: ByCase, switches: dict[str, Any], announce: Callable[[Script], None]) -> None:
    """Adds the routes; ``switches["sign_fails"]`` is a (status, detail) the next signing answers with."""

    @app.get("/api/v1/cases/{case_no}/fields/{field}/sheet")
    async def sheet(request: Request, case_no: str, field: str) -> Any:
        script = by_case(request, case_no)
        return script if isinstance(script, JSONResponse) else Response(b"PK\x05\x06" + bytes(18), media_type=EXCEL)

    @app.get("/api/v1/cases/{case_no}/package/pages")
    async def pages(request: Request, case_no: str) -> Any:
        script = by_case(request, case_no)
        if isinstance(script, JSONResponse):
            return script
        items = [{"page": n, "title": title, "file": file, "file_page": page, "url": f"/api/v1/cases/{case_no}/package/pages/{n}.png"}
                 for n, (title, file, page) in enumerate(PAGES, 1)]
        return {"items": items, "total": len(items), "version": script.version, "signed_at": SIGNED_AT if script.strokes else None}

    @app.get("/api/v1/cases/{case_no}/package/pages/{page}.png")
    async def picture(request: Request, case_no: str, page: int, width: int = 800) -> Any:
        script = by_case(request, case_no)
        if isinstance(script, JSONResponse):
            return script
        switches.setdefault("pictures", []).append([page, width])
        return Response(page_picture(page, width), media_type="image/png") if page <= len(PAGES) else Response(status_code=404)

    @app.api_route("/api/v1/cases/{case_no}/signature", methods=["POST", "DELETE"])
    async def signature(request: Request, case_no: str) -> Any:
        script = by_case(request, case_no)
        if isinstance(script, JSONResponse):
            return script
        if failure := switches.pop("sign_fails", None):
            status, detail = failure
            return JSONResponse({"title": detail, "status": status, "detail": detail}, status, media_type="application/problem+json")
        script.strokes = (await request.json())["strokes"] if request.method == "POST" else []
        switches["strokes"] = script.strokes
        if script.package:
            script.version += 1
            script.package = {**script.package, "version": script.version, "sha256": f"{script.version:02x}" * 32}
        announce(script)
        return {"case_no": case_no, "signed_at": SIGNED_AT if script.strokes else None, "version": script.version, "sha256": "9f" * 32}
