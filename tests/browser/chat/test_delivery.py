"""Nothing a citizen said is lost, and nothing is said twice, whatever the network does."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Request, expect

from tests.browser.chat.conftest import APPLY, Chat, Mock

LIMITED = 429


def test_offline_then_retry_sends_once(chat: Chat) -> None:
    tried: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/messages"):
            tried.append((request.post_data_json or {})["client_message_id"])

    chat.page.on("request", note)
    chat.page.context.set_offline(True)
    chat.box.fill("我要办食品经营许可")
    chat.box.press("Enter")
    expect(chat.mine).to_contain_text("网络不通，恢复后自动重发")
    expect(chat.page.locator("#banner")).to_contain_text("网络断开了")
    chat.mine.get_by_role("button", name="重试").click()
    expect(chat.mine).to_contain_text("网络不通，恢复后自动重发")
    chat.page.context.set_offline(False)
    chat.settled()
    expect(chat.mine).to_have_count(1)
    expect(chat.mine.locator(".state")).to_have_text("已发送")
    assert len(tried) > 1 and len(set(tried)) == 1
    chat.page.reload()
    expect(chat.mine).to_have_count(1)


def test_an_unsent_message_survives_a_reload(chat: Chat, mock: Mock) -> None:
    mock.switch(fail=[[503, 0]] * 2)
    chat.box.fill(APPLY)
    chat.box.press("Enter")
    expect(chat.mine).to_contain_text("恢复后自动重发")
    chat.page.reload()
    expect(chat.mine).to_have_count(1)
    chat.settled()
    chat.asked("同意调取电子营业执照吗？")
    seen = mock.seen(chat)
    assert len(seen["stored"]) == 1
    assert set(seen["posts"]) == set(seen["stored"])


def test_an_answer_lost_on_the_way_is_not_a_second_message(chat: Chat, mock: Mock) -> None:
    mock.switch(lose_answer=True)
    chat.say(APPLY)
    chat.asked("同意调取电子营业执照吗？")
    expect(chat.mine).to_have_count(1)
    expect(chat.log.get_by_text("这就为您办理")).to_have_count(1)
    assert len(mock.seen(chat)["stored"]) == 1


def test_over_the_limit_it_waits_as_told_and_says_so(chat: Chat, mock: Mock) -> None:
    mock.switch(fail=[[LIMITED, 2]])
    chat.stand_still()
    chat.box.fill(APPLY)
    chat.box.press("Enter")
    expect(chat.mine).to_contain_text("2 秒后自动重发")
    chat.page.clock.fast_forward(2_000)
    chat.settled()
    chat.asked("同意调取电子营业执照吗？")
    posts = mock.seen(chat)["posts"]
    assert len(posts) == 2 and len(set(posts)) == 1


def test_a_turn_the_engine_was_away_for_is_tried_again(chat: Chat, mock: Mock) -> None:
    mock.switch(engine_down=1)
    chat.stand_still()
    chat.box.fill(APPLY)
    chat.box.press("Enter")
    expect(chat.mine).to_contain_text("系统正在恢复，稍后自动重发")
    chat.page.clock.fast_forward(2_000)
    chat.settled()
    chat.asked("同意调取电子营业执照吗？")
    expect(chat.log.get_by_text("这就为您办理")).to_have_count(1)
    posts = mock.seen(chat)["posts"]
    assert len(posts) == 2 and len(set(posts)) == 1


def test_an_engine_that_stays_away_is_said(chat: Chat, mock: Mock) -> None:
    mock.switch(engine_down=99)
    chat.stand_still()
    chat.box.fill(APPLY)
    chat.box.press("Enter")
    for pause_s in (2, 4, 8, 15, 30):
        expect(chat.mine).to_contain_text("系统正在恢复")
        chat.page.clock.fast_forward(1000 * pause_s)  # it is tried again at once, and says so until there is an answer
    expect(chat.log.locator(".notice.error")).to_contain_text("系统正在恢复，您这句话还没有处理。")
    expect(chat.mine.get_by_role("button", name="重试")).to_be_visible()


def test_a_refused_message_says_why_and_can_be_mended(chat: Chat, mock: Mock) -> None:
    mock.switch(fail=[[422, 0]])
    chat.box.fill("说错了的话")
    chat.box.press("Enter")
    expect(chat.mine).to_contain_text("没有发出去：服务出了问题。")
    chat.mine.get_by_role("button", name="改一改再发").click()
    expect(chat.mine).to_have_count(0)
    expect(chat.box).to_have_value("说错了的话")


def test_a_message_that_will_not_go_can_be_given_up(chat: Chat, mock: Mock) -> None:
    mock.switch(fail=[[500, 0]] * 50)
    chat.box.fill("不想说了")
    chat.box.press("Enter")
    chat.mine.get_by_role("button", name="不发了").click()
    expect(chat.mine).to_have_count(0)
    mock.switch(fail=[])
    chat.page.reload()
    expect(chat.page.locator("#status")).to_have_attribute("data-owner", "bot")
    assert mock.seen(chat)["stored"] == []


def test_an_expired_session_is_said_and_a_new_one_offered(chat: Chat, mock: Mock) -> None:
    chat.say(APPLY)
    before = chat.session()["id"]
    mock.expire(chat)
    chat.box.fill("还在吗")
    chat.box.press("Enter")
    dialog = chat.page.get_by_role("dialog", name="这次会话已过期")
    expect(dialog).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="开始新会话").click()
    expect(chat.page.get_by_role("heading", name="说一件事，陪您办到")).to_be_visible()
    expect(chat.page.locator("#status")).to_have_attribute("data-owner", "bot")
    assert chat.session()["id"] != before


def test_opening_waits_for_a_server_that_is_not_there_yet(chat: Chat, mock: Mock) -> None:
    mock.switch(fail=[[503, 0], [LIMITED, 1]])
    chat.stand_still()
    chat.page.evaluate("localStorage.clear()")
    chat.page.reload()
    banner = chat.page.locator("#banner")
    expect(banner).to_contain_text("暂时连不上服务")
    chat.box.fill("我要办食品经营许可")
    chat.box.press("Enter")
    expect(chat.box).to_have_value("我要办食品经营许可")
    banner.get_by_role("button", name="现在重试").click()
    expect(banner).to_contain_text("秒后自动继续")
    chat.page.clock.resume()
    expect(chat.page.locator("#status")).to_have_attribute("data-owner", "bot")
    expect(chat.mine).to_contain_text("我要办食品经营许可")  # sent once there was somebody to send it to
    expect(chat.box).to_have_value("")


def test_what_is_written_on_before_the_conversation_is_open_is_not_sent_by_itself(chat: Chat, mock: Mock) -> None:
    mock.switch(fail=[[503, 0]])
    chat.stand_still()
    chat.page.evaluate("localStorage.clear()")
    chat.page.reload()
    expect(chat.page.locator("#banner")).to_contain_text("暂时连不上服务")
    chat.box.fill("我要办")
    chat.box.press("Enter")
    chat.box.press_sequentially("食品")
    chat.page.locator("#banner").get_by_role("button", name="现在重试").click()
    chat.page.clock.resume()
    expect(chat.page.get_by_role("heading", name="说一件事，陪您办到")).to_be_visible()
    expect(chat.page.locator("#status")).to_have_attribute("data-owner", "bot")
    expect(chat.box).to_have_value("我要办食品")
    expect(chat.mine).to_have_count(0)


def test_a_case_is_continued_on_another_device(chat: Chat, mock: Mock, open_chat: Callable[..., Chat]) -> None:
    chat.say(APPLY)
    chat.tap("同意调取")
    number = chat.page.locator("#side .case-no code").inner_text()
    other = open_chat()
    other.page.get_by_role("button", name="凭办件编号继续办理").last.click()
    dialog = other.page.get_by_role("dialog", name="凭办件编号继续办理")
    dialog.get_by_role("textbox", name="办件编号").fill(number)
    dialog.get_by_role("button", name="继续办理").click()
    expect(dialog.get_by_role("alert")).to_have_text("请填写办件编号和恢复码")
    dialog.get_by_label("证件号码末四位").fill("1234")
    dialog.get_by_label("恢复码").fill("wrong1")
    dialog.get_by_role("button", name="继续办理").click()
    expect(dialog.get_by_role("alert")).to_contain_text("请再核对")
    dialog.get_by_label("证件号码末四位").fill("123x")
    dialog.get_by_label("恢复码").fill("k7qm 2r")
    dialog.get_by_role("button", name="继续办理").click()
    expect(dialog).to_be_hidden()
    other.asked("主体业态")
    expect(other.log).to_contain_text("好，我们接着办。")
    expect(other.page.locator("#side .case-no code")).to_have_text(number)
    other.page.reload()
    other.asked("主体业态")
    expect(other.log.get_by_text("好，我们接着办。")).to_have_count(1)


def test_clearing_the_device_leaves_nothing_of_the_conversation(chat: Chat, mock: Mock) -> None:
    chat.say("我叫张三")
    before = chat.session()
    chat.page.get_by_role("button", name="设置与更多").click()
    chat.page.get_by_role("button", name="清除本机记录").click()
    chat.page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(chat.mine).to_have_count(0)
    expect(chat.page.locator("#status")).to_have_attribute("data-owner", "bot")
    kept = chat.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "张三" not in kept and before["token"] not in kept
