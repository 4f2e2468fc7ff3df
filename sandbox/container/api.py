"""``/container/``: a page to choose who holds the phone and open the product's page as she; tickets and their faults for tests.

Open to whoever is on this machine, like the page of the citizens' identity provider: these are fictitious persons only.
"""

from __future__ import annotations

import hmac
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Header, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field

from sandbox.config import SandboxConfig
from sandbox.container.config import ContainerConfig
from sandbox.container.faults import TicketFault, TicketFaults
from sandbox.container.tickets import LIFE_S, Tickets
from sandbox.headers import policy
from sandbox.identity.realms import LEVELS, PHONE, REAL_NAME, Citizens
from sandbox.office import staff
from sandbox.problems import Problem

_HERE = Path(__file__).parent


class Wanted(BaseModel):
    """Whose ticket: the person's ``sub``, how surely (``acr``), and for which enterprise if for one."""

    model_config = ConfigDict(extra="forbid")
    who: str = Field(alias="as")
    acr: str = REAL_NAME
    uscc: str = Field(default="", alias="for")


class Given(BaseModel):
    """A ticket, and the address of the product's page it opens."""

    ticket: str
    address: str


def routes(config: SandboxConfig, ours: ContainerConfig, realm: Citizens, faults: TicketFaults) -> APIRouter:
    """All of the app."""
    router = APIRouter(prefix="/container", include_in_schema=False)
    loader = FileSystemLoader([_HERE / "pages", staff.STATIC.with_name("pages")])
    jinja = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    tickets, address = Tickets(ours), f"{ours.product}/container"
    scheme, host = urlsplit(ours.product)[:2]
    forms = policy(f"{scheme}://{host}")

    def judge(key: str) -> None:
        if not hmac.compare_digest(key.encode(), config.office_key.encode()):
            raise Problem(401, "not-authorised", "X-Api-Key 缺失或不对", room="container")

    def signed(chosen: dict[str, str]) -> str | None:
        person = realm.claims(chosen)
        return None if person is None else tickets.ticket(person, int(config.now().timestamp()), faults.take())

    @router.get("/", response_class=HTMLResponse)
    def page(request: Request) -> Response:
        chosen = {name: request.query_params[name] for name in ("as", "acr", "for") if name in request.query_params}
        ticket = signed(chosen)
        held = None
        if ticket is not None:
            held = {
                "name": realm.people[chosen["as"]]["name"], "level": LEVELS[chosen["acr"]], "ticket": ticket,
                "enterprise": realm.acting[chosen["as"], chosen["for"]]["name"] if chosen.get("for") else "",
            }  # fmt: skip
        choices = [(one.name, one.tag, f"/container/?{urlencode(one.adds)}") for one in realm.choices(PHONE)]
        shown = jinja.get_template("container.html").render(choices=choices, held=held, address=address, minutes=LIFE_S // 60)
        return HTMLResponse(shown, headers={"Content-Security-Policy": forms})

    @router.post("/v1/tickets")
    def ticket(body: Wanted, x_api_key: Annotated[str, Header()] = "") -> Given:
        judge(x_api_key)
        made = signed({"as": body.who, "acr": body.acr, "for": body.uscc})
        if made is None:
            raise Problem(404, "nobody", "没有这个人，或者不能这样证明", room="container")
        return Given(ticket=made, address=address)

    @router.post("/admin/faults")
    def set_fault(body: TicketFault, x_api_key: Annotated[str, Header()] = "") -> TicketFault:
        judge(x_api_key)
        faults.fault = body
        return body

    return router
