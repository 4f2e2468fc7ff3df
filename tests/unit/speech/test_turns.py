"""Turn-taking on a virtual clock: when she is done, what interrupting does, and what may never happen, in whatever order."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mypy import api

from assistant.speech.listening import WINDOW_MS, Rules
from assistant.speech.signals import (
    Asks,
    Begins,
    Binding,
    Cuts,
    Cuttable,
    Drops,
    Ends,
    Pauses,
    Resumes,
    Signal,
    Silences,
    Takes,
    TooLong,
)
from assistant.speech.turns import Turns

R = Rules()


class Room:
    """A machine and its clock."""

    def __init__(self, *, full_duplex: bool = True) -> None:
        self.turns = Turns(full_duplex=full_duplex)
        self.now = 10_000
        self.seen: list[Signal] = []

    def sound(self, ms: int, probability: float) -> list[Signal]:
        out: list[Signal] = []
        for _ in range(-(-ms // WINDOW_MS)):
            out += self.turns.window(self.now, probability)
            self.now += WINDOW_MS
        self.seen += out
        return out

    def speaks(self, ms: int) -> list[Signal]:
        return self.sound(ms, 0.9)

    def still(self, ms: int) -> list[Signal]:
        return self.sound(ms, 0.05)

    def words(self, text: str, utterance: int | None = None) -> list[Signal]:
        out = self.turns.words(utterance or self.turns.listening.utterance, text, self.now)
        self.seen += out
        return out

    def reply(self, ms: int, *, binding: bool = False) -> Cuttable | Binding:
        reply, out = self.turns.begins_reply(binding=binding)
        self.seen += out
        assert self.turns.may_speak(reply)
        self.turns.says(reply, self.now, ms)
        self.turns.completes(reply, self.now)
        return reply


def kinds(signals: list[Signal]) -> list[str]:
    return [type(signal).__name__ for signal in signals]


def test_a_sentence_is_taken_when_she_has_been_silent_for_long_enough() -> None:
    room = Room()
    assert kinds(room.speaks(1000)) == ["Begins"]
    assert room.turns.state == "hearing"
    ended = room.now
    assert kinds(room.still(600)) == ["Pauses"]
    assert room.still(100) == [Ends(1, 1, ended)]
    assert room.turns.state == "thinking"
    assert room.words("我要办居住证") == [Takes("我要办居住证", ended)]


@pytest.mark.parametrize(
    ("text", "longer"),
    [("我想", True), ("我的手机号是幺三八零", True), ("因为", True), ("我要给孩子上户口", False), ("多少钱", False), ("3101", True), ("I want to", True)],
)
def test_digits_and_sentences_that_go_on_are_waited_for(text: str, longer: bool) -> None:
    room = Room()
    room.speaks(800)
    (pause,) = room.still(300)
    assert isinstance(pause, Pauses)
    room.turns.drafted(pause.utterance, pause.version, text)
    assert bool(room.still(600)) is not longer
    if longer:
        assert kinds(room.still(400)) == ["Ends"]


def test_a_question_for_digits_waits_longer_and_one_for_a_choice_shorter() -> None:
    for expecting, silent in (("digits", R.end_digits), ("choice", R.end_choice), ("words", R.end)):
        room = Room()
        room.turns.listening.expecting = expecting  # type: ignore[assignment]
        room.speaks(500)
        assert "Ends" not in kinds(room.still(silent - 2 * WINDOW_MS))
        assert "Ends" in kinds(room.still(3 * WINDOW_MS))


def test_what_is_said_on_before_it_was_recognised_is_one_sentence() -> None:
    room = Room()
    room.speaks(600)
    room.still(700)
    room.speaks(600)  # the recogniser is still busy with the first half
    assert room.words("我想办", 1) == []
    room.still(700)
    (takes,) = room.words("居住证", 2)
    assert isinstance(takes, Takes)
    assert takes.text == "我想办居住证"


def test_interrupting_silences_at_once_and_her_words_cut_the_reply() -> None:
    room = Room()
    reply = room.reply(8000)
    assert room.turns.state == "speaking"
    began = room.now
    while not room.seen:
        room.speaks(WINDOW_MS)
    assert kinds(room.seen) == ["Begins", "Silences"]
    assert room.now - began <= 300
    assert not room.turns.may_speak(reply)
    room.still(700)
    out = room.words("等一下，我要改地址")
    assert kinds(out) == ["Cuts", "Takes"]
    assert not room.turns.current(reply)


@pytest.mark.parametrize("text", ["嗯", "啊啊", "", "呃……", "Hmm"])
def test_a_cough_or_a_filler_resumes_what_was_said(text: str) -> None:
    room = Room()
    reply = room.reply(8000)
    room.speaks(400)
    room.still(700)
    assert room.words(text) == [Resumes(reply)]
    assert room.turns.may_speak(reply)


def test_a_click_interrupts_nothing() -> None:
    room = Room()
    room.reply(8000)
    room.speaks(96)
    assert room.still(1000) == []


def test_a_short_cough_is_dropped_without_being_recognised() -> None:
    room = Room()
    room.speaks(128)
    assert kinds(room.still(1000)) == ["Drops"]
    assert room.turns.state == "listening"


def test_a_submission_is_neither_silenced_nor_cut_and_what_she_said_meanwhile_comes_after_it() -> None:
    room = Room()
    reply, _ = room.turns.begins_reply(binding=True)
    room.speaks(600)
    assert room.turns.may_speak(reply)
    room.turns.says(reply, room.now, 4000)
    room.turns.completes(reply, room.now)
    room.still(800)
    room.words("不要提交")
    assert not [signal for signal in room.seen if isinstance(signal, Silences | Cuts | Takes)]
    assert room.turns.stop(room.now) == []
    with pytest.raises(RuntimeError):
        room.turns.begins_reply()
    assert kinds(room.still(4000)) == ["Takes"]


def test_a_type_checker_refuses_to_cut_a_binding_reply() -> None:
    code = """
        from assistant.speech.signals import Binding, Cuttable, Held, cut
        cut(Held(Cuttable(1)))
        cut(Held(Binding(1)))
        cut(Binding(1))
    """
    out, _, status = api.run(["--config-file=", "--strict", "--no-incremental", "-c", textwrap.dedent(code)])
    assert status == 1
    assert [line.split(":")[1] for line in out.splitlines() if ": error:" in line] == ["4", "5"], out


def test_where_the_microphone_hears_the_loudspeaker_we_are_deaf_while_we_speak_and_a_moment_after() -> None:
    room = Room(full_duplex=False)
    room.reply(2000)
    assert room.speaks(2000) == []
    assert room.speaks(R.tail - WINDOW_MS) == []
    assert kinds(room.speaks(300)) == ["Begins"]


def test_touch_silences_in_half_duplex() -> None:
    room = Room(full_duplex=False)
    room.reply(9000)
    assert kinds(room.turns.stop(room.now)) == ["Silences", "Cuts"]
    room.still(R.tail)
    assert kinds(room.speaks(300)) == ["Begins"]


def test_an_hour_of_talk_comes_in_pieces_and_that_is_said_once() -> None:
    room = Room()
    out = room.speaks(3_600_000)
    ends = [signal for signal in out if isinstance(signal, Ends)]
    assert len(ends) >= 3_600_000 // R.longest - 1
    assert all(signal.cut_short for signal in ends)
    assert sum(isinstance(signal, TooLong) for signal in out) == 1


def test_noise_without_words_asks_once_then_points_at_the_screen_then_is_let_be() -> None:
    room = Room()
    asked: list[Signal] = []
    for _ in range(4):
        room.speaks(2000)
        room.still(800)
        asked += room.words("")
    assert asked == [Asks("again"), Asks("touch")]


def test_silence_after_a_question_asks_once_then_points_at_the_screen() -> None:
    room = Room()
    room.reply(1000)
    assert room.still(60_000) == [Asks("silent"), Asks("touch")]
    room.speaks(800)
    room.still(800)
    room.words("好的")
    room.reply(500)
    assert Asks("silent") in room.still(20_000)


def test_muted_it_hears_nothing_and_drops_what_was_being_said() -> None:
    room = Room()
    room.speaks(600)
    assert kinds(room.turns.mute(True)) == ["Drops"]
    assert room.speaks(3000) == []
    assert room.turns.state == "muted"
    room.turns.mute(False)
    assert kinds(room.speaks(300)) == ["Begins"]


def test_an_hour_of_talk_is_taken_in_pieces_of_twenty_seconds_and_told_once() -> None:
    room = Room()
    for _ in range(60):
        room.speaks(60_000)
    ends = [signal for signal in room.seen if isinstance(signal, Ends)]
    assert len([signal for signal in room.seen if isinstance(signal, TooLong)]) == 1
    assert len(ends) == 3600 // 20
    assert all(signal.cut_short for signal in ends)


def test_a_microphone_that_falls_silent_altogether_ends_the_utterance() -> None:
    room = Room()
    room.speaks(600)
    assert kinds(room.turns.tick(room.now + R.lost)) == ["Ends"]


Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(["speak", "still", "faint", "words", "filler", "reply", "binding", "stop", "touch", "mute", "unmute", "tick", "played"]), st.integers(32, 2500)),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(STEPS, st.booleans())
def test_whatever_happens_she_is_not_spoken_over_and_every_utterance_ends(steps: list[Step], full_duplex: bool) -> None:
    room = Room(full_duplex=full_duplex)
    turns = room.turns
    open_: set[int] = set()
    closed: list[int] = []
    awaiting: list[int] = []
    voiced_for = 0
    last: Cuttable | Binding | None = None

    def note(signals: list[Signal]) -> None:
        nonlocal voiced_for
        for signal in signals:
            match signal:
                case Begins():
                    assert not open_, "two utterances at once"
                    open_.add(signal.utterance)
                case Ends() | Drops():
                    open_.remove(signal.utterance)
                    closed.append(signal.utterance)
                    if isinstance(signal, Ends):
                        awaiting.append(signal.utterance)
                case Silences():
                    assert turns.current(signal.held.reply) or isinstance(signals[signals.index(signal) + 1], Cuts)
                    assert not turns.may_speak(signal.held.reply)
                case _:
                    pass

    for what, ms in steps:
        match what:
            case "speak" | "still" | "faint":
                level = {"speak": 0.9, "still": 0.05, "faint": 0.42}[what]
                for _ in range(-(-ms // WINDOW_MS)):
                    sounding = turns.state == "speaking" and not turns.bound and not turns.deaf(room.now)
                    voiced_for = voiced_for + WINDOW_MS if what == "speak" and sounding else 0
                    note(turns.window(room.now, level))
                    room.now += WINDOW_MS
                    if turns.state == "speaking" and full_duplex and not turns.bound:
                        assert voiced_for <= 300, "it went on speaking while she spoke"
            case "words" | "filler":
                if awaiting:
                    note(turns.words(awaiting.pop(0), "居住证" if what == "words" else "嗯", room.now))
            case "reply" | "binding":
                if not turns.bound:
                    last, signals = turns.begins_reply(binding=what == "binding")
                    note(signals)
                    if turns.may_speak(last):
                        assert isinstance(last, Binding) or not turns.listening.open
                        turns.says(last, room.now, ms)
                        note(turns.completes(last, room.now))
            case "stop":
                note(turns.stop(room.now))
            case "touch":
                note(turns.touched(room.now))
            case "mute" | "unmute":
                note(turns.mute(what == "mute"))
            case "tick":
                room.now += ms
                note(turns.tick(room.now))
            case _:
                if last is not None:
                    turns.played(last, room.now, ms)
    turns.mute(False)
    note(turns.tick(room.now + 60_000))
    assert not open_
    assert len(closed) == len(set(closed)) == turns.listening.utterance


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([0.05, 0.42, 0.9]), min_size=12, max_size=80))
def test_silence_follows_her_first_sound_within_300_ms_or_it_was_no_voice(levels: list[float]) -> None:
    room = Room()
    room.reply(60_000)
    for level in levels:
        began = room.now
        for signal in room.sound(WINDOW_MS, level):
            if isinstance(signal, Begins):
                assert began + WINDOW_MS - signal.at_ms <= 300
                assert any(isinstance(other, Silences) for other in room.seen)
                return
