"""Which language a turn is in: asked for, noticed, kept; and everything we say exists in both."""

from __future__ import annotations

import asyncio
import re
import string
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from assistant.casework.flow import answering, asking, choosing
from assistant.casework.flow.talk import DialogueState
from assistant.casework.model import Case
from assistant.conversation import language
from assistant.conversation.model import Conversation, Event
from assistant.conversation.replying import english_marks, readable, rendered, told
from assistant.foundation import messages
from assistant.foundation.messages import CHINESE, ENGLISH, render, t, use_language
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide
from knowledge.translation import Translation
from tests.unit.casework.flow.support import NOW, World
from tests.unit.casework.flow.support import Conversation as Turns

TEXTS = {
    "示例变更登记": "Sample change", "公司名称": "Company name", "公司叫什么？": "What is the company called?", "要核对": "it is checked", "房屋来源": "Premises",
    "自有还是租？": "Owned or rented?", "决定材料": "it decides the documents", "自有": "Owned", "租赁": "Rented", "出租人": "Landlord", "房东是谁？": "Who is the landlord?",
    "联系电话": "Phone", "电话？": "Your phone?", "备注": "Remarks", "还有什么要说明的？": "Anything else?", "租赁合同": "Lease",
}  # fmt: skip
#: Rooms only staff and operators read; of the package citizens read the errors, the documents themselves are Chinese.
STAFF = ("cli", "doctor", "kiosk", "nlu", "reports", "serve", "submission", "voice")
PACKAGE = re.compile(r"package\.(template_|document_incomplete|gate_|an_answer|page_broken|notice_)")
KNOWLEDGE_FOR_AUTHORS = re.compile(r"knowledge\.(\w+_remedy|(translation|import|export|draft|unit|wide|change|edit)_\w+)$")


class English(World):
    """The small guide with a translation."""

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.guides, translations={"address": Translation(language=ENGLISH, names=["Sample change"], texts=TEXTS)})

    def guide_of(self, case: Case) -> Guide:
        return self.guides[case.guide_code]


def conversation(locale: str = CHINESE) -> Conversation:
    return Conversation("c", "web", locale, None, "bot", NOW, NOW, 1, 0, 0, DialogueState(), None, "", NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("English please", ENGLISH), ("english", ENGLISH), ("in English, please!", ENGLISH), ("Do you speak English?", ENGLISH), ("can we speak English", ENGLISH),
        ("switch to English", ENGLISH), ("说英文", ENGLISH), ("请用英语", ENGLISH), ("能说英文吗？", ENGLISH), ("中文", CHINESE), ("说中文", CHINESE), ("“中文”", CHINESE),
        ("Chinese please", CHINESE), ("speak Chinese", CHINESE), ("switch back to Chinese", CHINESE), ("換中文", "zh-Hant"), ("繁體中文", "zh-Hant"),
        ("我要学英文", None), ("my English is bad", None), ("中文名称是示例公司", None), ("", None), ("。", None),
    ],
)  # fmt: skip
def test_a_language_asked_for(text: str, locale: str | None) -> None:
    assert language.wanted_locale(text) == locale


def begun() -> Turns:
    held = Turns(world=English())
    talk = held.talk("我要办示例变更登记", intent="apply")
    choosing.apply(talk)
    held.done(talk)
    return held


def say(held: Turns, conv: Conversation, text: str) -> Any:
    talk = held.talk(text)
    only = language.settle(conv, talk, text)
    with use_language(talk.language):
        if not only:
            answering.take(talk)
        held.done(talk)
    return talk


def test_asking_for_english_repeats_the_question_in_english() -> None:
    held, conv = begun(), conversation()
    talk = say(held, conv, "English please")
    assert conv.locale == ENGLISH and talk.language == ENGLISH and held.asking == "source"
    assert [reply.text for reply in talk.replies] == ["All right, let us speak English.", "Owned or rented?"]
    assert [option.label for option in held.state.ask.options] == ["Owned", "Rented"] if held.state.ask else False
    talk = say(held, conv, "中文")
    assert conv.locale == CHINESE and [reply.text for reply in talk.replies] == ["好的，下面说中文。", "自有还是租？"]


def test_english_that_is_noticed_is_said_once_and_answered() -> None:
    held, conv = begun(), conversation()
    talk = say(held, conv, "we are renting the place")
    assert conv.locale == ENGLISH and "Say “中文” for Chinese" in talk.replies[0].text
    assert held.case is not None and held.case.answers["source"].value == "leased"
    assert "Say “中文”" not in "".join(reply.text for reply in say(held, conv, "Li Si").replies)


@pytest.mark.parametrize("text", ["John Smith", "Example Trading Company Limited is the name of our company"])
def test_an_answer_in_latin_letters_is_no_wish_for_english(text: str) -> None:
    held, conv = begun(), conversation()
    say(held, conv, "租的")
    assert held.asking == "company"
    say(held, conv, text)
    assert conv.locale == CHINESE


def test_a_question_in_english_is_one_even_where_letters_are_asked_for() -> None:
    held, conv = begun(), conversation()
    say(held, conv, "租的")
    say(held, conv, "what should I write here?")
    assert conv.locale == ENGLISH


@pytest.mark.parametrize(("text", "hers"), [
    ("我要補領身份證", True), ("居住證怎麼辦", True), ("我要办理營業執照", True), ("身份证丢了", False), ("著作权登记要什么", False), ("里程和干部", False),
    ("", False), ("ABC", False),
])  # fmt: skip
def test_who_writes_traditional_is_answered_in_traditional(text: str, hers: bool) -> None:
    held, conv = Turns(world=English()), conversation()
    talk = held.talk(text)
    assert language.settle(conv, talk, text) is False
    assert conv.locale == ("zh-Hant" if hers else CHINESE)
    said = rendered({"replies": [reply.model_dump(mode="json") for reply in talk.replies]}, conv.locale)["replies"]
    assert [reply["text"] for reply in said] == ["下面用繁體字回答，可以隨時說“簡體”換回來。"] * hers


def test_a_script_chosen_by_hand_is_kept() -> None:
    held, conv = begun(), conversation()
    say(held, conv, "說中文")
    assert conv.locale == "zh-Hant" and held.state.locale_chosen
    say(held, conv, "简体")
    assert conv.locale == CHINESE
    say(held, conv, "租賃的房屋")
    assert conv.locale == CHINESE


def test_a_name_in_traditional_characters_is_no_wish_for_them() -> None:
    held, conv = begun(), conversation()
    say(held, conv, "租的")
    say(held, conv, "示範貿易有限公司")
    assert held.case is not None and held.case.answers["company"].value == "示範貿易有限公司" and conv.locale == CHINESE


@pytest.mark.parametrize(("said", "read"), [
    ("Say “back”，or 示例（上海）公司。", 'Say "back", or 示例（上海）公司.'), ("No. 35（一）", "No. 35 (一)"), ("Name：示例路88号，301室", "Name: 示例路88号，301室"),
    ("这是中文，“好”。", "这是中文，“好”。"), ("Plain, it’s so.", "Plain, it’s so."), ("One；two、three！", "One; two, three!"),
])  # fmt: skip
def test_english_has_english_marks(said: str, read: str) -> None:
    assert english_marks(said) == read
    assert rendered({"text": said}, ENGLISH) == {"text": read} and rendered({"text": said}, CHINESE) == {"text": said}


def test_no_message_of_ours_in_english_has_chinese_marks_when_it_is_read() -> None:
    for key, text in messages.english().items():
        if not re.search("[\u3400-\u9fff]", text):
            assert not re.search("[，。；：、！？（）“”「」《》]", english_marks(text)), key


def test_traditional_script_and_staff_are_left_alone() -> None:
    held, conv = begun(), conversation("zh-Hant")
    say(held, conv, "租的")
    assert conv.locale == "zh-Hant"
    talk = held.talk("I want to register a company")
    assert not language.settle(conversation("zh-Hant"), talk, "I want to register a company") and talk.language == CHINESE
    talk.owner = "staff"
    conv = conversation()
    assert not language.settle(conv, talk, "English please") and conv.locale == CHINESE


def test_forms_and_staff_get_chinese() -> None:
    held, conv = begun(), conversation(ENGLISH)
    for text in ("rented", "Example Trading Co., Ltd.", "Li Si", "13800138000", "skip"):
        say(held, conv, text)
    assert held.case is not None
    kept = held.case.answers
    assert kept["source"].display == "租赁" and kept["company"].value == "Example Trading Co., Ltd." and "营业执照" in (kept["company"].warning or "")
    assert held.case.guide_name == "示例变更登记" and held.asking == "material:lease"
    talk = say(held, conv, "I'll hand it in later")
    review = talk.replies[-1]
    assert review.rows[0].value == "Rented" and "Chinese word such as 公司" in review.text
    warned, missing_licences = review.text.rsplit("\n", 1)
    assert "营业执照" not in warned and missing_licences.startswith("Not found among the electronic licences")


def test_a_correction_in_words() -> None:
    held, conv = begun(), conversation(ENGLISH)
    for text in ("rented", "上海示例有限公司", "Li Si", "13800138000"):
        say(held, conv, text)
    talk = say(held, conv, "change phone to 13900139000")
    assert held.case is not None and held.case.answers["phone"].value == "13900139000" and "139****9000" in talk.replies[0].text


def test_the_engine_reads_what_steers_in_chinese() -> None:
    assert [language.for_engine(text) for text in ("go back, please", "why?", "talk to a person", "rented", "上一步")] == ["上一步", "为什么要这个", "转人工", "rented", "上一步"]


def test_every_kind_of_question_can_be_reworded() -> None:
    held = begun()
    questions: tuple[Literal["start", "switch", "review", "submit"], ...] = ("start", "switch", "review", "submit")
    for question in questions:
        with use_language(CHINESE):
            held.state.ask = asking.confirm_question(question)
        talk = held.talk("English please")
        assert language.settle(conversation(), talk, "English please")
        assert held.state.ask and held.state.ask.field == question and held.state.ask.label.isascii()


# ---- messages


def test_the_language_is_that_of_the_task_and_its_threads() -> None:
    async def work() -> tuple[str, str]:
        with use_language(ENGLISH):
            return t("casework.at_first"), await asyncio.to_thread(t, "casework.at_first")

    assert asyncio.run(work()) == ("This is the first step already.",) * 2
    assert t("casework.at_first") == "这已经是第一步了。"


def test_what_english_lacks_is_said_in_chinese() -> None:
    with use_language(ENGLISH):
        assert t("package.checklist_title") == "材料清单"


def _citizen_facing() -> set[str]:
    found = set()
    desk = {"desk.joined", "desk.handed_back", "desk.requeued", "desk.continue", "desk.continue_at"}
    for key in messages.catalogue():
        room = key.partition(".")[0]
        if room in STAFF or (room == "package" and not PACKAGE.match(key)) or (room == "desk" and key not in desk):
            continue
        if room == "knowledge" and (KNOWLEDGE_FOR_AUTHORS.match(key) or f"{key}_remedy" in messages.catalogue()):
            continue
        if key in ("problems.staff_unauthorised", "problems.wrong_login", "problems.csrf", "knowledge.clash_remedy"):
            continue
        if key in ("knowledge.code_taken", "knowledge.name_taken") or key.startswith(("knowledge.unfit", "knowledge.template_")):
            continue
        found.add(key)
    return found


def test_everything_a_citizen_reads_is_there_in_english() -> None:
    missing = sorted(_citizen_facing() - messages.english().keys())
    assert missing == []
    assert sorted(messages.english().keys() - messages.catalogue().keys()) == []


def test_english_texts_ask_for_the_same_parameters() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    differing = {key for key, text in messages.english().items() if not names(text) <= names(messages.catalogue()[key])}
    assert differing == set()
    counters = {"counter"}  # 位, 辆: measure words, which English has none of
    lost = {key for key, text in messages.english().items() if names(messages.catalogue()[key]) - names(text) - counters}
    assert lost <= {"fields.date_no_day"}, lost


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("受理部门已收到您的材料。", "The office has received your package."), ("受理部门已收到材料，收件编号 R123", "The office has received the package, receipt number R123"),
        ("您的办件有新进展：待补正。请补交租赁合同", "News of your case: Correction needed. 请补交租赁合同"), ("工作人员李四已接入，为您服务", "Staff member 李四 has joined and will help you"),
        ("“开店”要补正。请补正：\n1. 租期\n说“继续”就行，只补这几项，其他内容都不用动。请在2099-01-08以前补好。", "“开店” has to be corrected. 请补正：\n1. 租期\nSay “continue”: only this is asked, everything else stays as it is. Please do so by 2099-01-08."),
        ("这个文件是空的，没有内容。请重新选择文件再上传。", "This file is empty. Please choose the file again and upload it."), ("办公室自己的话", "办公室自己的话"), ("plain", "plain"),
    ],
)  # fmt: skip
def test_our_own_words_are_told_in_english_afterwards(text: str, said: str) -> None:
    assert render(text, ENGLISH) == said
    assert render(text, CHINESE) == text


def test_events_are_told_in_the_readers_language() -> None:
    notice = Event(1, "notice", {"level": "info", "text": "受理部门已收到您的材料。"}, NOW)
    staff = Event(2, "message", {"from": "staff", "text": "受理部门已收到您的材料。"}, NOW)
    assert told(notice, ENGLISH).data["text"] == "The office has received your package." and told(notice, CHINESE) is notice
    assert told(notice, "zh-Hant").data["text"] == "受理部門已收到您的材料。" and told(staff, ENGLISH) is staff


def test_the_page_knows_the_sentences_that_change_the_language() -> None:
    page = (Path(__file__).parents[3] / "channels" / "web" / "static" / "js" / "language.js").read_text(encoding="utf-8")
    for locale in (CHINESE, ENGLISH):
        with use_language(locale):
            assert f'"{t("conversation.language_changed")}"' in page
    assert f"'{readable(t('conversation.language_noticed'), ENGLISH)}'" in page
    for key in ("conversation.language_changed", "conversation.script_noticed"):
        assert f'"{render(messages.catalogue()[key], "zh-Hant")}"' in page




@pytest.mark.parametrize(
    ("locale", "text", "spoken", "then"),
    [
        ("en", "我想办示例变更登记", "zh", "zh-CN"),
        ("en", "我想办示例变更登记", None, "en"),
        ("en", "是的", "zh", "en"),
        ("zh-Hant", "I want to register a company", "en", "en"),
        ("zh-CN", "I want to register a company", "en", "en"),
        ("zh-Hant", "我想办示例变更登记", "zh", "zh-Hant"),
    ],
)
def test_who_speaks_is_answered_in_the_language_she_spoke(locale: str, text: str, spoken: Any, then: str) -> None:
    conv = conversation(locale)
    assert not language.settle(conv, Turns(world=English()).talk(text), text, spoken)
    assert conv.locale == then


def test_a_name_said_in_chinese_does_not_end_an_english_conversation() -> None:
    held = begun()
    talk = held.talk("")
    assert talk.official is not None
    named = next(f for f in talk.official.fields if f.type in ("person_name", "company_name", "address", "text"))
    other = next(f for f in talk.official.fields if f.type not in ("person_name", "company_name", "address", "text", "phone", "uscc", "id_number", "email"))
    for field, speaks in ((named, False), (other, True)):
        asked: Any = SimpleNamespace(official=talk.official, asking=field.key)
        assert language.speaks_chinese("示例科技有限公司", asked) is speaks
