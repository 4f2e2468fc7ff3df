"""What is heard in any turn before anything else is read in it: how she wants to be told, and how her result is to come."""

from __future__ import annotations

from assistant.casework.flow import notifying, receiving
from assistant.casework.flow.talk import Talk


def heard(talk: Talk) -> bool:
    """Settle it if the turn is about that and nothing else; whether it was."""
    if receiving.plainly(talk) and receiving.heard(talk):
        return True  # 办好了寄给我 sounds like a yes to being told
    return notifying.heard(talk) or receiving.heard(talk)
