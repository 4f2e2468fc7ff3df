"""The windows of an office, whatever they are behind; their client over HTTP as ``sandbox/README.md`` describes it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from assistant.casework.bookings.model import Booking, Place, Slot
from assistant.foundation import metrics, tls
from assistant.foundation.logging import get_logger

_SYSTEM = "bookings"
_RETRIABLE = frozenset({401, 403, 408, 425, 429})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_T = TypeVar("_T")

log = get_logger(__name__)


class WindowsAway(Exception):
    """No usable answer: nobody knows what happened, ask again. ``code`` is one of a closed list."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WindowsRefused(Exception):
    """The office said no. ``code`` is its stable code: slot-full, slot-closed, already-booked, no-slot, not-found, …"""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Windows(ABC):
    """The windows of one office. Calls block and raise WindowsAway or WindowsRefused."""

    @abstractmethod
    def slots(self, department: str, first: date, last: date) -> list[Slot]:
        """The slots still to come between two days, those included, at most 31 days; the earliest first."""

    @abstractmethod
    def book(self, case_no: str, slot: str, key: str) -> Booking:
        """Book a slot; the same key gives the same booking."""

    @abstractmethod
    def of_case(self, case_no: str) -> list[Booking]:
        """The bookings of a case that hold."""

    @abstractmethod
    def cancel(self, booking_no: str) -> None:
        """Give a slot back; one given back already stays so."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    slot: str = Field(min_length=1, max_length=80)
    window: str = Field(min_length=1, max_length=40)
    starts: AwareDatetime
    ends: AwareDatetime


class _Free(_Answer):
    free: int

    def slot_of(self) -> Slot:
        return Slot(code=self.slot, window=self.window, starts=self.starts, ends=self.ends, free=self.free)


class _Held(_Answer):
    booking_no: str = Field(min_length=1, max_length=64)
    case_no: str
    status: str
    name: str = Field(max_length=200)
    address: str = Field(max_length=300)
    phone: str = Field(default="", max_length=40)

    def booking(self) -> Booking:
        slot = Slot(code=self.slot, window=self.window, starts=self.starts, ends=self.ends)
        return Booking(booking_no=self.booking_no, slot=slot, place=Place(name=self.name, address=self.address, phone=self.phone))


class HttpWindows(Windows):
    """Client of one office's windows. ``url`` is without ``/office/v1``; ``timeout_s`` the longest silence in seconds.

    Somebody waits for the answer in a conversation, so it is short.
    """

    def __init__(self, url: str, api_key: str, *, timeout_s: float = 5.0) -> None:
        trust_env = urlsplit(url).hostname not in _LOOPBACK
        self._client = httpx.Client(
            base_url=url.rstrip("/"), headers={"X-Api-Key": api_key, "Accept": "application/json"}, timeout=timeout_s,
            trust_env=trust_env, verify=tls.context(trust_env),
        )  # fmt: skip

    def slots(self, department: str, first: date, last: date) -> list[Slot]:
        """See Windows."""
        params = {"department": department, "from": first.isoformat(), "to": last.isoformat()}
        found = self._call(lambda answer: _items(answer, _Free), "GET", "/office/v1/slots", params=params)
        return sorted((one.slot_of() for one in found), key=lambda slot: (slot.starts, slot.window))

    def book(self, case_no: str, slot: str, key: str) -> Booking:
        """See Windows."""
        body = {"case_no": case_no, "slot": slot, "key": key}
        held = self._call(_Held.model_validate, "POST", "/office/v1/bookings", json=body)
        if (held.case_no, held.slot) != (case_no, slot):
            raise self._away("unreadable")
        if held.status != "booked":
            raise WindowsRefused("slot-closed")
        return held.booking()

    def of_case(self, case_no: str) -> list[Booking]:
        """See Windows."""
        found = self._call(lambda answer: _items(answer, _Held), "GET", "/office/v1/bookings", params={"case_no": case_no})
        return [one.booking() for one in found if one.status == "booked" and one.case_no == case_no]

    def cancel(self, booking_no: str) -> None:
        """See Windows."""
        self._call(_Held.model_validate, "POST", f"/office/v1/bookings/{quote(booking_no, safe='')}/cancel")

    def close(self) -> None:
        """See Windows."""
        self._client.close()

    def _call(self, read: Callable[[Any], _T], method: str, path: str, **request: Any) -> _T:
        try:
            with metrics.far_side_seconds.labels(_SYSTEM).time():
                response = self._client.request(method, path, **request)
            if response.is_success:
                return read(response.json())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._away("timeout" if isinstance(error, httpx.TimeoutException) else "no-connection") from error
        except (ValidationError, ValueError) as error:
            raise self._away("unreadable") from error
        if response.is_client_error and response.status_code not in _RETRIABLE:
            raise WindowsRefused(_code(response))
        raise self._away("server-error" if response.is_server_error else "busy")

    @staticmethod
    def _away(code: str) -> WindowsAway:
        metrics.far_side_errors_total.labels(_SYSTEM, code).inc()
        log.warning("bookings.failed", reason=code)
        return WindowsAway(code)


_M = TypeVar("_M", bound=BaseModel)


def _items(answer: Any, model: type[_M]) -> list[_M]:
    items = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(items, list):
        raise ValueError("no items")
    return [model.model_validate(item) for item in items]


def _code(response: httpx.Response) -> str:
    try:
        code = response.json().get("code", "")
    except (ValueError, AttributeError):
        code = ""
    return code if isinstance(code, str) and code.isascii() and code.replace("-", "").isalpha() else "refused"
