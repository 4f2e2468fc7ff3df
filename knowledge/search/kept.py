"""The texts of a catalogue as training took them apart, kept beside the model: a start need not do it again.

Only what hangs on a text alone is kept, so a guide that has changed since costs its own new texts and nothing else. The file
says what made it; made by other code, other libraries or another embedding, or damaged, it is as good as not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np

from assistant.foundation.logging import get_logger
from knowledge.search.features import Cut, FeatureIndex

FILE = "texts.npz"
_CODE = ("text.py", "embedding.py", "search/features.py", "search/frame.txt", "search/english_frame.txt", "search/kept.py")
_LIBRARIES = ("jieba", "pypinyin", "opencc")
_MODEL = ("tokenizer.json", "model.safetensors")
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KeptTexts:
    """Texts taken apart by a cutter that knew the words ``added``, encoded by the static embedding beside them."""

    added: Sequence[str]
    cuts: Mapping[str, Cut]

    @classmethod
    def of(cls, index: FeatureIndex) -> KeptTexts:
        """What an index over the static embedding took apart."""
        return cls(index.cutter.added, index.cuts)

    def save(self, folder: Path) -> None:
        """Write into the folder of the model, in one step."""
        texts = [[text, cut.parts, cut.words, cut.chars, cut.sounds, cut.said, cut.sounded] for text, cut in self.cuts.items()]
        described = {"made_of": _made_of(folder), "added": list(self.added), "texts": texts}
        written = np.frombuffer(json.dumps(described, ensure_ascii=False).encode(), np.uint8)
        vectors = [cut.vector for cut in self.cuts.values() if cut.vector is not None]
        draft = folder / f"{FILE}.{os.getpid()}"
        with draft.open("wb") as file:
            np.savez(file, texts=written, vectors=np.stack(vectors) if vectors else np.zeros((0, 0), np.float32))
        draft.replace(folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> KeptTexts | None:
        """What is kept in the folder of the model; None where nothing is, or nothing that fits."""
        try:
            with (folder / FILE).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                described = json.loads(arrays["texts"].tobytes())
                if described["made_of"] != _made_of(folder):
                    return None
                cuts = {
                    text: Cut(parts, Counter(words), Counter(chars), Counter(sounds), said, sounded, vector)
                    for (text, parts, words, chars, sounds, said, sounded), vector
                    in zip(described["texts"], arrays["vectors"], strict=True)
                }  # fmt: skip
                return cls(described["added"], cuts)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            log.warning("search.kept_unreadable", error=type(error).__name__, run="./bandao train")
            return None


def _made_of(folder: Path) -> str:
    """SHA-256 (hex) of all that decides how a text is taken apart and encoded."""
    digest = hashlib.sha256()
    for name in _LIBRARIES:
        digest.update(f"{name}=={metadata.version(name)}\0".encode())
    here = Path(__file__).parents[1]
    for file in (*(here / name for name in _CODE), *(folder / name for name in _MODEL)):
        content = file.read_bytes()
        digest.update(f"{file.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
