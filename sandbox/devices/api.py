"""``/devices/``: a page to lay cards, show codes, look at what was printed and break things; and what devices are asked.

Open to whoever is on this machine, like everything here that holds fictitious data only; forms are taken from this page alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_args
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, File, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.devices import papers
from sandbox.devices.chip import CardFault
from sandbox.devices.roll import PaperFault
from sandbox.devices.table import CameraFault, PrinterFault, Table
from sandbox.office import staff
from sandbox.problems import Problem

_HERE = Path(__file__).parent
_MOST = 12 * 1024 * 1024
_MOST_PDF = 64 * 1024 * 1024
_KINDS_OF_FAULT = {"card": CardFault, "receipt": PaperFault, "a4": PrinterFault, "camera": CameraFault}
_FAULTS = {device: get_args(kind) for device, kind in _KINDS_OF_FAULT.items()}
_WORDS = {
    "": "正常", "unreadable": "读不出", "removed": "拿开太早", "expired": "证件已过期", "foreign": "别的证件", "offline": "断开",
    "paper_out": "缺纸", "cover_open": "开盖", "jam": "卡纸", "dark": "全黑",
    "printing": "打印中", "done": "打完了", "cancelled": "已取消",
}  # fmt: skip


def _from_here(request: Request) -> None:
    """A form of this page, or a program (which sends no Origin); no other page in this machine's browser."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem(403, "elsewhere", "请在本页面操作", room="devices")


def routes(table: Table, persons: Mapping[str, Mapping[str, Any]]) -> APIRouter:
    """Page and doors of one table of devices; cards are those of the register's persons."""
    router = APIRouter(prefix="/devices", include_in_schema=False, dependencies=[Depends(_from_here)])
    loader = FileSystemLoader([_HERE / "pages", staff.STATIC.with_name("pages")])
    jinja = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    jinja.filters["words"] = lambda code: _WORDS[code]

    def back() -> Response:
        return RedirectResponse("/devices/", status_code=303)

    @router.get("/", response_class=HTMLResponse)
    def page(request: Request) -> Response:
        shown = jinja.get_template("devices.html").render(table=table, jobs=table.going_on(), persons=persons, faults=_FAULTS)
        return HTMLResponse(shown)

    @router.get("/fitting")
    def fitting(request: Request) -> dict[str, str]:
        """How a kiosk's service is told of these devices: lines of its file."""
        here = f"http://{request.headers['host']}/devices"
        more = urlencode({"programs": str(_HERE / "programs"), "bandao_sandbox_devices": here})
        return {
            "card": f"sam:tcp://127.0.0.1:{table.ports['card']}",
            "camera": f"address:{here}/camera.jpg",
            "scanner": f"line:tcp://127.0.0.1:{table.ports['scanner']}",
            "receipt": f"escpos:tcp://127.0.0.1:{table.ports['receipt']}",
            "a4": f"cups:sandbox?{more}",
        }

    @router.post("/card")
    async def card(person: Annotated[str, Form()] = "") -> Response:
        table.card = persons.get(person)
        return back()

    @router.post("/code")
    async def code(text: Annotated[str, Form(max_length=2000)]) -> Response:
        table.show_code(text)
        return back()

    @router.post("/paper")
    async def paper(what: Annotated[str, Form()] = "", file: Annotated[bytes | None, File()] = None) -> Response:
        if file and (len(file) > _MOST or not file.startswith(b"\xff\xd8")):
            raise Problem(422, "no_jpeg", "请上传 JPEG 图片", room="devices")
        table.paper = file or (papers.sheet(persons.get(what)) if what else None)
        return back()

    @router.post("/fault")
    async def fault(device: Annotated[str, Form()], code: Annotated[str, Form()] = "") -> Response:
        if device == "scanner":
            table.scanner_off = bool(code)
        elif code not in _FAULTS.get(device, ()):
            raise Problem(422, "unknown_fault", "没有这种故障", room="devices")
        else:
            holder, name = {
                "card": (table, "card_fault"), "receipt": (table.roll, "fault"), "a4": (table, "printer_fault"),
                "camera": (table, "camera_fault"),
            }[device]  # fmt: skip
            setattr(holder, name, code)
        return back()

    @router.get("/camera.jpg")
    def camera() -> Response:
        if table.camera_fault == "offline":
            raise Problem(503, "unplugged", "高拍仪没有连上", room="devices")
        seen = papers.dark() if table.camera_fault == "dark" else table.paper or papers.empty()
        return Response(seen, media_type="image/jpeg")

    @router.get("/a4")
    def queue() -> dict[str, Any]:
        """The print queue, for the programs."""
        return {"fault": table.printer_fault, "jobs": [{"number": one.number, "state": one.state} for one in table.going_on()]}

    @router.post("/a4")
    async def take(request: Request, copies: Annotated[int, Query(ge=1, le=99)] = 1) -> dict[str, int]:
        data = await request.body()
        if table.printer_fault == "offline":
            raise Problem(503, "unplugged", "打印机没有连上", room="devices")
        if len(data) > _MOST_PDF or not data.startswith(b"%PDF-"):
            raise Problem(422, "no_pdf", "不是 PDF", room="devices")
        return {"number": table.print(data, copies, max(1, data.count(b"/Type /Page") + data.count(b"/Type/Page"))).number}

    @router.post("/a4/cancel")
    async def cancel(number: Annotated[int, Query()] = 0) -> dict[str, bool]:
        for sheet in table.going_on():
            if number in (0, sheet.number) and sheet.left > 0:
                sheet.cancelled = True
        return {"ok": True}

    @router.get("/a4/{number}.pdf")
    def printed(number: int) -> Response:
        found = next((one for one in table.sheets if one.number == number), None)
        if found is None:
            raise Problem(404, "gone", "没有这份打印件", room="devices")
        return Response(found.data, media_type="application/pdf")

    return router
