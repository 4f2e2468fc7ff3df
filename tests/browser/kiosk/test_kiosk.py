"""The kiosk's page: a case by touch, everybody can use it, the network breaks, and it forgets whoever was there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.axe import violations
from tests.browser.kiosk.conftest import ACROSS, APPLY, COUNTDOWN_S, HUMMING, IDLE_S, LOOK_MS, SECRET, UPRIGHT, Kiosk

UNAUTHORISED = 401
HEARD, SPOKEN = "我的店叫临江小馆", "您的店叫临江小馆，对吗？"


def to_the_name(kiosk: Kiosk) -> None:
    """A case begun, and her own words in it."""
    if kiosk.page.locator("#start").is_visible():
        kiosk.start()
    kiosk.say(APPLY)
    kiosk.tap("同意调取")
    kiosk.tap("餐饮服务经营者")
    kiosk.say(SECRET)
    expect(kiosk.page.locator("#said")).to_contain_text(SECRET)
    expect(kiosk.page.locator("#said")).to_have_attribute("data-state", "sent")
    expect(kiosk.ask.get_by_role("heading", name="经营面积")).to_be_visible()  # answered: a late answer would be a sign of somebody


@pytest.mark.parametrize("writes_on", [False, True])
def test_what_is_sent_before_the_conversation_is_open_goes_once_it_is(kiosk: Kiosk, writes_on: bool) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    kiosk.page.route("**/api/v1/conversations", hold)
    with kiosk.page.expect_request("**/api/v1/conversations"):
        kiosk.page.locator("#start").click()
    kiosk.say(APPLY)
    expect(kiosk.page.locator("#message")).to_have_value(APPLY)
    if writes_on:
        kiosk.page.locator("#message").fill(APPLY + "吗")
    held[0].continue_()
    if writes_on:
        expect(kiosk.page.locator("#tiles button").first).to_be_visible()
        expect(kiosk.page.locator("#message")).to_have_value(APPLY + "吗")
    else:
        expect(kiosk.ask.get_by_role("button", name="同意调取")).to_be_visible()
        expect(kiosk.page.locator("#message")).to_have_value("")


def test_a_case_by_touch_with_the_card_pointed_at(kiosk: Kiosk) -> None:
    kiosk.start()
    expect(kiosk.page.locator("#problem-words")).not_to_be_empty()  # no microphone: it says so and goes on
    kiosk.page.get_by_role("button", name="开一家餐馆").click()
    kiosk.tap("同意调取")
    expect(kiosk.replies.get_by_role("heading", name="已从电子证照带入")).to_be_visible()
    expect(kiosk.page.locator("#case-filled")).to_contain_text("已填 4 项")
    # Her hand is raised towards it.
    arm = kiosk.page.locator("#figure svg g[transform^='rotate(-12']")
    expect(arm).to_have_count(1)
    kiosk.tap("餐饮服务经营者")
    kiosk.say(SECRET)
    expect(kiosk.ask.get_by_role("heading", name="经营面积")).to_be_visible()
    pad = kiosk.page.locator("#pad")
    for key in "85":
        pad.get_by_role("button", name=key, exact=True).click()
    kiosk.page.locator("#send").click()
    expect(kiosk.page.locator("#case-filled")).to_contain_text("已填 7 项")
    # … on to the end: reviewed with all of it read, signed by hand, handed in
    kiosk.say("2026-12-01")
    kiosk.ask.get_by_label("热食类制售").check()
    kiosk.tap("确定")
    expect(kiosk.ask.get_by_role("heading", name="联系电话")).to_be_visible()
    for key in "13800000000":
        pad.get_by_role("button", name=key, exact=True).click()
    kiosk.page.locator("#send").click()
    kiosk.tap("先办，以后补交")
    kiosk.tap("跳过")
    more, read = kiosk.page.get_by_role("button", name="往下看"), kiosk.page.locator(".scroll")
    expect(more).to_be_visible()
    while more.is_visible():
        above = read.evaluate("(place) => place.scrollTop")
        kiosk.page.evaluate("document.querySelector('#more').click()")  # it goes when the end comes into view, which may be now
        kiosk.page.wait_for_function(
            "(above) => document.querySelector('.scroll').scrollTop > above || document.querySelector('#more').hidden", arg=above
        )
    kiosk.page.wait_for_function(
        "() => { const log = document.querySelector('#replies'), end = log.parentElement.getBoundingClientRect().bottom;"
        " return log.getBoundingClientRect().bottom <= end; }"
    )
    kiosk.tap("确认无误")
    kiosk.tap("手写签名")
    dialog = kiosk.page.get_by_role("dialog", name="手写签名")
    place = dialog.get_by_role("img").bounding_box()
    assert place is not None and place["width"] > 500
    mouse = kiosk.page.mouse
    mouse.move(place["x"] + 40, place["y"] + 40)
    mouse.down()
    mouse.move(place["x"] + 240, place["y"] + 120, steps=8)
    mouse.up()
    dialog.get_by_role("button", name="签好了").click()
    expect(dialog).to_have_count(0)
    expect(kiosk.replies).to_contain_text("签名已经放进材料")
    kiosk.ask.get_by_role("button", name="提交", exact=True).click()
    expect(kiosk.ask.get_by_role("heading", name="这次办事体验")).to_be_visible()


def test_the_attendant_is_called_from_the_first_screen(kiosk: Kiosk) -> None:
    kiosk.page.get_by_role("button", name="找工作人员").click()
    expect(kiosk.replies).to_contain_text("已为您转人工")
    expect(kiosk.page.locator("#owner")).to_contain_text("排队中")


def test_staff_are_told_which_machine_they_are_called_to(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(path="/kiosk?place=一楼大厅2号机")
    kiosk.page.get_by_role("button", name="找工作人员").click()
    expect(kiosk.page.locator("#help-dialog")).to_contain_text("您在：一楼大厅2号机")
    kiosk.page.get_by_role("button", name="请现场工作人员帮忙").click()
    expect(kiosk.page.locator("#said")).to_contain_text("叫人工，我在一楼大厅2号机旁边，请过来帮忙")


def test_the_phone_has_taken_over_and_the_kiosk_says_goodbye(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(clock=True)
    with kiosk.page.expect_response(lambda answer: answer.url.endswith("/api/v1/conversations")) as opened:
        kiosk.start()
    to_the_name(kiosk)
    kiosk.page.get_by_role("button", name="用手机接着办").click()
    dialog = kiosk.page.locator("#phone-dialog")
    expect(dialog).to_contain_text("恢复码 K7QM2R")
    number = kiosk.page.locator("#case-number").inner_text().split()[-1]
    notice = {"level": "info", "text": "已在别处接着办了。", "moved": number}
    far = f"/mock/{opened.value.json()['conversation_id']}/emit"
    kiosk.page.request.post(kiosk.page.url.removesuffix("/kiosk") + far, data={"kind": "notice", "data": notice})
    expect(dialog).to_contain_text("手机上已经接着办了")
    expect(dialog).not_to_contain_text("K7QM2R")
    kiosk.page.clock.fast_forward(9_000)
    expect(kiosk.page.locator("#start")).to_be_visible()


def test_on_to_the_phone_with_a_code_and_back_here(kiosk: Kiosk) -> None:
    to_the_name(kiosk)
    kiosk.page.get_by_role("button", name="用手机接着办").click()
    dialog = kiosk.page.locator("#phone-dialog")
    expect(dialog).to_contain_text("恢复码 K7QM2R")
    code = dialog.locator("img")
    expect(code).to_be_visible()
    expect(code).to_have_js_property("complete", True)
    assert code.evaluate("(image) => image.naturalWidth") > 0
    dialog.get_by_role("button", name="还在这里办").click()
    expect(kiosk.page.locator("#said")).to_contain_text("继续")


def test_english_is_spoken_where_it_is_chosen(kiosk: Kiosk) -> None:
    kiosk.page.get_by_role("button", name="English").click()
    kiosk.page.get_by_role("button", name="Touch here to start").click()
    expect(kiosk.page.get_by_role("button", name="Call staff")).to_be_visible()
    assert kiosk.page.evaluate("document.documentElement.lang") == "en"


def test_who_waits_for_an_answer_is_not_asked_whether_she_is_there(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(HUMMING, voice=True, clock=True)
    kiosk.listening()
    kiosk.voice.tell(type="state", state="thinking")
    expect(kiosk.page.locator("#sign")).to_contain_text("正在想")
    kiosk.page.clock.fast_forward(1000 * (IDLE_S + 1))
    expect(kiosk.page.locator("#count-dialog")).to_be_hidden()


def test_nobody_there_is_counted_down_and_wiped(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(clock=True)
    to_the_name(kiosk)
    dialog = kiosk.page.locator("#count-dialog")
    kiosk.page.clock.fast_forward((IDLE_S + 1) * 1000)
    expect(dialog).to_contain_text("秒后清除")
    dialog.get_by_role("button", name="我还在").click()
    expect(dialog).to_be_hidden()
    kiosk.page.clock.fast_forward(IDLE_S // 2 * 1000)  # the page's clock runs on meanwhile: half leaves it room
    expect(dialog).to_be_hidden()
    assert SECRET in kiosk.kept()["text"]
    kiosk.page.clock.fast_forward((IDLE_S + 1) * 1000)  # counted from the dialog's closing, which it hears of some time after it
    expect(dialog).to_be_visible()
    left = int(dialog.locator("#count-number").inner_text())
    kiosk.page.clock.fast_forward(5_000)
    assert int(dialog.locator("#count-number").inner_text()) < left <= COUNTDOWN_S
    kiosk.page.clock.fast_forward(COUNTDOWN_S * 1000)
    expect(kiosk.page.get_by_role("button", name="点这里开始")).to_be_visible()
    assert SECRET not in kiosk.kept()["text"]


def test_nothing_is_left_of_whoever_leaves(open_kiosk: Callable[..., Kiosk]) -> None:
    """Without the server too, when the page cannot be loaded anew: neither shown, stored, nor anywhere in its memory."""
    kiosk = open_kiosk(HUMMING, voice=True, clock=True)
    with kiosk.page.expect_response(lambda answer: answer.url.endswith("/api/v1/conversations")) as opened:
        kiosk.listening()
    session = opened.value.json()
    kiosk.voice.tell(type="heard", text=HEARD, final=True)
    kiosk.voice.say(SPOKEN, [["sil", 0, 30_000]], 30_000)
    expect(kiosk.page.locator("#subtitle")).to_have_text(SPOKEN)
    kiosk.page.evaluate("document.getElementById('quiet').click()")
    kiosk.page.locator("#message").fill(SECRET)
    kiosk.page.locator("#send").click()
    expect(kiosk.page.locator("#said")).to_contain_text(SECRET)
    kiosk.page.locator("#message").fill("13800000000")
    memory = kiosk.page.context.new_cdp_session(kiosk.page)
    assert session["token"] in snapshot(memory)
    length = kiosk.page.evaluate("history.length")
    kiosk.page.context.set_offline(True)
    kiosk.page.get_by_role("button", name="结束").click()
    kiosk.page.get_by_role("button", name="结束并清除").click()
    expect(kiosk.page.get_by_role("button", name="点这里开始")).to_be_visible()
    kiosk.page.clock.fast_forward(120_000)
    kept = kiosk.kept()
    assert (kept["local"], kept["session"], kept["cookie"], kept["fields"]) == (0, 0, "", "")
    assert SECRET not in kept["text"]
    assert kiosk.page.evaluate("history.length") == length
    assert kiosk.page.context.storage_state()["origins"] == []
    held = snapshot(memory)
    assert session["token"] not in held
    assert [word for word in (SECRET, HEARD, SPOKEN, "13800000000") if word in held] == []
    assert kiosk.page.evaluate("window.streams.every((stream) => stream.getTracks()[0].readyState === 'ended')")


def snapshot(memory: Any) -> str:
    """Everything the page's memory holds, after what nobody holds any more was thrown away."""
    chunks: list[str] = []
    memory.on("HeapProfiler.addHeapSnapshotChunk", lambda event: chunks.append(event["chunk"]))
    memory.send("HeapProfiler.collectGarbage")
    memory.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    text = "".join(chunks)
    return text.encode().decode("unicode_escape", errors="ignore") + text


def test_the_next_one_meets_a_page_begun_anew(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(clock=True)
    with kiosk.page.expect_response(lambda answer: answer.url.endswith("/api/v1/conversations")) as opened:
        kiosk.start()
    session = opened.value.json()
    to_the_name(kiosk)
    kiosk.page.evaluate("window.before = true")
    kiosk.page.get_by_role("button", name="结束").click()
    kiosk.page.get_by_role("button", name="结束并清除").click()
    expect(kiosk.page.locator("#gone")).to_contain_text("已从这台机器清除")
    gone = kiosk.page.request.get(kiosk.page.url.removesuffix("/kiosk") + f"/api/v1/conversations/{session['conversation_id']}/events?token={session['token']}")
    assert gone.status == UNAUTHORISED
    with kiosk.page.expect_event("load"):
        kiosk.page.clock.fast_forward(10_000)
    assert kiosk.page.evaluate("window.before === undefined")


def test_what_was_said_while_the_network_was_away_goes_on_when_it_is_back(kiosk: Kiosk) -> None:
    kiosk.start()
    kiosk.page.context.set_offline(True)
    expect(kiosk.page.locator("#banner")).to_contain_text("网络断了")
    kiosk.say(APPLY)
    said = kiosk.page.locator("#said")
    expect(said).to_contain_text(APPLY)
    expect(said).to_contain_text("已经记下")
    kiosk.page.context.set_offline(False)
    expect(kiosk.ask.get_by_role("button", name="同意调取")).to_be_visible()
    expect(said).to_have_attribute("data-state", "sent")


def test_an_answer_asked_for_before_the_network_broke_does_not_say_that_it_is_back(kiosk: Kiosk) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    kiosk.page.route("**/events?**", hold)
    kiosk.start()
    kiosk.page.wait_for_function("document.querySelector('#tiles').children.length > 0")
    banner = kiosk.page.locator("#banner")
    kiosk.page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(banner).to_contain_text("网络断了")
    while not held:  # what the page shows and what it asks for have no order between them
        kiosk.page.wait_for_timeout(LOOK_MS)
    with kiosk.page.expect_response("**/events?**"):
        for route in held:
            route.continue_()
    kiosk.page.unroute("**/events?**")
    kiosk.say(APPLY)  # what is answered shows that the stream was read meanwhile
    expect(kiosk.ask.get_by_role("button", name="同意调取")).to_be_visible()
    expect(banner).to_contain_text("网络断了")
    kiosk.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(banner).to_contain_text("网络已恢复")


@pytest.mark.parametrize("size", [ACROSS, UPRIGHT], ids=["across", "upright"])
def test_axe_finds_nothing_and_all_is_large_and_within_reach(open_kiosk: Callable[..., Kiosk], size: dict[str, int]) -> None:
    kiosk = open_kiosk(viewport=size, bypass_csp=True)
    found = {"attract": violations(kiosk.page, whole=size is ACROSS)}
    kiosk.start()
    found["start"] = violations(kiosk.page, whole=size is ACROSS)
    kiosk.page.get_by_role("button", name="放低").click()
    kiosk.say(APPLY)
    kiosk.tap("同意调取")
    expect(kiosk.replies.locator(".card")).to_be_visible()
    found["card"] = violations(kiosk.page, whole=size is ACROSS)
    touched = kiosk.page.locator("#ask button:visible, #typing button:visible, #typing input:visible, nav button:visible")
    boxes = [box for box in (one.bounding_box() for one in touched.all()) if box]
    assert min(box["height"] for box in boxes) >= 44
    assert min(box["y"] for box in boxes) >= size["height"] / 2
    assert kiosk.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    kiosk.page.get_by_role("button", name="结束").click()
    found["leaving"] = violations(kiosk.page, whole=size is ACROSS)
    assert {place: what for place, what in found.items() if what} == {}


def test_with_the_keyboard_alone(kiosk: Kiosk) -> None:
    keys = kiosk.page.keyboard
    kiosk.page.locator("#start").focus()
    keys.press("Enter")
    tile = kiosk.page.get_by_role("button", name="开一家餐馆")
    expect(tile).to_be_visible()
    tile.focus()
    keys.press("Enter")
    agree = kiosk.ask.get_by_role("button", name="同意调取", exact=True)
    agree.focus()
    keys.press("Enter")
    expect(kiosk.ask.get_by_role("button", name="餐饮服务经营者")).to_be_focused()
