"""A container to try, where everything runs on one machine: the sandbox's app, trusted by a key made for it.

Like the sandbox's identity provider it is trusted only where our address names this machine: who can reach it can be anybody
it knows.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Final

from assistant.foundation.settings import Settings
from channels.serve import plan

KID: Final = "sandbox"
_BYTES: Final = 32


def opens(settings: Settings) -> bool:
    """Whether it is there: not where the operator has named a container of her own."""
    own = settings.container_keys is not None or bool(settings.container_issuer)
    return plan.runs_sandbox() and settings.citizens_url is None and not own


def page(settings: Settings) -> str:
    """Where one chooses who holds the phone."""
    return f"{settings.sandbox_url}/container/"


def environment(settings: Settings) -> dict[str, str]:
    """What app and sandbox have to know of each other for it; the key is made when first needed."""
    if not opens(settings):
        return {}
    return {
        "BANDAO_CONTAINER_KEYS": str(_kept(settings.keys_dir / "container.json")),
        "BANDAO_CONTAINER_ISSUER": f"{settings.sandbox_url}/container",
        "BANDAO_SANDBOX_CONTAINER_PRODUCT": settings.public_url,
    }


def _kept(path: Path) -> Path:
    """The file with the key, readable by the service's account only. Whole or not there: only one `serve` has the folder."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = base64.urlsafe_b64encode(secrets.token_bytes(_BYTES)).rstrip(b"=").decode()
        draft = path.with_name(f"{path.name}.new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            json.dump({"keys": [{"kty": "oct", "kid": KID, "alg": "HS256", "k": key}]}, file)
        draft.replace(path)
    return path
