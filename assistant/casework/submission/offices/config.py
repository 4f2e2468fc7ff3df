"""The routing file (``BANDAO_OFFICES``) and the mapping files it names: read, checked, and every fault told with its remedy."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.casework.submission import webhooks
from assistant.casework.submission.http_office import HttpOffice
from assistant.casework.submission.office import ReceivingOffice
from assistant.casework.submission.offices import mapping
from assistant.casework.submission.offices.mapped import MappedOffice
from assistant.casework.submission.offices.mapped_news import MappedDoor
from assistant.casework.submission.offices.routing import NAME, Named
from assistant.casework.submission.offices.window import PostOffice, WindowOffice
from assistant.foundation.clock import Clock
from assistant.foundation.messages import t
from knowledge.guide_file import line_of, tree_of

if TYPE_CHECKING:
    from assistant.casework.submission.offices.sftp_link import Place

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# HS256 wants a key as long as its hash (RFC 7518, section 3.2).
_SHORTEST_KEY = {"http-json": 16, "bandao": 16, "window": 16, "post": 16, "sftp": 32}
_SFTP = {"url": "offices_sftp_url", "host_key": "offices_sftp_host_key", "key_file": "offices_sftp_key_file"}
_OURS: dict[str, type[HttpOffice]] = {"bandao": HttpOffice, "window": WindowOffice, "post": PostOffice}
"""Kinds of offices that speak our own protocol."""

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Fault:
    """What is wrong, where (file and line), and what to do about it."""

    file: str
    line: int
    why: str
    remedy: str

    def __str__(self) -> str:
        return t("submission.offices_fault", file=self.file, line=self.line, why=self.why, remedy=self.remedy)


class BadOffices(Exception):
    """The routing file, or one it names, cannot be used; ``faults`` says why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PostTo(_Strict):
    """Where papers are posted: who takes them, street and number, postcode, and a telephone number for the parcel's label."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    address: Annotated[str, Field(min_length=1, max_length=200)]
    postcode: Annotated[str, Field(pattern=r"^\d{6}$")]
    phone: Annotated[str, Field(max_length=40)] = ""


class Slots(_Strict):
    """Windows with slots, asked in our own protocol: their address, and the environment variable their key stands in."""

    url: str
    key_env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Office(_Strict):
    """One office. ``key_env`` is the environment variable its secret stands in: the file itself holds none.

    ``mapping`` (of http-json) and ``key_file`` (of sftp) are files beside the routing file. ``window`` and ``post`` speak our own
    protocol as ``bandao`` does, but want the papers themselves; ``post_to`` is where to. ``slots`` is where an office that takes
    applications online gives slots to those who still bring originals.
    """

    kind: Literal["http-json", "bandao", "sftp", "window", "post"]
    url: str
    key_env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    mapping: str | None = None
    host_key: str = ""
    key_file: str = ""
    app: Annotated[str, Field(pattern=r"^[ -~]*$", max_length=120)] = ""
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 60.0
    post_to: PostTo | None = None
    slots: Slots | None = None


class Route(_Strict):
    """Cases of these items, or of these departments (as guides name them), go to ``office``; both given: both must fit."""

    items: list[str] = []
    departments: list[str] = []
    office: str


class Routing(_Strict):
    """The whole file: the first route that fits decides; what none fits goes to the usual office."""

    offices: dict[Annotated[str, Field(pattern=f"^{NAME}$")], Office]
    routes: list[Route]


@dataclass
class Offices:
    """A routing file that can be used: ``mappings``, ``places`` (of SFTP drops), ``keys``, ``slot_keys`` by the office's name."""

    routing: Routing
    mappings: dict[str, mapping.Mapping] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    slot_keys: dict[str, str] = field(default_factory=dict)

    def choose(self, item: str, department: str) -> str:
        """The office for an item of a department; "" for the usual one."""
        for route in self.routing.routes:
            if (not route.items or item in route.items) and (not route.departments or department in route.departments):
                return route.office
        return ""

    def open(self, clock: Clock, named: Named = lambda number: None) -> dict[str, ReceivingOffice]:
        """A client for each office. ``named``: whose receipt number it is, as we keep numbers."""
        return {name: self._client(name, office, clock, named) for name, office in self.routing.offices.items()}

    def doors(self) -> dict[str, webhooks.Door]:
        """What opens to the webhooks of the offices whose mapping says how they sign them."""
        declared = {name: used.webhook for name, used in self.mappings.items()}
        return {name: MappedDoor(webhook, self.keys[name]) for name, webhook in declared.items() if webhook is not None}

    def _client(self, name: str, office: Office, clock: Clock, named: Named) -> ReceivingOffice:
        if office.kind in _OURS:
            return _OURS[office.kind](office.url, self.keys[name], timeout_s=office.timeout_s)
        if office.kind == "sftp":
            # SSH takes half a second to load, and most need none.
            from assistant.casework.submission.offices.sftp import SftpOffice

            def own(number: str) -> tuple[str, str] | None:
                return named(f"{name}:{number}")

            return SftpOffice(name, self.places[name], self.keys[name], clock, own, timeout_s=office.timeout_s)
        used = self.mappings[name]
        return MappedOffice(name, office.url, used, self.keys[name], clock, app=office.app, timeout_s=office.timeout_s)


def load(
    path: Path, items: Collection[str] = (), departments: Collection[str] = (), environ: Mapping[str, str] = os.environ
) -> Offices:
    """Read the file and what it names.

    Args:
        items, departments: those there are; none given: not checked.
        environ: where the secrets stand.

    Raises:
        BadOffices: something is wrong; everything that is, at once.
    """
    routing, tree = _read(path, Routing)
    found = Offices(routing)
    faults: list[Fault] = []
    for name, office in routing.offices.items():
        place = ("offices", name)
        if office.kind == "sftp":
            from assistant.casework.submission.offices.sftp_link import Place

            try:
                found.places[name] = Place.read(office.url, office.host_key, path.parent / office.key_file)
            except ValueError as error:
                faults.append(_fault(path, tree, (*place, str(error)), _SFTP[str(error)], name=name))
        else:
            faults += _address(path, tree, place, office.url)
        key = environ.get(office.key_env, "")
        found.keys[name] = key
        if len(key) < (least := _SHORTEST_KEY[office.kind]):
            faults.append(_fault(path, tree, (*place, "key_env"), "offices_key", name=office.key_env, least=least))
        if office.slots is not None:
            found.slot_keys[name] = environ.get(office.slots.key_env, "")
            faults += _slots(path, tree, name, office, office.slots, found.slot_keys[name])
        if office.kind == "post" and office.post_to is None:
            faults.append(_fault(path, tree, place, "offices_no_address", name=name))
        if office.kind == "http-json" and office.mapping is None:
            faults.append(_fault(path, tree, place, "offices_no_mapping", name=name))
        elif office.kind == "http-json" and office.mapping is not None:
            try:
                found.mappings[name] = _read(path.parent / office.mapping, mapping.Mapping)[0]
            except BadOffices as bad:
                faults += bad.faults
    faults += _routes(path, tree, routing, items, departments)
    if faults:
        raise BadOffices(faults)
    return found


def _slots(path: Path, tree: Any, name: str, office: Office, slots: Slots, key: str) -> Iterator[Fault]:
    place = ("offices", name, "slots")
    if office.kind in ("window", "post"):
        yield _fault(path, tree, place, "offices_slots", name=name, kind=office.kind)
    yield from _address(path, tree, place, slots.url)
    if len(key) < _SHORTEST_KEY["window"]:
        yield _fault(path, tree, (*place, "key_env"), "offices_key", name=slots.key_env, least=_SHORTEST_KEY["window"])


def _address(path: Path, tree: Any, place: tuple[Any, ...], url: str) -> Iterator[Fault]:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not host or not safe or parts.query or parts.fragment or parts.username:
        yield _fault(path, tree, (*place, "url"), "offices_url", url=url)


def _routes(path: Path, tree: Any, routing: Routing, items: Collection[str], departments: Collection[str]) -> Iterator[Fault]:
    for index, route in enumerate(routing.routes):
        place = ("routes", index)
        if route.office not in routing.offices:
            yield _fault(path, tree, (*place, "office"), "offices_unknown", name=route.office)
        if not route.items and not route.departments:
            yield _fault(path, tree, place, "offices_route_empty")
        for item in route.items if items else ():
            if item not in items:
                yield _fault(path, tree, (*place, "items"), "offices_item", name=item)
        for department in route.departments if departments else ():
            if department not in departments:
                yield _fault(path, tree, (*place, "departments"), "offices_department", name=department)


def _read(path: Path, model: type[_Model]) -> tuple[_Model, Any]:
    """A file as ``model``, and its tree with the line of everything."""
    try:
        tree = tree_of(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadOffices([_fault(path, None, (), "offices_unreadable", reason=error.strerror or type(error).__name__)]) from error
    except UnicodeDecodeError as error:
        raise BadOffices([_fault(path, None, (), "offices_unreadable", reason="UTF-8")]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else getattr(error, "line", 1)
        why = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise BadOffices([_fault(path, None, (), "offices_not_yaml", line, reason=why)]) from error
    try:
        return model.model_validate(tree), tree
    except ValidationError as error:
        raise BadOffices([_wrong(path, tree, one) for one in error.errors()]) from error


def _wrong(path: Path, tree: Any, error: Any) -> Fault:
    place, kind = tuple(error["loc"]), error["type"]
    name = ".".join(str(step) for step in place) or path.name
    if kind == "missing":
        return _fault(path, tree, place, "offices_missing", name=name)
    if kind == "extra_forbidden":
        return _fault(path, tree, place, "offices_extra", name=name)
    reason = error["msg"].removeprefix("Value error, ")
    # A check of a whole says first which of its members it is about.
    return _fault(path, tree, (*place, reason.partition(":")[0]), "offices_value", name=name, reason=reason)


def _fault(path: Path, tree: Any, place: tuple[Any, ...], key: str, line: int = 1, /, **params: Any) -> Fault:
    where = line_of(tree, place) if tree is not None else line
    return Fault(path.name, where, t(f"submission.{key}", **params), t(f"submission.{key}_remedy", **params))
