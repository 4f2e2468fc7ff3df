"""Talking: what is sent, what is shown, in which order, and once."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.chat.conftest import APPLY, PHONE, Chat, Mock


def spoke_last(chat: Chat, *who: str) -> None:
    """These spoke last, in this order: a message is known to have arrived a moment before what is answered to it."""
    chat.page.wait_for_function(
        "who => [...document.querySelectorAll('#log > .msg')].slice(-who.length).map(e => e.classList[1]).join() === who.join()", arg=list(who)
    )


def test_a_message_is_shown_sent_and_answered_in_order(chat: Chat) -> None:
    chat.say("我要办食品经营许可")
    expect(chat.mine).to_contain_text("我要办食品经营许可")
    expect(chat.mine.locator(".state")).to_have_text("已发送")
    spoke_last(chat, "mine", "bot")
    expect(chat.box).to_have_value("")
    expect(chat.box).to_be_focused()


def test_the_first_screen_offers_the_common_items_and_goes_away(chat: Chat) -> None:
    expect(chat.page.get_by_role("heading", name="说一件事，陪您办到")).to_be_visible()
    expect(chat.page.get_by_role("button", name="转人工")).to_be_visible()
    chat.page.locator("#tiles button").first.click()
    expect(chat.mine).to_have_count(1)
    expect(chat.page.get_by_role("heading", name="说一件事，陪您办到")).to_be_hidden()


def test_shift_enter_breaks_the_line_and_an_input_methods_enter_does_not_send(chat: Chat) -> None:
    chat.box.fill("第一行")
    chat.box.press("Shift+Enter")
    chat.box.press_sequentially("第二行")
    assert chat.box.input_value() == "第一行\n第二行"
    for event in ("{isComposing: true}", "{keyCode: 229}"):
        chat.box.evaluate(
            f"box => box.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', bubbles: true, cancelable: true, ...{event}}}))"
        )
    expect(chat.mine).to_have_count(0)
    chat.box.press("Enter")
    expect(chat.mine.locator(".say")).to_have_text("第一行\n第二行", use_inner_text=True)


def test_the_counter_appears_late_and_too_much_cannot_be_sent(chat: Chat) -> None:
    counter = chat.page.locator("#counter")
    chat.box.fill("字" * 3000)
    expect(counter).to_be_hidden()
    chat.box.fill("字" * 3990 + "😀" * 10)
    expect(counter).to_have_text("4000 / 4000 字")
    chat.box.fill("字" * 4001)
    expect(counter).to_have_text("已超过 4000 字，请分几次说。")
    expect(chat.page.get_by_role("button", name="发送")).to_be_disabled()
    chat.box.press("Enter")
    expect(chat.mine).to_have_count(0)


def test_reload_restores_the_conversation_and_doubles_nothing(chat: Chat) -> None:
    chat.say("我要办食品经营许可")
    chat.asked("同意调取电子营业执照吗？")
    before = chat.log.inner_text()
    question = chat.ask.inner_text()
    chat.page.reload()
    expect(chat.mine).to_have_count(1)
    expect(chat.log).to_have_attribute("aria-busy", "false")
    chat.page.wait_for_function("before => document.querySelector('#log').innerText === before", arg=before)
    chat.page.wait_for_function("question => document.querySelector('#ask').innerText === question", arg=question)
    expect(chat.mine).to_have_count(1)


def test_two_quick_messages_keep_their_order(chat: Chat, mock: Mock) -> None:
    mock.switch(delay=0.4)
    for text in ("多久能办好", "给我样表"):
        chat.box.fill(text)
        chat.box.press("Enter")
    expect(chat.mine).to_have_count(2)
    chat.settled()
    spoke_last(chat, "mine", "bot", "mine", "bot")
    assert len(mock.seen(chat)["posts"]) == 2


def test_citations_open_and_say_what_is_not_verified(chat: Chat, mock: Mock) -> None:
    chat.say("多久能办好")
    cites = chat.log.locator(".cites").last
    expect(cites.locator("summary")).to_contain_text("未核实")
    cites.locator("summary").click()
    link = cites.get_by_role("link")
    expect(link).to_have_attribute("href", "https://www.gov.cn/")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(cites.locator("li").nth(1)).to_contain_text("未核实")
    expect(cites.locator("li").nth(0)).not_to_contain_text("未核实")


def test_choices_of_an_earlier_turn_can_no_longer_be_pressed(chat: Chat, mock: Mock) -> None:
    chat.say("我要办证")
    options = chat.log.locator(".options button")
    expect(options).to_have_count(3)
    options.first.click()
    chat.asked("同意调取电子营业执照吗？")
    expect(options.first).to_be_disabled()
    expect(options.first).to_have_attribute("aria-pressed", "true")


def test_staff_speak_and_the_header_says_who_serves(chat: Chat, mock: Mock) -> None:
    status = chat.page.locator("#status")
    chat.say("转人工")
    expect(status).to_contain_text("排队中")
    mock.emit(chat, "owner", owner="staff")
    expect(status).to_have_text("工作人员服务中")
    expect(chat.log.locator(".divider")).to_have_text(["已转人工，正在排队", "工作人员已接入"])
    mock.emit(chat, "message", **{"from": "staff", "text": "您好，我来帮您。", "at": "2026-11-10T10:00:00+08:00"})
    expect(chat.log.locator(".msg.staff")).to_contain_text("您好，我来帮您。")
    chat.say("谢谢")
    mock.emit(chat, "owner", owner="bot")
    expect(status).to_have_text("机器人为您服务")


def test_nothing_is_lost_or_doubled_across_a_broken_stream(chat: Chat, mock: Mock) -> None:
    chat.say("转人工")
    mock.switch(stream=False)
    expect(chat.page.locator("#banner")).to_contain_text("正在重新连接")
    mock.emit(chat, "message", **{"from": "staff", "text": "第一句", "at": "2026-11-10T10:00:00+08:00"})
    mock.emit(chat, "message", **{"from": "staff", "text": "第二句", "at": "2026-11-10T10:00:05+08:00"})
    mock.switch(stream=True)
    chat.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(chat.log.locator(".msg.staff .say")).to_have_text(["第一句", "第二句"])
    expect(chat.mine).to_have_count(1)
    expect(chat.page.locator("#banner")).to_be_hidden()


def test_a_file_is_fetched_with_the_token_and_saved(chat: Chat, mock: Mock) -> None:
    chat.say("给我样表")
    with chat.page.expect_download() as saved:
        chat.log.get_by_role("button", name="食品经营许可申请书（样表）.txt").click()
    assert saved.value.suggested_filename == "食品经营许可申请书（样表）.txt"
    assert saved.value.path().read_text(encoding="utf-8") == "样表"


def test_notices_have_their_levels_in_words_too(chat: Chat, mock: Mock) -> None:
    chat.say("提示都来")
    expect(chat.log.locator(".notice")).to_have_text(["提示 核查当天请留人在店。", "请注意 平面图缺少比例尺，可能需要补正。",
                                                     "出了问题 电子证照库暂时连不上，请先自己填写。"])


def test_the_page_follows_the_end_but_not_a_reader_further_up(open_chat: Callable[..., Chat], mock: Mock) -> None:
    chat = open_chat(viewport=PHONE)
    for _ in range(6):
        chat.say("提示都来")
    scroller = chat.page.locator("#scroller")
    end = "s => Math.round(s.scrollHeight - s.scrollTop - s.clientHeight)"
    expect(chat.log.locator(".notice")).to_have_count(18)
    # The page hears of it with the next picture.
    scroller.evaluate("s => { s.scrollTop = 0; return new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))); }")
    mock.emit(chat, "message", **{"from": "staff", "text": "还在吗？", "at": "2026-11-10T10:00:00+08:00"})
    expect(chat.log.locator(".msg.staff")).to_have_count(1)
    assert scroller.evaluate("s => s.scrollTop") == 0
    chat.page.get_by_role("button", name="回到最新").click()
    assert scroller.evaluate(end) <= 1


def test_traditional_and_english_chrome(open_chat: Callable[..., Chat], mock: Mock) -> None:
    chat = open_chat()
    chat.page.get_by_role("button", name="繁體中文").click()
    expect(chat.page.locator("#status")).to_have_text("機器人為您服務")
    assert mock.seen(chat)["switches"]["locale"] == "zh-Hant"
    expect(chat.page.locator("html")).to_have_attribute("lang", "zh-Hant")
    chat.page.get_by_role("button", name="EN English").click()
    expect(chat.page.get_by_role("heading", name="Often needed")).to_be_visible()
    expect(chat.page.locator("#status")).to_have_attribute("data-owner", "bot")  # the new conversation is open by then
    assert mock.seen(chat)["switches"]["locale"] == "en"
    chat.say(APPLY)
    chat.page.get_by_role("button", name="简体中文").click()
    # A conversation under way is kept; it is asked for the new language only if the citizen wants that.
    expect(chat.mine).to_have_count(1)
    expect(chat.page.locator("#banner")).to_contain_text("对话也要换吗")
    chat.page.get_by_role("button", name="对话也说中文").click()
    expect(chat.mine.last).to_contain_text("说中文")


def test_every_call_says_the_language_of_the_page(open_chat: Callable[..., Chat], mock: Mock) -> None:
    chat = open_chat()
    said: list[tuple[str, str | None]] = []
    chat.page.on("request", lambda request: said.append((request.url.partition("/api/v1")[2], request.headers.get("accept-language"))))
    chat.say(APPLY)
    assert {language for path, language in said if path} == {"zh-CN"} and any(path.endswith("/messages") for path, _ in said)
    with chat.page.expect_navigation():
        chat.page.get_by_role("button", name="EN English").click()
    said.clear()
    expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    expect(chat.mine).to_have_count(1)  # the page was loaded anew, and has played back what was said
    chat.settled()
    chat.say("hello")
    assert {language for path, language in said if path.endswith("/messages")} == {"en"}


def test_the_case_bar_names_the_item_as_the_citizen_reads_it(chat: Chat, mock: Mock) -> None:
    chat.say(APPLY)
    case = {"case_no": "BD1", "title": "A company's new address", "guide": {"code": "a", "name": "公司住所变更登记", "version": "1"}, "status": "draft",
            "filled": 1, "total": 2, "prefilled": 0, "missing": [], "materials": [], "package": None}  # fmt: skip
    mock.emit(chat, "turn", turn=90, replies=[], owner="bot", status="collecting", understanding={}, ask=None, case=case)
    expect(chat.page.locator("#casebar .casebar-name")).to_have_text("A company's new address")


def test_the_page_follows_a_conversation_that_changes_its_language(chat: Chat, mock: Mock) -> None:
    chat.say("你好")
    turn = {"owner": "bot", "status": "answered", "understanding": {}, "ask": None, "case": None}
    english = [{"kind": "notice", "level": "info", "text": '可以随时说"中文"换回来 / Say "中文" for Chinese'}, {"kind": "text", "text": "Hello"}]
    mock.emit(chat, "turn", turn=90, replies=english, **turn)
    expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    expect(chat.page.locator("#status")).to_have_text("The assistant is serving you")
    expect(chat.page.get_by_role("button", name="EN English")).to_have_attribute("aria-pressed", "true")
    expect(chat.box).to_have_attribute("placeholder", "Say what you need done")
    chat.page.reload()
    expect(chat.page.locator("html")).to_have_attribute("lang", "en")
    expect(chat.page.locator("#banner")).to_be_hidden()
    expect(chat.log.get_by_text("Hello")).to_be_visible()
    expect(chat.log).to_have_attribute("aria-busy", "false")  # what was said before is played back, and what comes now is new
    mock.emit(chat, "turn", turn=91, replies=[{"kind": "text", "text": "好的，下面说中文。"}], **turn)
    expect(chat.page.locator("html")).to_have_attribute("lang", "zh-CN")


RENDER = "async (reply) => (await import('/static/chat/js/replies.js')).renderReply(reply, {say() {}, choose() {}, download() {}}).outerHTML"


def test_telephone_numbers_can_be_pressed(chat: Chat) -> None:
    words = "请马上拨打110或120；心理援助热线12356。费用120元，房子110平方米，邮编201203。"
    html = chat.page.evaluate(RENDER, {"kind": "text", "text": words})
    assert [number for number in ("110", "120", "12356") if f'href="tel:{number}"' in html] == ["110", "120", "12356"]
    assert html.count("tel:") == 3


def test_an_action_of_the_card_is_not_put_into_its_only_row(chat: Chat) -> None:
    row = {"label": "收费", "value": "不收费", "source": None}
    card = {"kind": "card", "title": "收费", "text": "", "rows": [row], "actions": [{"label": "开始办理", "message": "我要办"}]}
    assert "card-actions" in chat.page.evaluate(RENDER, card)
    card["actions"] = [{"label": "修改收费", "message": "修改收费"}]
    assert "card-actions" not in chat.page.evaluate(RENDER, card)
