"""Whatever is done to the folder, in whatever order: who served goes on serving his last good text, and what is bad is named."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.catalogue import Catalogue

CODES = ("alpha", "beta", "gamma")
FILES = (*(f"{code}.yaml" for code in CODES), "another.yaml")
BAD = ("name: [", "code: alpha\nname: 事项\n", "- 1", "\ttab", "")
DAY = date(2026, 11, 22)

# what is done to a file: a sound guide of some code (and maybe with another's name), something unreadable, or it is removed
sound = st.tuples(st.just("sound"), st.sampled_from(CODES), st.sampled_from(CODES))
deeds = st.one_of(sound, st.tuples(st.just("bad"), st.sampled_from(BAD), st.just("")), st.just(("gone", "", "")))
steps = st.lists(st.lists(st.tuples(st.sampled_from(FILES), deeds), min_size=1, max_size=3), min_size=1, max_size=8)


def _text(code: str, called: str, number: int) -> str:
    return f'code: {code}\nname: 事项{called}\nversion: "2026.1"\neffective: 2026-01-01\noutline: true\nsummary: 第{number}次写的\n'


@settings(max_examples=150, deadline=None)
@given(steps=steps)
def test_who_served_goes_on(tmp_path_factory: pytest.TempPathFactory, steps: list[list[tuple[str, tuple[str, str, str]]]]) -> None:
    folder = tmp_path_factory.mktemp("guides")
    standing: dict[str, tuple[str, str] | None] = {}  # by file that is there: code and summary, or None where it is bad
    before = Catalogue.load(folder, None, DAY)
    written = 0
    for step in steps:
        for file, (deed, first, called) in step:
            written += 1
            if deed == "gone":
                (folder / file).unlink(missing_ok=True)
                standing.pop(file, None)
            else:
                (folder / file).write_text(first if deed == "bad" else _text(first, called, written), encoding="utf-8")
                standing[file] = None if deed == "bad" else (first, f"第{written}次写的")
        now = Catalogue.load(folder, before, DAY)

        def serves(file: str, now: Catalogue = now) -> bool:
            said = standing[file]
            return said is not None and now.files.get(said[0]) == file and now.guides[said[0]].summary == said[1]

        assert {problem.file for problem in now.problems} == {file for file in standing if not serves(file)}
        assert all(problem.why and problem.remedy and problem.line >= 1 for problem in now.problems)
        for code, file in before.files.items():
            if file not in standing or (serves(file) and standing[file][0] != code):  # type: ignore[index]  # serves() has looked
                continue  # taken away, or made the file of another item
            assert code in now.guides, f"{file} still stands for {code}"
            if not serves(file) and now.files[code] == file:
                assert now.guides[code] == before.guides[code], "its last good text"
        names = [guide.name for guide in now.guides.values()]
        assert len(names) == len(set(names)) and all(guide.code == code for code, guide in now.guides.items())
        before = now
