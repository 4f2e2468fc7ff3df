"""The system ours is measured against is really there: it answers, it asks, and it leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from benchmarks.stock import stock_running
from benchmarks.stock.actions import QUESTIONS

pytestmark = pytest.mark.timeout(300)


def test_it_answers_asks_and_stops(tmp_path: Path) -> None:
    with stock_running(tmp_path) as stock, httpx.Client(trust_env=False, timeout=30) as client:

        def say(message: str) -> list[str]:
            return [reply["text"] for reply in client.post(stock.url, json={"sender": "c", "message": message}).json()]

        assert say("/apply") == ["好的。", f"请回答下一项，还剩 {QUESTIONS} 项。"]
        assert say("/provide") == [f"请回答下一项，还剩 {QUESTIONS - 1} 项。"]
        assert say("/ask_fee") == ["好的。", f"请回答下一项，还剩 {QUESTIONS - 1} 项。"]
        assert say("/to_human") == ["好的。"]
        assert say("/provide") == ["好的。"], "the form is closed"
        pids = stock.pids
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    loaded = (tmp_path / "rasa.log").read_text(encoding="utf-8")
    assert "tuning" not in loaded and "Traceback" not in loaded
