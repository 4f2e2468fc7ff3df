"""Everything the doors work with, made once in ``app.create_app`` and found on the app's state."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from starlette.requests import HTTPConnection

from assistant.casework.notices.service import NoticeService
from assistant.casework.package.shelf import FormShelf
from assistant.casework.rounds import Rounds
from assistant.casework.shipping.service import Shipping
from assistant.casework.submission.webhooks import Door
from assistant.casework.usage import Usage
from assistant.conversation.hub import Hub
from assistant.conversation.limits import RateLimiter
from assistant.conversation.services import TurnServices
from assistant.conversation.turn import TurnRunner
from assistant.desk.lead import Lead
from assistant.desk.lookout import Lookout
from assistant.foundation.blobs import BlobStore
from assistant.foundation.clock import Clock
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings
from assistant.identity.provider import IdentityProvider
from knowledge.living import LivingGuides


@dataclass
class Parts:
    """See the module's docstring. ``engine`` and ``submissions`` are kept for start, stop and readiness.

    ``office_doors`` has what opens to each office's webhooks, by the office's name.
    ``guides`` are the guides in service as their folder changes: ``guides.catalogue``, ``guides.refused``, ``guides.loaded_at``.
    """

    settings: Settings
    clock: Clock
    db: Database
    blobs: BlobStore
    hub: Hub
    guides: LivingGuides
    services: TurnServices
    runner: TurnRunner
    engine: Any
    submissions: Any
    desk: Any
    lead: Lead
    office_doors: Mapping[str, Door]
    office: Any
    register: Any
    rounds: Rounds
    desk_rounds: Rounds
    """A thread of their own: what may take its time elsewhere (a mail server, a sweep) keeps nobody at the desk waiting."""
    usage: Usage
    forms: FormShelf
    per_conversation: RateLimiter
    per_address: RateLimiter
    sign_in_tries: RateLimiter
    verify_tries: RateLimiter
    per_door: RateLimiter
    shipping: Shipping
    notices: NoticeService
    lookout: Lookout
    identity: IdentityProvider | None = None
    citizens: IdentityProvider | None = None
    loop: asyncio.AbstractEventLoop | None = None

    def announce(self, conversation_id: str) -> None:
        """Wake the listeners of a conversation, from whatever thread the news comes."""
        if self.loop is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.hub.ring, conversation_id)


def parts_of(connection: HTTPConnection) -> Parts:
    """The parts of the app a request or socket came to."""
    return cast(Parts, connection.app.state.parts)
