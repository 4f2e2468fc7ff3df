"""A whole case at the official account: sealed callbacks in, messages out; the office's news by template; on to the page and back."""

from __future__ import annotations

import base64
import io
import itertools
import json
import re
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import yaml
from PIL import Image, ImageDraw

from assistant.foundation.settings import ROOT
from benchmarks.citizens.citizen import Citizen
from benchmarks.stack import Stack
from tests.e2e.test_office import SHORTEST, Office, office, until

__all__ = ["office"]
PATIENCE_S = 60
QUIET_S = 0.8
"""Seconds between the messages of one answer at the most: they are sent one after the other."""
_people = itertools.count(1)


def labels(guide: str) -> dict[str, str]:
    """What a question of the guide is called → the field's key."""
    held = yaml.safe_load((ROOT / "knowledge" / "guides" / f"{guide}.yaml").read_text(encoding="utf-8"))
    return {words: field["key"] for field in held["fields"] for words in (field["label"], field.get("ask")) if words}


class Reader:
    """Somebody at the official account, who knows what she reads and nothing else."""

    def __init__(self, server: Stack) -> None:
        self.http = httpx.Client(base_url=server.office_url.split("/office")[0], timeout=PATIENCE_S)
        self.openid = f"oWholeRoad{next(_people):06d}"
        self._read = 0
        self.last: dict[str, Any] = {}

    def does(self, **members: Any) -> None:
        done = self.http.post("/wechat/admin/official", json={"openid": self.openid, "members": members})
        assert done.status_code == 200 and done.json()["outcomes"][0][-1] == "ok", done.text

    def all(self, door: str = "custom") -> list[dict[str, Any]]:
        items = self.http.get("/wechat/admin/sent", params={"openid": self.openid}).json()["items"]
        return [one for one in items if one["door"] == door]

    def reads(self) -> str:
        """What comes next; of several messages all."""
        until(lambda: len(self.all()) > self._read)
        while len(new := self.all()[self._read :]) < len(self._after(QUIET_S)):
            pass
        self._read += len(new)
        self.last = new[-1]
        return "\n".join(one["text"]["content"] if one["msgtype"] == "text" else one["msgmenu"]["head_content"] for one in new)

    def _after(self, seconds: float) -> list[dict[str, Any]]:
        time.sleep(seconds)
        return self.all()[self._read :]

    def says(self, text: str) -> str:
        self.does(MsgType="text", Content=text)
        return self.reads()

    def taps(self, label: str) -> str:
        """A line of the list below the last message, once that is there."""
        until(lambda: "msgmenu" in self.all()[-1])
        self._read, self.last = len(self.all()), self.all()[-1]
        lines = [item.get("click", item) for item in self.last["msgmenu"]["list"]]
        line = next((one for one in lines if one["content"].startswith(label)), None)
        assert line is not None, self.last
        self.does(MsgType="text", Content=line["content"], bizmsgmenuid=line["id"])
        return self.reads()

    def sends_picture(self) -> str:
        drawn, sheet = io.BytesIO(), Image.new("RGB", (1240, 1754), "white")
        pen = ImageDraw.Draw(sheet)
        for line in range(60, 1700, 40):
            pen.text((80, line), f"certificate of residence {line} " * 3, fill="black", font_size=22)
        sheet.save(drawn, "JPEG", quality=90)
        held = {"data": base64.b64encode(drawn.getvalue()).decode(), "kind": "image/jpeg", "name": "photo.jpg"}
        self.does(MsgType="image", MediaId=self.http.post("/wechat/admin/media", json=held).json()["media_id"])
        return self.reads()


def walk(she: Reader, read: str, until_read: str) -> str:
    """She answers whatever she is asked until she reads this; what she reads then."""
    known = labels(SHORTEST.guide)
    for _ in range(30):
        if until_read in read:
            return read
        if "查询授权" in read:  # she agrees, and thinks better of it
            she.taps("同意")
            read = she.says("撤回授权")
            assert "不再查了" in read, read
        elif "照片或文件直接发" in read:
            read = she.sends_picture()
        elif not any(words in read for words in known):
            read = she.reads()  # the list alone came, or something beside the question
        else:  # of what she reads the question is last, and 有就医地的居住证 is not 就医地
            asked = max(known, key=lambda words: (read.rfind(words) + len(words) if words in read else -1, len(words)))
            words = SHORTEST.say[known[asked]]
            assert isinstance(words, str)
            read = she.says(words)
    raise AssertionError(f"{until_read} never came, but {read}")


def proof_in(text: str) -> tuple[str, str]:
    """Number and resume code of a case that was paused."""
    number, code = re.search(r"BD[0-9A-Z]+", text), re.search(r"恢复码：([0-9A-Z]{6})", text)
    assert number and code, text
    return number[0], code[1]


@pytest.fixture
def she(server: Stack) -> Iterator[Reader]:
    reader = Reader(server)
    with reader.http:
        yield reader


@pytest.mark.timeout(300)
def test_from_the_first_sentence_to_the_office_s_news_and_through_other_doors(server: Stack, office: Office, she: Reader) -> None:
    walk(she, she.says(SHORTEST.opening), "紧急联系人的电话")
    case_no, code = proof_in(she.says("先暂停，我过两天再办"))

    # On at a kiosk, and back
    kiosk = Citizen(server.base_url, channel="kiosk")
    kiosk.say(f"我要继续办{case_no}，后四位002X，恢复码{code}")
    assert kiosk.asking == "contact_phone" and "已在别处接着办" in she.reads()
    kiosk.say("13900139000")
    kiosk.say("先暂停，我过两天再办")
    _, code = proof_in(kiosk.texts())
    read = she.says(f"我要继续办{case_no}，后四位002X，恢复码{code}")
    assert "代办人" in read and kiosk.get(f"/cases/{case_no}").status_code == 404

    read = walk(she, read, "请核对全部内容")
    assert "13900139000" not in read and read.count("可以回复") == 1
    read = she.taps("确认无误")
    while "#go=" not in read:
        read += she.reads()
    file = next(line for line in read.splitlines() if "/package?" in line)
    package = httpx.get(file)
    assert package.status_code == 200 and httpx.get(file.split("?")[0]).status_code == 401
    held = zipfile.ZipFile(io.BytesIO(package.content))
    fields = {entry["field"]: entry["value"] for entry in json.loads(held.read("manifest.json"))["fields"]}
    assert fields["contact_phone"] == "13900139000" and fields["local_address"] == SHORTEST.expect["local_address"]
    assert [name for name in held.namelist() if name.endswith(".jpg")], "the photograph she sent"

    # What cannot be done here is done on the page, in the same conversation
    ticket = read[read.index("#go=") + 4 :].split()[0]
    page = httpx.post(f"{server.base_url}/api/v1/crossings", json={"ticket": ticket})
    assert page.status_code < 300 and httpx.post(f"{server.base_url}/api/v1/crossings", json={"ticket": ticket}).status_code >= 400
    opens = {"Authorization": f"Bearer {page.json()['token']}"}
    assert httpx.get(f"{server.base_url}/api/v1/cases/{case_no}/package/pages", headers=opens).json()["items"]

    assert "已提交" in she.taps("提交")
    until(lambda: len(office.files(case_no)) == 1)
    assert "微信" in she.says("有进展用微信告诉我")
    office.act(office.files(case_no)[0]["receipt_no"], "accept")
    until(lambda: any("已受理" in str(news["data"]) for news in she.all("template")))
    for news in she.all("template"):
        assert news["template_id"] == "T-news" and case_no not in str(news) and case_no[-4:] in str(news["data"])
    until(lambda: any("已受理" in str(one) for one in she.all()))  # and in the conversation
    she.reads()
    assert "已受理" in she.says("办到哪一步了")
