"""What an attached paper says against what she said: noted, put to her, or offered; never filled in by itself."""

from __future__ import annotations

import pytest

from assistant.casework.flow import answering, choosing
from assistant.casework.flow.paper_questions import MINE, PAPER, RETYPE
from assistant.casework.flow.talk import Attachment, Talk
from assistant.casework.papers.reading import Read
from assistant.foundation.messages import use_language
from knowledge.papers import Shows
from tests.unit.casework.flow.support import Conversation, World, small_guide

LEASE = Read(state="read", kind="lease", readable=True, values={"landlord": "张三", "tenant": "示例商贸有限公司"})


def world() -> World:
    """The lease shows the landlord and the company."""
    guide = small_guide()
    shows = Shows(compare={"company": "tenant", "landlord": "landlord"})
    materials = [m.model_copy(update={"shows": shows}) if m.code == "lease" else m for m in guide.materials]
    return World(guides={guide.code: guide.model_copy(update={"materials": materials})})


def take(conv: Conversation, text: str = "", tapped: list[str] | None = None, paper: Read | None = None) -> Talk:
    talk = conv.talk(text, tapped)
    if paper is not None:
        talk.attachments = [Attachment(upload_id="u1", name="合同.jpg", material="lease", ok=True, paper=paper)]
    answering.take(talk)
    return conv.done(talk)


def asked_for_lease(company: str = "示例商贸有限公司", landlord: str = "张三") -> Conversation:
    conv = Conversation(world())
    talk = conv.talk("我要办示例变更登记", intent="apply")
    choosing.apply(talk)
    conv.done(talk)
    for text in ("租的", company, landlord, "13800138000", "跳过"):
        take(conv, text)
    assert conv.asking == "material:lease"
    return conv


def said(talk: Talk) -> str:
    return "\n".join(getattr(reply, "text", "") for reply in talk.replies)


def value(conv: Conversation, key: str) -> object:
    assert conv.case is not None
    return conv.case.answers[key].value


def test_what_agrees_is_said_and_nothing_is_asked() -> None:
    conv = asked_for_lease()
    talk = take(conv, paper=LEASE)
    assert "公司名称" in said(talk) and "一样" in said(talk) and conv.asking == "review"


@pytest.mark.parametrize(
    ("tapped", "text", "landlord", "source"),
    [
        ([PAPER], "", "张三", "u1"),
        ([MINE], "", "李四", None),
        (None, "以证件为准", "张三", "u1"),
        (None, "我填的对", "李四", None),
        (None, "张三", "张三", "u1"),
        (None, "李四", "李四", None),
    ],
)
def test_what_differs_is_put_to_her(tapped: list[str] | None, text: str, landlord: str, source: str | None) -> None:
    conv = asked_for_lease(landlord="李四")
    talk = take(conv, paper=LEASE)
    assert conv.asking == "landlord" and value(conv, "landlord") == "李四", "nothing is changed before she says so"
    assert "张三" in said(talk) and "李四" in said(talk) and "租赁合同" in said(talk)
    take(conv, text, tapped)
    assert value(conv, "landlord") == landlord and conv.asking == "review"
    assert conv.case is not None and conv.case.answers["landlord"].source.ref == source
    assert conv.case.answers["landlord"].source.kind in ("said", "tapped") and conv.state.papers == []


def test_any_other_answer_counts_as_well() -> None:
    conv = asked_for_lease(landlord="李四")
    take(conv, paper=LEASE)
    take(conv, "王五")
    assert value(conv, "landlord") == "王五" and conv.asking == "review"


def test_two_differences_are_asked_one_after_the_other() -> None:
    conv = asked_for_lease("示例贸易有限公司", "李四")
    take(conv, paper=LEASE)
    assert conv.asking == "company"
    take(conv, tapped=[PAPER])
    assert conv.asking == "landlord"
    take(conv, tapped=[MINE])
    assert (value(conv, "company"), value(conv, "landlord"), conv.asking) == ("示例商贸有限公司", "李四", "review")


def test_what_is_missing_is_offered_and_not_filled_in() -> None:
    conv = asked_for_lease()
    assert conv.case is not None
    del conv.case.answers["landlord"]
    talk = take(conv, paper=LEASE)
    assert conv.asking == "landlord" and "landlord" not in conv.case.answers and "张三" in said(talk)
    take(conv, tapped=[RETYPE])
    assert conv.asking == "landlord" and conv.state.ask is not None and conv.state.ask.options is None
    take(conv, "李四")
    assert value(conv, "landlord") == "李四" and conv.asking == "review"


def test_an_offer_is_taken_by_yes() -> None:
    conv = asked_for_lease()
    assert conv.case is not None
    del conv.case.answers["landlord"]
    take(conv, paper=LEASE)
    take(conv, "对")
    assert value(conv, "landlord") == "张三" and conv.case.answers["landlord"].source.ref == "u1"


def test_the_wrong_paper_says_what_it_is_and_is_held_against_nothing() -> None:
    conv = asked_for_lease(landlord="李四")
    card = Read(state="read", kind="id_card_front", readable=True, values={"name": "张三"})
    talk = take(conv, paper=card)
    assert "居民身份证" in said(talk) and "租赁合同" in said(talk) and conv.asking == "review"
    assert conv.case is not None and conv.case.materials["lease"].upload_ids == ["u1"], "she may insist"


@pytest.mark.parametrize(
    ("paper", "words"),
    [
        (Read(state="read", readable=False), "看不出是证件"),
        (Read(state="not_read"), "没能自动核对"),
        (Read(state="waiting"), "没能自动核对"),
        (Read(state="read", readable=True, kind=None), "没有看出这是"),
    ],
)
def test_what_could_not_be_told_is_said(paper: Read, words: str) -> None:
    conv = asked_for_lease()
    assert words in said(take(conv, paper=paper)) and conv.asking == "review"


def test_a_word_file_is_not_read_and_not_doubted() -> None:
    conv = asked_for_lease()
    assert "自动核对" not in said(take(conv, paper=Read(state="nothing_to_read")))


def test_the_question_is_asked_in_english_too() -> None:
    conv = asked_for_lease(landlord="李四")
    take(conv, paper=LEASE)
    with use_language("en"):
        from assistant.casework.flow.asking import reword, say_question

        talk = conv.talk("")
        talk.language = "en"
        talk.state.ask = conv.state.ask
        reword(talk)
        say_question(talk)
    assert talk.state.ask is not None and [option.value for option in talk.state.ask.options or []] == [PAPER, MINE]
    assert "lease" in said(talk)
