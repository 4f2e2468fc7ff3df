"""A citizen reads days in one form, 2026年12月1日 or 1 December 2026: no message is given one as machines write it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from assistant.casework.fields.dates import said_at
from assistant.foundation.messages import render, t, use_language
from tests.architecture.source import ROOT, modules
from tests.unit.casework.submission.support import NOW

ROOMS = ("assistant/casework", "assistant/conversation", "actions", "channels/web")
SPEAKING = {"t", "say", "notice", "tell", "Row", "Card", "Text", "Words", "Reminder", "TimelineEntry", "Option"}
WORDS = ("words", "params")
#: What these write is read by staff, or by the office's system.
NOT_CITIZENS = {"assistant/conversation/deadlines.py", "assistant/conversation/packet.py", "assistant/casework/bookings/client.py"}


def _machine_written(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "isoformat":
        return True
    return isinstance(node, ast.FormattedValue) and node.format_spec is not None and "%Y-%m" in ast.unparse(node.format_spec)


def _spoken(tree: ast.AST) -> Iterator[ast.AST]:
    """What is said: arguments of calls that say something, and dictionaries kept for one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SPEAKING:
                # what a reminder is about is its name in our books, and no word of it
                yield from (node.args[1:] if name == "Reminder" else node.args)
                yield from (keyword.value for keyword in node.keywords)
        named = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(one, ast.Name) and one.id in WORDS for one in named) and getattr(node, "value", None):
            yield node.value  # type: ignore[attr-defined]


@pytest.mark.parametrize("room", ROOMS)
def test_no_message_is_given_a_day_as_machines_write_it(room: str) -> None:
    found = []
    for path, tree in modules().items():
        if not path.is_relative_to(ROOT / room) or str(path.relative_to(ROOT)) in NOT_CITIZENS:
            continue
        for said in _spoken(tree):
            found += [f"{path.relative_to(ROOT)}:{node.lineno}" for node in ast.walk(said) if _machine_written(node)]
    assert sorted(set(found)) == []


def test_no_page_writes_one() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "channels/web/pages").glob("*.j2")]
    assert all("isoformat" not in re.sub(r'datetime="[^"]*"', "", text) for text in texts)
    assert "en-CA" not in (ROOT / "channels/web/static/js/format.js").read_text(encoding="utf-8")


def test_a_day_in_what_was_written_in_chinese_is_english_too() -> None:
    kept = t("clocks.deemed", received="2026年12月1日", article="x")
    assert "1 December 2026" in render(kept, "en") and "年" not in render(kept, "en")
    with use_language("en"):
        assert said_at(NOW) == "21 November 2025 09:00"
    assert said_at(NOW) == "2025年11月21日 09:00"
