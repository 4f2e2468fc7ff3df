"""A courier, whatever it is behind: order, track. Its client over HTTP as ``docs/sandbox.md`` describes it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from assistant.casework.shipping.address import Address
from assistant.foundation import metrics, tls
from assistant.foundation.logging import get_logger

Kind = Literal["delivery", "envelope"]
Status = Literal["ordered", "collected", "in_transit", "delivered", "failed"]
ENDED = frozenset({"delivered", "failed"})
_SYSTEM = "courier"
_RETRIABLE = frozenset({401, 403, 408, 425, 429})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

log = get_logger(__name__)


class CourierUnavailable(Exception):
    """No usable answer: nobody knows what happened, ask again. ``code`` is one of a closed list."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CourierRejected(Exception):
    """The courier will not take this order, however often it is repeated."""


class Step(BaseModel):
    """One line of a parcel's way."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    at: AwareDatetime
    status: Status
    text: Annotated[str, Field(max_length=300)] = ""


class Parcel(BaseModel):
    """What the courier says of an order; ``history`` oldest first."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    tracking_no: Annotated[str, Field(min_length=1, max_length=64)]
    status: Status
    history: Annotated[list[Step], Field(min_length=1, max_length=200)]


class Courier(ABC):
    """One courier. Calls block and raise CourierUnavailable or CourierRejected."""

    @abstractmethod
    def order(self, key: str, kind: Kind, address: Address, contents: str) -> Parcel:
        """Order a parcel, or a prepaid return envelope; the same key gives the same one."""

    @abstractmethod
    def track(self, tracking_no: str) -> Parcel:
        """Where it is."""

    @abstractmethod
    def close(self) -> None:
        """Let go of connections."""


class HttpCourier(Courier):
    """Client of one courier. ``url`` is without ``/v1``; ``timeout_s`` the longest silence in seconds."""

    def __init__(self, url: str, api_key: str, *, timeout_s: float = 10.0) -> None:
        trust_env = urlsplit(url).hostname not in _LOOPBACK
        self._client = httpx.Client(
            base_url=url.rstrip("/"), headers={"X-Api-Key": api_key, "Accept": "application/json"}, timeout=timeout_s,
            trust_env=trust_env, verify=tls.context(trust_env),
        )  # fmt: skip

    def order(self, key: str, kind: Kind, address: Address, contents: str) -> Parcel:
        """See Courier."""
        body = {"kind": kind, **address.model_dump(), "contents": contents}
        return self._call("POST", "/v1/orders", json=body, headers={"Idempotency-Key": key})

    def track(self, tracking_no: str) -> Parcel:
        """See Courier."""
        parcel = self._call("GET", f"/v1/orders/{quote(tracking_no, safe='')}")
        if parcel.tracking_no != tracking_no:
            raise CourierUnavailable("wrong-parcel")
        return parcel

    def close(self) -> None:
        """See Courier."""
        self._client.close()

    def _call(self, method: str, path: str, **request: Any) -> Parcel:
        try:
            response = self._client.request(method, path, **request)
            if response.is_success:
                return Parcel.model_validate(response.json())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._away("timeout" if isinstance(error, httpx.TimeoutException) else "no-connection") from error
        except (ValidationError, ValueError) as error:
            raise self._away("unreadable") from error
        if response.is_client_error and response.status_code not in _RETRIABLE:
            raise CourierRejected
        raise self._away("server-error" if response.is_server_error else "busy")

    @staticmethod
    def _away(code: str) -> CourierUnavailable:
        metrics.far_side_errors_total.labels(_SYSTEM, code).inc()
        log.warning("courier.failed", reason=code)
        return CourierUnavailable(code)
