"""A made-up catalogue of a whole country: names of real items, worded differently from region to region; always the same."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from assistant.engine.components.patterns.regions import PROVINCES
from knowledge.search.wide import Record
from knowledge.search.wide.records import KINDS

CITIES, DISTRICTS = 11, 9
# A province's platform lists about two thousand items; each of its regions some of them.
ITEMS_A_REGION = 1450
_PROVINCE = "广东省"
_BEFORE = (
    "农村", "城镇", "市属", "民办", "公办", "小型", "中外合资", "非营利性", "跨区域", "临时", "集体所有制", "首次",
    "县域", "社区",
)  # fmt: skip
_BEHIND = (
    "（县级权限）", "（市级权限）", "（首次申请）", "（变更）", "（延续）", "（补发）", "（注销）", "（个人）", "（单位）",
    "（委托实施）", "（告知承诺）", "（一般程序）", "（简易程序）", "（港澳台）", "信息查询", "预约", "初审", "受理",
)  # fmt: skip
_OTHERWISE = (
    ("登记", "核准登记"), ("审批", "许可"), ("许可", "审批"), ("备案", "告知性备案"), ("查询", "信息查询"),
    ("申请", "申领"), ("核发", "发放"), ("认定", "资格认定"), ("企业", "公司"), ("设立", "开办"),
)  # fmt: skip


def regions(count: int) -> list[str]:
    """The nation, then provinces each with its cities and their districts, as many codes as asked for."""
    codes = ["000000"]
    for province in PROVINCES:
        codes.append(f"{province}0000")
        for city in range(1, CITIES + 1):
            codes.append(f"{province}{city:02}00")
            codes += [f"{province}{city:02}{district:02}" for district in range(1, DISTRICTS + 1)]
    return codes[:count]


def records(names: Sequence[str], count: int, seed: int = 20260101) -> Iterator[Record]:
    """``count`` items x regions, worded after ``names``; region after region."""
    chooser = random.Random(seed)
    places = regions(max(4, round(count / ITEMS_A_REGION)))
    made = 0
    for number, region in enumerate(places):
        here = (count * (number + 1)) // len(places) - made
        for place in range(here):
            name = varied(names[chooser.randrange(len(names))], region, chooser)
            kinds = () if chooser.random() < 0.3 else (chooser.choice(KINDS),)
            yield Record(f"{region}-{place}", (name,), 1, region, kinds)
        made += here


def varied(name: str, region: str, chooser: random.Random) -> str:
    """A name as this region may word it: one in three as it is, the others with up to three changes."""
    province = PROVINCES.get(region[:2])
    if province and _PROVINCE in name:
        name = name.replace(_PROVINCE, province)
    if chooser.random() < 1 / 3:
        return name
    if chooser.random() < 0.5:
        old, new = chooser.choice(_OTHERWISE)
        name = name.replace(old, new)
    if chooser.random() < 0.6:
        name += chooser.choice(_BEHIND)
    return chooser.choice(_BEFORE) + name if chooser.random() < 0.3 else name
