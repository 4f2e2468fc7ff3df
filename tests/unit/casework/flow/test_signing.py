"""Handing in where a setting wants to know who does: the question stays until she has signed in, and for an enterprise as whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assistant.casework.flow import closing
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Answer, Source
from assistant.casework.signing import Authority, Level, SignedIn, enterprise_of, wanting
from benchmarks.package import sample_case
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide
from tests.unit.casework.flow.support import NOW, Conversation
from tests.unit.casework.flow.test_correcting import filled, take

USCC = "91310115MA1K3TL06A"
HOUR = timedelta(hours=1)


def ready(needed: Level | None) -> Conversation:
    conv = filled()
    take(conv, "确认无误")
    assert conv.asking == "submit"
    conv.world.needed = needed
    return conv


def submit(conv: Conversation) -> Talk:
    talk = conv.talk(tapped=["yes"])
    closing.submit(talk)
    return conv.done(talk)


def signed(level: Level = "real_name", authority: Authority | None = None) -> SignedIn:
    return SignedIn(level=level, at=NOW, until=NOW + HOUR, authority=authority)


def test_where_nothing_is_set_anybody_hands_in() -> None:
    conv = ready(None)
    assert submit(conv).status == "submitted"


def test_the_package_and_the_question_wait_until_she_has_signed_in() -> None:
    conv = ready("real_name")
    assert conv.case is not None
    before = conv.case.package
    talk = submit(conv)
    assert (talk.status, talk.submit, conv.asking) == ("ready", False, "submit") and conv.case.package == before
    assert "实名登录" in next(reply for reply in talk.replies if reply.kind == "notice").text
    conv.state.signed_in = signed("phone")
    assert submit(conv).status == "ready" and conv.asking == "submit", "a telephone number is not enough"
    conv.state.signed_in = SignedIn(level="face", at=NOW - 2 * HOUR, until=NOW - HOUR)
    assert submit(conv).status == "ready", "that was over"
    conv.state.signed_in = signed("face")
    assert submit(conv).status == "submitted"


@pytest.fixture(scope="module")
def guide() -> Guide:
    from assistant.foundation.settings import get_settings

    found = Catalogue.load(get_settings().guides_dir).get("company-address-change")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("authority", "why"),
    [
        (None, "电子营业执照"),
        ({"uscc": "91310106MA1FY0TL4L"}, "电子营业执照"),
        ({"items": ["food-permit-new"]}, "没有这一项"),
        ({"may": ["prepare"]}, "只授权您准备材料"),
        ({"until": date(2026, 11, 9)}, "就到期了"),
        ({"until": date(2026, 11, 10), "items": ["company-address-change"]}, None),
        ({}, None),
    ],
)
def test_an_enterprises_case_takes_its_licence_in_the_right_hands(guide: Guide, authority: dict[str, object] | None, why: str | None) -> None:
    case = sample_case(guide)
    case.answers["uscc"] = Answer(value=USCC, display=USCC, source=Source(kind="said"))
    assert enterprise_of(guide, case) == USCC
    held = None
    if authority is not None:
        base = {"uscc": USCC, "name": "上海示例科技发展有限公司", "role": "agent", "may": ["prepare", "submit"]}
        held = Authority.model_validate({**base, **authority})
    found = wanting("real_name", signed(authority=held), guide, case, NOW)
    assert (found is None) if why is None else (found is not None and found.enterprise and why in found.why)
    assert wanting(None, None, guide, case, NOW) is None
