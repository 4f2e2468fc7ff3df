"""The whole road by voice, before the kiosk's own page: from the first sentence to the package that was handed in.

The page has a microphone that plays what it is given; everything else is as it stands in the hall. What cannot be made out in
`ROUNDS` times is touched or typed, as people do, and counted.
"""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import numpy as np

from benchmarks.cases import CITIZENS
from benchmarks.citizens.facts import Facts, load
from benchmarks.citizens.papers import wanted
from benchmarks.voice.sound import Sound, speech
from benchmarks.voice.telling import Telling

if TYPE_CHECKING:
    from playwright.sync_api import Page, WebSocket

ITEM = "social-card-reissue"
"""Nothing to be uploaded, eight questions, of them two numbers that are read back."""
SPOKEN = {
    "consent": "不用", "review": "确认无误", "submit": "提交", "start": "对的",
    "id_number": "三二零五零二一九九零零四一五一零二一",
    "phone": "一三八零零一三八零零零", "reason": "丢了", "opening": "我社保卡丢了要补一张", "bank_name": "工商银行",
}  # fmt: skip
"""How she says what the citizen's facts have in writing, or do not have."""
YES = "对的"
ROUNDS = 3
_REACTS_MS = 600
"""Nobody speaks sooner; what the loudspeaker said is still in the room for two thirds of that."""
_PATIENCE_S, _HEARS_OUT_S, _MOST, _MOST_ANSWERS, _POLL_MS = 60.0, 30.0, 60, 12, 40
MICROPHONE = """(() => {
  let speaker = null;
  const room = () => {
    if (speaker) return speaker;
    const context = new AudioContext(), out = context.createMediaStreamDestination();
    const hiss = context.createBuffer(1, context.sampleRate, context.sampleRate), data = hiss.getChannelData(0);
    for (let i = 0; i < data.length; i += 1) data[i] = (Math.random() - 0.5) * 0.001;
    const air = context.createBufferSource();
    air.buffer = hiss;
    air.loop = true;
    air.connect(out);
    air.start();
    speaker = { context, out };
    return speaker;
  };
  navigator.mediaDevices.getUserMedia = async () => {
    const { context, out } = room();
    await context.resume();
    return out.stream.clone();
  };
  window.speak = (base64) => {
    const { context, out } = room();
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    const pcm = new Int16Array(bytes.buffer), sound = context.createBuffer(1, pcm.length, 16000), data = sound.getChannelData(0);
    for (let i = 0; i < pcm.length; i += 1) data[i] = pcm[i] / 32768;
    const source = context.createBufferSource();
    source.buffer = sound;
    source.connect(out);
    source.start();
    return new Promise((done) => { source.onended = () => done(); });
  };
})();"""
"""For `add_init_script`: a microphone that gives what `window.speak` plays, s16le of 16 kHz in base64."""


class Lost(AssertionError):
    """The road ended before its end: where, and what was said last."""


@dataclass
class Hall:
    """Somebody before the page. ``turn`` is the conversation's last, ``prompts`` what was said to her besides answers."""

    page: Page
    sound_of: Callable[[str], Sound] = speech
    turns: list[dict[str, Any]] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    spoken: int = 0
    again: int = 0
    touched: list[str] = field(default_factory=list)
    token: str = ""
    said_to_her: str = ""
    """All of it since she spoke last."""
    _utterance: int = -1
    _answer_due: bool = False

    def __post_init__(self) -> None:
        self.page.add_init_script(MICROPHONE)
        self.page.on("websocket", self._socket)

    def walk(self, base_url: str, facts: Facts, look: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
        """Along the whole road; the last turn. ``look`` is called with the name of each question before it is answered.

        Raises:
            Lost: it is not the end, and it does not go on.
        """
        self.page.goto(f"{base_url}/kiosk")
        self.page.locator("#start").click()
        self._say_until_taken("opening", SPOKEN["opening"], facts)
        for _ in range(_MOST):
            turn = self.turns[-1]
            if turn["status"] == "submitted":
                return turn
            asking = str((turn.get("ask") or {}).get("field"))
            look(asking)
            words = SPOKEN.get(asking) or facts.say.get(asking)
            if not isinstance(words, str):
                raise Lost(f"asked {asking}: {turn['replies']}")
            self._say_until_taken(asking, words, facts)
        raise Lost(f"still asked {asking} after {_MOST} turns")

    def _say_until_taken(self, asking: str, words: str, facts: Facts) -> None:
        """Say it, confirm it where it is read back, say it once more where it was not understood; then use the hands."""
        text = words
        telling = Telling(str(facts.expect.get(asking, "")), yao="幺" in words)
        for _ in range(ROUNDS):
            kind, said = self._say(text)
            for _ in range(_MOST_ANSWERS):
                if kind == "prompt" and self._right(asking, said, facts):
                    kind, said = self._say(YES)
                elif (group := telling.answer(said)) is not None:
                    kind, said = self._say(group)
                else:
                    break
            if kind == "turn" and self._moved(asking):
                return
            self.again += 1
            text = f"不对，{words}" if kind == "prompt" and "我听到" in said else words
        self._touch(asking, facts)

    def _say(self, text: str) -> tuple[str, str]:
        """Wait until it listens, say it, and wait for what comes of it: a turn, a prompt, or nothing."""
        if not self._wait(self._listens):
            raise Lost(f"it does not listen: {self.page.locator('#sign').get_attribute('data-state')}, {self.problem()}")
        self.page.wait_for_timeout(_REACTS_MS)
        turns, prompts = len(self.turns), len(self.prompts)
        pcm = (np.clip(self.sound_of(text), -1, 1) * 32767).astype("<i2").tobytes()
        self.spoken += 1
        self.page.evaluate("(sound) => window.speak(sound)", base64.b64encode(pcm).decode())
        self.said_to_her = ""
        self._wait(lambda: len(self.turns) > turns or len(self.prompts) > prompts)
        if len(self.turns) == turns and len(self.prompts) == prompts:
            return "nothing", ""
        self._wait(self._listens, _HEARS_OUT_S)  # people do not answer the first half of a question
        return ("turn" if len(self.turns) > turns else "prompt"), self.said_to_her

    def _listens(self) -> bool:
        return self.page.locator("#sign").get_attribute("data-state") == "listening"

    def _touch(self, asking: str, facts: Facts) -> None:
        turns = len(self.turns)
        self.touched.append(asking)
        ask = self.turns[-1].get("ask") if self.turns else None
        wanted = {"review": "yes", "submit": "yes", "consent": "no", "start": "yes"}.get(asking, facts.expect.get(asking))
        labels = [option["label"] for option in (ask or {}).get("options") or [] if option["value"] == wanted]
        if labels:
            self.page.locator("#ask").get_by_role("button", name=labels[0]).first.click()
        else:
            self.page.locator("#message").fill(str(facts.opening if asking == "opening" else facts.say[asking]))
            self.page.locator("#send").click()
        if not self._wait(lambda: len(self.turns) > turns):
            raise Lost(f"touched {asking}, and nothing came of it: {self.problem()}")

    def problem(self) -> str:
        """What the page says is wrong."""
        return self.page.locator("#problem").text_content() or ""

    def manifest(self, base_url: str) -> dict[str, Any]:
        """The package's manifest, fetched with the conversation's own token."""
        case = self.turns[-1]["case"]
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=base_url, headers=headers, timeout=30, trust_env=False) as http:
            answer = http.get(f"/api/v1/cases/{case['case_no']}/package").raise_for_status()
        with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
            found: dict[str, Any] = json.loads(package.read("manifest.json"))
        return found

    def _right(self, asking: str, said: str, facts: Facts) -> bool:
        wanted = str(facts.expect.get(asking, ""))
        return bool(wanted) and wanted in re.sub(r"\s", "", said)  # numbers are read in groups

    def _moved(self, asking: str) -> bool:
        turn = self.turns[-1]
        if asking == "opening":
            return bool(turn.get("case"))
        return turn["status"] != "rejected_answer" and (turn.get("ask") or {}).get("field") != asking

    def _wait(self, done: Callable[[], bool], seconds: float = _PATIENCE_S) -> bool:
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                return False
            if self.page.locator("#count-dialog").is_visible():  # it took so long that it thinks she is gone
                self.page.locator("#count-stay").click()
            self.page.wait_for_timeout(_POLL_MS)
        return True

    def _socket(self, socket: WebSocket) -> None:
        if "/voice" not in socket.url:
            return
        self.token = parse_qs(urlsplit(socket.url).query).get("token", [""])[0]
        socket.on("framereceived", self._frame)

    def _frame(self, payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            return
        frame = json.loads(payload)
        match frame["type"]:
            case "turn":
                self.turns.append(frame["turn"])
                self._answer_due = True
            case "say" if frame.get("kind") != "ack" and frame["utterance"] == self._utterance:
                self.said_to_her += frame["text"]
            case "say" if frame.get("kind") != "ack":
                self.said_to_her += frame["text"]
                self._utterance = frame["utterance"]
                if not self._answer_due:  # said without the conversation: read back, or not understood
                    self.prompts.append(frame["text"])
                self._answer_due = False
            case "heard" if frame["final"]:
                self.heard.append(frame["text"])


def citizen() -> Facts:
    """Who walks the road."""
    facts = next(facts for facts in load(CITIZENS / f"{ITEM}.yaml") if "herself" in facts.name)
    # In writing her bank has a made-up name, which no ear can know.
    bank = {"bank_name": SPOKEN["bank_name"]}
    return facts.model_copy(update={"say": facts.say | bank, "expect": facts.expect | bank})


def measure(base_url: str, pictures: Path | None = None) -> dict[str, Any]:
    """The road with the real models in a headless Chromium; ``pictures`` gets one of every question.

    Raises:
        Lost: it did not come to its end.
    """
    from playwright.sync_api import sync_playwright

    facts = citizen()
    with sync_playwright() as playwright:
        program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        chromium = playwright.chromium.launch(executable_path=program, args=["--headless=new", "--no-sandbox"])
        try:
            context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN", reduced_motion="reduce")
            hall = Hall(context.new_page())
            began = time.monotonic()

            def look(asking: str) -> None:
                if pictures is not None:
                    pictures.mkdir(parents=True, exist_ok=True)
                    hall.page.screenshot(path=pictures / f"{len(hall.turns):02}-{asking.replace(':', '-')}.png")

            hall.walk(base_url, facts, look)
            look("end")
            held = {entry["field"]: str(entry["value"]) for entry in hall.manifest(base_url)["fields"]}
            with httpx.Client(base_url=base_url, timeout=30, trust_env=False) as http:
                guide = http.get(f"/api/v1/guides/{facts.guide}").raise_for_status().json()
        finally:
            chromium.close()
    fields = {field["key"]: field for field in guide["fields"]}
    meant = {key: wanted(fields[key], value, facts.say.get(key)) for key, value in facts.expect.items()}
    wrong = {key: held.get(key) for key, texts in meant.items() if held.get(key) not in texts}
    return {
        "seconds": round(time.monotonic() - began), "turns": len(hall.turns), "spoken": hall.spoken, "again": hall.again,
        "touched": hall.touched, "wrong": wrong, "heard": hall.heard,
    }  # fmt: skip
