"""Whether the mouth moves with the sound: at every beginning and end of speech, and after an hour of sentences."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from assistant.foundation.settings import get_settings
from assistant.speech.engines.base import EngineError, Spoken
from assistant.speech.speaking import voice
from assistant.speech.speaking.sentences import sentences
from assistant.speech.speaking.visemes import visemes
from knowledge.catalogue import Catalogue

OFFSET_MS = 50.0
HOUR_S = 3600.0
_FRAME_S = 0.005
_AUDIBLE = 0.06
"""Of the loudest: what is quieter is not heard as speech."""
_STOP_S = 0.15


def measure(seconds: float, progress: Callable[[str], None]) -> dict[str, Any]:
    """So many seconds of what guides ask, said one sentence after the other.

    ``opens_ms`` and ``closes_ms``: mouth minus sound, at the beginning and the end of each sentence. ``drift_ms``: how
    far the mouth's track has gone from the sound's at the end; ``first_ms``, ``last_ms``: the median of the first and of the
    last tenth.
    """
    speaker = voice.opened(get_settings())
    texts = _texts()
    opens: list[float] = []
    closes: list[float] = []
    at, track = 0.0, 0.0
    while at < seconds:
        try:
            spoken = speaker.synthesise(next(texts))
        except EngineError:
            continue  # English where nobody speaks it
        length, (opened, closed) = len(spoken.pcm) / 2 / spoken.rate, offsets(spoken)
        opens.append(opened)
        closes.append(closed)
        at, track = at + length, track + max(shape.end_s for shape in visemes(spoken.phones))
        if len(opens) % 100 == 0:
            progress(f"mouth: {at:.0f} of {seconds:.0f} s")
    tenth = max(1, len(opens) // 10)
    return {
        "sentences": len(opens), "seconds": round(at), "opens_ms": _spread(opens), "closes_ms": _spread(closes),
        "first_ms": round(statistics.median(opens[:tenth]), 1), "last_ms": round(statistics.median(opens[-tenth:]), 1),
        "drift_ms": round((track - at) * 1000, 1),
    }  # fmt: skip


def offsets(spoken: Spoken) -> tuple[float, float]:
    """Milliseconds the mouth opens after the sound begins, and closes after it ends; negative where it is before."""
    pcm = np.abs(np.frombuffer(spoken.pcm, "<i2").astype(np.float32))
    frame = int(_FRAME_S * spoken.rate)
    level = pcm[: len(pcm) // frame * frame].reshape(-1, frame).max(axis=1)
    loud = np.flatnonzero(level > _AUDIBLE * level.max())
    moving = [shape for shape in visemes(spoken.phones) if shape.name != "sil"]
    begins, ends = float(loud[0]) * _FRAME_S, float(loud[-1] + 1) * _FRAME_S
    return (moving[0].start_s - begins) * 1000, (moving[-1].end_s - ends) * 1000


def missed(found: dict[str, Any]) -> list[str]:
    """The targets missed, each with its figure."""
    late = [
        f"mouth {name}: {found[name][end]} ms"
        for name, end in itertools.product(("opens_ms", "closes_ms"), ("p5", "p95"))
        if abs(found[name][end]) > OFFSET_MS
    ]
    moved = abs(found["last_ms"] - found["first_ms"])
    return late + [f"drift: {value} ms" for value in (found["drift_ms"], moved) if abs(value) > OFFSET_MS]


def _texts() -> Iterator[str]:
    """What guides ask and answer, in sentences, without end."""
    guides = Catalogue.load(get_settings().guides_dir).all()
    said = [text for guide in guides for asked in guide.fields for text in (asked.question, asked.why)]
    said += [faq.answer for guide in guides for faq in guide.faqs]
    return itertools.cycle([sentence for text in dict.fromkeys(said) for sentence in sentences(text)])


def _spread(values: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return {"p5": round(cuts[0], 1), "p50": round(statistics.median(values), 1), "p95": round(cuts[18], 1)}
