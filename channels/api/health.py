"""GET /healthz, /readyz and /metrics."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import text

from assistant.foundation import metrics
from channels.access import local_or_engine
from channels.api.models import Ready
from channels.parts import Parts, parts_of

router = APIRouter(tags=["operation"])


@router.get("/healthz", operation_id="healthz")
async def healthz() -> dict[str, bool]:
    """The process is alive."""
    return {"alive": True}


@router.get("/readyz", response_model=Ready, responses={503: {"model": Ready}}, operation_id="readyz")
async def readyz(request: Request, response: Response) -> Ready:
    """Engine loaded, database reachable, index loaded; 503 until then."""
    parts = parts_of(request)
    state = {
        "engine": await parts.engine.ready(),
        "database": await asyncio.to_thread(_database, parts),
        "index": bool(parts.services.catalogue.all()),
    }
    response.status_code = 200 if all(state.values()) else 503
    return Ready(ready=all(state.values()), parts=state)


@router.get("/metrics", dependencies=[Depends(local_or_engine)], response_class=Response, operation_id="metrics")
async def show_metrics() -> Response:
    """Figures in Prometheus text format; for this machine or the holder of the engine's token."""
    body, media_type = metrics.render()
    return Response(body, media_type=media_type)


def _database(parts: Parts) -> bool:
    try:
        with parts.db.read() as conn:
            conn.execute(text("SELECT 1"))
    except Exception:
        return False
    return True
