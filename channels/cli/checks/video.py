"""Whether citizens and staff can call each other, and how far: without a TURN server no further than one network."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from channels.cli.checks import Check, bad, good
from channels.video.servers import addresses

_STUN, _TURN = ("stun:", "stuns:"), ("turn:", "turns:")


def checks(settings: Settings) -> Iterator[Check]:
    """Addresses that are none are told; so is what works only on this machine or in one network."""
    if not settings.video_calls:
        yield good("video", t("doctor.video_off"))
        return
    stun, turn = addresses(settings.video_stun_urls), addresses(settings.video_turn_urls)
    wrong = [one for one in stun if not one.startswith(_STUN)] + [one for one in turn if not one.startswith(_TURN)]
    if wrong:
        yield bad("video", "video_address", names=", ".join(wrong))
        return
    if turn and not settings.video_turn_secret:
        yield bad("video", "video_secret")
        return
    here = urlsplit(settings.public_url)
    if here.scheme != "https" and here.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield bad("video", "video_https", required=False)
    elif turn:
        yield good("video", t("doctor.video_turn", names=", ".join(turn)))
    else:
        yield bad("video", "video_same_network", required=False)
