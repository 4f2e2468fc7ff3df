"""An answer about an item leads to its page; no other card does."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chat.conftest import Chat, Mock

CITED = [{"title": "行政许可法", "article": "第五十八条", "verified": True}]
GUIDE = {"code": "shop-sign", "name": "户外招牌设置", "version": "2026.1", "score": 0.9}


def answered(title: str, citations: list[dict[str, Any]], guide: dict[str, Any] | None) -> dict[str, Any]:
    card = {"kind": "card", "title": title, "text": "不收费。", "rows": [{"label": "收费", "value": "不收费"}], "actions": [{"label": "现在就办", "message": "我要办"}], "citations": citations}
    return {
        "turn": 90, "owner": "bot", "status": "answered", "replies": [card], "ask": None, "case": None,
        "understanding": {"intent": "ask_fee", "confidence": 0.9, "guide": guide, "candidates": []},
    }  # fmt: skip


def test_an_answer_leads_to_the_whole_guide(chat: Chat, mock: Mock) -> None:
    chat.say("你好")
    mock.emit(chat, "turn", **answered("户外招牌设置：收费", CITED, GUIDE))
    link = chat.log.get_by_role("link", name="看完整的办事指南")
    expect(link).to_have_attribute("href", "/guides/shop-sign")


@pytest.mark.parametrize(
    ("title", "citations", "guide"),
    [("居住证申领：收费", CITED, GUIDE), ("请核对全部内容", [], GUIDE), ("户外招牌设置：收费", CITED, None)],
    ids=["about another item", "no answer", "no item"],
)  # fmt: skip
def test_other_cards_do_not(chat: Chat, mock: Mock, title: str, citations: list[dict[str, Any]], guide: dict[str, Any] | None) -> None:
    chat.say("你好")
    mock.emit(chat, "turn", **answered(title, citations, guide))
    expect(chat.log.get_by_role("heading", name=title)).to_be_visible()
    expect(chat.log.get_by_role("link", name="看完整的办事指南")).to_have_count(0)
