"""The measuring itself: what counts as right, how noise is mixed, which targets are missed. With a made-up voice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from assistant.casework.fields.parse import parse
from assistant.casework.fields.result import Accepted
from assistant.foundation.settings import ROOT
from assistant.speech.engines.base import RATE, Phone, Spoken
from assistant.speech.hearing.asked import Asked
from assistant.speech.hearing.readback import ReadBack
from benchmarks.cases import CITIZENS
from benchmarks.citizens.facts import load as citizens
from benchmarks.voice import accuracy, latency, mouth, sound, talks
from benchmarks.voice.sentences import HALVES, Said, load, of_citizens, some
from knowledge.catalogue import Catalogue
from tests.browser.kiosk import made_up_voice
from tests.unit.casework.fields.test_said import TODAY


class Voice:
    """Says everything with the made-up voice."""

    def synthesise(self, text: str, *, speed: float = 1.0) -> Spoken:
        pcm = (made_up_voice.sound(text) * 32767).astype("<i2").tobytes()
        return Spoken(pcm, RATE, (Phone("b", 0.0, 0.01), Phone("a1", 0.01, len(pcm) / 2 / RATE)))


@pytest.fixture(scope="module")
def guides() -> Catalogue:
    return Catalogue.load(ROOT / "knowledge" / "guides")


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sound, "_voice", Voice)
    sound.speech.cache_clear()
    yield
    sound.speech.cache_clear()


def test_two_halves_of_as_many_kinds_share_no_sentence(guides: Catalogue) -> None:
    tuned, held = (load(half) for half in HALVES)
    assert len(tuned) + len(held) >= 80 and [one.kind for one in tuned] == [one.kind for one in held]
    assert not {one.said for one in tuned} & {one.said for one in held}
    assert not {one.truth for one in tuned if one.kind == "opening"} & {one.truth for one in held if one.kind == "opening"}
    asked = {(facts.guide, key) for facts in citizens(CITIZENS) for key in facts.say}
    for one in [*tuned, *held]:
        assert one.guide == "-" or guides.get(one.guide) is not None, one
        assert one.kind not in ("answer", "value") or (one.guide, one.field) in asked, one
    assert {one.kind for one in some(tuned, 7)} == {one.kind for one in tuned}


def test_more_openings_are_of_items_nobody_listened_to(guides: Catalogue) -> None:
    tuned, more = load("tuned"), of_citizens(citizens(CITIZENS))
    assert len(more) >= 40 and {one.half for one in more} == {"held"}
    assert not {one.truth for one in more} & {one.truth for one in tuned if one.kind == "opening"}
    assert all(guides.get(one.truth) is not None and 5 <= len(one.said) <= 24 for one in more)
    numbers = [one.number for one in [*load("held"), *more]]
    assert len({*numbers}) == len(numbers), "each has its manner and its noise"


@pytest.mark.parametrize("one", [one for half in HALVES for one in load(half) if one.kind == "value"], ids=lambda one: one.truth)
def test_every_value_is_one_the_form_takes_as_it_stands(one: Said, guides: Catalogue) -> None:
    guide = guides.get(one.guide)
    field = guide and guide.field(one.field)
    assert field is not None
    read = parse(field, one.truth, TODAY, {})
    assert isinstance(read, Accepted) and read.warning is None and str(read.value) == one.truth
    asked = Asked(field.type, field.label, (), field.key)
    assert talks._in(one, ReadBack(asked, one.truth, TODAY).say), "she knows her value again when it is read back"


@pytest.mark.parametrize("kind", sound.NOISES)
@pytest.mark.parametrize("over", [20.0, 5.0])
def test_noise_is_as_far_below_her_voice_as_was_said(spoken: None, kind: sound.Noise, over: float) -> None:
    clean = sound.take("我要办居住证")
    noisy = sound.take("我要办居住证", over=over, kind=kind, seed=4, crowd=["你好", "转人工"])
    assert noisy.sound.size == clean.sound.size and (noisy.first, noisy.last) == (clean.first, clean.last)
    speech, noise = clean.sound[clean.first : clean.last], noisy.sound - clean.sound
    ratio = 20 * np.log10(np.sqrt(np.mean(speech**2)) / np.sqrt(np.mean(noise**2)))
    assert ratio == pytest.approx(over, abs=0.5)
    assert np.abs(noisy.sound[: noisy.first]).max() > 0


def test_manners_differ_in_length_and_loudness(spoken: None) -> None:
    plain, far = sound.speech("确认无误"), sound.speech("确认无误", sound.Manner(1.0, 1.0, -12.0))
    assert np.sqrt(np.mean(far**2)) == pytest.approx(np.sqrt(np.mean(plain**2)) / 4, rel=0.02)
    assert sound.speech("确认无误", sound.Manner(1.0, 1.25)).size == pytest.approx(plain.size / 1.25, rel=0.02)


def _value(truth: str, field: str = "phone") -> Said:
    return Said("held", 0, "value", "passport", field, truth, "")


def test_a_value_read_back_is_hers_or_not() -> None:
    assert talks._in(_value("13812345678"), "我听到的是：138 1234 5678。对吗？")
    assert not talks._in(_value("13812345678"), "我听到的是：138 1234 5679。对吗？")
    assert not talks._in(_value("4500"), "我听到的是：14500元。对吗？")
    assert talks._in(_value("2026-03-01", "lease_start"), "我听到的是：2026年3月1日。对吗？")
    assert _value("4500", "monthly_rent").digits and not _value("上海市样板路66弄5号301室", "residence_address").digits


def test_characters_are_counted_whatever_a_number_is_written_in() -> None:
    assert accuracy._distance(accuracy._bare("幺三八，零零"), accuracy._bare("13800。")) == 0
    assert accuracy._distance("我要办证", "我办正件") == 3


def test_only_the_half_nobody_listened_to_is_held_to_the_targets() -> None:
    good, bad = {"opening": 0.95, "digits_confirmed": 1.0, "wrong_taken": 0}, {"opening": 0.5, "digits_confirmed": 0.9, "wrong_taken": 1}
    assert accuracy.missed({"tuned": {"clean": bad}, "held": {"clean": good, "5 dB": bad}}) == []
    assert len(accuracy.missed({"held": {"20 dB": bad}})) == 3
    times = latency.Times(answered=[1.0] * 18 + [9.0, 9.0], silenced=[0.1], unanswered=1)
    assert [line.split(",")[0] for line in latency.missed("alone", latency.figures(times))] == ["answer", "unanswered"]


def test_the_mouth_is_held_against_the_sound() -> None:
    rate, hum = RATE, np.zeros(RATE, dtype="<i2")
    hum[1600:12000] = 8000
    on_time = Spoken(hum.tobytes(), rate, (Phone("sil", 0, 0.1), Phone("a1", 0.1, 0.75), Phone("sil", 0.75, 1.0)))
    late = Spoken(hum.tobytes(), rate, (Phone("sil", 0, 0.2), Phone("a1", 0.2, 0.75), Phone("sil", 0.75, 1.0)))
    assert mouth.offsets(on_time) == pytest.approx((0, 0), abs=6)
    assert mouth.offsets(late)[0] == pytest.approx(100, abs=6)
    figures = {"opens_ms": {"p5": -20.0, "p95": 80.0}, "closes_ms": {"p5": 0.0, "p95": 10.0}, "first_ms": 0.0, "last_ms": 1.0, "drift_ms": 90.0}
    assert mouth.missed(figures) == ["mouth opens_ms: 80.0 ms", "drift: 90.0 ms"]
