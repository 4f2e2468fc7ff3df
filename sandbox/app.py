"""The sandbox put together: one FastAPI application, each far side a room of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from sandbox import problems
from sandbox.config import SandboxConfig
from sandbox.container import api as container_api
from sandbox.container.faults import TicketFaults
from sandbox.courier import api as courier_api
from sandbox.courier.faults import CourierFaults
from sandbox.courier.store import CourierStore
from sandbox.devices import api as devices_api
from sandbox.devices.table import Table
from sandbox.headers import HEADERS
from sandbox.identity import api as identity_api
from sandbox.identity import realms
from sandbox.identity.faults import IdentityFaults
from sandbox.messages import api as messages_api
from sandbox.messages import page as messages_page
from sandbox.messages.faults import MessageFaults
from sandbox.messages.smtp import SmtpSink
from sandbox.messages.store import MessageStore
from sandbox.office import api, running, staff
from sandbox.office.faults import Faults, FaultyOffice
from sandbox.office.service import Office
from sandbox.register import api as register_api
from sandbox.register import seeds
from sandbox.register.faults import FaultyRegister, RegisterFaults
from sandbox.register.store import RegisterStore
from sandbox.wechat import api as wechat_api
from sandbox.wechat import people as wechat_people
from sandbox.wechat import work as wechat_work
from sandbox.wechat.callbacks import Callbacks
from sandbox.wechat.world import World


def create_app(config: SandboxConfig) -> FastAPI:
    """The whole sandbox."""
    faults = Faults()
    held = seeds.load(config.seed_dir)
    register, register_faults = RegisterStore(config.data_dir, held), RegisterFaults()
    office = Office(config, running.open_store(config), register)
    messages, message_faults = MessageStore(config.data_dir), MessageFaults()
    mail = SmtpSink(config, messages, message_faults)
    wechat = World(config.wechat, config.now)
    callbacks = Callbacks(wechat)
    devices = Table(config.now)

    drop = None
    if config.drop_port is not None:
        from sandbox.drop import api as drop_api  # SSH takes half a second to load, and most need none

        drop = drop_api.Drop(config, office)
    jobs = [*running.jobs(config, office, faults), *([drop.desk.round] if drop is not None else [])]

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        helper = asyncio.create_task(running.run(jobs, running.pause(config)))
        if drop is not None and config.drop_port is not None:
            drop.server.start("127.0.0.1", config.drop_port)
        if config.smtp_port is not None:
            await mail.start("127.0.0.1", config.smtp_port)
        await devices.start()
        yield
        await devices.stop()
        await mail.stop()
        await callbacks.close()
        if drop is not None:
            await asyncio.to_thread(drop.server.stop)
        helper.cancel()
        with suppress(asyncio.CancelledError):
            await helper

    app = FastAPI(title="办到沙箱：收件办公室、登记库与消息", version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.office = office
    app.state.faults = faults
    app.state.register = register
    app.state.mail = mail
    app.state.drop = drop
    app.state.devices = devices
    app.state.seed_problems = held.problems

    @app.middleware("http")
    async def harden(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    problems.install(app)
    app.include_router(api.routes(config, office, faults))
    app.include_router(staff.routes(config, office))
    if drop is not None:
        app.include_router(drop_api.routes(config, drop))
    app.include_router(register_api.routes(config, register, register_faults))
    app.include_router(messages_api.routes(config, messages, message_faults))
    app.include_router(courier_api.routes(config, CourierStore(config.data_dir), CourierFaults()))
    citizens = realms.citizens(config, held)
    for realm in (realms.staff(config), citizens):
        app.include_router(identity_api.routes(config, realm, IdentityFaults()))
    if config.container is not None:
        app.include_router(container_api.routes(config, config.container, citizens, TicketFaults()))
    app.include_router(messages_page.routes(config, office.store, messages))
    app.include_router(wechat_api.routes(wechat))
    app.include_router(wechat_work.routes(wechat, callbacks))
    app.include_router(wechat_people.routes(wechat, callbacks))
    app.include_router(devices_api.routes(devices, held.persons))
    app.mount("/office/static", StaticFiles(directory=staff.STATIC), name="static")
    app.add_middleware(FaultyOffice, faults=faults, other=office.store.other)
    app.add_middleware(FaultyRegister, faults=register_faults)
    return app
