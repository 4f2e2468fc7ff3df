"""Sending callbacks: sealed, signed, and again after five seconds where no usable answer came, three times in all."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import httpx

from sandbox.wechat import sealing
from sandbox.wechat.world import World

TRIES = 3
ANSWER_SECONDS = 5.0
_INNER = re.compile(r"<Encrypt>(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)")


def xml_of(members: dict[str, Any]) -> str:
    """``<xml>`` as the platform writes it: numbers bare, texts in CDATA."""

    def inner(value: Any) -> str:
        text = str(value)
        return text if isinstance(value, int) else f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"

    return f"<xml>{''.join(f'<{name}>{inner(value)}</{name}>' for name, value in members.items())}</xml>"


class Callbacks:
    """The way to the product."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._client = httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False)

    async def official(self, members: dict[str, Any]) -> list[str]:
        """A message or event of the official account; how each try ended, and ``answered: …`` for a reply in words."""
        held = self._world.config
        return await self._send("official", held.official_appid, held.official_token, held.official_aes_key, members)

    async def service(self, members: dict[str, Any]) -> list[str]:
        """An event of WeCom."""
        held = self._world.config
        return await self._send("service", held.corpid, held.corp_token, held.corp_aes_key, members)

    async def _send(self, door: str, receiver: str, token: str, aes_key: str, members: dict[str, Any]) -> list[str]:
        config, outcomes = self._world.config, list[str]()
        if not config.callback:
            return ["no callback address"]
        text = xml_of(members)
        for number in range(TRIES):
            if number:
                await asyncio.sleep(ANSWER_SECONDS)
            stamp, nonce = str(int(self._world.now().timestamp())), secrets.token_hex(5)
            inner = sealing.sealed(aes_key, receiver, text)
            asked = urlencode({
                "signature": sealing.signature(token, stamp, nonce), "timestamp": stamp, "nonce": nonce, "encrypt_type": "aes",
                "msg_signature": sealing.signature(token, stamp, nonce, inner),
            })  # fmt: skip
            body = f"<xml><ToUserName><![CDATA[{escape(receiver)}]]></ToUserName><Encrypt><![CDATA[{inner}]]></Encrypt></xml>"
            try:
                answer = await self._client.post(f"{config.callback}/{door}?{asked}", content=body.encode())
            except httpx.HTTPError as error:
                outcomes.append(type(error).__name__)
                continue
            if answer.status_code != httpx.codes.OK:
                outcomes.append(str(answer.status_code))
                continue
            found = _INNER.search(answer.text)
            outcomes.append(f"answered: {sealing.opened(aes_key, found[1])}" if found else "ok")
            break
        return outcomes

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()
