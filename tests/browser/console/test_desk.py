"""The desk between a citizen's page and the console, and between colleagues: who sees what, and what one press does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from assistant.foundation.desk_tables import desk_entry
from assistant.foundation.tables import review_sentence
from tests.browser.console.conftest import PHONE, Console, Office
from tests.browser.console.test_console import violations
from tests.contract.desk_world import Visitor

Opening = Callable[..., Console]
Coming = Callable[..., Visitor]


@pytest.fixture
def chat(browser: Browser, office: Office) -> Any:
    """A citizen at the chat page."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    page.goto(office.base + "/")
    yield page
    context.close()


def says(page: Page, text: str) -> None:
    page.locator("#message").fill(text)
    page.locator("#message").press("Enter")


def test_from_the_chat_page_to_a_colleague_and_to_the_end(chat: Page, console: Opening) -> None:
    one, other = console("zhuo-1"), console("zhuo-2")
    expect(one.page.locator("#presence")).to_have_text(re.compile(r"在岗 0/5"))
    says(chat, "我要办住所变更")
    expect(chat.get_by_text("新住所来源").first).to_be_visible()
    says(chat, "转人工")
    line = one.waiting
    expect(line).to_have_count(1)
    expect(line.locator(".place")).to_have_text("1")
    expect(line.locator(".why")).to_have_text("要找人工")
    expect(line.locator(".group")).to_have_text("综合")
    expect(line.locator(".limit")).to_have_text(re.compile("首次答复"))
    expect(line.locator(".limit")).to_have_attribute("data-level", re.compile("green|yellow"))

    one.press("n")
    expect(one.box).to_be_focused()
    expect(one.page.locator("#presence")).to_have_text("在岗 1/5")
    one.page.keyboard.type("您好，我来帮您")
    one.press("Enter")
    expect(chat.get_by_text("您好，我来帮您")).to_be_visible()
    expect(one.mine.locator(".limit")).to_have_text(re.compile("办结还有"))

    one.press("Escape", "b")
    expect(one.page.locator("#composer")).to_have_attribute("data-mode", "note")
    one.page.keyboard.type("房产证号对不上，要核一下")
    one.press("Enter")
    note = one.page.locator(".inner.note")
    expect(note).to_contain_text("内部备注")
    expect(note).to_contain_text("申请人看不到")
    expect(note).to_contain_text("房产证号对不上")
    expect(one.page.locator("#composer")).to_have_attribute("data-mode", "say")

    one.press("Escape", "t")
    expect(one.page.locator("#pass-to")).to_be_focused()
    one.page.locator("#pass-to").select_option(label="2号坐席（在岗，手上 0/5）")
    one.page.locator("#pass-note").fill("请接着核对")
    one.page.get_by_role("button", name="转接", exact=True).last.click()
    expect(one.page.locator("#banner")).to_have_text("已转给2号坐席。")
    expect(one.mine).to_have_count(0)

    # It waits for her alone, so it is given to her at once; where she was not asked, that is announced
    expect(other.mine).to_have_count(1)
    expect(other.mine.locator(".why")).to_have_text("新分派给您")
    expect(other.page).to_have_title(re.compile(r"^\(1\) "))
    other.mine.click()
    expect(other.page.locator(".inner.transfer")).to_contain_text("请接着核对")
    expect(other.page.locator(".inner.note")).to_contain_text("房产证号对不上")
    expect(other.page).to_have_title("坐席工作台 · 办到")
    other.press("Escape", "h")
    expect(other.page.locator("#wrap")).to_contain_text("机器人会接着问“新住所来源”")
    other.press("1")
    expect(other.page.locator("#banner")).to_have_text("已交还机器人。")
    expect(chat.get_by_text("我接着为您服务。刚才问到“新住所来源”")).to_be_visible()
    for secret in ("房产证号对不上", "请接着核对"):
        expect(chat.get_by_text(secret)).to_have_count(0)


def test_whoever_wants_her_back_gets_her_back(console: Opening, citizen: Coming, office: Office) -> None:
    visitor = citizen("我要办住所变更", "转人工")
    desk = console()
    desk.press("n")
    expect(desk.box).to_be_focused()
    desk.press("Escape", "h")
    wrap = desk.page.locator("#wrap")
    expect(wrap.locator(".outcomes button")).to_have_count(7)
    desk.page.get_by_label("结束对话，24小时内再来还找我").check()
    desk.page.get_by_text("写小结，或者改正机器人读错的").click()
    desk.page.locator("#wrap-note").fill("1个问题已解决")  # a digit in a text chooses nothing
    desk.page.get_by_role("button", name="转由办理部门处理").press("Enter")
    expect(desk.page.locator("#banner")).to_have_text("对话已结束。")
    with office.parts.db.read() as conn:
        assert office.parts.desk.keeper(conn, visitor.id, office.parts.clock.now()) is not None
    visitor.say("还有一个问题")
    expect(desk.mine).to_have_count(1)


def test_two_tabs_of_one_operator(console: Opening, citizen: Coming) -> None:
    visitor = citizen("转人工")
    desk = console()
    second = Console(desk.page.context.new_page())
    second.page.goto(desk.page.url)
    expect(second.waiting).to_have_count(1)
    desk.press("n")
    expect(desk.box).to_be_focused()
    expect(second.mine).to_have_count(1)
    expect(second.mine.locator(".why")).to_have_text("要找人工")  # what I took in one tab is no surprise in the other
    second.mine.click()
    expect(second.box).to_be_visible()
    desk.box.fill("您好")
    desk.press("Enter")
    expect(second.page.locator(".said.staff .say")).to_have_text("您好")
    visitor.say("在的")
    expect(second.page.locator(".said.citizen .say").last).to_have_text("在的")
    desk.press("Escape", "h")
    expect(desk.page.locator("#wrap")).to_be_visible()
    desk.press("4")
    expect(second.mine).to_have_count(0)
    expect(second.box).to_be_hidden()


def test_away_is_given_nothing_and_says_so(console: Opening, citizen: Coming) -> None:
    desk = console()
    switch = desk.page.get_by_role("switch")
    expect(switch).to_be_checked()
    desk.press("p")
    expect(switch).not_to_be_checked()
    expect(switch).to_have_text("暂离 0/5")
    expect(desk.page.locator("#banner")).to_contain_text("已暂离")
    desk.press("p")
    expect(switch).to_be_checked()


def test_a_supervisor_reads_along_whispers_joins_and_takes_over(console: Opening, citizen: Coming) -> None:
    visitor = citizen("转人工")
    desk = console("zhuo-1")
    expect(desk.page.locator("#board-open")).to_be_hidden()
    desk.press("n")
    expect(desk.box).to_be_focused()
    lead = console("lead")
    lead.press("l")
    board = lead.page.get_by_role("dialog", name="全部对话")
    expect(board.get_by_role("listitem")).to_contain_text("1号坐席 接待")
    board.get_by_role("button", name="旁观").click()
    expect(lead.page.locator("#talk-line")).to_contain_text("旁观，申请人不知道")
    lead.box.fill("先问房产证")
    lead.press("Enter")
    expect(desk.page.locator(".inner.whisper")).to_contain_text("先问房产证")
    expect(desk.page.locator(".inner.whisper")).to_contain_text("申请人看不到")
    assert visitor.told() == []
    lead.page.locator("#join").click()
    expect(lead.page.locator("#talk-line")).to_contain_text("您已加入")
    lead.box.fill("我是主管，一起帮您看")
    lead.press("Enter")
    expect(desk.page.locator(".said.staff .say").last).to_have_text("我是主管，一起帮您看")
    assert visitor.told() == ["我是主管，一起帮您看"]
    lead.page.locator("#take-over").click()
    lead.page.locator("#confirm-yes").click()
    expect(lead.page.locator("#release")).to_be_visible()
    expect(desk.mine).to_have_count(0)
    expect(desk.page.locator("#banner")).to_contain_text("值班主管已经接待了这个对话")


def test_canned_replies_are_found_by_typing_and_filled_from_the_case(console: Opening, citizen: Coming) -> None:
    visitor = citizen("我要办住所变更", "转人工")
    desk = console()
    desk.press("n")
    expect(desk.box).to_be_focused()
    desk.page.keyboard.type("/")
    choices = desk.page.get_by_role("option")
    expect(choices).to_have_count(9)
    desk.page.keyboard.type("称呼")
    expect(choices).to_have_count(1)
    desk.press("Enter")
    # Nobody has said a name yet: what is missing cannot be sent, and is marked to be typed over
    expect(desk.box).to_have_value("〔姓名称呼〕，您好，我是1号坐席，来帮您办公司住所变更登记。")
    desk.press("Enter")
    expect(desk.page.locator("#talk-error")).to_contain_text("还有“姓名称呼”没有填")
    assert visitor.told() == []
    desk.box.fill("/")
    expect(choices).to_have_count(9)
    desk.press("ArrowDown", "ArrowUp", "ArrowUp")
    expect(desk.page.get_by_role("option", selected=True)).to_contain_text("结束语")
    desk.press("Enter", "Enter")
    expect(desk.page.locator("#wrap")).to_be_visible()
    assert visitor.told()[-1].startswith("还有别的要办吗？")


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_in_what_the_desk_has(console: Opening, citizen: Coming, size: dict[str, int]) -> None:
    citizen("我要办住所变更", "转人工")
    desk = console("lead", viewport=size, bypass_csp=True, reduced_motion="reduce")
    for place in ("#presence", "#board-open", "#account"):
        expect(desk.page.locator(place)).to_be_in_viewport(ratio=1)
    found: dict[str, list[str]] = {}
    desk.press("l")
    expect(desk.page.locator("#board")).to_be_visible()
    found["board"] = violations(desk.page)
    desk.press("Escape")
    desk.press("n")
    expect(desk.box).to_be_focused()
    desk.press("Escape", "b")
    desk.page.keyboard.type("备注")
    found["noting"] = violations(desk.page)
    desk.press("Enter")
    expect(desk.page.locator(".inner")).to_have_count(1)
    found["noted"] = violations(desk.page)
    for key, name in (("t", "pass"), ("h", "wrap")):
        desk.page.evaluate("document.activeElement.blur()")
        desk.press(key)
        expect(desk.page.locator(f"#{name}")).to_be_visible()
        found[name] = violations(desk.page)
        wide = desk.page.locator(f"#{name}").evaluate("box => box.scrollWidth - box.clientWidth")
        assert wide <= 0, f"{name} sticks out by {wide} px"
        desk.press("Escape")
    assert {place: what for place, what in found.items() if what} == {}
    assert desk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_supervisor_is_told_of_a_limit_and_takes_a_case_nobody_asked_a_person_for(
    console: Opening, citizen: Coming, office: Office
) -> None:
    citizen("转人工")
    lead = console("lead")
    with office.parts.db.write() as conn:
        conn.execute(update(desk_entry).values(escalated_at=office.parts.clock.now()))
    expect(lead.page.locator("#board-count")).to_have_text(re.compile(r"^ ?1$"))  # the next look at the database
    expect(lead.page.locator("#banner")).to_contain_text("时限快到或者已过")
    case_no = citizen().say("我要办住所变更")["case"]["case_no"]
    lead.press("l")
    assert violations(lead.page) == []
    for number in ("BD00", case_no):
        lead.page.get_by_label("办件编号").fill(number)
        lead.page.get_by_label("原因").fill("改了很多次，像是卡住了")
        lead.press("Enter")
        if number != case_no:
            expect(lead.page.locator("#pull-error")).to_contain_text("没有这个办件编号")
    expect(lead.page.locator("#board")).to_be_hidden()
    expect(lead.page.locator(".inner")).to_contain_text("调来的原因：改了很多次，像是卡住了")


def test_the_wrap_up_says_what_was_wanted_in_truth(console: Opening, citizen: Coming, office: Office) -> None:
    """With the keyboard; the sentence goes, masked, to the review list."""
    visitor = citizen("我要办住所变更", "我叫张三，想把店开起来", "转人工")
    desk = console()
    desk.press("n")
    expect(desk.box).to_be_focused()
    desk.press("Escape", "h")
    page = desk.page
    expect(page.locator("#wrap")).to_be_visible()
    page.locator("#wrap-more summary").focus()
    desk.press("Enter")
    expect(page.locator("#wrap-intent")).to_be_visible()
    expect(page.locator("#wrap-intent option")).not_to_have_count(1)
    page.locator("#wrap-intent").select_option("apply")
    page.locator("#wrap-item").select_option("公司设立登记")
    page.locator("#wrap-note").fill("其实要开新公司")
    assert violations(page) == []
    page.locator("#wrap-outcomes button").first.focus()
    desk.press("1")
    expect(page.locator("#wrap")).to_be_hidden()
    expect(page.locator("#banner")).to_have_text("已交还机器人。")
    with office.parts.db.read() as conn:
        stay = conn.execute(select(desk_entry).where(desk_entry.c.conversation_id == visitor.id)).one()
        kept = conn.execute(select(review_sentence).where(review_sentence.c.suggested_item == "company-founding")).all()
    assert (stay.outcome, stay.right_intent, stay.right_item) == ("solved", "apply", "company-founding")
    assert [one.suggested_intent for one in kept] == ["apply"] and "张三" not in kept[0].text
