"""The real app behind the chat page, with a stand-in for the language engine: for what the mock would only act."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.casework import repository
from assistant.casework.flow import acts, answering, rating
from assistant.casework.flow.talk import Talk
from assistant.casework.model import Answer, Case, CasePart, CaseStatus, MaterialState, Source
from assistant.conversation.far_side import CaseSink
from assistant.engine.client import Parse
from assistant.foundation.clock import SHANGHAI
from assistant.foundation.crypto import KeyRing
from assistant.foundation.database import Database
from assistant.foundation.settings import ROOT, Settings
from channels.app import create_app
from channels.parts import Parts
from tests.browser.chat.conftest import Chat, served
from tests.contract.desk_world import with_toy_engine

GUIDE = "shop-sign"
ANSWERS = {"premises": ("own", "自有"), "lit": ("no", "否"), "sign_area": (3.5, "3.5平方米"), "shop_name": ("示例面馆", "示例面馆")}


@dataclass
class RealApp:
    """Where it listens, its parts, and what an office tells it."""

    url: str
    parts: Parts

    @property
    def office(self) -> CaseSink:
        """The door at which news of an office arrives."""
        sink = CaseSink(self.parts.db, self.parts.clock)
        sink.announce = self.parts.announce
        return sink

    def case(self, chat: Chat, status: CaseStatus) -> str:
        """Give a visitor a whole case of the sign's that stands so; its number."""
        now = datetime.now(SHANGHAI)
        case_no = f"BD20261110{chat.session()['id'][:8].upper()}"
        guide = self.parts.services.catalogue.get(GUIDE)
        assert guide is not None
        case = Case(
            case_no=case_no, guide_code=GUIDE, guide_name=guide.name, guide_version=guide.version, created_at=now, updated_at=now,
            answers={key: Answer(value=value, display=shown, source=Source(kind="said")) for key, (value, shown) in ANSWERS.items()},
            asked=list(ANSWERS), materials={"form": MaterialState(status="generated"), "picture": MaterialState(status="tolerated")},
            status=status, parts=[CasePart(status=status, office_ref="SJ20261110000001", received_at=now)],
        )  # fmt: skip
        with self.parts.db.write() as conn:
            repository.save(conn, case, chat.session()["id"], now)
        return case_no


def heard(talk: Talk, text: str, asking: dict[str, Any] | None) -> Parse | None:
    """What the stand-in knows: an answer where something is asked, 继续, 评价 and 再见."""
    intent = "provide"
    if asking is not None:
        answering.take(talk)
    elif "继续" in text:
        acts.perform(talk, "resume")
        intent = "dialogue_act"
    elif "评价" in text:
        rating.ask_grade(talk)
        intent = "rate_service"
    elif "再见" in text:
        talk.say("再见。")
        rating.invite(talk)
        talk.status = "smalltalk"
        intent = "goodbye"
    else:
        return None
    return Parse(intent=intent, confidence=1.0)


@contextmanager
def running(folder: Path, **more: Any) -> Iterator[RealApp]:
    """The app over the small guides of the tests; ``more`` are further settings."""
    nowhere = "http://127.0.0.1:9"
    settings = Settings(
        data_dir=folder, guides_dir=ROOT / "tests" / "fixtures" / "guides", rate_per_address=0, rate_per_conversation=0, fsync="normal",
        desk_hours="24h", engine_url=nowhere, sandbox_url=nowhere, **more,
    )  # fmt: skip
    database = Database(settings.database_url, KeyRing.open(settings.keyring_path), settings.fsync)
    database.upgrade()
    database.dispose()
    with pytest.MonkeyPatch.context() as patch:
        # training a search for these few guides would take longer than all the tests
        found = SimpleNamespace(search=lambda *_, **__: [])
        patch.setattr("channels.app.Search", SimpleNamespace(build=lambda *_, **__: found))
        app = create_app(settings)
    with_toy_engine(app, heard)
    with served(app) as url:
        yield RealApp(url, app.state.parts)
