"""The provider's doors: discovery, the page where one says who one is, token, keys, user information, logout.

There are no passwords: whoever comes to the page chooses one of the invented persons of the realm.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote_plus, urlencode, urlsplit

from fastapi import APIRouter, Form, Header, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from joserfc.errors import JoseError
from pydantic import BaseModel, ConfigDict

from sandbox.config import SandboxConfig
from sandbox.identity.faults import IdentityFault, IdentityFaults, Mode
from sandbox.identity.realms import PHONE, Realm
from sandbox.identity.tokens import LIFE_S, Signer, id_claims, logout_claims
from sandbox.office import staff as office_staff
from sandbox.problems import Problem

CODE_S = 60
CHOSEN = ("as", "acr", "for")
"""What the page adds to the address it was opened with: who, how surely, and for which enterprise."""
_HERE = Path(__file__).parent


class Leaving(BaseModel):
    """Whose session the provider ends."""

    model_config = ConfigDict(extra="forbid")
    sub: str


@dataclass(frozen=True)
class Granted:
    """A code given out: for what was chosen, to which address, with whose challenge and nonce, until when (unix seconds)."""

    chosen: dict[str, str]
    redirect_uri: str
    challenge: str
    nonce: str
    until: int


@dataclass
class Given:
    """Codes not yet used, access tokens (by hash → what was chosen, fault), sessions (subject → newest number)."""

    codes: dict[str, Granted] = field(default_factory=dict)
    tokens: dict[str, tuple[dict[str, str], Mode]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)


def routes(config: SandboxConfig, realm: Realm, faults: IdentityFaults) -> APIRouter:
    """All of one provider."""
    router = APIRouter(prefix=realm.prefix, include_in_schema=False)
    folders = [_HERE / "pages", office_staff.STATIC.with_name("pages")]
    jinja = Environment(loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined)
    signer, given = Signer(), Given()

    def issuer(request: Request) -> str:
        return f"{str(request.base_url).rstrip('/')}{realm.prefix}"

    def now() -> int:
        return int(config.now().timestamp())

    def judge(authorization: str) -> None:
        try:
            pair = base64.b64decode(authorization.removeprefix("Basic ").strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            pair = ""
        client, secret = map(unquote_plus, pair.partition(":")[::2])
        known = realm.client_secret
        right = hmac.compare_digest(secret.encode(), known.encode())
        if not known or not right or client != realm.client_id:
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
            **realm.more,
        }

    @router.get("/authorize")
    def authorize(request: Request) -> Response:
        asked = {name: value for name, value in request.query_params.items() if name not in CHOSEN}
        uri = asked.get("redirect_uri", "")
        if asked.get("client_id") != realm.client_id or not uri or uri != realm.redirect:
            raise Problem(400, "unknown-client", "没有登记过这个应用或者它的返回地址", room="identity")
        wanted = {"response_type": "code", "code_challenge_method": "S256"}
        if any(asked.get(name) != value for name, value in wanted.items()) or "openid" not in asked.get("scope", "").split():
            return RedirectResponse(f"{uri}?{urlencode({'error': 'invalid_request', 'state': asked.get('state', '')})}", 303)
        chosen = {name: request.query_params[name] for name in CHOSEN if name in request.query_params}
        back = {"state": asked.get("state", ""), "iss": issuer(request)}
        if chosen.get("as") == "nobody":
            return RedirectResponse(f"{uri}?{urlencode({'error': 'access_denied', **back})}", 303)
        if realm.claims(chosen) is None:
            here, levels = f"{realm.prefix}/authorize?{urlencode(asked)}&", asked.get("acr_values", "").split()
            offered = realm.choices(levels[0] if levels else "")
            choices = [(one.name, one.tag, here + urlencode(one.adds)) for one in offered]
            page = jinja.get_template("choose.html").render(choices=choices, leave=f"{here}as=nobody", hint=realm.hint)
            return HTMLResponse(page)
        code = secrets.token_urlsafe(32)
        challenge, nonce = asked.get("code_challenge", ""), asked.get("nonce", "")
        given.codes[_hash(code)] = Granted(chosen, uri, challenge, nonce, now() + CODE_S)
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
        given.tokens[_hash(access)] = held.chosen, fault
        person = {**(realm.claims(_low(held.chosen) if fault == "low_level" else held.chosen) or {})}
        given.sessions[person["sub"]] = sid
        if fault == "other_userinfo":
            person = {"sub": person["sub"]}
        if fault == "no_number":
            person.pop("id_number", None)
        claims = id_claims(
            person, issuer=issuer(request), client=realm.client_id, nonce=held.nonce, sid=sid, access_token=access,
            now=now(), fault=fault,
        )  # fmt: skip
        body = {"access_token": access, "token_type": "Bearer", "expires_in": LIFE_S, "id_token": signer.signed(claims, fault)}
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    @router.get("/jwks")
    def jwks() -> dict[str, Any]:
        return signer.published()

    @router.get("/userinfo")
    def userinfo(authorization: Annotated[str, Header()] = "") -> dict[str, Any]:
        chosen, fault = given.tokens.get(_hash(authorization.removeprefix("Bearer ").strip()), ({}, "ok"))
        said = realm.claims(chosen)
        if said is None:
            raise _refusal(401, "invalid_token")
        if fault == "no_number":
            return {name: value for name, value in said.items() if name != "id_number"}
        other = next(one for one in realm.people if one != said["sub"])
        return dict((realm.claims({**chosen, "as": other}) or {}) if fault == "other_userinfo" else said)

    @router.get("/end_session")
    def end_session(request: Request) -> Response:
        asked = request.query_params
        try:
            claims = signer.read(asked.get("id_token_hint", ""))
        except (JoseError, ValueError):
            claims = {}
        given.sessions.pop(claims.get("sub", ""), None)
        back = asked.get("post_logout_redirect_uri", "")
        if back and realm.client_id in (claims.get("aud"), asked.get("client_id")) and _ours(realm, back):
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
        claims = logout_claims(issuer=issuer(request), client=realm.client_id, subject=body.sub, sid=sid, now=now())
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


def _low(chosen: dict[str, str]) -> dict[str, str]:
    return {"as": chosen["as"], "acr": PHONE}


def _ours(realm: Realm, back: str) -> bool:
    """Whether an address to go to after signing out is on the client's own site."""
    return urlsplit(back)[:2] == urlsplit(realm.redirect)[:2]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
