"""Hearing and speaking in the page, the far end of the socket being the test."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.kiosk.conftest import APPLY, HUMMING, IDLE_S, LOOK_MS, REFUSED, Kiosk

VISEMES = [["sil", 0, 100], ["aa", 100, 30_000]]


def test_what_she_says_is_shown_and_a_touch_silences_her(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(HUMMING, voice=True)
    kiosk.listening()
    sign = kiosk.page.locator("#sign")
    kiosk.voice.tell(type="heard", text="我想开一家餐馆", final=False)
    expect(kiosk.page.locator("#said")).to_contain_text("我想开一家餐馆")
    kiosk.voice.say("好，我们来办。", VISEMES, 30_000)
    expect(kiosk.page.locator("#subtitle")).to_have_text("好，我们来办。")
    expect(sign).to_have_attribute("data-state", "speaking")
    kiosk.page.evaluate("""() => {
      const sign = document.getElementById("sign");
      window.signs = [];
      new MutationObserver(() => window.signs.push(sign.dataset.state)).observe(sign, { attributes: true });
    }""")
    kiosk.page.get_by_role("button", name="别说了").click()
    expect(kiosk.page.locator("#subtitle")).to_be_empty()
    expect(sign).to_have_attribute("data-state", "listening")
    signs = kiosk.page.evaluate("window.signs")
    assert "waiting" in signs and "listening" not in signs[: signs.index("waiting")], "nothing is heard while her voice dies away"
    assert kiosk.voice.got("stop")
    assert kiosk.voice.got("played")[0]["utterance"] == 1
    kiosk.voice.say("这一句来晚了。", VISEMES, 30_000, utterance=1, sentence=1)
    kiosk.voice.say("下一句。", VISEMES, 30_000, utterance=2)
    expect(kiosk.page.locator("#subtitle")).to_have_text("下一句。")
    kiosk.voice.tell(type="silence", utterance=2)
    expect(kiosk.page.locator("#subtitle")).to_be_empty()
    for sentence, ms in enumerate((40, 70)):
        kiosk.voice.say("好。", VISEMES, ms, utterance=3, sentence=sentence, last=bool(sentence))
    assert kiosk.voice.got("played", 2)[1] == {"type": "played", "utterance": 3, "ms": 110}


def loudest(frame: bytes) -> int:
    return max(abs(value) for (value,) in struct.iter_unpack("<h", frame[8:]))


def test_the_microphone_sends_numbered_frames_of_forty_milliseconds_until_muted(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(HUMMING, voice=True)
    kiosk.listening()
    kiosk.page.wait_for_timeout(400)
    while len(kiosk.voice.sound) <= 3 or loudest(kiosk.voice.sound[-1]) <= 8000:
        kiosk.page.wait_for_timeout(LOOK_MS)
    assert kiosk.page.evaluate("window.asked.audio.echoCancellation") is True
    assert kiosk.page.evaluate("window.asked.video") is False
    frames = list(kiosk.voice.sound)
    assert {len(frame) for frame in frames} == {8 + 2 * 640}
    heads = [struct.unpack_from("<II", frame) for frame in frames]
    assert [number for number, _ in heads] == list(range(heads[0][0], heads[0][0] + len(heads)))
    assert all(ms == number * 40 for number, ms in heads)
    assert any(loudest(frame) > 8000 for frame in frames)
    kiosk.page.get_by_role("button", name="关麦克风").click()
    expect(kiosk.page.locator("#sign")).to_have_attribute("data-state", "mic_muted")
    assert kiosk.voice.got("mute") == [{"type": "mute", "on": True}]


def test_a_touched_answer_goes_by_the_socket_and_by_http_once_it_broke(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(HUMMING, voice=True)
    kiosk.listening()
    kiosk.page.get_by_role("button", name="开一家餐馆").click()
    expect(kiosk.page.locator("#sign")).to_have_attribute("data-state", "thinking")
    sent = kiosk.voice.got("send")
    assert [frame["choice"] for frame in sent] == ["食品经营许可新办"]
    assert sent[0]["client_message_id"]
    assert kiosk.voice.route is not None
    kiosk.voice.tell(type="state", state="thinking")
    kiosk.voice.route.close(code=1011)
    # The same message, with the same id, by the ordinary way: nothing she touched is lost.
    expect(kiosk.ask.get_by_role("button", name="同意调取")).to_be_visible()
    expect(kiosk.page.locator("#problem")).to_contain_text("语音断了")
    expect(kiosk.page.locator("#sign")).not_to_have_attribute("data-state", "thinking")  # though the server never said that it was over


def test_a_touched_answer_the_socket_would_not_take_goes_by_http_at_once(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(HUMMING, voice=True)
    kiosk.listening()
    kiosk.page.get_by_role("button", name="开一家餐馆").click()
    assert kiosk.voice.got("send")
    kiosk.voice.tell(type="problem", code="too_fast", text="太快了，请慢一点。")
    expect(kiosk.ask.get_by_role("button", name="同意调取")).to_be_visible()
    expect(kiosk.page.locator("#problem")).to_contain_text("请慢一点")


def test_no_microphone_is_said_with_what_to_do_and_it_goes_on(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(REFUSED, voice=True)
    kiosk.start()
    expect(kiosk.page.locator("#problem")).to_contain_text("没有允许使用。请用手点或打字")
    expect(kiosk.page.locator("#sign")).to_have_attribute("data-state", "touch")
    assert kiosk.voice.got("hello")
    kiosk.page.get_by_role("button", name="开一家餐馆").click()
    assert kiosk.voice.got("send")
    reasons = kiosk.page.evaluate(
        """async () => {
          const { Microphone } = await import('/static/kiosk/js/mic.js');
          const found = [];
          for (const name of ['NotAllowedError', 'NotFoundError', 'NotReadableError']) {
            navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); };
            await new Microphone({ failed: (reason) => found.push(reason) }).start();
          }
          delete window.AudioWorkletNode;
          await new Microphone({ failed: (reason) => found.push(reason) }).start();
          return found;
        }"""
    )
    assert reasons == ["refused", "none", "busy", "insecure"]


def test_who_is_quicker_than_the_first_voice_of_the_day_is_still_answered_aloud(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(HUMMING, voice=True)
    kiosk.voice.late = True
    kiosk.start()
    assert kiosk.voice.got("hello")
    kiosk.say(APPLY)
    expect(kiosk.page.locator("#sign")).to_have_attribute("data-state", "thinking")
    kiosk.voice.ready()
    assert [frame["text"] for frame in kiosk.voice.got("send")] == [APPLY]


def test_a_voice_that_does_not_come_keeps_nobody_waiting_for_her_answer(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(HUMMING, voice=True, clock=True)
    kiosk.voice.late = True
    kiosk.start()
    assert kiosk.voice.got("hello")
    kiosk.page.get_by_role("button", name="开一家餐馆").click()
    expect(kiosk.page.locator("#sign")).to_have_attribute("data-state", "thinking")
    kiosk.page.clock.run_for(3_500)
    expect(kiosk.ask.get_by_role("button", name="同意调取")).to_be_visible()
    assert "send" not in {frame["type"] for frame in kiosk.voice.frames}


def test_without_a_loudspeaker_the_words_go_on_at_the_pace_of_speech(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk("delete window.AudioContext;", voice=True)
    kiosk.start()
    expect(kiosk.page.locator("#problem")).not_to_be_empty()
    assert kiosk.voice.got("hello")[0]["loudspeaker"] is False
    kiosk.voice.say("看屏幕上的字。", VISEMES, 30_000)
    expect(kiosk.page.locator("#subtitle")).to_have_text("看屏幕上的字。")


def test_what_the_server_says_is_wrong_is_shown_and_a_broken_sentence_is_still_read(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(HUMMING, voice=True)
    kiosk.listening()
    kiosk.voice.tell(type="say", utterance=1, sentence=0, last=True, text="还差一份材料。", rate=16000, ms=20_000, visemes=VISEMES)
    kiosk.voice.tell(type="problem", code="synthesis", text="声音出了问题，请看屏幕上的字。")
    expect(kiosk.page.locator("#problem")).to_contain_text("请看屏幕上的字")
    expect(kiosk.page.locator("#subtitle")).to_have_text("还差一份材料。")


def test_who_says_what_she_came_for_is_called_in(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(HUMMING, voice=True, path="/kiosk?voice_start=1")
    door = kiosk.page.locator("#door")
    expect(door).to_contain_text("在听")
    door.get_by_role("button", name="关麦克风").click()
    expect(door).to_contain_text("麦克风已关")
    assert kiosk.page.evaluate("window.streams.every((stream) => stream.getTracks()[0].readyState === 'ended')")
    door.get_by_role("button", name="开麦克风").click()
    expect(door).to_contain_text("在听")
    assert len(kiosk.voice.got("hello", 2)) == 2
    kiosk.voice.tell(type="called", text="我要开一家餐馆，办食品经营许可", send=True, language="zh")
    expect(kiosk.page.locator("#sign")).to_have_attribute("data-state", "thinking")
    expect(kiosk.page.locator("#said")).to_contain_text("我要开一家餐馆")
    expect(door).to_be_hidden()
    assert [frame["text"] for frame in kiosk.voice.got("send")] == ["我要开一家餐馆，办食品经营许可"]


def test_nobody_is_heard_on_the_first_screen_unless_the_address_says_so(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(HUMMING, voice=True)
    expect(kiosk.page.locator("#start")).to_be_visible()
    kiosk.page.wait_for_function("document.readyState === 'complete'")
    assert kiosk.page.evaluate("window.asked") is None
    assert kiosk.voice.frames == []


def test_an_acknowledgement_is_no_answer_and_touch_is_offered_where_hearing_fails(open_kiosk: Callable[..., Kiosk]) -> None:
    kiosk = open_kiosk(HUMMING, voice=True)
    kiosk.listening()
    kiosk.voice.tell(type="state", state="thinking")
    kiosk.voice.say("好的，我看一下。", VISEMES, 30_000, kind="ack")
    expect(kiosk.page.locator("#subtitle")).to_have_text("好的，我看一下。")
    expect(kiosk.page.locator("#sign")).to_have_attribute("data-state", "thinking")
    kiosk.page.evaluate("document.addEventListener('kiosk:offer', (event) => { window.offered = event.detail.way; })")
    kiosk.voice.tell(type="offer", way="scan", text="可以把身份证放在读卡器上。")
    expect(kiosk.page.locator("#answers")).to_have_class("answers offered")
    assert kiosk.page.evaluate("window.offered") == "scan"


@pytest.mark.parametrize("online", ["by itself", "when the network is back"])
def test_the_voice_comes_back(open_kiosk: Callable[..., Kiosk], online: str) -> None:
    kiosk = open_kiosk(HUMMING, voice=True, clock=True)
    kiosk.listening()
    sign = kiosk.page.locator("#sign")
    assert kiosk.voice.route is not None
    kiosk.voice.route.close(code=1011)
    expect(sign).to_have_attribute("data-state", "touch")
    if online == "by itself":
        kiosk.page.clock.fast_forward(1_500)
    else:
        kiosk.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(sign).to_have_attribute("data-state", "listening")
    assert len(kiosk.voice.got("hello", 2)) == 2
    if online != "by itself":
        return
    # Nobody stirs: that is asked aloud too, and our own voice is no sign of her; a word of hers is
    kiosk.page.clock.fast_forward(IDLE_S * 1000)
    count = kiosk.page.locator("#count-dialog")
    expect(count).to_be_visible()
    assert kiosk.voice.got("still")
    kiosk.voice.say("您还在吗？", VISEMES, 30_000)
    expect(kiosk.page.locator("#subtitle")).to_have_text("您还在吗？")
    expect(count).to_be_visible()
    kiosk.voice.tell(type="heard", text="在的", final=True)
    expect(count).to_be_hidden()
