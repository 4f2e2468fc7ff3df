"""The guides' folder changes while it is served: what is sound is taken up, what is not leaves the last good version, nobody waits."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from structlog.testing import capture_logs

from assistant.foundation import metrics
from assistant.foundation.clock import SHANGHAI, FixedClock
from knowledge import loading
from knowledge.archive import GuideArchive
from knowledge.catalogue import Catalogue
from knowledge.living import InService, LivingGuides
from knowledge.search import Search

SIGN, CARD = "shop-sign.yaml", "card-renewal.yaml"


class Room:
    """A folder of guides, a clock that moves when told to, and the guides living in it; the search is left out."""

    def __init__(self, folder: Path, archive: GuideArchive, at: datetime) -> None:
        self.folder, self.archive, self.clock = folder, archive, FixedClock(at)
        self.seconds = 0.0
        self.failing: Exception | None = None
        self.changed: list[InService] = []
        self.begin()

    def begin(self) -> LivingGuides:
        """A process of its own over the same folder and archive."""
        self.guides = LivingGuides(
            self.folder, self._load, lambda _catalogue, _before: cast(Search, object()), self.clock,
            prepare=lambda state: self.archive.keep_last(state.catalogue.guides.values()), changed=self.changed.append,
            seconds=lambda: self.seconds,
        )
        return self.guides

    def _load(self, so_far: Catalogue | None, day: date) -> Catalogue:
        if self.failing is not None:
            raise self.failing
        return Catalogue.load(self.folder, so_far, day, self.archive.earlier)

    def write(self, text: str, file: str = SIGN) -> None:
        """As an editor does who cares: beside, then in its place."""
        draft = (self.folder / file).with_suffix(".new")
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.folder / file)

    def edit(self, old: str, new: str, file: str = SIGN) -> None:
        text = (self.folder / file).read_text(encoding="utf-8")
        assert old in text
        self.write(text.replace(old, new, 1), file)

    def settle(self) -> None:
        """Look until there is nothing left to look at soon."""
        for _ in range(50):
            if not self.guides.poll():
                return
        raise AssertionError("never came to rest")

    @property
    def summary(self) -> str | None:
        guide = self.guides.catalogue.guides.get("shop-sign")
        return guide.summary if guide else None

    @property
    def refused(self) -> set[str]:
        return {entry.file for entry in self.guides.refused}


@pytest.fixture
def room(guides_dir: Path, tmp_path: Path) -> Room:
    return Room(guides_dir, GuideArchive(tmp_path / "archive"), datetime(2026, 11, 22, 10, tzinfo=SHANGHAI))


def test_a_change_is_taken_up_once_it_has_come_to_rest(room: Room) -> None:
    before = room.guides.current
    assert room.guides.poll() is False and room.guides.current is before
    room.edit("summary: 店门口", "summary: 新的说法。店门口")
    assert room.guides.poll() is True and room.guides.current is before, "it may be half written"
    room.edit("summary: 新的", "summary: 更新的")
    assert room.guides.poll() is True and room.guides.current is before, "it was"
    assert room.guides.poll() is False and (room.summary or "").startswith("更新的说法")
    assert room.guides.current.catalogue.guides["card-renewal"] is before.catalogue.guides["card-renewal"], "not read again"
    assert room.changed == [room.guides.current]
    assert before.catalogue.guides["shop-sign"].summary == "店门口要挂招牌的，先办这个。", "who holds the state before still has it"


def test_a_folder_that_never_rests_is_read_all_the_same(room: Room) -> None:
    for number in range(100):
        room.edit("summary: ", f"summary: {number}")
        room.guides.poll()
    assert room.changed


def test_what_is_refused_is_told_once_and_its_last_good_version_stays(room: Room) -> None:
    room.edit("days: 20", "days: 二十")
    with capture_logs() as logs:
        room.settle()
        room.settle()
    [told] = [entry for entry in logs if entry["event"] == "guides.refused"]
    [refused] = room.guides.refused
    assert (told["log_level"], told["file"], told["reason"]) == ("warning", SIGN, refused.why)
    assert "二十" in (room.folder / SIGN).read_text(encoding="utf-8").splitlines()[refused.line - 1]
    assert (refused.since, room.summary) == (room.clock.now(), "店门口要挂招牌的，先办这个。")
    assert metrics.guide_problems._value.get() == 1 and metrics.guides_loaded._value.get() == 13

    # Another file changes: the first is still refused, since when it was
    room.clock.advance(timedelta(minutes=5))
    room.write("nonsense", "odd.yaml")
    with capture_logs() as logs:
        room.settle()
    assert [entry["file"] for entry in logs if entry["event"] == "guides.refused"] == ["odd.yaml"]
    since = {entry.file: entry.since for entry in room.guides.refused}
    assert since[SIGN] == refused.since and since["odd.yaml"] == room.clock.now() == room.guides.loaded_at
    assert metrics.guide_problems._value.get() == 2

    (room.folder / "odd.yaml").unlink()
    room.edit("days: 二十", "days: 15")
    room.settle()
    assert room.guides.refused == [] and metrics.guide_problems._value.get() == 0


@pytest.mark.parametrize("gone", [shutil.rmtree, lambda folder: [path.unlink() for path in folder.glob("*.yaml")]])
def test_a_folder_that_vanishes_leaves_everything_in_service(room: Room, tmp_path: Path, gone: Callable[[Path], Any]) -> None:
    shutil.copytree(room.folder, tmp_path / "copy")
    before = room.guides.current
    gone(room.folder)
    with capture_logs() as logs:
        for _ in range(5):
            room.settle()
    assert room.guides.current is before and room.refused == {str(room.folder)}
    assert len([entry for entry in logs if entry["event"] == "guides.refused"]) == 1
    shutil.copytree(tmp_path / "copy", room.folder, dirs_exist_ok=True)
    room.edit("summary: 店门口", "summary: 又有了。店门口")
    room.settle()
    assert (room.summary or "").startswith("又有了") and room.guides.refused == []


def test_a_load_that_breaks_is_tried_again_and_what_is_served_goes_on(room: Room) -> None:
    before, room.failing = room.guides.current, MemoryError("none left")
    room.edit("summary: 店门口", "summary: 新的说法。店门口")
    with capture_logs() as logs:
        room.settle()
        room.settle()
    assert [entry["event"] for entry in logs].count("guides.reload_failed") == 1, "not again at every look"
    assert room.guides.current is before and room.refused == {str(room.folder)}
    room.failing = None
    room.settle()
    assert room.guides.current is before
    room.seconds += 60
    room.settle()
    assert (room.summary or "").startswith("新的说法") and room.guides.refused == []


def test_a_watcher_that_breaks_goes_on(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    again, looks = threading.Event(), iter([OSError("too many open files"), ValueError("odd")])

    def poll() -> bool:
        failure = next(looks, None)
        if failure is not None:
            raise failure
        again.set()
        return False

    monkeypatch.setattr("knowledge.living.LOOK_SECONDS", 0.001)
    monkeypatch.setattr(room.guides, "poll", poll)
    room.guides.start()
    try:
        assert again.wait(10)
    finally:
        room.guides.stop()


def _next_version(room: Room, day: str, summary: str = "十二月起的说法。") -> None:
    room.edit('version: "2026.1"\neffective: 2026-01-01', f'version: "2026.2"\neffective: {day}')
    room.edit("summary: 店门口要挂招牌的，先办这个。", f"summary: {summary}")


def test_a_version_of_the_future_is_served_from_its_day_on(room: Room) -> None:
    _next_version(room, "2026-12-01")
    room.settle()
    assert room.summary == "店门口要挂招牌的，先办这个。" and room.guides.refused == []
    assert [(w.file, w.code, w.version, w.effective) for w in room.guides.waiting] == [
        (SIGN, "shop-sign", "2026.2", date(2026, 12, 1))
    ]
    room.clock.advance(timedelta(days=8, hours=13, minutes=59))
    room.settle()
    assert room.summary == "店门口要挂招牌的，先办这个。", f"one minute before midnight in Shanghai: {room.clock.now()}"
    room.clock.advance(timedelta(minutes=1))
    room.settle()
    assert room.summary == "十二月起的说法。" and room.guides.waiting == []


def test_a_start_before_the_day_serves_the_newest_version_of_the_archive(room: Room) -> None:
    _next_version(room, "2026-11-20", "十一月的说法。")
    room.settle()
    room.edit('version: "2026.2"\neffective: 2026-11-20', 'version: "2026.3"\neffective: 2026-12-01')
    room.edit("summary: 十一月的说法。", "summary: 十二月的说法。")
    room.begin()
    assert room.summary == "十一月的说法。" and room.guides.refused == []
    assert room.guides.catalogue.guides["shop-sign"].version == "2026.2"


def test_without_an_earlier_version_it_is_not_offered_and_staff_are_told(room: Room, tmp_path: Path) -> None:
    _next_version(room, "2026-12-01")
    room.archive = GuideArchive(tmp_path / "empty")
    room.begin()
    [refused] = room.guides.refused
    assert room.summary is None and refused.file == SIGN and "2026-12-01" in refused.why
    assert (room.folder / SIGN).read_text(encoding="utf-8").splitlines()[refused.line - 1] == "effective: 2026-12-01"
    room.clock.advance(timedelta(days=9))
    room.settle()
    assert room.summary == "十二月起的说法。" and room.guides.refused == []


def test_after_its_last_day_a_guide_is_not_offered_any_more(room: Room) -> None:
    room.edit("effective: 2026-01-01", "effective: 2026-01-01\nexpires: 2026-11-30")
    room.settle()
    assert room.summary is not None and room.guides.refused == []
    room.clock.advance(timedelta(days=8, hours=14))
    room.settle()
    assert room.summary is None and "2026-11-30" in room.guides.refused[0].why
    kept = room.archive.get("shop-sign", "2026.1")
    assert kept is not None and kept.summary == "店门口要挂招牌的，先办这个。", "cases in progress keep theirs"


def test_a_file_refused_at_the_start_is_served_as_it_was_last(room: Room) -> None:
    room.edit("summary: 店门口", "summary: 最后的好文本。店门口")
    room.settle()
    room.edit("days: 20", "days: 二十")
    room.begin()
    assert (room.summary or "").startswith("最后的好文本") and room.refused == {SIGN}


def test_a_damaged_archive_is_no_archive(room: Room) -> None:
    for path in [*room.archive._folder.glob("shop-sign*.json"), *room.archive._folder.glob("last/*.json")]:
        path.write_text("{", encoding="utf-8")
    room.edit("days: 20", "days: 二十")
    room.begin()
    assert room.summary is None and room.refused == {SIGN}


def _overlay(room: Room, summary: str, **parts: Any) -> None:
    said = {"region": "310115", "version": "2026.1", "effective": date(2026, 1, 1), "summary": summary, **parts}
    room.write(yaml.safe_dump(said, allow_unicode=True), "regions/310115/shop-sign.yaml")


def test_what_is_different_in_a_region_has_its_days_too(room: Room) -> None:
    def told() -> str | None:
        return room.guides.catalogue.for_region("310115").guides["shop-sign"].summary

    _overlay(room, "浦东的说法。")
    room.settle()
    assert told() == "浦东的说法。"
    _overlay(room, "浦东十二月的说法。", effective=date(2026, 12, 1), expires=date(2026, 12, 31))
    room.settle()
    assert told() == "浦东的说法。" and room.guides.waiting[0].file == "regions/310115/shop-sign.yaml"
    room.clock.advance(timedelta(days=10))
    room.settle()
    assert told() == "浦东十二月的说法。"
    room.clock.advance(timedelta(days=31))
    room.settle()
    assert told() == "店门口要挂招牌的，先办这个。" and room.refused == {"regions/310115/shop-sign.yaml"}


def _translation(room: Room, *, but: int = 0) -> dict[str, Any]:
    from knowledge.translation import shown_texts

    guide = room.guides.catalogue.guides["shop-sign"]
    texts = {text: f"English of {number}" for number, text in enumerate(dict.fromkeys(shown_texts(guide)))}
    kept = dict(list(texts.items())[: len(texts) - but])
    return {"language": "en", "names": ["Shop sign"], "samples": ["put up a sign"], "texts": kept}


def _write_translation(room: Room, said: dict[str, Any]) -> None:
    room.write(yaml.safe_dump(said, allow_unicode=True, width=1000), "en/shop-sign.yaml")


def test_half_a_translation_is_refused_and_the_whole_one_before_stays(room: Room) -> None:
    _write_translation(room, _translation(room))
    room.settle()
    whole = room.guides.catalogue.translations["shop-sign"]
    assert room.guides.refused == []
    _write_translation(room, _translation(room, but=3))
    room.settle()
    assert room.guides.catalogue.translations["shop-sign"] == whole
    [refused] = room.guides.refused
    assert refused.file == "en/shop-sign.yaml" and "还有3处没有译" in refused.why


def test_half_a_translation_at_the_start_tells_the_name_and_the_rest_in_chinese(room: Room) -> None:
    _write_translation(room, _translation(room, but=3))
    guides = room.begin()
    guide = guides.catalogue.get("shop-sign", "en")
    chinese = guides.catalogue.guides["shop-sign"]
    assert guide is not None and guide.summary != chinese.summary and guide.fields[0].question == chinese.fields[0].question
    assert room.refused == {"en/shop-sign.yaml"} and guides.catalogue.translations["shop-sign"].names == ["Shop sign"]


def test_only_what_has_changed_is_parsed(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    parse = loading.read_guide
    monkeypatch.setattr(loading, "read_guide", lambda path: read.append(path.name) or parse(path))
    room.edit("summary: 店门口", "summary: 新。店门口")
    room.settle()
    assert read == [SIGN]


def test_an_incumbent_that_claims_what_is_anothers_is_refused_and_both_stay(room: Room) -> None:
    room.edit("code: card-renewal", "code: shop-sign", CARD)
    room.settle()
    assert room.refused == {CARD} and {"card-renewal", "shop-sign"} <= room.guides.catalogue.guides.keys()
    assert room.guides.catalogue.files["shop-sign"] == SIGN and room.guides.catalogue.files["card-renewal"] == CARD
    room.edit("code: shop-sign", "code: card-renewal", CARD)
    room.edit("name: 居民身份证换领", "name: 示例招牌设置", CARD)
    room.settle()
    assert room.refused == {CARD} and room.guides.catalogue.guides["card-renewal"].name == "居民身份证换领"


def test_search_changes_with_the_catalogue(guides_dir: Path, trained: Path, room: Room) -> None:
    guides = LivingGuides(
        guides_dir, lambda so_far, day: Catalogue.load(guides_dir, so_far, day),
        lambda catalogue, before: Search.build(catalogue, trained, previous=before), room.clock,
    )
    old = guides.current
    made = (guides_dir / CARD).read_text(encoding="utf-8").replace("code: card-renewal", "code: kite-licence")
    (guides_dir / "kite-licence.yaml").write_text(
        made.replace("居民身份证换领", "风筝放飞登记").replace("[身份证换领, 身份证到期换证]", "[放风筝登记]").replace("身份证", "风筝"), encoding="utf-8"
    )
    assert guides.poll() is True and guides.poll() is False
    assert guides.search.search("我想放风筝，要登记吗")[0].code == "kite-licence"
    assert all(hit.code != "kite-licence" for hit in old.search.search("我想放风筝，要登记吗"))
    assert guides.current.catalogue is guides.catalogue and guides.current.search is guides.search
