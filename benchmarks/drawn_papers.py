"""Papers drawn for tests and measurements: every person, company and number is invented.

``draw(kind, rng)`` gives a flat picture and what is printed on it; ``paper_photos`` takes photographs of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from assistant.engine.components.patterns.codes import id_check_digit, uscc_check_digit

Array = NDArray[Any]
SANS = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SERIF = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"
BOLD = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc"
_SC = 2  # the simplified Chinese face of the collections
_NAMES = ("张三", "李四", "王五", "赵六", "钱七", "孙八", "周九", "吴十", "郑小明", "陈示例", "林样张", "何测试")
_STREETS = ("样板路", "示例路", "测试街", "模拟大道", "虚构路")
_TRADES = ("科技", "餐饮", "物流", "文化传播", "贸易", "建筑工程")


@dataclass
class Paper:
    """A flat paper: its picture (RGB), its kind (``knowledge/papers.yaml``) and the values printed on it."""

    kind: str
    picture: Image.Image
    fields: dict[str, str] = field(default_factory=dict)


@lru_cache(maxsize=64)
def font(size: int, path: str = SANS) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, index=_SC)


def pick(rng: Generator, choices: Sequence[str]) -> str:
    return choices[int(rng.integers(len(choices)))]


def digits(rng: Generator, count: int) -> str:
    return "".join(str(int(d)) for d in rng.integers(0, 10, count))


def id_number(rng: Generator) -> str:
    first = f"310115{rng.integers(1955, 2004)}{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}{digits(rng, 3)}"
    return first + id_check_digit(first)


def uscc(rng: Generator, head: str = "91310115MA1") -> str:
    first = head + "".join("0123456789ABCDEFGHJKLMNPQRTUWXY"[int(i)] for i in rng.integers(0, 31, 17 - len(head)))
    return first + uscc_check_digit(first)


def address(rng: Generator) -> str:
    return f"上海市浦东新区{pick(rng, _STREETS)}{rng.integers(1, 999)}弄{rng.integers(1, 60)}号{rng.integers(101, 2800)}室"


def company(rng: Generator) -> str:
    return f"上海示例{pick(rng, ('甲', '乙', '丙', '丁', '春风', '朝阳', '云杉'))}{pick(rng, _TRADES)}有限公司"


def day(rng: Generator, first: int = 2012, last: int = 2025) -> str:
    return f"{rng.integers(first, last)}年{rng.integers(1, 13):02d}月{rng.integers(1, 29):02d}日"


def draw(kind: str, rng: Generator) -> Paper:
    """A paper of a kind, with values of its own."""
    return _DRAWERS[kind](rng)


def kinds() -> list[str]:
    """The kinds that can be drawn."""
    return list(_DRAWERS)


def _card(colour: tuple[int, int, int], width: int = 1160, height: int = 732) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (width, height), colour)
    painter = ImageDraw.Draw(picture)
    for y in range(0, height, 24):  # the faint guilloche of a card
        painter.line([(x, y + 9 * np.sin(x / 70 + y)) for x in range(0, width, 20)], fill=tuple(c - 9 for c in colour), width=2)
    return picture, painter


def _wrapped(
    painter: ImageDraw.ImageDraw, at: tuple[int, int], text: str, most: int, size: int, leading: int, path: str = SANS
) -> int:
    x, y = at
    for start in range(0, len(text), most):
        painter.text((x, y), text[start : start + most], fill=(20, 20, 25), font=font(size, path))
        y += leading
    return y


def _portrait(painter: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    painter.rectangle(box, fill=(222, 228, 236))
    painter.ellipse((left + wide * 0.28, top + high * 0.12, right - wide * 0.28, top + high * 0.58), fill=(222, 184, 160))
    painter.pieslice((left + wide * 0.24, top + high * 0.06, right - wide * 0.24, top + high * 0.5), 180, 360, fill=(30, 26, 24))
    painter.ellipse((left + wide * 0.08, top + high * 0.6, right - wide * 0.08, bottom + high * 0.5), fill=(60, 70, 96))
    painter.rectangle((left, bottom, right, bottom + high * 0.52), fill=(226, 236, 240))


def _id_front(rng: Generator) -> Paper:
    picture, painter = _card((226, 236, 240))
    number, name, home = id_number(rng), pick(rng, _NAMES), address(rng)
    blue = (60, 110, 170)
    for label, at in (("姓名", (70, 70)), ("性别", (70, 165)), ("民族", (330, 165)), ("出生", (70, 255)), ("住址", (70, 350))):
        painter.text(at, label, fill=blue, font=font(36))
    painter.text((180, 62), name, fill=(15, 15, 20), font=font(46))
    painter.text((180, 162), "女" if int(number[16]) % 2 == 0 else "男", fill=(15, 15, 20), font=font(38))
    painter.text((440, 162), "汉", fill=(15, 15, 20), font=font(38))
    painter.text((180, 252), f"{number[6:10]}", fill=(15, 15, 20), font=font(38))
    painter.text((275, 255), "年", fill=blue, font=font(34))
    painter.text((340, 252), str(int(number[10:12])), fill=(15, 15, 20), font=font(38))
    painter.text((400, 255), "月", fill=blue, font=font(34))
    painter.text((465, 252), str(int(number[12:14])), fill=(15, 15, 20), font=font(38))
    painter.text((525, 255), "日", fill=blue, font=font(34))
    _wrapped(painter, (180, 348), home, 12, 38, 52)
    _portrait(painter, (800, 90, 1080, 430))
    painter.text((70, 610), "公民身份号码", fill=blue, font=font(38))
    painter.text((400, 600), number, fill=(15, 15, 20), font=font(50))
    return Paper("id_card_front", picture, {"name": name, "id_number": number, "address": home})


def _id_back(rng: Generator, expired: bool = False) -> Paper:
    picture, painter = _card((240, 232, 230))
    painter.ellipse((70, 60, 270, 260), fill=(200, 60, 50))
    painter.text((400, 80), "中华人民共和国", fill=(20, 20, 20), font=font(66, SERIF))
    painter.text((400, 200), "居 民 身 份 证", fill=(20, 20, 20), font=font(76, BOLD))
    begin = int(rng.integers(2003, 2005)) if expired else int(rng.integers(2012, 2022))
    painter.text((330, 520), "签发机关", fill=(20, 20, 20), font=font(36))
    painter.text((520, 520), "上海市公安局浦东分局", fill=(20, 20, 20), font=font(38))
    painter.text((330, 610), "有效期限", fill=(20, 20, 20), font=font(36))
    term = f"{begin}.05.{rng.integers(10, 28)}"
    painter.text((520, 610), f"{term}-{begin + 20}{term[4:]}", fill=(20, 20, 20), font=font(40))
    return Paper("id_card_back", picture, {"expires": f"{begin + 20}{term[4:]}".replace(".", "-")})


def _licence(rng: Generator) -> Paper:
    picture = Image.new("RGB", (1680, 1188), (250, 248, 240))
    painter = ImageDraw.Draw(picture)
    for inset, colour in ((26, (190, 150, 80)), (40, (200, 165, 100)), (52, (190, 150, 80))):
        painter.rectangle((inset, inset, 1680 - inset, 1188 - inset), outline=colour, width=4)
    painter.ellipse((790, 70, 890, 170), fill=(205, 50, 40))
    painter.text((640, 185), "营 业 执 照", fill=(20, 20, 20), font=font(88, BOLD))
    painter.text((785, 300), "（副 本）", fill=(20, 20, 20), font=font(34, SERIF))
    code, name, head, home = uscc(rng), company(rng), pick(rng, _NAMES), address(rng)
    painter.text((110, 200), "统一社会信用代码", fill=(20, 20, 20), font=font(30, SERIF))
    painter.text((110, 245), code, fill=(20, 20, 20), font=font(36))
    since = day(rng)
    scope = "许可项目：食品经营；餐饮服务。一般项目：技术服务、技术开发、技术咨询；会议及展览服务；办公用品销售；日用百货销售"
    for label, value, at in (
        ("名    称", name, (130, 390)),
        ("类    型", "有限责任公司（自然人投资或控股）", (130, 470)),
        ("法定代表人", head, (130, 550)),
    ):
        painter.text(at, label, fill=(20, 20, 20), font=font(32, SERIF))
        _wrapped(painter, (at[0] + 190, at[1]), value, 17, 32, 42)
    painter.text((130, 630), "经 营 范 围", fill=(20, 20, 20), font=font(32, SERIF))
    _wrapped(painter, (320, 630), scope, 16, 30, 42)
    for label, value, at in (("注 册 资 本", f"{rng.integers(10, 900)}万元整", (930, 390)), ("成 立 日 期", since, (930, 470))):
        painter.text(at, label, fill=(20, 20, 20), font=font(32, SERIF))
        painter.text((at[0] + 200, at[1]), value, fill=(20, 20, 20), font=font(32))
    painter.text((930, 550), "住        所", fill=(20, 20, 20), font=font(32, SERIF))
    _wrapped(painter, (1130, 550), home, 13, 32, 44)
    painter.text((1000, 880), "登 记 机 关", fill=(20, 20, 20), font=font(34, SERIF))
    painter.text((1040, 1000), day(rng), fill=(20, 20, 20), font=font(34, SERIF))
    painter.ellipse((1180, 820, 1400, 1040), outline=(215, 60, 50), width=7)
    fields = {"uscc": code, "name": name, "legal_representative": head, "address": home}
    return Paper("business_licence", picture, fields)


def _page(title: str, lines: Sequence[str], fields: dict[str, str], kind: str, size: int = 34) -> Paper:
    picture = Image.new("RGB", (1240, 1754), (252, 252, 250))
    painter = ImageDraw.Draw(picture)
    wide = painter.textlength(title, font=font(60, BOLD))
    painter.text(((1240 - wide) / 2, 110), title, fill=(20, 20, 20), font=font(60, BOLD))
    y = 260
    for line in lines:
        y = _wrapped(painter, (120, y), line, 29, size, 56, SERIF) + 14
    return Paper(kind, picture, fields)


def _lease(rng: Generator) -> Paper:
    owner, tenant, home = pick(rng, _NAMES[:6]), company(rng), address(rng)
    lines = [
        f"出租方（甲方）：{owner}",
        f"承租方（乙方）：{tenant}",
        "根据《中华人民共和国民法典》，甲乙双方就房屋租赁一事，订立本合同。",
        f"第一条 房屋坐落：{home}",
        f"第二条 建筑面积：{rng.integers(20, 400)}平方米。",
        f"第三条 租赁期限：自{day(rng, 2024, 2026)}起至2029年12月31日止。",
        f"第四条 每月租金：人民币{rng.integers(2, 60) * 500}元，按季支付。",
        "第五条 甲方保证该房屋权属清楚，没有争议。",
        "第六条 乙方不得擅自改变房屋的用途。",
        "甲方（签字）：              乙方（盖章）：",
    ]
    return _page("房屋租赁合同", lines, {"landlord": owner, "tenant": tenant, "address": home}, "lease")


def _property(rng: Generator) -> Paper:
    owner, home = pick(rng, _NAMES), address(rng)
    number = f"沪（2021）浦字不动产权第{digits(rng, 6)}号"
    rows = [
        ("权利人", owner),
        ("共有情况", "单独所有"),
        ("坐落", home),
        ("不动产单元号", "310115" + digits(rng, 14)),
        ("权利类型", "国有建设用地使用权/房屋所有权"),
        ("权利性质", "出让/市场化商品房"),
        ("用途", "住宅"),
        ("面积", f"建筑面积{rng.integers(40, 200)}平方米"),
        ("使用期限", "2003年01月01日起2073年12月31日止"),
    ]
    picture = Image.new("RGB", (1240, 1754), (250, 246, 240))
    painter = ImageDraw.Draw(picture)
    painter.text((220, 120), number, fill=(20, 20, 20), font=font(40, SERIF))
    painter.text((420, 40), "不动产权证书", fill=(160, 30, 30), font=font(56, BOLD))
    y = 220
    for label, value in rows:
        painter.rectangle((100, y, 1140, y + 130), outline=(90, 90, 90), width=3)
        painter.line((330, y, 330, y + 130), fill=(90, 90, 90), width=3)
        painter.text((125, y + 40), label, fill=(20, 20, 20), font=font(32, SERIF))
        _wrapped(painter, (350, y + 18), value, 22, 34, 48)
        y += 130
    return Paper("property_certificate", picture, {"owner": owner, "address": home, "number": number})


def _food_permit(rng: Generator) -> Paper:
    code, name, home, head = uscc(rng), company(rng), address(rng), pick(rng, _NAMES)
    picture = Image.new("RGB", (1680, 1188), (248, 250, 246))
    painter = ImageDraw.Draw(picture)
    painter.rectangle((40, 40, 1640, 1148), outline=(110, 150, 110), width=8)
    painter.text((540, 110), "食品经营许可证", fill=(20, 20, 20), font=font(84, BOLD))
    number = "JY1310115" + digits(rng, 7)
    rows = [
        ("经营者名称", name),
        ("社会信用代码", code),
        ("法定代表人", head),
        ("住所", home),
        ("经营场所", home),
        ("主体业态", "餐饮服务经营者"),
        ("许可证编号", number),
        ("有效期至", "2029年08月31日"),
    ]
    y = 290
    for label, value in rows:
        painter.text((150, y), f"{label}：", fill=(20, 20, 20), font=font(36, SERIF))
        painter.text((430, y), value, fill=(20, 20, 20), font=font(36))
        y += 88
    return Paper(
        "food_permit",
        picture,
        {"name": name, "uscc": code, "legal_representative": head, "number": number, "expires": "2029-08-31"},
    )


def _household(rng: Generator) -> Paper:
    name, number = pick(rng, _NAMES), id_number(rng)
    picture = Image.new("RGB", (1430, 1050), (248, 244, 232))
    painter = ImageDraw.Draw(picture)
    painter.text((470, 40), "常住人口登记卡", fill=(20, 20, 20), font=font(60, SERIF))
    rows = [
        ("姓名", name, "户主或与户主关系", "户主"),
        ("曾用名", "", "性别", "男"),
        ("出生地", "上海市", "民族", "汉族"),
        ("籍贯", "上海市", "出生日期", f"{number[6:10]}年{number[10:12]}月{number[12:14]}日"),
        ("公民身份号码", number, "婚姻状况", "有配偶"),
        ("文化程度", "大学本科", "兵役状况", "未服兵役"),
    ]
    y = 150
    for left, value, right, other in rows:
        painter.rectangle((60, y, 1370, y + 110), outline=(120, 110, 100), width=3)
        painter.text((80, y + 34), left, fill=(90, 60, 50), font=font(28, SERIF))
        painter.text((310, y + 30), value, fill=(20, 20, 20), font=font(36))
        painter.text((770, y + 34), right, fill=(90, 60, 50), font=font(28, SERIF))
        painter.text((1040, y + 30), other, fill=(20, 20, 20), font=font(34))
        y += 110
    return Paper("household_book", picture, {"name": name, "id_number": number})


def _driving(rng: Generator) -> Paper:
    picture, painter = _card((238, 240, 236), 1100, 750)
    name, number, home = pick(rng, _NAMES), id_number(rng), address(rng)
    painter.text((230, 30), "中华人民共和国机动车驾驶证", fill=(20, 20, 20), font=font(48, BOLD))
    for label, value, at in (
        ("证号", number, (330, 110)),
        ("姓名", name, (60, 190)),
        ("性别", "男", (520, 190)),
        ("国籍", "中国", (760, 190)),
        ("准驾车型", "C1", (420, 560)),
        ("初次领证日期", "2015-06-18", (420, 480)),
    ):
        painter.text(at, label, fill=(60, 80, 70), font=font(30))
        painter.text((at[0] + 30 + 31 * len(label), at[1] - 5), value, fill=(20, 20, 20), font=font(38))
    painter.text((60, 280), "住址", fill=(60, 80, 70), font=font(30))
    _wrapped(painter, (150, 275), home, 20, 38, 52)
    painter.text((60, 660), "有效期限", fill=(60, 80, 70), font=font(30))
    painter.text((230, 655), "2021-06-18至2031-06-18", fill=(20, 20, 20), font=font(38))
    return Paper("driving_licence", picture, {"name": name, "id_number": number, "expires": "2031-06-18"})


def _marriage(rng: Generator) -> Paper:
    holder, other = pick(rng, _NAMES[:6]), pick(rng, _NAMES[6:])
    first, second = id_number(rng), id_number(rng)
    lines = [
        f"持证人：{holder}",
        f"登记日期：{day(rng)}",
        f"结婚证字号：J310115-{rng.integers(2012, 2025)}-{digits(rng, 6)}",
        "备注：",
        f"姓名：{holder}  性别：男",
        "国籍：中国",
        f"身份证件号：{first}",
        f"姓名：{other}  性别：女",
        "国籍：中国",
        f"身份证件号：{second}",
    ]
    return _page("结 婚 证", lines, {"holder": holder}, "marriage_certificate", 38)


_DRAWERS = {
    "id_card_front": _id_front,
    "id_card_back": _id_back,
    "business_licence": _licence,
    "lease": _lease,
    "property_certificate": _property,
    "food_permit": _food_permit,
    "household_book": _household,
    "driving_licence": _driving,
    "marriage_certificate": _marriage,
}


def draw_expired_id_back(rng: Generator) -> Paper:
    """The emblem side of a card that has run out."""
    return _id_back(rng, expired=True)
