"""Which sentences are about receiving and nothing else."""

from __future__ import annotations

import pytest

from assistant.casework.shipping import words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("寄给我", "post"), ("办好了寄给我", "post"), ("改邮寄", "post"), ("改成快递寄给我吧", "post"), ("邮寄", "post"),
        ("我想邮寄", "post"), ("办好了给我寄到家里", "post"), ("帮我寄到家", "post"), ("send it to me by post", "post"),
        ("改自取", "counter"), ("我自己去取", "counter"), ("到窗口取吧", "counter"), ("不寄了", "counter"), ("不要邮寄", "counter"),
        ("改到窗口取（BD20261110ABCDEFGH）", "counter"), ("我去窗口领", "counter"), ("I'll collect it at the window", "counter"),
        ("要电子的", "electronic"), ("电子版就行", "electronic"), ("不要纸质的", "electronic"), ("只要电子证就行", "electronic"),
        ("快递到哪了", "where"), ("快递到哪里了？", "where"), ("我的快递到了没有", "where"), ("查一下快递", "where"), ("寄出来了吗", "where"),
        ("快递单号是多少", "where"), ("where is my parcel?", "where"), ("track my parcel", "where"),
        ("叫快递来取材料", "envelope"), ("免跑腿信封", "envelope"), ("快递上门取原件", "envelope"), ("上门取件", "envelope"),
        ("换个地址", "address"), ("换个地址再寄（BD20261110ABCDEFGH）", "address"), ("重新寄一次", "address"),
        ("改领取方式", "choices"),
        ("能邮寄吗", None), ("可以邮寄吗？", None), ("邮寄要多少钱", None), ("要寄什么材料", None), ("地址要改成示例路1号", None), ("办好了吗", None),
        ("我要办快递业务经营许可", None), ("你好", None), ("", None), ("材料可以寄过去吗", None),
    ],
)  # fmt: skip
def test_only_whole_sentences_about_it_are_heard(text: str, said: str | None) -> None:
    assert words.read(text) == said


def test_a_case_number_is_read_however_it_is_spaced() -> None:
    assert words.number_in("寄给我 BD20261110-abcdefgh") == "BD20261110ABCDEFGH"
    assert words.number_in("寄给我") is None
