"""Callbacks made ahead, sealed and signed as the platform's, so that making them costs nothing while they are sent."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from assistant.foundation.settings import Settings
from sandbox.wechat import sealing
from sandbox.wechat.callbacks import xml_of

PATH = "/api/v1/wechat/official"
SENTENCES = (
    "我要办居住证", "你好", "社保卡丢了怎么办", "办营业执照要带什么材料", "谢谢", "公积金提取多久到账", "在哪里办护照",
    "我要办个体工商户设立登记", "驾驶证到期换证收费吗", "老年卡怎么办",
)  # fmt: skip
REPEATED, EVENTS, PLACES = 0.10, 0.15, 0.05
"""Shares: the same callback once more; events that ask for nothing; places. All others are sentences."""


@dataclass(frozen=True)
class Callback:
    """One request. ``key`` is the same for a repeat."""

    key: str
    path: str
    body: bytes
    is_turn: bool


def openid_of(number: int) -> str:
    """Somebody of the run."""
    return f"oBench{number:08d}"


def made(settings: Settings, count: int, people: int, seed: int) -> list[Callback]:
    """So many, of so many people, in the order in which they are sent."""
    dice, found = random.Random(seed), list[Callback]()
    for number in range(count):
        if found and dice.random() < REPEATED:
            found.append(dice.choice(found[-400:]))
            continue
        found.append(_one(settings, dice, number, openid_of(dice.randrange(people))))
    return found


def _one(settings: Settings, dice: random.Random, number: int, openid: str) -> Callback:
    members = {"ToUserName": "gh_sandbox", "FromUserName": openid, "CreateTime": int(time.time())}
    which = dice.random()
    if which < EVENTS:
        members |= {"MsgType": "event", "Event": "VIEW", "EventKey": f"https://bandao.example/guides?{number}"}
    elif which < EVENTS + PLACES:
        about = {"MsgType": "location", "Location_X": "31.2", "Location_Y": "121.5", "Label": "浦东新区世纪大道100号"}
        members |= {**about, "MsgId": 10**15 + number}
    else:
        members |= {"MsgType": "text", "Content": dice.choice(SENTENCES), "MsgId": 10**15 + number}
    inner = sealing.sealed(settings.wechat_official_aes_key, settings.wechat_official_appid, xml_of(members))
    stamp, nonce, token = str(members["CreateTime"]), f"{number:010d}", settings.wechat_official_token
    asked = urlencode({"timestamp": stamp, "nonce": nonce, "msg_signature": sealing.signature(token, stamp, nonce, inner)})
    body = f"<xml><ToUserName>gh_sandbox</ToUserName><Encrypt><![CDATA[{inner}]]></Encrypt></xml>".encode()
    return Callback(str(number), f"{PATH}?{asked}", body, which >= EVENTS)
