"""How answers of a far side are read: into a value, an unavailability or a refusal, never anything else."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from assistant.casework.submission.http_office import HttpOffice
from assistant.casework.submission.office import OfficeRejected, OfficeUnavailable

FILE = {
    "receipt_no": "SJ1",
    "case_no": "BD-0001",
    "version": 1,
    "status": "received",
    "history": [],
    "news": "members may be added",
}


class Far:
    """Answers the next request with ``answer`` (or raises it) and keeps the request."""

    def __init__(self) -> None:
        self.answer: httpx.Response | Exception = httpx.Response(200, json=FILE)
        self.request: httpx.Request | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.request = request
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def far() -> Far:
    return Far()


@pytest.fixture
def office(far: Far) -> Iterator[HttpOffice]:
    office = HttpOffice("http://127.0.0.1:1/", "fictitious-key")
    office._client.close()
    office._client = httpx.Client(
        transport=httpx.MockTransport(far), base_url="http://127.0.0.1:1", headers=office._client.headers
    )
    yield office
    office.close()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.ConnectError("refused"), "no-connection"),
        (httpx.ReadTimeout("slow"), "timeout"),
        (httpx.RemoteProtocolError("cut off"), "timeout"),
        (httpx.Response(500), "server-error"),
        (httpx.Response(503, text="<html>"), "server-error"),
        (httpx.Response(429), "busy"),
        (httpx.Response(401), "not-authorised"),
        (httpx.Response(403), "not-authorised"),
        (httpx.Response(302, headers={"location": "http://elsewhere.example"}), "unreadable"),
        (httpx.Response(200, text="<html>登录</html>"), "unreadable"),
        (httpx.Response(200, json=[]), "unreadable"),
        (httpx.Response(200, json={**FILE, "receipt_no": ""}), "unreadable"),
        (httpx.Response(200, json={**FILE, "history": [{"at": "yesterday", "status": "x"}]}), "unreadable"),
    ],
)
def test_no_usable_answer_means_later(office: HttpOffice, far: Far, answer: httpx.Response | Exception, code: str) -> None:
    far.answer = answer
    with pytest.raises(OfficeUnavailable) as caught:
        office.file("SJ1")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(409, json={"code": "key-reused"}), "key-reused"),
        (httpx.Response(422, json={"code": "申请人张三的身份证有误"}), "http-422"),
        (httpx.Response(404, text="nothing"), "http-404"),
        (httpx.Response(400, json=["odd"]), "http-400"),
    ],
)
def test_a_refusal_is_for_good_and_its_code_plain(office: HttpOffice, far: Far, answer: httpx.Response, code: str) -> None:
    far.answer = answer
    with pytest.raises(OfficeRejected) as caught:
        office.file("SJ1")
    assert caught.value.code == code


def test_finding_reads_only_the_case_asked_for(office: HttpOffice, far: Far) -> None:
    far.answer = httpx.Response(200, json={"items": [{**FILE, "case_no": "BD-0002"}]})
    assert office.find("BD-0001") is None
    assert far.request is not None and far.request.url.params["case_no"] == "BD-0001"
    assert far.request.headers["x-api-key"] == "fictitious-key"
    far.answer = httpx.Response(200, json={"items": "none"})
    with pytest.raises(OfficeUnavailable):
        office.find("BD-0001")


def test_a_number_cannot_lead_to_another_address(office: HttpOffice, far: Far) -> None:
    office.file("../admin?x=1")
    assert far.request is not None
    assert far.request.url.raw_path == b"/office/v1/submissions/..%2Fadmin%3Fx%3D1"


def test_reachable_never_raises(office: HttpOffice, far: Far) -> None:
    far.answer = httpx.Response(200, json={})
    assert office.reachable(1.0)
    for answer in (httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.Response(503)):
        far.answer = answer
        assert not office.reachable(1.0)
    office.close()
    assert not office.reachable(1.0)
