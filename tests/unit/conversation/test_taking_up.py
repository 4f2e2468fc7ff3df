"""What is read of a wish to go on with a case: its number, and the proof in whatever words."""

from __future__ import annotations

import pytest

from assistant.conversation.taking_up import Wanted, wanted
from tests.unit.casework.flow.support import Conversation

NUMBER = "BD20261122ABCD2345"


@pytest.mark.parametrize(("text", "proof"), [
    (f"我要继续办 {NUMBER}，恢复码K7M3PX", "K7M3PX"),
    (f"继续办{NUMBER} 后四位002x 恢复码 k7m3px", "002XK7M3PX"),
    (f"办件编号{NUMBER}，002X-K7M3PX", "002XK7M3PX"),
    (f"{NUMBER}，后四位是1234，码是234567", "1234234567"),
    (f"接着办{NUMBER}", ""),
    (f"continue {NUMBER}, 002X, code K7M3PX", "002XK7M3PX"),
])  # fmt: skip
def test_the_number_and_the_proof_are_read(text: str, proof: str) -> None:
    assert wanted(Conversation().talk(text)) == Wanted(NUMBER, proof)


@pytest.mark.parametrize("text", [f"{NUMBER}办到哪一步了", "继续", "恢复码K7M3PX", "BD2026", "我要继续办公司住所变更"])
def test_other_words_are_not_read_so(text: str) -> None:
    assert wanted(Conversation().talk(text)) is None
