"""The wide index: the regions around one, kinds of applicant and days; the same figures as the exact index; soundness."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.country import records, regions
from knowledge.catalogue import Catalogue
from knowledge.embedding import Embedding, open_embedding
from knowledge.search import Search
from knowledge.search import index as index_module
from knowledge.search.entries import Where
from knowledge.search.wide import Record, WideIndex, WideUnusable, build
from knowledge.search.wide import vectors as vectors_module
from knowledge.search.wide.cutting import Grams
from knowledge.search.wide.records import of_guide, of_rows

HERE = [
    Record("nation-drone", ("无人驾驶航空器飞行活动申请", "无人机飞行"), 2),
    Record("province-drone", ("无人驾驶航空器飞行活动备案",), 1, "440000", ("enterprise",)),
    Record("city-drone", ("无人机临时起降场备案",), 1, "440300", ("person",)),
    Record("district-drone", ("无人机飞行爱好者登记",), 1, "440305", (), date(2026, 3, 1), date(2026, 9, 30)),
    Record("elsewhere-drone", ("无人机飞行爱好者登记",), 1, "440106"),
    Record("other-province-drone", ("无人机飞行爱好者登记",), 1, "310000"),
    Record("fishing", ("内河渔业捕捞许可",), 1, "440000"),
    Record("tree", ("城市树木砍伐审批",), 1, "440300"),
]
ASKED = "想飞无人机要怎么申请"


@pytest.fixture(scope="module")
def embedding(trained: Path) -> Embedding:
    return open_embedding("static", trained)


@pytest.fixture(scope="module")
def everything(fixture_catalogue: Catalogue) -> list[Record]:
    return [*(of_guide(guide) for guide in fixture_catalogue.all()), *HERE]


@pytest.fixture(scope="module")
def folder(
    everything: list[Record], fixture_catalogue: Catalogue, trained: Path, embedding: Embedding, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    made = tmp_path_factory.mktemp("wide") / "index"
    build(everything, fixture_catalogue.names(), made, trained, embedding)
    return made


@pytest.fixture(scope="module")
def wide(folder: Path, trained: Path, embedding: Embedding) -> WideIndex:
    return WideIndex.open(folder, trained, embedding)


@pytest.fixture(scope="module")
def country(folder: Path, fixture_catalogue: Catalogue, trained: Path) -> Search:
    return Search.build(fixture_catalogue, trained, wide=folder)


def drones(wide: WideIndex, where: Where) -> set[str]:
    return {entry.code for entry in wide.read(ASKED, where).entries if entry.code.endswith("drone")}


@pytest.mark.parametrize(("region", "expected"), [
    ("440305", {"nation-drone", "province-drone", "city-drone", "district-drone"}),
    ("440300", {"nation-drone", "province-drone", "city-drone"}),
    ("440106", {"nation-drone", "province-drone", "elsewhere-drone"}),
    ("310115", {"nation-drone", "other-province-drone"}),
    ("000000", {"nation-drone"}),
    ("659999", {"nation-drone"}),
])
def test_a_region_has_its_own_items_and_those_around_it(wide: WideIndex, region: str, expected: set[str]) -> None:
    assert drones(wide, Where(region)) == expected


def test_kinds_of_applicant(wide: WideIndex) -> None:
    assert drones(wide, Where("440305", "person")) == {"nation-drone", "city-drone", "district-drone"}
    assert drones(wide, Where("440305", "enterprise")) == {"nation-drone", "province-drone", "district-drone"}


@pytest.mark.parametrize(("day", "there"), [
    (date(2026, 2, 28), False), (date(2026, 3, 1), True), (date(2026, 9, 30), True), (date(2026, 10, 1), False),
])
def test_in_force_from_the_first_to_the_last_day(wide: WideIndex, day: date, there: bool) -> None:
    assert ("district-drone" in drones(wide, Where("440305", None, day))) is there
    assert "nation-drone" in drones(wide, Where("440305", None, day))


def test_without_a_region_one_of_those_called_the_same_the_widest(wide: WideIndex) -> None:
    assert drones(wide, Where()) == {"nation-drone", "province-drone", "city-drone", "other-province-drone"}


def test_hits_are_probabilities_with_reasons(country: Search) -> None:
    hits = country.search("无人机飞行爱好者要登记吗", 10, "440305", beyond=True)
    assert hits[0].code == "district-drone" and hits[0].score > 0.5
    assert hits[0].because[-1] == "最接近的说法：无人机飞行爱好者登记"
    assert sum(hit.score for hit in hits) <= 1.001
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_only_guides_where_only_guides_can_be_answered(country: Search) -> None:
    assert all(hit.code in country._by_code for hit in country.search(ASKED, 20))
    assert country.search("我们公司要换注册地址")[0].code == "company-address-change"


def test_our_own_guides_are_found_among_the_others(country: Search) -> None:
    for query, code in (("公司换了个办公室，营业执照上的地址怎么改", "company-address-change"),
                        ("公司助所便更", "company-address-change"),
                        ("身份证掉地铁上了，丢了怎么补", "card-replacement")):
        assert country.search(query, 3, "310115", beyond=True)[0].code == code


def test_the_figures_are_those_of_the_exact_index(fixture_catalogue: Catalogue, trained: Path, embedding: Embedding,
                                                  tmp_path: Path, search: Search) -> None:
    """Same documents: every feature of every candidate is what the exact index gives it, up to the eight bits of a vector."""
    build((of_guide(guide) for guide in fixture_catalogue.all()), fixture_catalogue.names(), tmp_path / "w", trained, embedding)
    opened = WideIndex.open(tmp_path / "w", trained, embedding)
    order = [guide.code for guide in fixture_catalogue.all()]
    for query in ("公司助所便更要什么材料", "身份证丢了", "公积金怎么取", "app申请居住证", "想在店里挂新招牌，招牌多大", "今天天气怎么样"):
        assert search._exact is not None
        exact, found = search._exact.everything(query), opened.read(query, Where())
        assert found.reading is not None
        rows = [order.index(entry.code) for entry in found.entries]
        assert len(rows) >= 5
        np.testing.assert_allclose(found.reading.guides, exact.guides[rows], atol=0.006)
        np.testing.assert_allclose(found.reading.foreign, exact.foreign, atol=0.006)
        np.testing.assert_allclose(found.reading.cover, exact.cover[rows], atol=1e-6)
        np.testing.assert_allclose(found.reading.heard, exact.heard[rows], atol=1e-6)
        np.testing.assert_allclose(found.reading.telling, exact.telling, atol=1e-6)
        assert (found.reading.called == exact.called[rows]).all()
        assert found.reading.unknown == pytest.approx(exact.unknown)


def test_beyond_a_city_the_wide_index_serves_the_catalogue(fixture_catalogue: Catalogue, trained: Path, folder: Path,
                                                           search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "MOST_EXACT", 3)
    large = Search.build(fixture_catalogue, trained, wide=folder)
    assert large._exact is None
    for query in ("公司换了个办公室，营业执照上的地址怎么改", "店里想挂个新招牌", "公积金怎么取", "今天天气怎么样", "😀"):
        assert [hit.code for hit in large.search(query, 3)][:1] == [hit.code for hit in search.search(query, 3)][:1], query
        assert large.decide(large.search(query)).kind == search.decide(search.search(query)).kind


@pytest.fixture(scope="module")
def many(trained: Path, embedding: Embedding, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """A few thousand made-up wordings behind an inverted file, as if there were millions."""
    made = tmp_path_factory.mktemp("many") / "index"
    names = [f"{a}{b}{c}" for a in ("道路", "水路", "食品", "药品", "林木", "渔业", "广播", "建筑") for b in ("运输", "经营", "生产", "采伐", "播出")
             for c in ("许可", "备案", "登记", "审批", "查询")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors_module, "EXACT", 500)
        manifest = build(records(names, 6000), names[:20], made, trained, embedding)
    yield made, manifest.wordings


def test_the_approximate_index_finds_what_comparing_all_finds(many: tuple[Path, int], embedding: Embedding) -> None:
    folder, count = many
    assert count > 1000 and (folder / "vectors.faiss").is_file()
    vectors = vectors_module.Vectors(folder, count, 256)
    right = []
    for vector in embedding.encode(["食品生产许可怎么办", "我要办林木采伐审批", "道路运输备案（个人）", "药品经营查询", "水路运输登记要几天"]):
        every = vectors.compare(vector)
        right.append((every[vectors.nearest(vector, 10)] >= np.sort(every)[-10] - 1e-6).mean())
    assert np.mean(right) >= 0.95


def test_the_best_of_a_region_is_compared_exactly(many: tuple[Path, int], trained: Path, embedding: Embedding) -> None:
    folder, _ = many
    opened = WideIndex.open(folder, trained, embedding)
    region = regions(5)[-1]
    entries = opened.read("食品生产许可", Where(region)).entries
    assert entries and all(Where(region).admits(entry) for entry in entries)
    assert any("食品生产" in entry.name for entry in entries)


def test_rebuilding_gives_the_same_files(everything: list[Record], fixture_catalogue: Catalogue, trained: Path, embedding: Embedding,
                                         folder: Path, wide: WideIndex, tmp_path: Path) -> None:
    build(everything, fixture_catalogue.names(), tmp_path / "again", trained, embedding)
    for path in sorted(folder.glob("*.*")):
        if path.name != "manifest.json":
            assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name
    again = WideIndex.open(tmp_path / "again", trained, embedding)
    for query in (ASKED, "公司地址", "砍树"):
        said, vector = Grams.of(query, wide._parts.cutter), embedding.encode([query])[0]
        assert (again.candidates(said, vector, Where()) == wide.candidates(said, vector, Where())).all()


@pytest.mark.parametrize("file", ["vectors.i8", "texts.txt", "regions.npy", "manifest.json", "lexicon/meta.json"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_index_is_said_and_the_city_goes_on(file: str, damage: str, folder: Path, trained: Path, embedding: Embedding,
                                                      fixture_catalogue: Catalogue, search: Search, tmp_path: Path) -> None:
    spoilt = Path(shutil.copytree(folder, tmp_path / "spoilt"))
    path = spoilt / file
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(WideUnusable, match="guides index") as unusable:
        WideIndex.open(spoilt, trained, embedding)
    assert unusable.value.kind == ("missing" if (file, damage) == ("manifest.json", "gone") else "damaged")
    going_on = Search.build(fixture_catalogue, trained, wide=spoilt)
    assert going_on.wide is None
    assert going_on.search("公司搬家要改地址", 5, beyond=True) == search.search("公司搬家要改地址", 5)


def test_garbage_of_the_right_size_is_noticed_too(folder: Path, trained: Path, embedding: Embedding, tmp_path: Path) -> None:
    for name in ("regions.npy", "lexicon/meta.json"):
        spoilt = Path(shutil.copytree(folder, tmp_path / name.replace("/", "-")))
        (spoilt / name).write_bytes(b"\x00" * (folder / name).stat().st_size)
        with pytest.raises(WideUnusable, match="guides index"):
            WideIndex.open(spoilt, trained, embedding)


def test_damage_found_only_while_searching_leaves_the_city(folder: Path, trained: Path, fixture_catalogue: Catalogue, search: Search,
                                                           tmp_path: Path) -> None:
    spoilt = Path(shutil.copytree(folder, tmp_path / "spoilt"))
    opened = Search.build(fixture_catalogue, trained, wide=spoilt)
    assert opened.wide is not None
    with (spoilt / "texts.txt").open("r+b") as file:
        file.write(b"\xff" * (folder / "texts.txt").stat().st_size)
    assert opened.search("公司搬家要改地址", 5, beyond=True) == search.search("公司搬家要改地址", 5)


def test_an_index_of_other_models_is_not_used(folder: Path, trained: Path, embedding: Embedding, tmp_path: Path) -> None:
    other = Path(shutil.copytree(trained, tmp_path / "models"))
    with (other / "search" / "elsewhere.txt").open("a", encoding="utf-8") as file:
        file.write("明天会下雨吗\n")
    with pytest.raises(WideUnusable, match="别的模型"):
        WideIndex.open(folder, other, embedding)


def test_a_build_cut_short_leaves_the_old_index(folder: Path, trained: Path, embedding: Embedding, tmp_path: Path) -> None:
    mine = Path(shutil.copytree(folder, tmp_path / "mine"))

    def breaking() -> Iterator[Record]:
        yield HERE[0]
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        build(breaking(), [], mine, trained, embedding)
    assert WideIndex.open(mine, trained, embedding).manifest.records > 10
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_no_items_at_all(trained: Path, embedding: Embedding, tmp_path: Path) -> None:
    assert build([], [], tmp_path / "none", trained, embedding).records == 0
    assert WideIndex.open(tmp_path / "none", trained, embedding).read(ASKED, Where("310115")).entries == []


def test_a_platforms_rows_become_records() -> None:
    rows = [
        {"task_code": "1144", "name": "渔业捕捞许可", "parent": "渔业捕捞", "area_code": "440000", "objects": ["自然人", "企业法人", "其他组织"]},
        {"事项名称": "树木砍伐审批", "行政区划": "上海市", "服务对象": "个体工商户；企业", "生效日期": "2026-02-01"},
        {"name": "  "},
    ]
    made = list(of_rows(rows))
    assert made[0] == Record("1144", ("渔业捕捞许可", "渔业捕捞"), 2, "440000", ("person", "enterprise"))
    assert made[1].region == "310000" and made[1].applicant == ("enterprise", "individual_business")
    assert made[1].effective == date(2026, 2, 1) and len(made) == 2


def test_index_and_eval_from_the_command_line(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from assistant.foundation import settings
    from channels.cli.program import build as program
    from tests.unit.knowledge.conftest import FIXTURE_GUIDES

    monkeypatch.setenv("BANDAO_MODELS_DIR", str(trained))
    monkeypatch.setenv("BANDAO_GUIDES_DIR", str(FIXTURE_GUIDES))
    settings.get_settings.cache_clear()
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"task_code": str(n), "name": f"{n}号码头泊位登记", "area_code": "440300"}) + "\n" for n in range(50)))
    out = tmp_path / "made"
    runner = CliRunner()
    made = runner.invoke(program("guides"), ["guides", "index", "--wide", str(rows), "--out", str(out), "--json"])
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout.splitlines()[-1])["records"] > 55
    lines = tmp_path / "said.tsv"
    lines.write_text("query\titem_name\tintent\n7号码头泊位登记怎么办\t7号码头泊位登记\task_process\n", encoding="utf-8")
    evaluated = runner.invoke(program("eval"), ["eval", "search", str(lines), "--wide", str(out), "--region", "440305", "--json"])
    assert evaluated.exit_code == 0, evaluated.output
    assert json.loads(evaluated.stdout.splitlines()[-1])["recall_at_1"] == 1.0
    rows.write_text("not json\n", encoding="utf-8")
    broken = runner.invoke(program("guides"), ["guides", "index", "--wide", str(rows), "--out", str(out), "--json"])
    assert broken.exit_code == 1 and "rows.jsonl" in broken.stdout
    settings.get_settings.cache_clear()
