"""What the routing file says of papers: windows with slots, an address to post to, nothing for the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.casework.bookings.model import Place
from assistant.casework.submission.offices import by_hand, config
from assistant.casework.submission.offices.config import BadOffices
from assistant.casework.submission.offices.window import PostOffice, WindowOffice
from assistant.foundation.clock import SystemClock

KEY = {"BANDAO_HALL_KEY": "fictitious-office-key"}
FILE = """
offices:
  HALL: {kind: window, url: "https://hall.example", key_env: BANDAO_HALL_KEY}
  BYPOST:
    kind: post
    url: https://hall.example
    key_env: BANDAO_HALL_KEY
    post_to: {name: 示例局收件处, address: 示例路2号, postcode: "200000", phone: 021-12345}
routes:
  - {items: [senior-card], office: HALL}
  - {departments: [示例局], office: BYPOST}
"""


def loaded(folder: Path, text: str = FILE) -> config.Offices:
    path = folder / "offices.yaml"
    path.write_text(text, encoding="utf-8")
    return config.load(path, environ=KEY)


def test_each_item_its_way(tmp_path: Path) -> None:
    offices = loaded(tmp_path)
    window = by_hand.handing(offices, "senior-card", "民政局")
    assert window is not None and (window.way, window.office, window.department) == ("window", "HALL", "民政局")
    post = by_hand.handing(offices, "x", "示例局")
    assert post is not None and post.way == "post"
    assert post.place == Place(name="示例局收件处", address="示例路2号", phone="021-12345", postcode="200000")
    assert by_hand.handing(offices, "x", "别的局") is None
    assert set(by_hand.windows(offices)) == {"HALL"}


def test_their_packages_say_that_papers_come(tmp_path: Path) -> None:
    clients = loaded(tmp_path).open(SystemClock(), lambda _number: None)
    assert isinstance(clients["HALL"], WindowOffice) and clients["HALL"].way == "window"
    assert isinstance(clients["BYPOST"], PostOffice) and clients["BYPOST"].way == "post"


ONLINE = """
offices:
  RSJ:
    kind: bandao
    url: https://rsj.example
    key_env: BANDAO_HALL_KEY
    slots: {url: "https://hall.example", key_env: BANDAO_SLOTS_KEY}
routes:
  - {items: [senior-card], office: RSJ}
"""


def test_an_office_that_takes_applications_online_may_give_slots_for_originals(tmp_path: Path) -> None:
    path = tmp_path / "offices.yaml"
    path.write_text(ONLINE, encoding="utf-8")
    offices = config.load(path, environ={**KEY, "BANDAO_SLOTS_KEY": "fictitious-slots-key"})
    held = by_hand.handing(offices, "senior-card", "民政局")
    assert held is not None and (held.way, held.office, held.awaited) == ("originals", "RSJ", False)
    assert set(by_hand.windows(offices)) == {"RSJ"} and offices.slot_keys == {"RSJ": "fictitious-slots-key"}
    assert offices.open(SystemClock())["RSJ"].asks, "it is followed as any other"


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("url: \"https://hall", "url: \"http://hall", "http://hall.example"), ("BANDAO_SLOTS_KEY", "BANDAO_UNSET_KEY", "BANDAO_UNSET_KEY"),
        ("kind: bandao", "kind: window", "slots"), (", key_env: BANDAO_SLOTS_KEY", "", "key_env"),
    ],
)  # fmt: skip
def test_slots_that_cannot_be_used_are_refused_with_their_line(tmp_path: Path, good: str, bad: str, said: str) -> None:
    assert good in ONLINE
    path = tmp_path / "offices.yaml"
    path.write_text(ONLINE.replace(good, bad), encoding="utf-8")
    with pytest.raises(BadOffices) as refused:
        config.load(path, environ={**KEY, "BANDAO_SLOTS_KEY": "fictitious-slots-key"})
    assert said in str(refused.value) and all(fault.line == 7 for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('    post_to: {name: 示例局收件处, address: 示例路2号, postcode: "200000", phone: 021-12345}', "", "post_to"),
        ('"200000"', '"2000"', "postcode"), ("kind: window", "kind: door", "kind"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, good: str, bad: str, said: str) -> None:
    assert good in FILE
    with pytest.raises(BadOffices) as refused:
        loaded(tmp_path, FILE.replace(good, bad))
    assert said in str(refused.value)
