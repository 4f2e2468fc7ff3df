"""A WeChat subscription notice from her yes to the far side: consent, news of the case, told exactly once, and never in the night."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from assistant.casework.flow import notifying
from assistant.casework.notices.deliver import Deliverer
from assistant.casework.notices.gateway import WeChat
from assistant.casework.notices.quiet import QuietHours
from assistant.casework.notices.store import State
from assistant.casework.notices.wishes import NoticeWishes
from assistant.casework.submission.backoff import Backoff
from assistant.foundation.clock import SHANGHAI
from knowledge.replies import Card
from tests.contract.test_messages import SLOW_S, Served, served, well
from tests.unit.casework.flow.support import Conversation
from tests.unit.casework.notices.support import CASE_NO, NOW, World

__all__ = ["served", "well"]
OPENID = "oFictitious"


class Told(World):
    """A case whose applicant came through WeChat's door; its notices cross a real network to the sandbox."""

    def __init__(self, folder: Path, served: Served, openid: str) -> None:
        super().__init__(folder)
        self.far, self.openid = served, openid
        backoff = Backoff(first_s=5, cap_s=60, patience=timedelta(days=3), least_attempts=3)
        quiet = QuietHours.parse("22:00-08:00")
        self.deliverer = Deliverer(self.db, self.chat, {"wechat": WeChat(served.gateway)}, self.clock, quiet, backoff)
        self.case(wishes=NoticeWishes(at=NOW))
        for _ in range(int(openid[-2:])):  # the far side is shared, and knows a notice by the case and the event's number
            self.happens("receiving")

    def says(self, text: str | None = None) -> None:
        """She answers the offer after her submission; ``text`` None is a tap on WeChat. What she wants is kept with the case."""
        conv = Conversation(case=self.held())
        conv.world.notice_channels = frozenset({"wechat"})
        conv.state.openid = self.openid
        offered = conv.talk("提交")
        assert offered.case is not None
        offered.case.notices = None
        notifying.offer(offered)
        (card,) = offered.replies
        assert isinstance(card, Card)
        conv.done(offered)
        tap = next(action.message for action in card.actions if "微信" in action.message)
        answered = conv.talk(text or tap)
        assert notifying.heard(answered) and answered.case is not None
        wishes = answered.case.notices
        self.change(lambda case: setattr(case, "notices", wishes))

    def arrived(self) -> list[int]:
        """How often each message for her was handed over at the far side."""
        return [one["handed_over"] for one in self.far.admin.sent(self.openid, channel="wechat")]

    def news(self, status: str = "accepted") -> None:
        self.happens("status", status)
        self.rounds()


def test_without_her_yes_nothing_goes_out_and_with_it_once(tmp_path: Path, served: Served) -> None:
    told = Told(tmp_path, served, f"{OPENID}00")
    told.news()
    assert told.arrived() == []
    told.says()
    told.news("approved")
    for _ in range(3):
        told.rounds()
    assert told.arrived() == [1]
    (sent,) = told.far.admin.sent(told.openid, channel="wechat")
    assert CASE_NO not in sent["body"] and CASE_NO[-4:] in sent["body"]
    told.db.dispose()


def test_a_lost_answer_tells_her_once_all_the_same(tmp_path: Path, served: Served) -> None:
    told = Told(tmp_path, served, f"{OPENID}10")
    told.says()
    told.far.admin.fault("accept_then_timeout", channel="wechat", count=1, seconds=SLOW_S)
    told.news()
    assert [row.state for row in told.notices()] == [State.PLANNED]
    told.clock.advance(timedelta(seconds=10))
    told.rounds()
    assert [row.state for row in told.notices()] == [State.SENT] and told.arrived() == [1]
    told.db.dispose()


def test_the_night_is_quiet_and_a_no_before_the_morning_counts(tmp_path: Path, served: Served) -> None:
    told = Told(tmp_path, served, f"{OPENID}20")
    told.says()
    told.clock.advance(NOW.astimezone(SHANGHAI).replace(hour=23, minute=0) - NOW)
    told.news()
    assert told.arrived() == []
    told.clock.advance(timedelta(hours=9))
    told.rounds()
    assert told.arrived() == [1]
    told.clock.advance(timedelta(hours=15))
    told.news("approved")
    told.says("不要给我发微信了")
    told.clock.advance(timedelta(hours=9))
    told.rounds()
    assert told.arrived() == [1]
    told.db.dispose()
