"""A question put off takes along what hangs on its answer."""

from __future__ import annotations

import pytest

from assistant.casework import interview
from assistant.casework.flow import answering, choosing
from knowledge.schema import Guide, GuideField
from tests.unit.casework.flow.support import Conversation, World, small_guide

MORE = [
    {"key": "sign_site", "label": "墙面来源", "type": "choice", "question": "墙是谁的？", "why": "决定材料",
     "options": [{"value": "own", "label": "自己的墙"}, {"value": "leased", "label": "租来的墙"}]},
    {"key": "wall", "label": "墙面", "type": "text", "question": "墙怎么样？", "why": "要核对"},
    {"key": "owners", "label": "产权人", "type": "table", "question": "产权人都有谁？", "why": "要核对", "rows": {"called": "第{number}位", "most": 3},
     "columns": [{"key": "name", "label": "姓名", "type": "person_name"},
                 {"key": "share", "label": "份额", "type": "integer", "when": {"field": "source", "is": "own"}}]},
]  # fmt: skip
SETTLED = [
    {"field": "sign_site", "value": "own", "when": {"field": "source", "is": "own"}},
    {"field": "wall", "value": "砖墙", "when": {"field": "sign_site", "is": "own"}},
]


def guide() -> Guide:
    data = small_guide().model_dump(by_alias=True, exclude_none=True)
    fields = [*data["fields"][:-1], *MORE]
    return Guide.model_validate({**data, "fields": fields, "settled": SETTLED})


@pytest.fixture
def conv() -> Conversation:
    """The decisive question is asked."""
    conv = Conversation(World({"address": guide()}))
    talk = conv.talk("我要办示例变更登记", intent="apply")
    choosing.apply(talk)
    conv.done(talk)
    assert conv.asking == "source"
    return conv


def say(conv: Conversation, text: str) -> None:
    talk = conv.talk(text)
    answering.take(talk)
    conv.done(talk)


def test_what_its_answer_would_settle_or_shape_is_not_asked_before_it(conv: Conversation) -> None:
    say(conv, "等下再说")
    for text in ("示例商贸有限公司", "13800138000"):
        say(conv, text)
    assert conv.asking == "source", "everything else hangs on it"
    say(conv, "自己的")
    assert conv.case is not None and conv.case.values()["sign_site"] == "own" and conv.case.values()["wall"] == "砖墙"
    assert conv.asking == "owners"


def test_it_is_not_put_off_once_more_when_only_such_are_left(conv: Conversation) -> None:
    say(conv, "等下再说")
    for text in ("示例商贸有限公司", "13800138000", "等下再说"):
        say(conv, text)
    case, fields = conv.case, guide()
    assert case is not None and conv.asking == "source"
    source = fields.field("source")
    assert isinstance(source, GuideField) and not interview.defer(fields, case, source)
    assert [field.key for field in interview.progress(fields, case).missing] == ["source", "sign_site", "owners", "wall"]
