"""An app on a port of this machine, in a thread of the tests' process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI


def listening() -> socket.socket:
    """A port that is ours from here on: one that is chosen and let go may be another's by the time it is wanted."""
    return socket.create_server(("127.0.0.1", 0))


@contextmanager
def answering(app: FastAPI, here: socket.socket, **more: Any) -> Iterator[str]:
    """The app at the port listened at, for as long as the block lasts; gives its address. ``more`` goes to uvicorn."""
    config: dict[str, Any] = {"log_level": "error", "timeout_graceful_shutdown": 1, "ws": "none", **more}
    server = uvicorn.Server(uvicorn.Config(app, **config))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [here]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the app did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{here.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)
