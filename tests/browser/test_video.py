"""Two browsers in a call: a citizen on her phone and an operator at the console, with cameras and microphones that are made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from assistant.casework.papers import background
from assistant.foundation.desk_tables import desk_entry
from assistant.foundation.settings import Settings
from assistant.foundation.tables import upload
from assistant.foundation.video_tables import video_call
from channels.app import create_app
from channels.video import recordings
from tests.browser.calls import ARRIVES, PORT, SCREEN, SHOWS, Hall, document_camera, in_call, look, press, sees
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.console.conftest import DESK, PHONE, Console
from tests.browser.console.test_console import violations
from tests.browser.serving import answering, listening
from tests.contract.desk_world import hire, with_toy_engine
from tests.contract.test_acting import case_of, filled
from tests.quick import empty_database

FAKE = ["--use-fake-device-for-media-stream=fps=5", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="module")
def running(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    nowhere = "http://127.0.0.1:9"
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("calls"), rate_per_conversation=0, rate_per_address=0, fsync="normal", desk_hours="24h",
        engine_url=nowhere, sandbox_url=nowhere, voice_recogniser="off",
    )  # fmt: skip
    empty_database(settings).dispose()
    app = create_app(settings)
    with_toy_engine(app)
    app.state.parts.sign_in_tries.per_minute = 0
    for login, name, role in (("zhuo-1", "一号坐席", "operator"), ("lead", "值班主管", "supervisor")):
        hire(app.state.parts, login, name, roles=role)
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *FAKE])
    with answering(app, listening(), ws="auto") as base:
        yield Hall(base, app.state.parts, chromium)
        chromium.close()


@pytest.fixture
def hall(running: Hall, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setattr(background, "begin", lambda *_: None)  # papers are not read here
    running.errors.clear()
    yield running
    for context in running.contexts:
        context.close()
    running.contexts.clear()
    with running.parts.db.write() as conn:
        conn.execute(desk_entry.update().values(state="released"))
        conn.execute(video_call.update().values(state="ended"))
    assert running.errors == []


def test_she_asks_for_video_and_both_see_each_other(hall: Hall) -> None:
    her = hall.her()
    look(her, "her-1-offered")
    press(her, "视频")
    expect(her.locator("#call")).to_contain_text("已告诉工作人员")
    look(her, "her-2-asked")
    desk = hall.desk()
    expect(desk.page.locator("#call")).to_contain_text("申请人想要视频通话")
    look(desk.page, "desk-1-asked")
    press(desk.page, "视频接通")
    sees(her, desk.page)
    found: dict[str, Any] = {"her": violations(her), "desk": violations(desk.page)}
    look(her, "her-3-live")
    look(desk.page, "desk-2-live")
    expect(her.locator("#call")).to_contain_text("正在和工作人员一号坐席通话")

    # Her screen instead of her camera
    her.evaluate(SCREEN)
    press(her, "给对方看这个页面")
    expect(desk.page.locator("#call")).to_contain_text("申请人在给您看屏幕")
    expect(her.locator("#call")).to_contain_text("对方现在看到的是您的屏幕")
    assert desk.page.locator("#call .them").evaluate(SHOWS, 2) == 2
    look(her, "her-3b-showing")
    look(desk.page, "desk-2b-shown")
    press(her, "不给看了")
    assert desk.page.locator("#call .them").evaluate(SHOWS, 1.8) == 1.8

    # The page loaded anew in mid-call, first hers, then the operator's
    her.reload()
    expect(desk.page.locator("#call")).to_contain_text("申请人的页面关了或者刷新了")
    look(desk.page, "desk-2c-away")
    expect(her.locator("#call")).to_contain_text("通话还没有结束")
    look(her, "her-3c-back")
    press(her, "接着说")
    sees(her, desk.page)
    desk.page.reload()
    expect(her.locator("#call")).to_contain_text("对方的页面关了或者刷新了")
    desk.mine.first.click()
    press(desk.page, "接着说")
    sees(her, desk.page)
    press(her, "挂断")
    expect(her.locator("#call")).to_contain_text("通话结束了")
    expect(desk.page.locator("#log")).to_contain_text("通话结束")
    look(her, "her-4-ended")
    look(desk.page, "desk-3-ended")
    (call,) = hall.calls()
    assert (call.outcome, call.kind, call.asked_by, call.fell_back) == ("done", "video", "citizen", "")
    assert call.connected_at is not None
    assert {place: what for place, what in found.items() if what} == {}
    for page in (her, desk.page):
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_paper_photographed_in_the_call_lands_in_the_case_with_the_usual_checks(hall: Hall) -> None:
    her = hall.her()
    desk = hall.desk()
    filled(hall.parts, hall.conversation)
    in_call(hall, her, desk)
    press(desk.page, "请拍材料")
    look(desk.page, "desk-4-materials")
    press(desk.page, "法定代表人身份证")
    expect(her.locator("#call")).to_contain_text("工作人员请您拍一张“法定代表人身份证”")
    found: dict[str, Any] = {"asked": violations(her)}
    look(her, "her-5-snapshot-asked")
    press(her, "打开来拍")
    dialog = her.get_by_role("dialog", name="拍一张：法定代表人身份证")
    dialog.get_by_role("button", name="拍下来").click()
    photo = dialog.get_by_role("img", name="拍好的照片")
    expect(photo).to_be_visible()
    assert photo.evaluate("async (picture) => { await picture.decode(); return picture.naturalWidth; }") > 640
    found["taken"] = violations(her)
    look(her, "her-6-taken")
    dialog.get_by_role("button", name="就交这张").click()
    expect(dialog).to_have_count(0)
    expect(her.locator("#call")).to_contain_text("已交给工作人员")
    expect(desk.page.locator("#call")).to_contain_text("申请人交了照片")
    expect(desk.page.locator(".aside", has_text="申请人交了文件")).to_contain_text("法定代表人身份证.jpg")
    look(desk.page, "desk-5-photo")
    with hall.parts.db.read() as conn:
        kept = conn.execute(select(upload).where(upload.c.conversation_id == hall.conversation)).one()
    assert (kept.material, kept.media_type) == ("legal_representative_card", "image/jpeg")
    assert any(check["code"] == "size" or "ok" in check for check in kept.checks)
    assert case_of(hall.parts, hall.conversation).materials["legal_representative_card"].status == "uploaded"

    # Not now: nothing is taken
    press(desk.page, "请签名")
    press(her, "先不签")
    expect(desk.page.locator("#call")).to_contain_text("申请人没有签名")
    assert {place: what for place, what in found.items() if what} == {}


def test_a_recording_she_agreed_to_is_kept_encrypted_and_one_she_refused_is_not_made(hall: Hall) -> None:
    her = hall.her()
    desk = hall.desk()
    in_call(hall, her, desk)
    press(desk.page, "请求录像")
    expect(her.locator("#call")).to_contain_text("可以录下这次通话吗")
    look(her, "her-7-consent")
    press(her, "不同意")
    expect(desk.page.locator("#call")).to_contain_text("申请人不同意录像")
    press(desk.page, "请求录像")
    press(her, "同意录像")
    for page in (her, desk.page):
        expect(page.locator("#call .rec")).to_have_text("正在录像")
    found: dict[str, Any] = {"her": violations(her), "desk": violations(desk.page)}
    look(her, "her-8-recording")
    look(desk.page, "desk-6-recording")
    press(her, "停止录像")
    for page in (her, desk.page):
        expect(page.locator("#call .rec")).to_have_count(0)
    expect(desk.page.locator("#call")).to_contain_text("录像已经加密存好")
    press(desk.page, "挂断")
    with hall.parts.db.read() as conn:
        [one] = recordings.of_conversation(conn, hall.conversation)
        files = recordings.blobs_of(conn, one.id)
    assert one.state == "whole" and one.size > 1000 and len(files) == one.pieces
    film = b"".join(recordings.played(hall.parts.blobs, files))
    webm = b"\x1a\x45\xdf\xa3"
    assert film.startswith(webm)
    assert not any(hall.parts.blobs.read_raw(name).startswith(webm) for name in files)

    desk.press("Escape", "h")
    expect(desk.page.locator("#wrap")).to_be_visible()
    desk.press("1")
    expect(desk.mine).to_have_count(0)
    lead = Console(hall.page("/console/", viewport=DESK))
    lead.sign_in("lead")
    lead.page.goto(hall.base + "/console/past/")
    lead.page.get_by_role("button", name="打开").first.click()
    shown = lead.page.locator("#films section")
    expect(shown).to_contain_text("通话录像")
    shown.get_by_label("看录像的原因").fill("核对投诉")
    found["past"] = violations(lead.page)
    shown.get_by_role("button", name="看录像").click()
    width = shown.locator("video").evaluate("async (film) => { film.muted = true; await film.play(); return film.videoWidth; }")
    assert width == 960
    look(lead.page, "lead-1-film")
    assert {place: what for place, what in found.items() if what} == {}


def test_without_a_camera_by_voice_and_without_a_microphone_in_writing(hall: Hall) -> None:
    her = hall.her(viewport=PHONE)
    her.evaluate("""() => {
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      window.without = ["video"];
      navigator.mediaDevices.getUserMedia = async (asked) => {
        if (window.without.some((kind) => asked[kind])) throw new DOMException("no", "NotAllowedError");
        return real(asked);
      };
    }""")
    desk = hall.desk()
    desk.page.locator("#call-open").click()
    press(desk.page, "视频邀请")
    press(her, "用视频接")
    expect(her.locator("#call")).to_contain_text("没有得到摄像头的许可，先用语音")
    expect(desk.page.locator("#call")).to_contain_text("申请人没有开摄像头")
    look(her, "her-9-voice")
    look(desk.page, "desk-7-voice")
    width, _ = her.locator("#call .them").evaluate(ARRIVES)
    assert width > 0, "she sees who speaks to her all the same"
    her.evaluate("window.without = []")
    press(her, "开摄像头")
    width, _ = desk.page.locator("#call .them").evaluate(ARRIVES)
    assert width > 0
    press(desk.page, "挂断")
    expect(her.locator("#call")).to_contain_text("通话结束了")

    her.evaluate("window.without = ['audio']")
    press(her, "知道了")
    press(her, "视频")
    expect(her.locator("#call")).to_contain_text("麦克风用不了，不能通话，请接着打字")
    look(her, "her-10-text")
    her.locator("#message").fill("那我打字吧")
    her.locator("#message").press("Enter")
    expect(desk.page.locator("#log")).to_contain_text("那我打字吧")
    (call,) = hall.calls()
    assert (call.outcome, call.fell_back) == ("done", "voice")


def test_where_no_way_is_found_it_says_so_and_writing_goes_on(hall: Hall) -> None:
    her = hall.her()
    desk = hall.desk()
    # No candidate of hers ever arrives, and she takes none: as between networks without a server in the middle
    her.evaluate("""() => {
      RTCPeerConnection.prototype.addIceCandidate = async () => {};
      Object.defineProperty(RTCPeerConnectionIceEvent.prototype, "candidate", { get: () => null });
    }""")
    desk.page.clock.install()
    desk.page.locator("#call-open").click()
    press(desk.page, "语音邀请")
    press(her, "只用语音接")
    expect(desk.page.locator("#call")).to_contain_text("正在接通")
    desk.page.clock.run_for(10_500)
    expect(desk.page.locator("#call")).to_contain_text("网络接不通，请用文字接着办")
    expect(her.locator("#call")).to_contain_text("网络接不通。请接着打字，或者换个网络再试。")
    look(her, "her-11-no-way")
    (call,) = hall.calls()
    assert (call.outcome, call.fell_back) == ("failed", "text")


def test_at_a_kiosk_a_person_appears_on_the_screen(hall: Hall) -> None:
    kiosk = hall.page("/kiosk", viewport={"width": 1080, "height": 1920})
    kiosk.context.route(f"http://127.0.0.1:{PORT}/v1/**", lambda route: document_camera(hall, route))
    kiosk.goto(f"{hall.base}/guides")
    kiosk.goto(f"{hall.base}/kiosk#devices={PORT}.{'x' * 24}")
    kiosk.locator("#start").click()
    for number, words in enumerate(("我要办住所变更", "转人工"), 1):
        kiosk.locator("#message").fill(words)
        kiosk.locator("#send").click()
        expect(kiosk.locator("#case-name") if number == 1 else kiosk.locator("#call")).to_contain_text("公司住所变更登记" if number == 1 else "面对面")
    desk = hall.desk()
    filled(hall.parts, hall.conversation)
    press(kiosk, "视频")
    press(desk.page, "视频接通")
    for page in (kiosk, desk.page):
        width, frames = page.locator("#call .them").evaluate(ARRIVES)
        assert width > 0 and frames > 3
    found = violations(kiosk)
    look(kiosk, "kiosk-1-live")
    press(desk.page, "请拍材料")
    look(desk.page, "kiosk-1b-desk")
    press(desk.page, "法定代表人身份证")
    press(kiosk, "打开来拍")
    paper = kiosk.get_by_role("dialog", name="把材料放在高拍仪下面")
    paper.get_by_role("button", name="拍照").click()
    look(kiosk, "kiosk-2-paper")
    paper.get_by_role("button", name="就用这张").click()
    doubted = paper.filter(has_text="看一下")
    expect(doubted.or_(kiosk.locator("#call").filter(has_text="已交给工作人员")).first).to_be_visible()
    if doubted.count():
        paper.get_by_role("button", name="就用这张").click()
    expect(desk.page.locator("#call")).to_contain_text("申请人交了照片")
    assert case_of(hall.parts, hall.conversation).materials["legal_representative_card"].status == "uploaded"
    press(desk.page, "请签名")
    look(kiosk, "kiosk-3-sign")
    press(kiosk, "现在签名")
    expect(desk.page.locator("#call")).to_contain_text("申请人没有签名")
    # Whoever walks away takes the call along, and nothing of it stays on the screen
    kiosk.locator("#leave").click()
    kiosk.locator("#leave-yes").click()
    expect(desk.page.locator("#log")).to_contain_text("通话结束")
    expect(kiosk.locator("#call")).to_be_hidden()
    assert kiosk.locator("#call video").count() == 0
    assert found == []


def test_every_language_has_every_word_and_a_slow_network_is_known_by_its_figures(hall: Hall) -> None:
    page = hall.page("/")
    words: dict[str, dict[str, str]] = page.evaluate("async () => (await import('/static/chat/js/video-words.js')).VIDEO_WORDS")
    first = words["zh-CN"]
    for locale, other in words.items():
        assert other.keys() == first.keys(), locale
        assert {key: re.findall(r"{\w+}", text) for key, text in other.items()} == {key: re.findall(r"{\w+}", text) for key, text in first.items()}
    looks = [{"lost": 0.02, "room": 800_000, "delay": 0.05}, {"lost": 0.3}, {"room": 60_000}, {"delay": 2.5}, {}]
    judged = page.evaluate("async (looks) => { const { bad } = await import('/static/chat/js/video-peer.js'); return looks.map(bad); }", looks)
    assert judged == [False, True, True, True, False]
