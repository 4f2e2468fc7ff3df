"""The drop put together, and the door that sets its faults."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Header

from sandbox.config import SandboxConfig
from sandbox.drop.faults import DropFault, DropFaults
from sandbox.drop.server import DropServer
from sandbox.drop.taking import DropDesk
from sandbox.office.service import Office
from sandbox.problems import Problem


class Drop:
    """Server and desk of one drop, below ``drop`` in the data folder. Made only where a port is set."""

    def __init__(self, config: SandboxConfig, office: Office) -> None:
        self.config, folder = config, config.data_dir / "drop"
        self.faults = DropFaults()
        client_key = config.drop_client_key or folder / "client.pub"
        self.server = DropServer(folder / "files", folder / "host_key", client_key, self.faults)
        self.desk = DropDesk(folder / "files", config.drop_secret, office, self.faults)


def routes(config: SandboxConfig, drop: Drop) -> APIRouter:
    """``POST /drop/v1/admin/faults``, with the office's key."""
    router = APIRouter(prefix="/drop/v1")

    @router.post("/admin/faults")
    def set_fault(body: DropFault, x_api_key: Annotated[str, Header()] = "") -> DropFault:
        if not hmac.compare_digest(x_api_key.encode(), config.office_key.encode()):
            raise Problem(401, "not-authorised", "X-Api-Key 缺失或不对", room="drop")
        return drop.faults.set(body)

    return router
