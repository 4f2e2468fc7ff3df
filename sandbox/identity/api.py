"""The provider's doors: discovery, the page where one says who one is, token, keys, user information, logout.

There are no passwords: whoever comes to the page chooses one of the invented members of staff.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote_plus, urlencode

from fastapi import APIRouter, Form, Header, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from joserfc.errors import JoseError
from pydantic import BaseModel, ConfigDict

from sandbox.config import SandboxConfig
from sandbox.identity.faults import IdentityFault, IdentityFaults, Mode
from sandbox.identity.tokens import LIFE_S, Signer, id_claims, logout_claims
from sandbox.office import staff as office_staff
from sandbox.problems import Problem

CODE_S = 60
_HERE = Path(__file__).parent


class Leaving(BaseModel):
    """Whose session the provider ends."""

    model_config = ConfigDict(extra="forbid")
    sub: str


@dataclass(frozen=True)
class Granted:
    """A code given out: for whom, to which address, with whose challenge and nonce, until when (unix seconds)."""

    sub: str
    redirect_uri: str
    challenge: str
    nonce: str
    until: int


@dataclass
class Given:
    """Codes not yet used, access tokens (by hash → subject, fault), sessions (subject → newest number)."""

    codes: dict[str, Granted] = field(default_factory=dict)
    tokens: dict[str, tuple[str, Mode]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)


def routes(config: SandboxConfig, faults: IdentityFaults) -> APIRouter:
    """All of ``/identity``."""
    router = APIRouter(prefix="/identity", include_in_schema=False)
    people = {one["sub"]: one for one in json.loads((_HERE / "staff.json").read_text(encoding="utf-8"))["staff"]}
    folders = [_HERE / "pages", office_staff.STATIC.with_name("pages")]
    jinja = Environment(loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined)
    signer, given = Signer(), Given()

    def issuer(request: Request) -> str:
        return f"{request.base_url}identity"

    def now() -> int:
        return int(config.now().timestamp())

    def judge(authorization: str) -> None:
        try:
            pair = base64.b64decode(authorization.removeprefix("Basic ").strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            pair = ""
        client, secret = map(unquote_plus, pair.partition(":")[::2])
        known = config.identity_client_secret
        right = hmac.compare_digest(secret.encode(), known.encode())
        if not known or not right or client != config.identity_client_id:
            raise _refusal(401, "invalid_client")

    @router.get("/.well-known/openid-configuration")
    def discovery(request: Request) -> dict[str, Any]:
        if faults.fault.mode == "down":
            raise Problem(503, "down", "系统维护中（演示故障）", room="identity")
        base = issuer(request)
        return {
            "issuer": base,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "jwks_uri": f"{base}/jwks",
            "userinfo_endpoint": f"{base}/userinfo",
            "end_session_endpoint": f"{base}/end_session",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    @router.get("/authorize")
    def authorize(request: Request) -> Response:
        asked = {name: value for name, value in request.query_params.items() if name != "as"}
        uri = asked.get("redirect_uri", "")
        if asked.get("client_id") != config.identity_client_id or not uri or uri != config.identity_redirect:
            raise Problem(400, "unknown-client", "没有登记过这个应用或者它的返回地址", room="identity")
        wanted = {"response_type": "code", "code_challenge_method": "S256"}
        if any(asked.get(name) != value for name, value in wanted.items()) or "openid" not in asked.get("scope", "").split():
            return RedirectResponse(f"{uri}?{urlencode({'error': 'invalid_request', 'state': asked.get('state', '')})}", 303)
        who = request.query_params.get("as", "")
        back = {"state": asked.get("state", ""), "iss": issuer(request)}
        if who == "nobody":
            return RedirectResponse(f"{uri}?{urlencode({'error': 'access_denied', **back})}", 303)
        if who not in people:
            here = f"/identity/authorize?{urlencode(asked)}&as="
            choices = [(one["name"], one["sub"], here + one["sub"]) for one in people.values()]
            leave = f"{here}nobody"
            return HTMLResponse(jinja.get_template("choose.html").render(choices=choices, leave=leave))
        code = secrets.token_urlsafe(32)
        challenge, nonce = asked.get("code_challenge", ""), asked.get("nonce", "")
        given.codes[_hash(code)] = Granted(who, uri, challenge, nonce, now() + CODE_S)
        return RedirectResponse(f"{uri}?{urlencode({'code': code, **back})}", 303)

    @router.post("/token")
    def token(
        request: Request,
        grant_type: Annotated[str, Form()] = "",
        code: Annotated[str, Form()] = "",
        redirect_uri: Annotated[str, Form()] = "",
        code_verifier: Annotated[str, Form()] = "",
        authorization: Annotated[str, Header()] = "",
    ) -> Response:
        judge(authorization)
        if grant_type != "authorization_code":
            raise _refusal(400, "unsupported_grant_type")
        held = given.codes.pop(_hash(code), None)  # once, whatever comes of it
        digest = hashlib.sha256(code_verifier.encode()).digest()
        proved = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if held is None or held.until < now() or held.redirect_uri != redirect_uri or held.challenge != proved:
            raise _refusal(400, "invalid_grant")
        fault = faults.take()
        if fault == "rotate":
            signer.rotate()
        access, sid = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
        given.tokens[_hash(access)] = held.sub, fault
        given.sessions[held.sub] = sid
        person = people[held.sub] if fault != "other_userinfo" else {"sub": held.sub}
        claims = id_claims(
            person, issuer=issuer(request), client=config.identity_client_id, nonce=held.nonce, sid=sid, access_token=access,
            now=now(), fault=fault,
        )  # fmt: skip
        body = {"access_token": access, "token_type": "Bearer", "expires_in": LIFE_S, "id_token": signer.signed(claims, fault)}
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    @router.get("/jwks")
    def jwks() -> dict[str, Any]:
        return signer.published()

    @router.get("/userinfo")
    def userinfo(authorization: Annotated[str, Header()] = "") -> dict[str, Any]:
        sub, fault = given.tokens.get(_hash(authorization.removeprefix("Bearer ").strip()), ("", "ok"))
        if sub not in people:
            raise _refusal(401, "invalid_token")
        other = next(one for one in people if one != sub)
        return dict(people[other if fault == "other_userinfo" else sub])

    @router.get("/end_session")
    def end_session(request: Request) -> Response:
        asked = request.query_params
        try:
            claims = signer.read(asked.get("id_token_hint", ""))
        except (JoseError, ValueError):
            claims = {}
        given.sessions.pop(claims.get("sub", ""), None)
        back = asked.get("post_logout_redirect_uri", "")
        if back and claims.get("aud") == config.identity_client_id and config.identity_redirect.startswith(back):
            return RedirectResponse(f"{back}?{urlencode({'state': asked['state']})}" if "state" in asked else back, 303)
        return HTMLResponse(jinja.get_template("left.html").render())

    @router.post("/admin/faults")
    def set_fault(body: IdentityFault, authorization: Annotated[str, Header()] = "") -> IdentityFault:
        judge(authorization)
        faults.fault = body
        return body

    @router.post("/admin/logout")
    def logout_token(body: Leaving, request: Request, authorization: Annotated[str, Header()] = "") -> dict[str, str]:
        """End somebody's session here; the logout token to be posted to the client's back-channel address."""
        judge(authorization)
        sid = given.sessions.pop(body.sub, "")
        claims = logout_claims(issuer=issuer(request), client=config.identity_client_id, subject=body.sub, sid=sid, now=now())
        return {"logout_token": signer.signed(claims, kind="logout+jwt")}

    return router


class _Refusal(Problem):
    """A refusal with the member ``error`` that RFC 6749 section 5.2 asks for."""

    def body(self) -> dict[str, Any]:
        """See Problem."""
        return {**super().body(), "error": self.code}


def _refusal(status: int, error: str) -> Problem:
    headers = {"WWW-Authenticate": 'Basic realm="identity"'} if status == 401 else None
    return _Refusal(status, error, error.replace("_", " "), headers=headers, room="identity")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
