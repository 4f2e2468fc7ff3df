"""More than one request in a sentence: 办食品证要几天，收钱不 is cut into clauses that can stand alone.

Only the words are looked at here: what each clause means is for the engine to read, which item for the search. A clause
that tells something (a story, a greeting, an address) belongs to the request it stands beside and is none of its own, so
an ordinary sentence is never cut, and nothing is cut inside numbers, quotation marks or brackets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

Kind = Literal["asks", "wishes", "adds", "tells"]
#: More requests than these in one sentence are read as one: nobody wants five answers at once.
MOST = 4
#: Longer texts are told, not asked; they are read whole.
LONGEST = 200

#: What a question is about, as the words show it, and the intent of a clause the engine is unsure about.
TOPICS: dict[str, re.Pattern[str]] = {
    "ask_fee": re.compile(
        r"(?<![领拿发给提取补])(?<![领拿发给提取补][到得了取])多少钱|(?:收|交|花|要)(?:不要|不收)?(?:多少)?(?:钱|费)(?:不|吗|么|没)?|要花?钱|免费(?=吗|么|不|的吗|[?？])|免不免费|是不是免费|什么价|费用(?:是?多少|怎么算)?|收费|"
        r"how much|\bfees?\b|\bcosts?\b|free of charge|\bcharged?\b",
        re.I,
    ),
    "ask_time_limit": re.compile(
        r"几天|多少天|多久|多长时间|几个?(?:工作日|月|小时|礼拜|星期)|什么时候能?(?:好|办好|拿到|下来)|"
        r"how long|how many (?:working )?days|how soon",
        re.I,
    ),
    "ask_location": re.compile(
        r"(?:在|去|到|上)?(?<!点)(?:哪里|哪儿|哪个?(?:窗口|地方|大厅|部门|单位|派出所))(?:办理?|交|领|申请|弄|搞)?|"
        r"(?:在|去|到)哪(?:办理?|交|领|申请|弄|搞)?|地址在|几楼|\bwhere\b|which (?:office|counter|window)",
        re.I,
    ),
    "ask_materials": re.compile(
        r"(?:要|得|需要|还要|应该|都)?(?:带|准备|提供|交|拿)(?:些|点|上)?(?:什么|啥|哪些|点啥)(?!费|钱)(?:材料|东西|证件|资料)?|"
        r"(?:什么|哪些|啥|多少)(?:材料|资料|证件|东西|文件)|(?:材料|资料)(?:有|是|要)?(?:什么|哪些|啥)|"
        r"what (?:documents|papers|materials|do i (?:need|have) to bring|should i bring)|(?:need|have) to bring",
        re.I,
    ),
    "ask_conditions": re.compile(
        r"(?:什么|哪些|啥)(?:条件|要求|资格)|符合.{0,4}条件|能不能办|够不够(?:条件|资格)|what (?:conditions|requirements)", re.I
    ),
    "ask_process": re.compile(
        r"怎么(?:办理?|弄|搞|操作|申请|走)|咋(?:办|弄|整|搞)|如何(?:办理|申请|操作)|(?:什么|啥)(?:流程|步骤|手续)|(?:流程|步骤)(?:是|怎)|"
        r"网上(?:能|可以)办|能网上办|how (?:do|can|should) (?:i|we)",
        re.I,
    ),
}
_ASKS = re.compile(
    r"[?？]|吗|么[。!！]*$|呢[。!！]*$|什么|啥|怎么|怎样|咋|哪|几[天个份号点年月次岁楼]|多少|多久|多长|多大|是否|能否|可否|"
    r"要不要|能不能|可不可以|会不会|有没有|是不是|行不行|需不需要|用不用|得不得|对不对|"
    r"[一-鿿]不[。!！]*$|如何|为什么|为啥|请问一?下?.{0,3}(?:条件|流程|材料|费用)|"
    r"\b(?:how|what|where|when|which|who|why)\b|^(?:and )?(?:can|could|do|does|is|are|will|must|should|may) ",
    re.I,
)
_VERBS = (
    r"(?:办理?|申请|申领|申报|注销|变更|更改|修改|改|换|补|领|开|登记|注册|过户|迁|提取?|延续|续|签注|转|报销|备案|设立|预约|年审|打印|打)"
)
#: Somebody says outright that it shall be done; 想… before a question is more often the story behind it.
_WISHES = re.compile(
    rf"(?:我们?|咱们?|俺|本人|现在|今天|公司)(?:现在|今天|也|还|就)?(?:要|得|需要)(?:去|来|把.{{1,12}})?{_VERBS}|"
    rf"(?:帮|给|替|为)(?:我们?|咱们?|俺|本人|公司)(?:.{{0,12}}){_VERBS}|^(?:那|还|也)?(?:要|得|需要){_VERBS}|"
    rf"(?:要|得|需要)(?:{_VERBS})(?:一下|个|掉)?(?:了|的)?[。.!！]*$|"
    r"\bi(?:'d like| want| need| would like| have)(?: also)? (?:to |a |an |my )|"
    r"\bplease (?:help|register|apply|change|renew|issue)",
    re.I,
)
_HOPES = re.compile(rf"(?:想|想要|打算|准备){_VERBS}|(?:想|打算)把")
#: Asked in surprise, not to be told: 怎么还没好.
_WONDERS = re.compile(r"(?:怎么|咋|为什么|为啥)(?:还|这么|那么|又|老|总)")
_CHANGED = re.compile(r"(?:换|变|搬|改|丢|坏|到期|过期|没|掉|涨|减|增加)[^，,]{0,4}(?:了|过)|也(?:要|得|想|换|变|改)")
#: Asked after a wish or a story this is no question of its own: 我要注销公司，怎么办.
_BARE = re.compile(
    r"^(?:那|这|该|我|请问|应该|要)*(?:怎么[办弄搞]|咋[办弄整搞]|怎么处理|如何办理|怎么办理|可以吗|行吗|行不行|对吗|是吗|好吗|能办吗|可以办吗|"
    r"能行吗|可不可以|能不能办|您?看行吗|有没有人|在吗|知道吗|对吧|麻烦(?:您|你)?(?:了)?|谢谢.{0,3})[?？。.!！]*$"
)
_CONNECTIVE = (
    r"还有就是|还有一?个|还有|另外还?有?|顺便再?|顺带|以及|并且|同时|再就是|再一个|再问[一个下]*|再请?问|对了|"
    r"(?:and )?also|and then|then|by the way|besides|as well as"
)
_LED = re.compile(
    rf"^\s*(?:哦|啊|嗯|欸|and )*(?:{_CONNECTIVE})[，,：: ]*(?:(?:问|打听|咨询|了解|说)(?:一下|下|个)?)?[，,：: ]*", re.I
)
#: Where a spoken sentence without punctuation may be cut, if both sides are requests.
_INNER = re.compile(
    r"(?=另外|顺便|顺带|以及|再问[一下]|再请?问|还有就是|还有(?!多|几|什么|谁|没|吗|哪|效|用|机会|必要))|"
    r"(?<=[一-鿿])\s+(?=[一-鿿])|"
    r"\s(?=and (?:how|what|where|when|which|do|does|is|are|can|i (?:also )?(?:need|want))\b|also\b|then\b)",
    re.I,
)
_STOPS = re.compile(r"(?<=[?？!！。；;\n])|(?<=[，,、：:])(?![0-9])|(?<=[^0-9][.])\s")
_SHIELDED = re.compile(
    r"“[^”]*”|‘[^’]*’|「[^」]*」|『[^』]*』|《[^》]*》|\"[^\"]*\"|（[^）]*）|\([^)]*\)|[0-9][0-9,，.:：]*[0-9]"
)
#: What stands in quotation marks, brackets or digits is masked by one private character each while the sentence is cut.
_SHIELD = 0xE000
_NOUNS = {"费用": "ask_fee", "材料": "ask_materials", "时间": "ask_time_limit", "地点": "ask_location", "流程": "ask_process",
          "条件": "ask_conditions", "资料": "ask_materials", "时限": "ask_time_limit", "手续": "ask_process"}  # fmt: skip
_LISTED = re.compile(rf"(?P<one>{'|'.join(_NOUNS)})(?:和|跟|与|、|以及|还有|及)(?:办理)?(?P<two>{'|'.join(_NOUNS)})")


@dataclass(frozen=True)
class Clause:
    """One request. ``topic`` is the intent its words show, if they do; ``led`` whether 另外, 顺便, also … stands before it."""

    text: str
    kind: Kind
    topic: str | None = None
    led: bool = False
    firm: bool = False


def split(text: str) -> list[Clause]:
    """The requests of a sentence in the order they are made; empty unless there are two or more.

    >>> [clause.text for clause in split("办食品证要几天，收钱不")]
    ['办食品证要几天', '收钱不']
    >>> split("我们公司搬家了，执照地址怎么改")
    []
    """
    found = requests(text)
    return found if 2 <= len(found) <= MOST else []


def requests(text: str) -> list[Clause]:
    """What a text asks or wishes, also where it is one thing or more than anybody wants answered at once."""
    if len(text) > LONGEST:
        return []
    shields: list[str] = []

    def shield(match: re.Match[str]) -> str:
        shields.append(match[0])
        return chr(_SHIELD + len(shields) - 1)

    def bare(masked: str) -> str:
        return re.sub("[\ue000-\uf8ff]", lambda m: shields[ord(m[0]) - _SHIELD], masked)

    masked = _SHIELDED.sub(shield, text)
    found = _gathered([clause for piece in _pieces(masked) for clause in _by_topic(piece)])
    return [replace(request, text=bare(request.text)) for request in found]


def _pieces(masked: str) -> list[str]:
    cut = [part for stop in _STOPS.split(masked) for part in _inner(stop)]
    return [part for part in (part.strip(" ，,、：:\n") for part in cut) if part]


def _inner(piece: str) -> list[str]:
    """Cut before 另外, 顺便 … inside a piece where both sides ask or wish."""
    for place in _INNER.finditer(piece):
        before, after = piece[: place.start()], piece[place.end() :]
        if before.strip() and _kind(before) in ("asks", "wishes") and _kind(after) != "tells":
            return [before, *_inner(after)]
    return [piece]


def _by_topic(piece: str) -> list[Clause]:
    """One clause, or several where a spoken sentence runs on: 居住证在哪办要带什么."""
    listed = _LISTED.search(piece)
    if listed:
        head, tail = piece[: listed.end("one")], piece[listed.start("two") :]
        return [Clause(head, "asks", _NOUNS[listed["one"]]), Clause(tail, "asks", _NOUNS[listed["two"]])]
    kind, led = _kind(piece), bool(_LED.match(piece))
    found = sorted(
        ((match.start(), match.end(), topic) for topic, pattern in TOPICS.items() if (match := pattern.search(piece))),
        key=lambda row: row[0],
    )
    cuts: list[tuple[int, str]] = []
    ended = 0
    for start, end, topic in found:
        if start >= ended:
            cuts.append((start, topic))
            ended = end
    if kind != "asks" or len(cuts) < 2:
        only = cuts[0][1] if cuts and kind == "asks" else None
        return [Clause(piece, kind, only, led, bool(_WISHES.search(piece)))]
    edges = [0, *(start for start, _ in cuts[1:]), len(piece)]
    texts = [re.sub(r"(?:和|跟|与|、|还|又|，|,| and)+$", "", piece[a:b]).strip() for a, b in pairwise(edges)]
    return [Clause(part, "asks", topic, led) for part, (_, topic) in zip(texts, cuts, strict=True) if part]


def _kind(piece: str) -> Kind:
    core = _LED.sub("", piece)
    if _WONDERS.search(core):
        return "tells"
    if _ASKS.search(core) or any(topic.search(core) for topic in TOPICS.values()):
        return "asks"
    if _WISHES.search(core) or _HOPES.search(core):
        return "wishes"
    return "adds" if core != piece and _CHANGED.search(core) else "tells"


def _gathered(pieces: list[Clause]) -> list[Clause]:
    """Give what is told, and bare 怎么办, to the request it belongs to; join neighbours that ask about the same."""
    requests: list[Clause] = []
    story: list[str] = []
    for piece in pieces:
        last = requests[-1] if requests else None
        if piece.kind == "tells" or (last is None and _BARE.match(piece.text)):
            story.append(piece.text)
        elif last and not story and _continues(last, piece):
            requests[-1] = replace(last, text=_run([last.text, piece.text]), firm=last.firm or piece.firm)
        elif piece.kind == "adds" and last is None and story and _CHANGED.search(_run(story)):
            requests += [Clause(_run(story), "adds"), piece]
            story = []
        else:
            requests.append(replace(piece, text=_run([*story, piece.text])))
            story = []
    if story and requests:
        requests[-1] = replace(requests[-1], text=_run([requests[-1].text, *story]))
    return requests


def _continues(last: Clause, piece: Clause) -> bool:
    """Whether a piece says more of the request before it."""
    if piece.kind == "asks" and _BARE.match(piece.text):
        return last.topic is None
    if piece.led or piece.kind != last.kind:
        return False
    return piece.kind == "wishes" or (piece.topic is not None and piece.topic == last.topic)


def _run(texts: list[str]) -> str:
    return "，".join(texts)


def bare(piece: str) -> str:
    """The request without what introduces it; the whole where nothing would be left.

    >>> bare("顺便问下要不要登报")
    '要不要登报'
    """
    return _LED.sub("", piece).strip() or piece
