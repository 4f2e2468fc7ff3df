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
