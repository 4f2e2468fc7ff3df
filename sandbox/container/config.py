"""Which product the app opens, and how its tickets are signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import OctKey

ALGORITHM = "HS256"


@dataclass(frozen=True)
class ContainerConfig:
    """``product`` is the address the app opens, ``audience`` what its tickets are for, ``issuer`` what they are of."""

    product: str
    audience: str
    issuer: str
    key: OctKey = field(repr=False)


def load(env: Mapping[str, str]) -> ContainerConfig | None:
    """From the product's own variables: both sides have to know the same. None where no product is named.

    Raises:
        ValueError: when a variable is missing or cannot be used; the message names it.
    """
    product = env.get("BANDAO_SANDBOX_CONTAINER_PRODUCT", "").strip().rstrip("/")
    if not product:
        return None
    if not product.startswith(("http://", "https://")):
        raise ValueError("BANDAO_SANDBOX_CONTAINER_PRODUCT must be an http or https address")
    issuer = env.get("BANDAO_CONTAINER_ISSUER", "").strip()
    if not issuer:
        raise ValueError("BANDAO_CONTAINER_ISSUER must say who signs when there is a BANDAO_SANDBOX_CONTAINER_PRODUCT")
    audience = env.get("BANDAO_CONTAINER_AUDIENCE", "").strip() or product
    return ContainerConfig(product, audience, issuer, _key(env.get("BANDAO_CONTAINER_KEYS", "").strip()))


def _key(path: str) -> OctKey:
    """The first key of the product's file that is shared with the app."""
    try:
        held = json.loads(Path(path).expanduser().read_text(encoding="utf-8"))["keys"]
        return OctKey.import_key(next(key for key in held if key["alg"] == ALGORITHM and key["kid"]))
    except (OSError, ValueError, KeyError, TypeError, StopIteration, JoseError) as bad:
        raise ValueError(f"BANDAO_CONTAINER_KEYS must be a file with an {ALGORITHM} key: {type(bad).__name__}") from None
