"""The state machine of a call in virtual time: whatever is said, in whatever order, by whomever, at whatever page."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from channels.video.call import ENDED, GONE, LIVE, RINGING, RINGS, Call, Party, Refused, Seat, begun, heard, passed
from channels.video.messages import (
    SAID,
    Accept,
    Again,
    Ask,
    Asking,
    Away,
    Connected,
    Decline,
    Done,
    Failed,
    Fell,
    HangUp,
    Ice,
    Media,
    Offer,
    RecordAsk,
    RecordNo,
    RecordStop,
    RecordYes,
    Ring,
    Said,
    Take,
)
from tests.conftest import NOW

WORDS = hashlib.sha256(b"words").hexdigest()
SAYINGS: list[Said] = [
    Ask(type="ask"), Ring(type="ring"), Accept(type="accept"), Accept(type="accept", kind="voice"), Decline(type="decline"),
    Take(type="take"), HangUp(type="hang_up"), Connected(type="connected"), Failed(type="failed", why="lost"),
    Fell(type="fell", why="weak"), Offer(type="offer", sdp="v=0", lines=[1, 1]), Ice(type="ice", candidate="c", lines=[1, 1]),
    Again(type="again"), Media(type="media", camera=True, microphone=True), Asking(type="asking", what="snapshot", card="1"),
    Done(type="done", what="snapshot", done=True), RecordAsk(type="record_ask"), RecordYes(type="record_yes", words=WORDS),
    RecordNo(type="record_no"), RecordStop(type="record_stop"),
    Away(type="away"),
]  # fmt: skip
ORDER = ("asked", RINGING, LIVE, ENDED)
EITHER = st.sampled_from([Party.CITIZEN, Party.STAFF])
# Weighted towards a call that gets somewhere, or most would end at once
MOVES = st.lists(
    st.tuples(EITHER, st.sampled_from([*SAYINGS, *[one for one in SAYINGS if not isinstance(one, HangUp | Failed | Decline)]]),
              st.sampled_from(["first-page", "other-page"]), st.integers(0, 30)),
    max_size=40,
)  # fmt: skip


def live() -> Call:
    """A call she took up, connected."""
    call = begun("c", Party.STAFF, Ring(type="ring"), "desk-page", NOW, "s1").call
    call = heard(call, Party.CITIZEN, Accept(type="accept"), "her-page", NOW).call
    return heard(call, Party.STAFF, Connected(type="connected"), "desk-page", NOW, "s1").call


@settings(max_examples=150, deadline=None)
@given(EITHER, MOVES)
def test_whatever_is_said_nothing_goes_on_without_her_yes(first: Party, moves: list[tuple[Party, Said, str, int]]) -> None:
    now = NOW
    said = Ask(type="ask") if first is Party.CITIZEN else Ring(type="ring")
    call = begun("c", first, said, "first-page", now, "s1" if first is Party.STAFF else None).call
    yes_to_call = yes_to_recording = False
    for party, what, page, wait in moves:
        now += timedelta(seconds=wait)
        late = passed(call, now)
        if late is not None:
            call = late.call
        before = call
        try:
            step = heard(call, party, what, page, now, "s1" if party is Party.STAFF else None)
        except Refused:
            continue
        call = step.call
        assert before.state != ENDED, "what is over hears nothing"
        assert ORDER.index(call.state) >= ORDER.index(before.state), "it never goes back"
        yes_to_call |= party is Party.CITIZEN and isinstance(what, Accept)
        if isinstance(what, RecordAsk):
            yes_to_recording = False
        yes_to_recording |= party is Party.CITIZEN and isinstance(what, RecordYes)
        assert call.state != LIVE or yes_to_call
        assert call.recording != "on" or (yes_to_recording and call.state == LIVE and call.connected_at is not None)
        if step.relay is not None:
            assert before.state == LIVE and before.seat(party).page == page, "only who is at the call is heard at the other end"
        for one in Party:
            assert call.seat(one).line >= before.seat(one).line
            if call.seat(one).page != before.seat(one).page:
                assert call.seat(one).line == before.seat(one).line + 1 and one is party
        assert (call.ended_at is not None) == (call.state == ENDED) == bool(call.outcome)
        assert call.seconds >= 0
        if call.state == ENDED:
            assert call.recording == "" and "ended" in step.happened
            assert (before.recording == "on") == ("recording_stopped" in step.happened)


def test_nobody_answers() -> None:
    call = begun("c", Party.STAFF, Ring(type="ring"), "p", NOW, "s1").call
    assert passed(call, NOW + RINGS - timedelta(seconds=1)) is None
    late = passed(call, NOW + RINGS)
    assert late is not None and late.call.outcome == "missed"


def test_her_wish_waits_as_long_as_she_does() -> None:
    assert passed(begun("c", Party.CITIZEN, Ask(type="ask"), "p", NOW).call, NOW + timedelta(hours=2)) is None


@pytest.mark.parametrize("gone", list(Party))
def test_a_page_that_vanishes_ends_it(gone: Party) -> None:
    now = NOW + GONE
    call = live()
    call = call.sits(gone.other, replace(call.seat(gone.other), seen=now))
    late = passed(call, now)
    assert late is not None and late.call.outcome == "lost"
    assert passed(call.sits(gone, replace(call.seat(gone), seen=now)), now) is None


def test_only_who_rang_takes_the_call_on_and_only_at_the_page_that_has_it() -> None:
    for who, page, code in (("s2", "desk-page", "not_yours"), ("s1", "other", "elsewhere")):
        with pytest.raises(Refused) as refused:
            heard(live(), Party.STAFF, Media(type="media", camera=True, microphone=True), page, NOW, who)
        assert refused.value.code == code
    taken = heard(live(), Party.STAFF, Take(type="take"), "other", NOW, "s1").call
    assert taken.staff == Seat("other", 2, NOW) and taken.citizen.line == 1
    assert heard(taken, Party.STAFF, Take(type="take"), "other", NOW, "s1").call.staff.line == 2, "the same page is the same line"


@pytest.mark.parametrize("who", list(Party))
def test_who_loads_her_page_anew_may_come_back_and_what_staff_recorded_ends(who: Party) -> None:
    name, staff_id = ("desk-page", "s1") if who is Party.STAFF else ("her-page", None)
    left_at = NOW + timedelta(seconds=30)
    left = heard(replace(live(), recording="on"), who, Away(type="away"), name, left_at, staff_id)
    assert left.relay is not None and left.relay.type == "away" and left.call.state == LIVE
    assert (left.call.recording, left.happened) == (("", ("recording_stopped",)) if who is Party.STAFF else ("on", ()))
    there = left.call.sits(who.other, replace(left.call.seat(who.other), seen=left_at + GONE))
    assert passed(there, left_at + GONE - timedelta(seconds=1)) is None
    late = passed(there, left_at + GONE)
    assert late is not None and late.call.outcome == "lost"
    back = heard(left.call, who, Take(type="take"), "anew", left_at, staff_id)
    assert back.call.seat(who) == Seat("anew", 2, left_at) and back.call.state == LIVE


def test_taking_the_call_to_another_page_of_staff_ends_the_recording_the_first_one_made() -> None:
    on = replace(live(), recording="on")
    assert heard(on, Party.STAFF, Take(type="take"), "desk-page", NOW, "s1").call.recording == "on"
    taken = heard(on, Party.STAFF, Take(type="take"), "other", NOW, "s1")
    assert (taken.call.recording, taken.happened) == ("", ("recording_stopped",))
    assert heard(on, Party.CITIZEN, Take(type="take"), "other", NOW).call.recording == "on"


def test_what_it_fell_back_to_is_kept() -> None:
    fell = heard(live(), Party.CITIZEN, Fell(type="fell", why="camera_refused"), "her-page", NOW).call
    assert fell.fell_back == "voice" and fell.state == LIVE
    failed = heard(fell, Party.CITIZEN, Failed(type="failed", why="no_path"), "her-page", NOW + timedelta(seconds=63)).call
    assert (failed.outcome, failed.fell_back, failed.seconds) == ("failed", "text", 63)


@pytest.mark.parametrize(
    "text",
    ['{"type":"offer","sdp":"%s","lines":[1,1]}' % ("x" * 40_001), '{"type":"offer","sdp":"x"}', '{"type":"ring","kind":"film"}', '{"type":"state"}',
     '{"type":"accept","extra":1}', '{"type":"record_yes","words":"yes"}', "[]", "", '{"type":"ice","candidate":"c","lines":[1,1,1]}'],
)  # fmt: skip
def test_anything_else_is_not_taken(text: str) -> None:
    with pytest.raises(ValidationError):
        SAID.validate_json(text)
