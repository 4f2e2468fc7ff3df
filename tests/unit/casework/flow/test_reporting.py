"""办到哪一步了, by words and by number, for one case or several; and 催办."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from assistant.casework.flow import reporting
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Case, CasePart, OfficeReceipt
from assistant.casework.results.store import Result, Said
from assistant.foundation.messages import use_language
from assistant.foundation.settings import Settings
from knowledge.replies import Ask, Card, File, Text
from tests.unit.casework.clocks.support import S, at, case_of
from tests.unit.casework.flow.support import NOW, Conversation

FIRST, SECOND = "BD20261109ABCDEFGH", "BD20261109ZZZZ2345"


def conversation(*cases: Case) -> Conversation:
    """A conversation with these cases, the first in hand."""
    conv = Conversation()
    conv.case, conv.others = (cases[0] if cases else None), list(cases[1:])
    return conv


def accepted(number: str = FIRST, guide: str = "address") -> Case:
    case = case_of(("2026-11-09", S.SUBMITTED, "me"), ("2026-11-09", S.ACCEPTED, "office"), guide=guide)
    return case.model_copy(update={"case_no": number, "guide_name": "示例变更登记" if guide == "address" else "示例食品许可"})


def cards(talk: Talk) -> list[Card]:
    return [reply for reply in talk.replies if isinstance(reply, Card)]


def said(talk: Talk) -> str:
    return "\n".join(reply.text for reply in talk.replies if isinstance(reply, Text))


def test_one_case_is_told_with_who_since_until_and_next() -> None:
    talk = conversation(accepted()).talk("办到哪一步了", intent="check_progress")
    reporting.report(talk)
    (card,) = cards(talk)
    rows = {row.label: row.value for row in card.rows}
    assert rows["现在谁在办"] == "示例局"
    assert rows["从什么时候"] == "2026年11月9日"
    assert "2026年11月12日" in rows["法定办结时限"]
    assert rows["接下来"]
    assert FIRST in card.text and "2026年11月12日" not in card.text, "a limit is said once, in its row"
    assert talk.status == "answered"


def test_of_several_cases_which_is_asked_and_each_can_be_tapped() -> None:
    talk = conversation(accepted(), accepted(SECOND, "food")).talk("办到哪一步了", intent="check_progress")
    reporting.report(talk)
    (card,) = cards(talk)
    assert "2件" in card.title
    assert [row.source for row in card.rows] == [FIRST, SECOND]
    tapped = conversation(accepted(), accepted(SECOND, "food")).talk(card.actions[1].message)
    assert reporting.told(tapped)
    assert "示例食品许可" in cards(tapped)[0].title


def test_the_item_named_says_which() -> None:
    talk = conversation(accepted(), accepted(SECOND, "food")).talk("示例食品许可到哪了", intent="check_progress")
    reporting.report(talk)
    assert "示例食品许可" in cards(talk)[0].title


def test_a_withdrawn_case_is_not_asked_about_again() -> None:
    gone = accepted(SECOND, "food")
    gone.move(S.WITHDRAWN)
    talk = conversation(accepted(), gone).talk("办到哪一步了", intent="check_progress")
    reporting.report(talk)
    assert "示例变更登记" in cards(talk)[0].title


@pytest.mark.parametrize("text", [FIRST, f"{FIRST}办到哪一步了", f"查一下{FIRST.lower()}的进度", f"what is the status of {FIRST}"])
def test_a_number_is_enough(text: str) -> None:
    talk = conversation(accepted(SECOND, "food"), accepted()).talk(text)
    assert reporting.told(talk)
    assert "示例变更登记" in cards(talk)[0].title


def test_a_number_of_another_conversation_tells_nothing_but_the_way() -> None:
    talk = conversation(accepted(SECOND)).talk(f"{FIRST}办到哪一步了")
    assert reporting.told(talk)
    assert "扫材料封面上的二维码" in said(talk)
    assert not cards(talk)


@pytest.mark.parametrize(("page", "words"), [("https://banshi.example/progress", "https://banshi.example/progress"), (None, "“看办件进度”")])
def test_the_progress_page_is_named_so_that_it_can_be_found(page: str | None, words: str) -> None:
    conv = conversation(accepted())
    conv.world.page = page
    talk = conv.talk("好")
    reporting.give_code(talk, accepted())
    assert words in said(talk) and "（/" not in said(talk)
    asked = conv.talk(f"{SECOND} 办到哪一步了")
    reporting.report(asked)
    assert (f"{page}?case={SECOND}" if page else "扫材料封面上的二维码") in said(asked)


@pytest.mark.parametrize(
    ("public", "known"),
    [("", False), ("http://localhost:8080", False), ("http://0.0.0.0:1", False), ("http://[::1]:80", False), ("https://banshi.example", True)],
)
def test_an_address_of_this_machine_only_is_no_address_for_citizens(tmp_path: Path, public: str, known: bool) -> None:
    assert Settings(data_dir=tmp_path, public_url=public).citizens_url == (public if known else None)


@pytest.mark.parametrize("text", ["办到哪一步了", "我要办食品许可", f"我要继续办{FIRST}", "催收服务", "经营范围加上催乳"])
def test_other_words_are_left_to_be_read(text: str) -> None:
    assert reporting.wish(conversation(accepted()).talk(text)) is None


@pytest.mark.parametrize("text", ["催一下", "帮我催催", "催办", "麻烦催一下吧", "hurry it up"])
def test_urging_is_noted_with_whom_to_ask_and_until_when(text: str) -> None:
    case = accepted()
    talk = conversation(case).talk(text)
    assert reporting.told(talk)
    assert [urged.at for urged in case.urgings] == [NOW]
    assert [(note.action, note.subject) for note in talk.audit] == [("case.urged", FIRST)]
    assert "2026年11月12日" in said(talk)
    assert "电话没有查到" in said(talk)  # the guide of this test has none, and none is made up
    assert "没有接收催办的接口" in said(talk)


def test_urging_twice_a_day_notes_one() -> None:
    case = accepted()
    conv = conversation(case)
    reporting.told(conv.talk("催一下"))
    second = conv.talk("催一下")
    reporting.told(second)
    assert len(case.urgings) == 1
    assert "今天已经记过" in said(second)
    assert not second.audit


def test_there_is_nobody_to_urge_before_it_has_arrived() -> None:
    case = case_of(("2026-11-09", S.SUBMITTED, "me"), guide="address")
    talk = conversation(case).talk("催一下")
    assert reporting.told(talk)
    assert case.urgings == []
    assert "还没有送到" in said(talk)


def test_beside_a_question_only_plain_urging_counts() -> None:
    conv = conversation(accepted())
    conv.state.ask = Ask(field="note", label="备注", kind="text")
    assert reporting.wish(conv.talk("门口有人催一下货款")) is None
    assert reporting.wish(conv.talk("催一下")) == "urge"


def test_of_several_departments_each_is_told() -> None:
    case = case_of(("2026-11-09", S.SUBMITTED, "me"), guide="address")
    case.parts = [
        CasePart(item="a", name="营业执照", department="市场监管局", status=S.SUBMITTED, received_at=at("2026-11-09")),
        CasePart(item="b", name="食品许可", department="食药科", after=["a"]),
    ]
    talk = conversation(case).talk("办到哪一步了", intent="check_progress")
    reporting.report(talk)
    (card,) = cards(talk)
    assert {row.source for row in card.rows if row.label == "现在谁在办"} == {"营业执照"}
    assert "食品许可：要等“营业执照”办好，才送给食药科" in card.text, "all there is to say of it"


def test_results_are_at_hand_and_only_what_has_none_yet_shows_its_receipt() -> None:
    case = accepted()
    case.parts = [CasePart(item=item, name=item, status=S.ACCEPTED, received_at=NOW) for item in ("a", "b")]
    case.receipts = [
        OfficeReceipt(number=f"SJ-{item}", at=NOW, part=item, name=item, version=1, sha256="0" * 64, files=[]) for item in ("a", "b")
    ]
    conv = conversation(case)
    kept = {"case_no": FIRST, "part": "a", "office_ref": "SJ-a", "media_type": "application/pdf", "size": 1, "created_at": NOW}
    conv.world.made = [
        Result(id=state, state=state, sha256=state, blob_id=state, said=Said(title="示例证"), updated_at=NOW, **kept)
        for state in ("replaced", "valid")
    ]
    talk = conv.talk("办到哪一步了", intent="check_progress")
    reporting.report(talk)
    offered = [(reply.name, reply.url) for reply in talk.replies if isinstance(reply, File)]
    assert offered == [
        (f"示例证（{FIRST}）.pdf", f"/api/v1/cases/{FIRST}/results/valid"),
        (f"示例证（{FIRST}）核验文件.json", f"/api/v1/cases/{FIRST}/results/valid/proof"),
        (f"收件回执（b）{FIRST}.pdf", f"/api/v1/cases/{FIRST}/receipts/2"),
    ]


def test_in_english_all_of_it_is_english() -> None:
    with use_language("en"):
        talk = conversation(accepted()).talk("how far is it", intent="check_progress")
        talk.language = "en"
        talk.now += timedelta(days=1)
        reporting.report(talk)
    (card,) = cards(talk)
    assert {"Who has it", "Since", "What comes next", "Legal time limit"} <= {row.label for row in card.rows}
