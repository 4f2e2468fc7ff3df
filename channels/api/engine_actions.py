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


router = APIRouter()


@router.post("/engine/actions", dependencies=[Depends(engine_only)], include_in_schema=False)
async def run_action(request: Request) -> Response:
    """Run one action with the executor in which all are registered, which the app holds."""
    # Not a closure over it: FastAPI remembers every route's function for ever, and an app with it.
    executor: ActionExecutor = request.app.state.actions
    call: dict[str, Any] = orjson.loads(await request.body())
    try:
        result = await executor.run(call)
    except ActionExecutionRejection as rejected:
        return _answer(400, {"error": str(rejected), "action_name": rejected.action_name})
    except ActionNotFoundException as unknown:
        log.error("action.unknown", action=unknown.action_name)
        return _answer(404, {"error": str(unknown), "action_name": unknown.action_name})
    return _answer(200, result.model_dump() if hasattr(result, "model_dump") else result)


def _answer(status: int, body: Any) -> Response:
    return Response(orjson.dumps(body), status_code=status, media_type="application/json")
