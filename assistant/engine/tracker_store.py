"""Trackers in memory, as event objects and never long: the database remembers, Rasa only needs the last moments.

Named in ``endpoints.yml`` by module path. Rasa's own in-memory store writes every tracker as JSON and lets it grow,
so that its two hundredth turn takes many times as long as its first; this one cuts at a user's turn and puts the
slots and the active loop of that moment in front of what is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, AllSlotsReset, Event, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


def recent(events: Sequence[Event], turns: int) -> list[Event]:
    """The events of the last ``turns`` user turns, led by the state the conversation was in when they began."""
    starts = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(starts) <= turns:
        return list(events)
    cut = starts[-turns]
    slots: dict[str, Any] = {}
    loop: str | None = None
    for event in events[:cut]:
        if isinstance(event, SlotSet):
            slots[event.key] = event.value
        elif isinstance(event, ActiveLoop):
            loop = event.name
        elif isinstance(event, Restarted):
            slots, loop = {}, None
        elif isinstance(event, AllSlotsReset):
            slots = {}
    front: list[Event] = [SlotSet(key, value) for key, value in slots.items() if value is not None]
    if loop:
        front.append(ActiveLoop(loop))
    return [*front, ActionExecuted(ACTION_LISTEN_NAME), *events[cut:]]


class RecentTurnsStore(TrackerStore):  # type: ignore[misc]
    """Keeps the last ``turns`` user turns of the ``conversations`` most recently used; what falls out is rebuilt
    by the channel.
    """

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        turns: int = 2,
        conversations: int = 2000,
        **kwargs: Any,
    ) -> None:
        """``turns`` and ``conversations`` come from ``endpoints.yml``."""
        super().__init__(domain, event_broker)
        self._turns = turns
        self._conversations = conversations
        self._kept: OrderedDict[str, list[Event]] = OrderedDict()

    def __len__(self) -> int:
        """How many conversations are kept."""
        return len(self._kept)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker's last turns, and forget the conversation unused for longest when there are too many."""
        await self.stream_events(tracker)
        self._kept[tracker.sender_id] = recent(list(tracker.events), self._turns)
        self._kept.move_to_end(tracker.sender_id)
        while len(self._kept) > self._conversations:
            self._kept.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker as saved, or None."""
        events = self._kept.get(sender_id)
        if events is None:
            return None
        self._kept.move_to_end(sender_id)
        return DialogueStateTracker.from_events(sender_id, events, slots=self.domain.slots)

    async def delete(self, sender_id: str) -> None:
        """Forget one conversation."""
        self._kept.pop(sender_id, None)

    async def keys(self) -> Iterable[str]:
        """The conversations kept."""
        return list(self._kept)
