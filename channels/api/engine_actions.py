"""POST /engine/actions: where the engine calls our actions, through rasa-sdk."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Depends, Request, Response
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from assistant.foundation.logging import get_logger
from channels.access import engine_only

log = get_logger(__name__)


def routes(executor: ActionExecutor) -> APIRouter:
    """The one route, over the executor with all actions registered."""
    router = APIRouter()

    @router.post("/engine/actions", dependencies=[Depends(engine_only)], include_in_schema=False)
    async def run_action(request: Request) -> Response:
        call: dict[str, Any] = orjson.loads(await request.body())
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as rejected:
            return _answer(400, {"error": str(rejected), "action_name": rejected.action_name})
        except ActionNotFoundException as unknown:
            log.error("action.unknown", action=unknown.action_name)
            return _answer(404, {"error": str(unknown), "action_name": unknown.action_name})
        return _answer(200, result.model_dump() if hasattr(result, "model_dump") else result)

    return router


def _answer(status: int, body: Any) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type="application/json")
