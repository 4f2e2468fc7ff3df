"""The kiosk with the sandbox's devices: the page, its machine's service, the drivers and the real app, with a stand-in for the engine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from assistant.casework import interview
from assistant.casework.flow import choosing, materials
from assistant.casework.flow.asking import ask, material_question
from assistant.casework.flow.talk import Talk
from assistant.casework.model import CaseStatus
from assistant.casework.papers import background
from assistant.engine.client import Parse
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from assistant.foundation.tables import audit_entry
from channels.app import create_app
from channels.kiosk.devices import fitting, statement
from channels.kiosk.devices.machine import Machine
from channels.kiosk.devices.service import create_app as create_service
from channels.parts import Parts
from sandbox.devices import api as devices_api
from sandbox.devices.table import Table
from tests.browser.chat.conftest import served
from tests.browser.kiosk.conftest import Kiosk
from tests.browser.serving import answering, listening
from tests.contract.desk_world import with_toy_engine
from tests.unit.kiosk.sandboxed import ZHANG

ITEM = "disability-card"
#: Less to paint than a hall's screen; how that looks is tried elsewhere.
SMALL = {"width": 1280, "height": 720}


def heard(talk: Talk, text: str, asking: dict[str, Any] | None) -> Parse | None:
    """我要办残疾人证 begins; 问<field> and 交<material> ask for it; 办完了 sends it off; a file is taken where one is asked for."""
    guide, case = talk.official, talk.case
    if "残疾人证" in text:
        begun = talk.services.catalogue.get(ITEM)
        assert begun is not None
        choosing.begin(talk, begun)
    elif guide is None or case is None:
        return None
    elif talk.attachments:
        materials.take(talk)
    elif text.startswith("问"):
        field = guide.field(text[1:])
        assert field is not None
        ask(talk, interview.ask_field(field, case))
        talk.status = "collecting"
    elif text.startswith("交"):
        material = next(one for one in guide.materials if "upload" in one.met_by)
        ask(talk, material_question(material, 10_000_000))
        talk.status = "collecting"
    elif text == "办完了":
        case.move(CaseStatus.READY)
        case.move(CaseStatus.SUBMITTED)
        ask(talk, None)
        talk.say("已提交。")
        talk.status = "submitted"
    else:
        return None
    return Parse(intent="provide", confidence=1.0)


@contextmanager
def on_a_port(make: Callable[[int], FastAPI]) -> Iterator[int]:
    """An app that must know its port."""
    here = listening()
    port = int(here.getsockname()[1])
    with answering(make(port), here):
        yield port


@dataclass
class Hall:
    """A kiosk, its devices and the server behind it."""

    url: str
    part: str
    table: Table
    machine: Machine
    parts: Parts
    devices: asyncio.AbstractEventLoop

    def shows(self, code: str) -> None:
        """Hold a code before the scanner, where the devices run: whoever plugs in just then gets it too."""
        self.devices.call_soon_threadsafe(self.table.show_code, code)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    folder, nowhere = tmp_path_factory.mktemp("kiosk"), "http://127.0.0.1:9"
    settings = Settings(
        data_dir=folder, rate_per_address=0, rate_per_conversation=0, fsync="normal", engine_url=nowhere, sandbox_url=nowhere,
        public_url="https://hall.bandao.example",
    )  # fmt: skip
    database = Database(settings.database_url, KeyRing.open(settings.keyring_path), settings.fsync)
    database.upgrade()
    database.dispose()
    table = Table(lambda: datetime.now(SHANGHAI))
    loops: list[asyncio.AbstractEventLoop] = []
    outside = FastAPI(lifespan=lambda _: _plugged(table, loops))
    outside.include_router(devices_api.routes(table, {ZHANG["id_number"]: ZHANG}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("channels.app.Search", SimpleNamespace(build=lambda *_, **__: SimpleNamespace(search=lambda *_, **__: [])))
        patch.setattr(background, "begin", lambda *_: None)
        app = create_app(settings)
        with_toy_engine(app, heard)
        with served(app) as url, served(outside) as far:
            lines = httpx.get(f"{far}/devices/fitting").json()
            machine = Machine(fitting.fitted({"name": "hall-2", "pages": [url], **lines}))
            held = fitting.secrets_in(folder / "kiosk")
            statement.trust(folder / "kiosks", "hall-2", statement.told(held.key))
            with on_a_port(lambda port: create_service(machine, held, port)) as port:
                yield Hall(url, f"#devices={port}.{held.pairing}", table, machine, app.state.parts, loops[0])


@asynccontextmanager
async def _plugged(table: Table, loops: list[asyncio.AbstractEventLoop]) -> AsyncIterator[None]:
    loops.append(asyncio.get_running_loop())
    await table.start()
    yield
    await table.stop()


@pytest.fixture(scope="module")
def kiosk_url(hall: Hall) -> str:
    return hall.url


@pytest.fixture
def at(hall: Hall, open_kiosk: Callable[..., Kiosk]) -> Kiosk:
    """She has begun an item at the kiosk; nothing lies on any device."""
    hall.table.card = hall.table.paper = None
    hall.table.card_fault = hall.table.roll.fault = ""
    hall.table.roll.slips.clear()
    kiosk = open_kiosk(path=f"/kiosk?microphone=0{hall.part}", viewport=SMALL)
    kiosk.start()
    said(kiosk, "我要办残疾人证")
    return kiosk


def said(kiosk: Kiosk, text: str) -> None:
    """Say it, and wait until it was answered."""
    with kiosk.page.expect_response(lambda answer: answer.url.endswith("/messages")):
        kiosk.say(text)


def offer(page: Page, name: str) -> Locator:
    return page.locator(f"[data-offer={name}]")


def button(page: Page, name: str) -> Locator:
    return page.locator("dialog.device").get_by_role("button", name=name)


def used(hall: Hall, by_somebody: bool, patience_s: float = 20.0) -> None:
    """Wait until the card reader is in use, or no longer: the page does not wait for either."""
    until = time.monotonic() + patience_s
    while hall.machine._locks["card"].locked() is not by_somebody:
        assert time.monotonic() < until
        time.sleep(0.05)


def printed(hall: Hall, count: int, patience_s: float = 10.0) -> list[str]:
    """What became of each printing, from the audit chain: the page notes it there without making her wait for it."""
    wanted = select(audit_entry).where(audit_entry.c.action == "kiosk.printed")
    until = time.monotonic() + patience_s
    while True:
        with hall.parts.db.read() as conn:
            outcomes = [row.detail["outcome"] for row in conn.execute(wanted)]
        if len(outcomes) >= count or time.monotonic() > until:
            return outcomes
        time.sleep(0.05)


def test_a_card_is_laid_a_paper_photographed_a_receipt_printed(hall: Hall, at: Kiosk) -> None:
    page, dialog = at.page, at.page.locator("dialog.device")
    said(at, "问phone")
    expect(offer(page, "card")).to_have_count(0)
    said(at, "问applicant_name")
    offer(page, "card").click()
    expect(dialog).to_contain_text("会读取并填好：申请人姓名、申请人身份证号码、户口地址")
    assert Axe().run(page).response["violations"] == []
    hall.table.card = ZHANG
    expect(dialog).to_contain_text("张*")
    expect(at.replies).to_contain_text("替您填好了3项")
    expect(at.replies).to_contain_text("在一体机上读取")
    expect(dialog).to_have_count(0)
    assert ZHANG["id_number"] not in page.content()

    said(at, "交材料")
    offer(page, "camera").click()
    expect(page.get_by_alt_text("高拍仪看到的画面")).to_be_visible()
    button(page, "拍照").click()
    button(page, "重拍").click()
    button(page, "拍照").click()
    button(page, "就用这张").click()
    doubted = dialog.filter(has_text="看一下")
    expect(doubted.or_(page.locator("#said").filter(has_text="高拍仪拍摄")).first).to_be_visible(timeout=30_000)
    if doubted.count():
        button(page, "就用这张").click()
    expect(at.page.locator("#said")).to_contain_text("高拍仪拍摄.jpg")

    said(at, "办完了")
    hall.table.roll.fault = "paper_out"
    offer(page, "print").click()
    button(page, "打印小票").click()
    expect(dialog).to_contain_text("没有纸了。请工作人员加纸")
    expect(button(page, "请工作人员帮忙")).to_be_visible()
    hall.table.roll.fault = ""
    button(page, "再试一次").click()
    expect(dialog).to_contain_text("打好了")
    [slip] = hall.table.roll.slips
    number = slip.code.removeprefix("https://hall.bandao.example/?case=")
    assert number.startswith("BD") and any(number in line for line in slip.lines)
    assert printed(hall, 2) == ["paper_out", "done"]
    button(page, "关闭").click()
    page.locator("#leave").click()
    page.locator("#leave-yes").click()
    expect(page.locator("#gone")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(page.locator(".device-offers button")).to_have_count(0)
    assert hall.machine._jobs == {}


def test_what_goes_wrong_is_said_and_waiting_can_be_ended(hall: Hall, at: Kiosk) -> None:
    page, dialog = at.page, at.page.locator("dialog.device")
    hall.table.card, hall.table.card_fault = ZHANG, "unreadable"
    said(at, "问applicant_name")
    offer(page, "card").click()
    expect(dialog).to_contain_text("没有读出来。请擦一擦")
    hall.table.card_fault = "expired"
    button(page, "再试一次").click()
    expect(at.ask).to_contain_text("2021年5月1日已经到期")
    hall.table.card, hall.table.card_fault = None, ""
    expect(dialog).to_have_count(0)
    offer(page, "card").click()
    expect(dialog).to_contain_text("正在等身份证")
    used(hall, True)
    button(page, "关闭").click()
    expect(dialog).to_have_count(0)
    used(hall, False)
    offer(page, "card").click()
    hall.table.card = ZHANG
    expect(at.replies).to_contain_text("替您填好了3项")


def test_codes_lead_where_they_belong(hall: Hall, open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(path=f"/kiosk?microphone=0{hall.part}", viewport=SMALL)
    page, dialog = kiosk.page, kiosk.page.locator("dialog.device")
    page.get_by_role("button", name="扫码").click()
    hall.shows("https://elsewhere.example/?case=BD20261123ABCDEFGH")
    expect(dialog).to_contain_text("这个码这里用不上")
    button(page, "再试一次").click()
    hall.shows("https://hall.bandao.example/?case=BD20261123ABCDEFGH")
    expect(page.locator("#resume-case")).to_have_value("BD20261123ABCDEFGH")
    table = [
        ("BD20261123ABCDEFGH", {"kind": "case", "number": "BD20261123ABCDEFGH", "code": ""}), ("b9b6jh", {"kind": "resume", "code": "B9B6JH"}),
        ("统一社会信用代码：91310115MA1FPX1234", None), ("https://hall.bandao.example/?case=BD1", None), ("javascript:alert(1)", None),
        ("https://hall.bandao.example/?case=BD20261123ABCDEFGH#resume=B9B6JH", {"kind": "case", "number": "BD20261123ABCDEFGH", "code": "B9B6JH"}),
        ("统一社会信用代码:91350211M000100Y46;名称:示例", {"kind": "licence", "number": "91350211M000100Y46"}), ("", None),
    ]  # fmt: skip
    read = "async (texts) => { const { readCode } = await import('/static/kiosk/js/devices/codes.js'); return texts.map((text) => readCode(text, ['https://hall.bandao.example'])); }"
    assert page.evaluate(read, [text for text, _ in table]) == [code for _, code in table]


def test_without_a_service_there_is_nothing_of_it(hall: Hall, open_kiosk: Callable[..., Kiosk]) -> None:
    for part in ("#devices=1.aaaaaaaaaaaaaaaaaaaaaaaa", hall.part[:-1] + ("a" if hall.part[-1] != "a" else "b")):
        kiosk = open_kiosk(path=f"/kiosk?microphone=0{part}", viewport=SMALL)
        kiosk.start()
        said(kiosk, "我要办残疾人证")
        said(kiosk, "问applicant_name")
        expect(kiosk.ask.get_by_role("heading")).to_contain_text("申请人姓名")
        expect(kiosk.page.locator("[data-offer], dialog.device")).to_have_count(0)
        expect(kiosk.page.get_by_role("button", name="扫码")).to_have_count(0)
