"""The whole road by voice: the page, the socket, the engine and the office as they stand in the hall; only ear and mouth are made up."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from assistant.speech.engines.base import RATE
from benchmarks.stack import Stack
from benchmarks.voice.road import SPOKEN, YES, Hall, citizen
from tests.browser.kiosk.made_up_voice import LINES, known, sound


def test_the_made_up_ear_knows_a_line_by_the_whole_of_its_sound() -> None:
    dice = np.random.default_rng(3)
    for line in LINES:
        said = sound(line)
        room = dice.normal(0, 0.0005, said.size + RATE).astype(np.float32)
        room[4000 : 4000 + said.size] += said
        assert known(room) == line
        room[4000 + said.size * 2 // 3 :] = 0
        assert known(room) == "", line
    assert known(np.zeros(RATE, np.float32)) == ""
    assert {*SPOKEN.values(), YES} <= {*LINES}


@pytest.mark.timeout(400)
def test_from_the_first_word_to_the_package_without_a_touch_but_the_first(browser: Browser, server: Stack) -> None:
    facts = citizen()
    context = browser.new_context(viewport={"width": 1000, "height": 700}, locale="zh-CN", reduced_motion="reduce")
    errors: list[str] = []
    try:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        hall = Hall(page, sound)
        turn = hall.walk(server.base_url, facts)
        expect(page.locator("#replies")).to_contain_text("已")
        manifest = hall.manifest(server.base_url)
    finally:
        context.close()
    assert hall.touched == [] and errors == []
    assert set(hall.heard) <= set(LINES)  # nothing of what the kiosk itself said was taken for hers
    assert [prompt for prompt in hall.prompts if "320502 1990 0415 1021" in prompt]
    assert turn["status"] == "submitted" and turn["case"]["package"]
    held = {entry["field"]: entry for entry in manifest["fields"]}
    assert held["id_number"]["value"] == facts.expect["id_number"] and held["phone"]["value"] == facts.expect["phone"]
    assert {entry["source"]["kind"] for entry in held.values()} == {"said"}
    assert manifest["files"]
