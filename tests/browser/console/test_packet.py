"""The packet beside a conversation: who and what at once, one value whole for a reason, an answer put into the box, papers read."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import text

from assistant.casework import repository as cases
from assistant.casework.model import Answer, MaterialState, Source
from tests.browser.console.conftest import Console, Office
from tests.browser.console.test_console import violations
from tests.contract.desk_world import Visitor

Opening = Callable[..., Console]
Coming = Callable[..., Visitor]


def photo() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (900, 1200), "#dfe9e4").save(held, "JPEG")
    return held.getvalue()


def with_a_paper(office: Office, visitor: Visitor) -> None:
    """A name and a paper in her case, as if she had given them."""
    parts, files = office.parts, {"file": ("章程.jpg", photo(), "image/jpeg")}
    sent = visitor.http.post(f"/api/v1/conversations/{visitor.id}/uploads", files=files, headers=visitor.headers).json()
    with parts.db.write() as conn:
        case = cases.cases_of(conn, visitor.id)[0]
        guide = parts.services.guide_of(case)
        field = next(one for one in guide.fields if one.type == "phone" and one.when is None)
        value = "13800138000"
        case.answers[field.key] = Answer(value=value, display=value, source=Source(kind="said"))
        code = next(one.code for one in guide.materials if one.when is None)
        case.materials[code] = MaterialState(status="uploaded", upload_ids=[sent["upload_id"]])
        cases.save(conn, case, visitor.id, parts.clock.now())


def test_who_what_and_what_to_answer(console: Opening, citizen: Coming, office: Office) -> None:
    visitor = citizen("我要办住所变更")
    with_a_paper(office, visitor)
    visitor.say("转人工")
    desk = console(bypass_csp=True, reduced_motion="reduce")
    desk.waiting.click()
    page, case = desk.page, desk.page.locator("#case")
    expect(case).to_contain_text("转来的原因：申请人要求")
    expect(case).to_contain_text("没有实名登录")
    expect(case.locator(".sheet img")).to_have_js_property("naturalWidth", 120)
    expect(case.get_by_role("button", name="看全文")).to_have_count(0)  # it only waits
    expect(case.get_by_role("button", name="放进输入框")).to_have_count(0)
    desk.press("n")
    expect(desk.box).to_be_focused()

    case.get_by_role("button", name="看全文").first.click()
    ask = page.get_by_role("dialog", name="的全文")
    expect(page.locator("#peek-reason")).to_be_focused()
    desk.press("Enter")
    expect(ask.get_by_role("alert")).to_have_text("请写明用途，至少两个字。")
    ask.get_by_role("button", name="核对身份").click()
    found = {"asking": violations(page)}
    desk.press("Enter")
    expect(case.locator(".answers")).to_contain_text("13800138000")
    expect(page.locator(".inner.note")).to_contain_text("用途：核对身份")
    case.get_by_role("button", name="遮住").click()
    expect(case.locator(".answers")).not_to_contain_text("13800138000")

    idea = case.locator(".ideas li").last
    said = idea.locator(".idea").text_content() or ""
    expect(idea.locator(".sources")).to_contain_text("来源：《")
    idea.get_by_role("button", name="放进输入框").click()
    expect(desk.box).to_have_value(said)
    assert visitor.told() == [], "nothing is sent by itself"
    found["case"] = violations(page)

    case.get_by_role("button", name="看章程.jpg").click()
    expect(page.locator("#reader img")).to_have_js_property("naturalWidth", 900)
    found["paper"] = violations(page)
    case.get_by_role("button", name="看章程.jpg").evaluate("(button) => button.replaceWith(button.cloneNode(true))")  # drawn anew
    desk.press("Escape")
    expect(case.get_by_role("button", name="看章程.jpg")).to_be_focused()
    page.get_by_role("tab", name="办件").focus()
    desk.press("ArrowRight")
    expect(page.get_by_role("tab", name="指南")).to_be_focused()
    expect(page.frame_locator(".guide-frame").locator("h1")).to_contain_text("公司住所变更登记")
    desk.press("End")
    expect(page.get_by_role("tabpanel", name="材料包")).to_contain_text("还没有做好")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert {place: what for place, what in found.items() if what} == {}
    with office.parts.db.read() as conn:
        looked = conn.execute(text("SELECT action FROM audit_entry WHERE action IN ('upload.shown', 'case.value_shown')")).scalars().all()
    assert sorted(looked) == ["case.value_shown", "upload.shown"]


def test_a_promised_call_is_seen_coming_and_its_number_when_it_is_mine(console: Opening, citizen: Coming, office: Office) -> None:
    parts, visitor = office.parts, citizen("我要办住所变更")
    with parts.db.write() as conn:
        parts.desk.promises.callback(conn, visitor.id, "13800138000", parts.clock.now())
    desk = console()
    later = desk.page.get_by_role("list", name="约好的")
    expect(later).to_contain_text("要回电话")
    expect(later).to_contain_text("号码 138****8000")
    with parts.db.write() as conn:
        parts.desk.promises.wake(conn, [visitor.id])
    parts.announce(visitor.id)
    expect(desk.waiting.locator(".marks")).to_contain_text("要回电话 ")
    desk.press("n")
    desk.page.get_by_role("button", name="看号码：回电号码").click()
    expect(desk.page.locator("#case").get_by_role("link", name="13800138000")).to_have_attribute("href", "tel:13800138000")
    desk.press("h")
    expect(desk.page.locator("#wrap")).to_be_visible()
    desk.press("1")
    expect(desk.page.locator("#banner")).to_have_text("已交还机器人。")
    marks = [data["text"] for kind, data in visitor.events() if kind == "owner"]
    assert marks[-1] == "工作人员1号坐席的服务结束，由机器人继续为您服务"
