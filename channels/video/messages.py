"""What the two pages of a call say to each other through the socket, each with its limits; anything else is not taken."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

MOST_CHARACTERS = 48_000
"""Of one message: a browser's session description with many codecs takes some 8,000."""
Kind = Literal["video", "voice"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ask(_In):
    """She would like a call."""

    type: Literal["ask"]
    kind: Kind = "video"


class Ring(_In):
    """Staff would like a call, or take up hers."""

    type: Literal["ring"]
    kind: Kind = "video"


class Accept(_In):
    """She says yes, with her camera or by voice only."""

    type: Literal["accept"]
    kind: Kind = "video"


class Decline(_In):
    """No: text goes on."""

    type: Literal["decline"]


class Take(_In):
    """The call on to this page, from another of the same party."""

    type: Literal["take"]


class HangUp(_In):
    """The end; before it is taken up, taken back."""

    type: Literal["hang_up"]


class Away(_In):
    """This page is being closed or loaded anew: who comes back within the time of a lost page may take the call again."""

    type: Literal["away"]


class Connected(_In):
    """Picture or sound has arrived."""

    type: Literal["connected"]


class Failed(_In):
    """No way was found between the two, or it was lost and did not come back; ``why`` as the browser knows it."""

    type: Literal["failed"]
    why: Literal["no_path", "lost", "no_microphone", "unsupported"]


class Fell(_In):
    """This page goes on by voice alone."""

    type: Literal["fell"]
    why: Literal["camera_refused", "no_camera", "camera_busy", "weak"]


class Offer(_In):
    """A session description (SDP) to be answered, for the lines it is meant for (citizen's, staff's)."""

    type: Literal["offer"]
    sdp: Annotated[str, Field(max_length=40_000)]
    lines: Annotated[list[int], Field(min_length=2, max_length=2)]


class Answer(_In):
    """The answer to an offer."""

    type: Literal["answer"]
    sdp: Annotated[str, Field(max_length=40_000)]
    lines: Annotated[list[int], Field(min_length=2, max_length=2)]


class Ice(_In):
    """A way to reach the sender's browser, as it names it; an empty candidate ends the list."""

    type: Literal["ice"]
    candidate: Annotated[str, Field(max_length=1000)]
    mid: Annotated[str, Field(max_length=64)] | None = None
    index: Annotated[int, Field(ge=0, le=99)] | None = None
    name: Annotated[str, Field(max_length=256)] | None = None
    lines: Annotated[list[int], Field(min_length=2, max_length=2)]


class Again(_In):
    """Please look for a way anew (ICE restart): only one side makes offers."""

    type: Literal["again"]


class Media(_In):
    """What this page sends now; ``weak``: the camera was switched off because the network is slow."""

    type: Literal["media"]
    camera: bool
    microphone: bool
    screen: bool = False
    weak: bool = False


class Asking(_In):
    """Staff ask her for something in the call: a still of a paper for the ``card`` sent with it, or her signature."""

    type: Literal["asking"]
    what: Literal["snapshot", "signature"]
    card: Annotated[str, Field(max_length=64)] | None = None


class Done(_In):
    """What became of it: she did it on her page, or would rather not."""

    type: Literal["done"]
    what: Literal["snapshot", "signature"]
    done: bool


class RecordAsk(_In):
    """May this be recorded?"""

    type: Literal["record_ask"]


class RecordYes(_In):
    """Yes, to the words she was shown; ``words`` is their SHA-256 in hex."""

    type: Literal["record_yes"]
    words: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class RecordNo(_In):
    """No."""

    type: Literal["record_no"]


class RecordStop(_In):
    """No more; either may say so."""

    type: Literal["record_stop"]


Said = (
    Ask | Ring | Accept | Decline | Take | HangUp | Away | Connected | Failed | Fell | Offer | Answer | Ice | Again | Media
    | Asking | Done | RecordAsk | RecordYes | RecordNo | RecordStop
)  # fmt: skip
SAID: TypeAdapter[Said] = TypeAdapter(Annotated[Said, Field(discriminator="type")])
