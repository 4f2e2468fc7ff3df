"""One TLS context for all this process calls: every client read the world's certificates anew, which takes longer than a call."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def context(trust_env: bool) -> ssl.SSLContext:
    """What ``httpx`` would make for each client by itself; with ``trust_env`` SSL_CERT_FILE and SSL_CERT_DIR count."""
    return httpx.create_ssl_context(trust_env=trust_env)
