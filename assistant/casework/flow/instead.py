"""What a turn may be instead of a plain answer, and is sure to be: a form, several changes, a contradiction, an aside."""

from __future__ import annotations

from assistant.casework.flow import asides, contradicting, forms, offering, several
from assistant.casework.flow.talk import Talk


def noticed(talk: Talk) -> bool:
    """Whether the words leave no doubt of it, so that no engine need read them."""
    return offering.picked(talk) is not None or forms.noticed(talk) or asides.noticed(talk) or several.noticed(talk)


def take(talk: Talk) -> bool:
    """Carry it out; False where the turn, or what is left of it in ``talk.text``, is an answer or a correction like any other."""
    if offering.picked(talk) is not None:
        return False
    return forms.take(talk) or asides.take(talk) or several.take(talk) or contradicting.take(talk)
