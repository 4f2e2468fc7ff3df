"""Every item of the catalogue can be named, asked about in every way, and told from its neighbours."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from assistant.foundation.settings import ROOT
from knowledge.catalogue import Catalogue
from knowledge.embedding import sentences
from knowledge.schema import Guide
from knowledge.text import content, fold

GUIDES = ROOT / "knowledge" / "guides"
DEVELOPMENT = ROOT / "nlu_data" / "dev" / "items.tsv"
# The names are fixed: evaluation files and other places' systems go by them.
NAMES = """
公司设立登记 公司住所变更登记 公司法定代表人变更登记 公司经营范围变更登记 企业注销登记 个体工商户设立登记 个体工商户注销登记
食品经营许可新办 食品经营许可变更 食品经营许可延续 食品经营许可补办 开办餐饮店一件事 户外招牌设置 公共场所卫生许可
公众聚集场所投入使用、营业前消防安全检查 道路货物运输经营许可 开办运输企业一件事 建筑工程施工许可 高新技术企业认定
市场主体专用信用报告 不动产转移登记（二手房买卖） 新生儿出生一件事 出生医学证明补发 异地就医备案 生育津贴申领 灵活就业人员参保登记
社会保险关系转移接续 社会保障卡补领 企业职工退休申请 失业保险金申领 住房公积金租房提取 住房公积金购房提取 住房公积金离职提取
住房公积金异地转移接续 居民身份证换领 居民身份证补领 居住证申领 居住证签注 普通护照申领 结婚登记 户口迁移 机动车驾驶证期满换证
机动车驾驶证补证 残疾人证办理 老年优待证/老年综合津贴 最低生活保障申请
"""
ITEMS = NAMES.split()
LEAST = {
    "apply": 8, "ask_process": 4, "ask_materials": 4, "ask_conditions": 3, "ask_time_limit": 3, "ask_fee": 3, "ask_location": 2,
}
# What people ask first about these pairs is which of the two they need, so both guides must say it.
MISTAKEN = [
    ("公司设立登记", "个体工商户设立登记"),
    ("企业注销登记", "个体工商户注销登记"),
    ("公司住所变更登记", "公司法定代表人变更登记"),
    ("公司法定代表人变更登记", "公司经营范围变更登记"),
    ("食品经营许可新办", "食品经营许可变更"),
    ("食品经营许可变更", "食品经营许可延续"),
    ("食品经营许可延续", "食品经营许可补办"),
    ("食品经营许可新办", "开办餐饮店一件事"),
    ("道路货物运输经营许可", "开办运输企业一件事"),
    ("新生儿出生一件事", "出生医学证明补发"),
    ("新生儿出生一件事", "户口迁移"),
    ("社会保险关系转移接续", "异地就医备案"),
    ("社会保险关系转移接续", "住房公积金异地转移接续"),
    ("住房公积金租房提取", "住房公积金购房提取"),
    ("住房公积金离职提取", "住房公积金异地转移接续"),
    ("居民身份证换领", "居民身份证补领"),
    ("居住证申领", "居住证签注"),
    ("机动车驾驶证期满换证", "机动车驾驶证补证"),
]
# Said alone, these mean several items: the right act is to ask which, so no guide may claim them.
FAMILIES = ["身份证", "驾驶证", "驾照", "公积金", "公积金提取", "提取公积金", "社保", "营业执照", "变更登记", "注销", "一件事"]

CATALOGUE = Catalogue.load(GUIDES)
each_guide = pytest.mark.parametrize("guide", CATALOGUE.all(), ids=list(CATALOGUE.guides))


def development() -> Iterator[dict[str, str]]:
    with DEVELOPMENT.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def named(name: str) -> Guide:
    guide = CATALOGUE.by_name(name)
    assert guide is not None, name
    return guide


def called(guide: Guide) -> list[str]:
    return [guide.name, *guide.names.aliases, *guide.names.colloquial]


def test_the_catalogue_holds_exactly_the_items_agreed() -> None:
    assert sorted(guide.name for guide in CATALOGUE.all()) == sorted(ITEMS)


@each_guide
def test_every_guide_is_named_by_its_file_and_says_who_and_what_for(guide: Guide) -> None:
    assert CATALOGUE.files[guide.code] == f"{guide.code}.yaml"
    assert guide.applicant and guide.themes and guide.department
    assert guide.region in ("000000", "310000")
    assert guide.summary is not None and 8 <= len(guide.summary) <= 120


@each_guide
def test_every_guide_can_be_asked_about_in_every_way(guide: Guide) -> None:
    assert len(guide.names.aliases) >= 5
    assert len(guide.names.colloquial) >= 10
    for intent, least in LEAST.items():
        assert len(guide.names.samples.get(intent, [])) >= least, intent
    if guide.outline:
        assert len(guide.names.samples.get("check_progress", [])) >= 2


@each_guide
def test_nothing_is_said_twice_in_a_guide(guide: Guide) -> None:
    said = [fold(s) for s in [*called(guide), *(s for group in guide.names.samples.values() for s in group)]]
    # A need may be both a name and a question of the same guide; apart from those few, a repetition teaches nothing.
    assert sum(count - 1 for count in Counter(said).values()) <= 1


def test_no_sentence_belongs_to_two_guides() -> None:
    holders: dict[str, set[str]] = defaultdict(set)
    for guide in CATALOGUE.all():
        for sentence in sentences(guide):
            holders[fold(sentence)].add(guide.name)
    assert {sentence: names for sentence, names in holders.items() if len(names) > 1} == {}


def test_no_name_is_the_same_as_another_items_name_once_its_frame_is_cut() -> None:
    holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for guide in CATALOGUE.all():
        for name in called(guide):
            if parts := content(fold(name)):
                holders[tuple(parts)].add(guide.name)
    assert {parts: names for parts, names in holders.items() if len(names) > 1} == {}


@pytest.mark.parametrize("word", FAMILIES)
def test_no_item_claims_the_name_of_its_family(word: str) -> None:
    assert [guide.name for guide in CATALOGUE.all() if word in called(guide)] == []


@each_guide
def test_neighbours_are_other_items_and_say_the_difference(guide: Guide) -> None:
    names = [neighbour.name for neighbour in guide.names.neighbours]
    assert len(names) >= 2
    assert guide.name not in names
    assert len(set(names)) == len(names)
    assert all(len(neighbour.difference) >= 10 for neighbour in guide.names.neighbours)


@pytest.mark.parametrize(("one", "other"), MISTAKEN)
def test_items_mistaken_for_each_other_name_each_other(one: str, other: str) -> None:
    assert other in {neighbour.name for neighbour in named(one).names.neighbours}
    assert one in {neighbour.name for neighbour in named(other).names.neighbours}


def test_development_sentences_cover_every_item_and_name_only_items() -> None:
    rows = list(development())
    counts = Counter(row["item_name"] for row in rows)
    assert {name for name in ITEMS if counts[name] < 4} == set()
    assert set(counts) - set(ITEMS) <= {"?"}
    readings = [reading for row in rows for reading in (row["alt_label"] or "").split("|") if reading]
    assert {reading.rsplit("/", 1)[0] for reading in readings} - set(ITEMS) <= {"?", "-"}
    assert all(row["query"] and row["intent"] for row in rows)


def test_development_sentences_are_not_the_guides_own() -> None:
    own = {fold(sentence) for guide in CATALOGUE.all() for sentence in sentences(guide)}
    assert [row["query"] for row in development() if fold(row["query"]) in own] == []
