"""Citizens sign in: the real client against the sandbox's citizens' provider over a real network, in mid-conversation and out again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from assistant.casework import repository as cases
from assistant.casework.model import Answer, Source
from assistant.casework.signing import SignedIn
from assistant.conversation import repository, taking_up
from assistant.foundation import audit
from assistant.foundation.clock import FixedClock
from assistant.foundation.database import Database
from assistant.foundation.identity_tables import citizen_session
from assistant.foundation.settings import Settings
from assistant.foundation.tables import audit_entry
from assistant.identity import misuse, persons
from assistant.identity.claims import Proven, levels
from channels.app import create_app
from channels.signin.routes import COOKIE, TRIP
from sandbox.identity.realms import subject_of
from tests.conftest import NOW
from tests.contract.citizens_world import LI, OURS, SECRET, SHILI, ZHANG, Guest, Provider
from tests.contract.desk_world import with_toy_engine
from tests.contract.test_console import read_once

__all__ = ["read_once"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    made = Provider(tmp_path_factory.mktemp("sandbox"))
    yield made
    made.stop()


@pytest.fixture
def provider(running: Provider, clock: FixedClock) -> Provider:
    running.fault("ok")
    running.clock = clock
    return running


Making = Callable[..., FastAPI]


@pytest.fixture
def make(settings: Settings, db: Database, provider: Provider, clock: FixedClock) -> Making:
    """The app with settings of one's own."""

    def made(**update: Any) -> FastAPI:
        base = {"engine_url": "http://127.0.0.1:9", "sandbox_url": "http://127.0.0.1:9", "public_url": OURS}
        there = {"citizen_issuer": provider.issuer, "citizen_client_secret": SECRET}
        app = create_app(settings.model_copy(update={**base, **there, **update}), clock)
        with_toy_engine(app)
        return app

    return made


def test_a_guest_signs_in_and_is_back_at_the_same_question(make: Making, provider: Provider, db: Database) -> None:
    guest = Guest(make(), provider)
    asked = guest.say("我要办住所变更")["ask"]
    assert asked is not None and guest.standing["offered"] and not guest.standing["signed_in"]

    address = guest.away()
    sent = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert (sent["response_type"], sent["code_challenge_method"], sent["acr_values"]) == ("code", "S256", "real_name")
    assert sent["redirect_uri"] == f"{OURS}/signin/back" and min(len(sent["state"]), len(sent["nonce"])) >= 32
    trip = guest.http.cookies[TRIP.cookie]
    assert all(secret not in trip for secret in (sent["state"], sent["nonce"], guest.id))
    answer = guest.http.get(provider.choose(address, ZHANG))
    assert (answer.status_code, answer.headers["location"]) == (303, "/?signin=done")
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith(COOKIE))
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/api/v1/conversations" in cookie
    assert TRIP.cookie not in guest.http.cookies

    standing = guest.standing
    assert (standing["signed_in"], standing["level"], standing["who"], standing["acting"]) == (True, "real_name", "张*", None)
    with db.read() as conn:
        conv = repository.load(conn, guest.id)
        assert conv is not None and conv.state.ask is not None and conv.state.ask.field == asked["field"]
        assert conv.state.identity is not None and conv.state.identity.id_number == "11010519491231002X"
        told = [event.data["text"] for event in repository.events_after(conn, guest.id, 0) if event.kind == "notice"]
        assert told == ["您已登录：张*（实名认证）。办到哪里，接着办就行。"]
        note = conn.execute(select(audit_entry.c.detail).where(audit_entry.c.action == "citizen.signed_in")).scalar_one()
        assert note == {"level": "real_name", "as": "person", "channel": "web"} and audit.verify(conn).ok
    assert guest.say("然后呢")["ask"]["field"] == asked["field"]


def test_a_way_is_gone_once_by_who_began_it_and_back_into_her_conversation(make: Making, provider: Provider, clock: FixedClock) -> None:
    app = make()
    guest, stranger = Guest(app, provider), Guest(app, provider)
    answer = provider.choose(guest.away(), ZHANG)
    assert stranger.http.get(answer).headers["location"] == "/?signin=refused", "without the cookie of the way"
    trip = guest.http.cookies[TRIP.cookie]
    for wrong in (re.sub("state=[^&]+", "state=x", answer), answer.replace("iss=", "iss=https%3A%2F%2Felsewhere.example&x=")):
        guest.http.cookies.set(TRIP.cookie, trip, domain="testserver.local", path=TRIP.path)
        assert guest.http.get(wrong).headers["location"] == "/?signin=refused"
    assert not guest.standing["signed_in"] and not stranger.standing["signed_in"]
    guest.sign_in()
    again = Guest(app, provider)
    again.http.cookies.set(TRIP.cookie, trip, domain="testserver.local", path=TRIP.path)
    assert again.http.get(answer).headers["location"] == "/?signin=done" and not again.standing["signed_in"], "into the conversation it began in"
    late = Guest(app, provider)
    answer = provider.choose(late.away(), ZHANG)
    clock.advance(timedelta(minutes=11))
    assert late.http.get(answer).headers["location"] == "/?signin=refused"
    assert Guest(app, provider).sign_in("nobody") == "/?signin=denied"


def test_what_does_not_hold_signs_nobody_in_and_loses_nothing(make: Making, provider: Provider) -> None:
    guest = Guest(make(), provider)
    asked = guest.say("我要办住所变更")["ask"]["field"]
    for fault in ("wrong_nonce", "wrong_audience", "foreign_key", "alg_none", "expired", "no_number"):
        provider.fault(fault)
        assert guest.sign_in() == "/?signin=refused" and not guest.standing["signed_in"], fault
    assert COOKIE not in guest.http.cookies and guest.say("在吗")["ask"]["field"] == asked


def test_levels_step_up_and_do_not_fall(make: Making, provider: Provider, db: Database) -> None:
    guest = Guest(make(), provider)
    assert guest.sign_in(acr="phone", level="phone") == "/?signin=done"
    assert (guest.standing["level"], guest.standing["who"]) == ("phone", "138****8000")
    with db.read() as conn:
        assert repository.load(conn, guest.id).state.identity is None  # type: ignore[union-attr]
    assert guest.do("GET", "/my-cases").status_code == 403, "a telephone number may be given out anew"
    assert guest.sign_in(level="real_name") == "/?signin=done" and guest.standing["level"] == "real_name"
    provider.fault("low_level", 1)
    assert guest.sign_in(acr="face", level="face") == "/?signin=weak", "what was proven counts, not what was asked for"
    assert guest.standing["level"] == "real_name"
    assert guest.sign_in(acr="face", level="face") == "/?signin=done" and guest.standing["level"] == "face"


def test_one_person_many_doors_one_list(make: Making, provider: Provider) -> None:
    app = make()
    phone, kiosk = Guest(app, provider, "miniprogram"), Guest(app, provider, "kiosk")
    number = phone.say("我要办住所变更")["case"]["case_no"]
    assert kiosk.do("GET", "/my-cases").status_code == 403 and kiosk.do("POST", f"/my-cases/{number}/take-up").status_code == 403
    assert phone.http.get(provider.choose(phone.away(), ZHANG)).status_code == 200, "a door that is no page of ours is told"
    back = kiosk.http.get(provider.choose(kiosk.away(), ZHANG))
    assert back.status_code == 200 and "登录好了" in back.text and COOKIE not in kiosk.http.cookies, "many use a kiosk's browser"
    [held] = kiosk.do("GET", "/my-cases").json()["items"]
    assert (held["case_no"], held["item"], held["status_name"], held["here"], held["open"]) == (number, "公司住所变更登记", "草稿", False, True)
    asked = phone.turn["ask"]["field"]
    turn = kiosk.do("POST", f"/my-cases/{number}/take-up").json()
    assert (turn["case"]["case_no"], turn["ask"]["field"]) == (number, asked)
    assert [one["here"] for one in phone.do("GET", "/my-cases").json()["items"]] == [False], "it stays on her list, wherever it is"
    other = Guest(app, provider)
    other.sign_in(LI)
    assert other.do("GET", "/my-cases").json()["items"] == []
    assert other.do("POST", f"/my-cases/{number}/take-up").status_code == other.do("POST", f"/my-cases/{number}/viewing").status_code == 404
    seen = phone.do("POST", f"/my-cases/{number}/viewing").json()
    assert seen["token"] and seen["timeline"]["items"] is not None


def test_a_guests_case_moved_by_its_code_stays_on_the_list_of_whose_it_was(make: Making, provider: Provider, db: Database) -> None:
    app = make()
    hers, guest = Guest(app, provider), Guest(app, provider)
    number = hers.say("我要办住所变更")["case"]["case_no"]
    hers.sign_in()
    with db.write() as conn:
        case, holder = cases.find(conn, number)  # type: ignore[misc]
        taking_up.keep(conn, taking_up.Verdict("fits", number, case, holder), guest.id, "web", NOW)
        cases.save(conn, case, guest.id, NOW)
    assert [one["case_no"] for one in hers.do("GET", "/my-cases").json()["items"]] == [number]


def test_another_conversation_of_the_same_browser_needs_no_second_way(make: Making, provider: Provider) -> None:
    guest = Guest(make(), provider)
    guest.sign_in()
    first = guest.id, guest.headers
    guest.open()
    assert guest.do("POST", "/sign-in", level="face").json()["signed_in"] is False
    assert guest.do("POST", "/sign-in", enterprise=True).json()["signed_in"] is False
    assert guest.do("POST", "/sign-in").json() == {"signed_in": True, "address": None} and guest.standing["who"] == "张*"
    assert guest.do("POST", "/sign-in", again=True).json()["address"]
    # out: both, as both were signed in with this session
    left = guest.do("POST", "/sign-out").json()
    assert left["next"].startswith(f"{provider.issuer}/end_session?") and "id_token" not in left["next"], "it tells her number"
    assert COOKIE not in guest.http.cookies
    assert provider.http.get(left["next"], auth=None).headers["location"] == f"{OURS}/"
    assert guest.do("GET", "/sign-in").status_code == 401
    assert guest.http.get(f"/api/v1/conversations/{first[0]}/sign-in", headers=first[1]).status_code == 401


def test_signing_out_here_and_everywhere(make: Making, provider: Provider) -> None:
    app = make()
    one, two, three, other = (Guest(app, provider) for _ in range(4))
    number = one.say("我要办住所变更")["case"]["case_no"]
    for guest in (one, two, three):
        guest.sign_in()
    other.sign_in(LI)
    assert three.do("POST", "/sign-out").status_code == 200
    assert [guest.do("GET", "/sign-in").status_code for guest in (one, two, three, other)] == [200, 200, 401, 200]
    assert two.do("POST", "/sign-out", everywhere=True).status_code == 200
    assert [guest.do("GET", "/sign-in").status_code for guest in (one, two, other)] == [401, 401, 200]
    back = Guest(app, provider)
    back.sign_in()
    assert back.do("POST", f"/my-cases/{number}/take-up").json()["case"]["case_no"] == number, "nothing was lost"


def test_the_provider_ends_a_session_from_its_side(make: Making, provider: Provider) -> None:
    app = make()
    guest, other = Guest(app, provider), Guest(app, provider)
    guest.sign_in()
    other.sign_in(LI)
    assert guest.http.post("/signin/ended", data={"logout_token": "x.y.z"}).status_code == 400
    told = provider.http.post(f"{provider.issuer}/admin/logout", json={"sub": ZHANG}).json()
    assert guest.http.post("/signin/ended", data=told).status_code == 200
    assert (guest.do("GET", "/sign-in").status_code, other.do("GET", "/sign-in").status_code) == (401, 200)


def test_a_conversation_is_of_one_person(make: Making, provider: Provider, db: Database) -> None:
    guest = Guest(make(), provider)
    guest.say("我要办住所变更")
    guest.sign_in()
    assert guest.sign_in(LI, again=True) == "/?signin=other"
    assert guest.standing["who"] == "张*"
    with db.read() as conn:
        assert conn.execute(select(func.count()).select_from(citizen_session)).scalar_one() == 1, "nothing of the second is kept"


def test_a_session_ends_by_itself(make: Making, provider: Provider, clock: FixedClock) -> None:
    guest = Guest(make(citizen_session_minutes=30), provider)
    asked = guest.say("我要办住所变更")["ask"]["field"]
    guest.sign_in()
    clock.advance(timedelta(minutes=31))
    assert not guest.standing["signed_in"] and guest.do("GET", "/my-cases").status_code == 403
    assert guest.say("在吗")["ask"]["field"] == asked, "the conversation is hers as before"
    guest.sign_in()
    assert guest.standing["signed_in"]


def test_taking_back_who_one_is_in_mid_case(make: Making, provider: Provider, db: Database) -> None:
    guest = Guest(make(), provider)
    number = guest.say("我要办住所变更")["case"]["case_no"]
    guest.sign_in()
    source = {"said": Source(kind="said"), "hers": Source(kind="register", ref="identity")}
    with db.write() as conn:
        case, _ = cases.find(conn, number)  # type: ignore[misc]
        case.answers["agent_name"] = Answer(value="张三", display="张三", source=source["hers"])
        case.answers["phone"] = Answer(value="13800138000", display="13800138000", source=source["said"])
        cases.save(conn, case, guest.id, NOW)
    turn = guest.do("DELETE", "/sign-in").json()
    assert "不再用您登录的身份" in turn["replies"][0]["text"] and turn["ask"] is not None
    assert not guest.standing["signed_in"] and guest.do("GET", "/my-cases").status_code == 403
    with db.read() as conn:
        case, _ = cases.find(conn, number)  # type: ignore[misc]
        assert set(case.answers) == {"phone"} and repository.load(conn, guest.id).state.identity is None  # type: ignore[union-attr]
        assert audit.verify(conn).ok
    assert guest.say("在吗")["owner"] == "bot"


def test_an_account_that_changes_hands_takes_nothing_along(db: Database) -> None:
    """A telephone number given out anew: the account is somebody else's now, the first person's conversations are not."""
    ring = db.keyring
    standing = SignedIn(level="real_name", at=NOW, until=NOW + timedelta(hours=1))

    def shown(number: str | None, subject: str = "s") -> Proven:
        return Proven("https://provider.example", subject, None, "real_name" if number else "phone", "张三" if number else None, number, None, None)

    with db.write() as conn:
        nameless, _ = persons.enter(conn, ring, shown(None), standing)
        first, _ = persons.enter(conn, ring, shown("11010519491231002X"), standing)
        assert first.citizen_id == nameless.citizen_id, "she shows who she is for the first time"
        second, _ = persons.enter(conn, ring, shown("440106199801020017"), standing)
        assert second.citizen_id != first.citizen_id
        elsewhere, _ = persons.enter(conn, ring, shown("11010519491231002X", "another account"), standing)
        assert elsewhere.citizen_id == first.citizen_id, "one person, whichever account"


def test_who_signs_in_to_many_enterprises_is_slowed_and_shown(make: Making, provider: Provider, db: Database) -> None:
    app, another = make(misuse_enterprises=1), (subject_of("310115199003070017"), "91310118MA1JL0TL25")
    ways = [Guest(app, provider).sign_in(who, uscc=uscc, enterprise=True) for who, uscc in ((ZHANG, SHILI), (ZHANG, SHILI), another, (LI, SHILI))]
    assert ways == ["/?signin=done"] * 3 + ["/?signin=slowed"], "the same enterprise again is no other"
    assert Guest(app, provider).sign_in(LI) == "/?signin=done", "as a person she may"
    with db.read() as conn:
        [alarm] = misuse.alarms(conn)
    assert (alarm.kind, alarm.address, alarm.slowed_until is not None) == ("enterprises", "testclient", True)


def test_without_a_provider_all_goes_on_as_ever(make: Making, provider: Provider) -> None:
    guest = Guest(make(citizen_issuer=""), provider)
    assert guest.standing == {
        "offered": False, "provider": None, "signed_in": False, "level": None, "who": None, "until": None, "acting": None, "wanted": None,
    }  # fmt: skip
    assert guest.do("POST", "/sign-in").json()["code"] == "signin_off"
    provider.fault("down")
    away = Guest(make(), provider)
    assert away.do("POST", "/sign-in").status_code == 503
    turn = away.say("我要办住所变更")
    assert turn["status"] == "collecting" and set(turn) == {"turn", "owner", "status", "understanding", "replies", "ask", "case"}


def test_settings_that_are_none_stop_the_start(settings: Settings) -> None:
    for text in ("real_name=a", "phone=;real_name=b;face=c", "x"):
        with pytest.raises(ValueError, match="BANDAO_CITIZEN_LEVELS"):
            levels(text)
    for text in ("company-founding", "a=king", "=face"):
        with pytest.raises(ValueError, match="BANDAO_SIGN_IN_TO_SUBMIT"):
            create_app(settings.model_copy(update={"sign_in_to_submit": text}))
