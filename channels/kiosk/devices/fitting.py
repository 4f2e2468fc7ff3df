"""How a machine is fitted: which devices it has (a YAML file), whom its service listens to, and the machine's own secrets.

A line is ``kind: driver:rest``; ``DRIVERS`` is the list of them. A city's own driver is ``python:package.module:Class``, whose
class is called without arguments.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from channels.kiosk.devices import link
from channels.kiosk.devices.drivers.cameras import AddressCamera, VideoCamera
from channels.kiosk.devices.drivers.cups import CupsPrinter
from channels.kiosk.devices.drivers.escpos import COLUMNS, EscPosPrinter
from channels.kiosk.devices.drivers.line_scanner import LineScanner
from channels.kiosk.devices.drivers.sam import SamReader
from channels.kiosk.devices.interfaces import KINDS, Device, Kind
from channels.kiosk.devices.statement import NAME

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?|https?://\[[0-9a-f:]+\](?::\d{1,5})?")


class BadFitting(Exception):
    """The file of devices cannot be used; ``line`` says what."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Fitting:
    """A machine: its name, the origins of the pages its service listens to, and its devices by kind."""

    name: str
    pages: tuple[str, ...]
    devices: Mapping[Kind, Device] = field(default_factory=dict)


def _escpos(rest: str) -> Device:
    address, _, columns = rest.partition("?columns=")
    return EscPosPrinter(_link(address), int(columns or COLUMNS))


def _cups(rest: str) -> Device:
    queue, _, more = rest.partition("?")
    given = {name: values[-1] for name, values in parse_qs(more).items()}
    programs = given.pop("programs", None)
    return CupsPrinter(queue, Path(programs) if programs else None, {name.upper(): value for name, value in given.items()})


def _video(rest: str) -> Device:
    return VideoCamera(int(rest.removeprefix("/dev/video")))


def _web(rest: str) -> Device:
    if urlsplit(rest).scheme not in ("http", "https"):
        raise ValueError(rest)
    return AddressCamera(rest)


def _link(address: str) -> str:
    if not link.known(address):
        raise ValueError(address)
    return address


#: By kind and driver: what makes the device of the rest of the line.
DRIVERS: Mapping[tuple[Kind, str], Callable[[str], Device]] = {
    ("card", "sam"): lambda rest: SamReader(_link(rest)),
    ("camera", "video"): _video,
    ("camera", "address"): _web,
    ("scanner", "line"): lambda rest: LineScanner(_link(rest)),
    ("receipt", "escpos"): _escpos,
    ("a4", "cups"): _cups,
}


def device(kind: Kind, line: str) -> Device:
    """The device of one line.

    Raises:
        BadFitting: no such driver, or it does not take the rest.
    """
    driver, _, rest = line.partition(":")
    try:
        if driver == "python":
            module, _, name = rest.partition(":")
            return cast(Device, getattr(import_module(module), name)())
        return DRIVERS[(kind, driver)](rest)
    except (KeyError, ValueError, ImportError, AttributeError, TypeError) as error:
        raise BadFitting(f"{kind}: {line}") from error


def fitted(given: Mapping[str, Any]) -> Fitting:
    """The machine of a file's mapping.

    Raises:
        BadFitting: something in it cannot be used.
    """
    unknown = set(given) - {"name", "pages", *KINDS}
    if unknown:
        raise BadFitting(", ".join(sorted(map(str, unknown))))
    name, pages = given.get("name"), given.get("pages")
    if not isinstance(name, str) or NAME.fullmatch(name) is None:
        raise BadFitting(f"name: {name}")
    if not isinstance(pages, list) or not pages or any(_ORIGIN.fullmatch(str(page)) is None for page in pages):
        raise BadFitting(f"pages: {pages}")
    lines = {kind: given[kind] for kind in KINDS if given.get(kind) is not None}
    return Fitting(name, tuple(pages), {kind: device(kind, str(line)) for kind, line in lines.items()})


def load(path: Path) -> Fitting:
    """The machine of a file.

    Raises:
        BadFitting: it cannot be read or used.
    """
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadFitting(str(path)) from error
    if not isinstance(given, dict):
        raise BadFitting(str(path))
    return fitted(given)


@dataclass(frozen=True, repr=False)
class Secrets:
    """What only this machine knows: the key it signs with, and the word its page proves itself by."""

    key: Ed25519PrivateKey
    pairing: str


def secrets_in(folder: Path) -> Secrets:
    """The machine's secrets, made at the first start; files only their owner may read."""
    folder.mkdir(parents=True, exist_ok=True)
    key = _kept(folder / "machine.key", lambda: base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode())
    pairing = _kept(folder / "pairing", lambda: secrets.token_urlsafe(24))
    return Secrets(Ed25519PrivateKey.from_private_bytes(base64.b64decode(key)), pairing)


def _kept(path: Path, make: Callable[[], str]) -> str:
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(made, "w", encoding="ascii") as file:
        file.write(held := make())
    return held
