"""Signals that stop us, lines that tell what happened."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from assistant.foundation.settings import Settings
from channels.serve.report import Report
from channels.serve.run import Stop, _Relay, stoppable
from channels.serve.supervisor import Happening


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_we_stop_when_asked_and_no_error_handler_gets_in_the_way(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(Stop), stoppable():
        try:
            os.kill(os.getpid(), number)
            signal.pause()
        except Exception:
            pytest.fail("swallowed")
    assert signal.getsignal(number) == before


def test_nohup_is_respected() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_program_that_keeps_ending_the_same_way_is_told_once_in_full(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    log = settings.data_dir / "logs" / "app.log"
    log.parent.mkdir(parents=True)
    log.write_text("first\nno such module\n", encoding="utf-8")
    relay = _Relay(settings, Report(as_json=True))
    ended = Happening("ended", "app", "exit status 1; not expected")
    for happening in (None, Happening("started", "app", "7"), ended, ended):
        relay(happening)
    log.write_text("another reason\n", encoding="utf-8")
    relay(ended)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["event"] for event in told] == ["ended", "log", "log", "ended", "ended", "log"]
    assert told[0]["program"] == "app" and told[2]["text"] == "no such module"
    assert told[-1]["text"] == "another reason"


def test_only_the_end_of_a_long_log_is_shown(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    log: Path = settings.data_dir / "logs" / "app.log"
    log.parent.mkdir(parents=True)
    log.write_text("".join(f"line {number}\n" for number in range(10_000)), encoding="utf-8")
    _Relay(settings, Report(as_json=False))(Happening("ended", "app", "exit status 1"))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 15 and lines[-1].strip() == "line 9999"
