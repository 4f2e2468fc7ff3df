"""Too fast is a 429 that says when to come back."""

from __future__ import annotations

import math

from fastapi import Request

from assistant.conversation.limits import RateLimiter
from assistant.foundation import metrics
from channels.parts import Parts
from channels.problems import Problem


def by_address(parts: Parts, request: Request) -> None:
    """Count one request of a network address.

    Raises:
        Problem: 429 with Retry-After in seconds.
    """
    _take(parts.per_address.take(request.client.host if request.client else "unknown"), "address")


def take(limiter: RateLimiter, request: Request, limit: str) -> None:
    """Count one request of a network address at a limit of its own.

    Raises:
        Problem: 429 with Retry-After in seconds.
    """
    _take(limiter.take(request.client.host if request.client else "unknown"), limit)


def by_conversation(parts: Parts, conversation_id: str) -> None:
    """Count one message of a conversation.

    Raises:
        Problem: 429 with Retry-After in seconds.
    """
    _take(parts.per_conversation.take(conversation_id), "conversation")


def _take(wait: float, limit: str) -> None:
    if wait > 0:
        metrics.limited_total.labels(limit=limit).inc()
        seconds = math.ceil(wait)
        raise Problem(429, "too_fast", seconds=seconds, headers={"Retry-After": str(seconds)})
