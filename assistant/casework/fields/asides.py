"""What is said in place of a value: 还是上次那个, 跟法定代表人一样, 没有, 不知道, 等下再说, 为什么要这个, 撤销.

Only the words are read here: what kind of aside a clause is, which field it names and whom it compares with. Whether the
names mean anything in the case in hand is for ``flow/asides`` to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.engine.components.patterns.numerals import normalise

Kind = Literal["before", "same", "none", "unknown", "later", "why", "example", "undo", "keep"]
#: ``ref`` of 同上, 跟刚才一样: the answer of that kind given last.
LATEST = "*latest"
#: ``ref`` of 就是我自己.
MYSELF = "*myself"
#: Longer clauses say more than an aside.
LONGEST = 40


@dataclass(frozen=True)
class Aside:
    """``about`` are the words that name the field, empty for the one asked; ``ref`` those that name what it is compared with."""

    kind: Kind
    about: str = ""
    ref: str = ""


_END = r"[的了吧啊呀呢嘛哈哦哟啦么]*"
_HEAD = r"(?:嗯+|呃+|哦+|啊|哎呀?|那个|这样吧?|好的?|行|不好意思|抱歉|对了|另外|还有|然后|[，,、 ])*"
_THIS = r"(?:这个|这一?项|这一?条|这一?题|这一?栏|这个问题|这里|这|它|那个)?"
_I = r"(?:我们?|咱们?|俺|本人|您?就|就|都|也|先|还|真的?|实在|一时|现在|暂时|目前|可能|好像|，)*"
_SPEAK = r"(?:说|填|补|讲|写|答|回答|提供|给|告诉你们?|告诉您|弄|问|交代|补充|补上|补填|来填|处理)"
_WHEN = (
    r"(?:(?:等|待|过)(?:一)?(?:下|会儿?|阵)儿?|等一等|晚(?:点|些|一点|一会)儿?|回头|以后|往后|后面|后边|稍后|之后|最后|过后|"
    r"(?:明天|改天|过两天|过几天)(?!办))"
)
_LATER = re.compile(
    rf"{_THIS}{_I}{_THIS}(?:{_WHEN}(?:我)?(?:再|来|才)*{_SPEAK}(?:一下|"
    rf"这个|上|给(?:你们?|您))?(?:行吗|可以吗|好吗|行不行|好不好)?|"
    rf"(?:先)?(?:跳过去?|略过|绕过|放一放|放一边|放着|空着|空一下|留空|搁着|欠着)(?:这个|这项|它)?(?:{_WHEN}再{_SPEAK}|先)?|"
    rf"先不(?:{_SPEAK}|管)(?:这个|这项|它)?|"
    rf"先?(?:问|填|说|办|弄)(?:别的|其他的?|其它的?|下一?[个项题]|后面的?|"
    rf"下面的?|另外的)(?:问题|几项|几个)?)(?:行吗|可以吗|好吗)?{_END}"
)
_SKIPS = re.compile(rf"{_THIS}(?:跳过|略过|留空|空着){_END}")
_UNKNOWN = re.compile(
    rf"{_THIS}{_I}{_THIS}(?:不(?:太|大|是很|怎么|是特别)?(?:知道|清楚|记得|"
    rf"确定|了解|晓得|懂|会填|会写|明白)|记不(?:太)?(?:清|得|住|起来|准)楚?|"
    r"忘(?:记|掉)?(?:了)?|想不起来?|(?:手头|手边|手上|身边|身上|眼下)(?:上)?(?:也|"
    r"又|还|真|正好)?(?:没有?|不在)(?:带|这个|材料|资料|执照|证件?)?|"
    r"没(?:有)?(?:带)?(?:在)?(?:身边|手边|手头|手上|身上)|没带(?:在身上|"
    r"来)?|不在(?:我)?(?:身边|手边|手头|手上|身上)|说不(?:上来|清|准|好)|"
    r"没印象|没记住|拿不准|查不到|找不到|找不着|没找到|搞不清楚?|弄不清楚?)"
    rf"(?:这个|具体|是?多少|是?什么|是?哪个|怎么填|咋填|号码?|名字|日期|怎么写|哪天|几号|填什么){{0,3}}{_END}"
)
_WHERE = re.compile(
    rf"{_HEAD}(?:请问)?{_THIS}(?:要|我要|应该|可以|能)?(?:在|去|到|上|从)?(?:哪里?|哪儿|"
    rf"哪边|什么地方)(?:能|可以|才能|里)?(?:看|找|查|有写?|得到)(?:到|得到|见)?{_THIS}{_END}|"
    rf"{_THIS}(?:要)?(?:怎么|咋|如何)(?:查|找|看)(?:到|出来)?{_THIS}{_END}"
)
_OBJECT = r"(?:我的?|你们?)*(?:填|问|给|提供|收集|知道|写|要|看|登记|了解)*(?:我的?|这么多|那么多)*(?P<what>.{0,14}?)"
_WHY = re.compile(
    rf"{_HEAD}(?:(?:请问|话说|你们?|您)*(?:为什么|为啥|为何|干嘛|干吗|凭什么|"
    rf"干什么)(?:你们?)?(?:还|非|一定|必须|都)?(?:要|得|需要)?{_OBJECT}|"
    r"(?:你们?)?(?:要|填|问|收)(?P<w2>.{0,12}?)(?:干嘛|干什么|干吗|做什么|做啥|干啥|有什么用|有啥用|什么用)(?:用|呢|使)?|"
    r"(?P<w3>.{0,12}?)(?:是)?(?:干嘛|干什么|干吗|做什么|做啥|干啥|"
    r"派什么用场)用?|(?P<w4>.{0,12}?)有(?:什么|啥)(?:用|用处|用途|必要)|"
    r"(?P<w5>.{0,12}?)(?:能|可以|可不可以|能不能|可否)不(?:给|填|说|提供|写|告诉)(?:你们?)?|"
    r"(?P<w6>.{0,12}?)不(?:给|填|说|提供|写)(?:行|可以|行不行|可不可以|成|会怎样)(?:吗|么|不)?|"
    r"(?P<w7>.{0,12}?)(?:是)?(?:必须|一定|非)(?:得|要)?(?:填|给|提供|写|说)(?:不可|的)?(?:吗|么)|"
    rf"(?P<w8>.{{0,12}}?)(?:我)?(?:不想|不愿意?|不方便|不太想)(?:给|说|填|提供|告诉)(?:你们?)?)(?:吗|么|呢|啊|的|呀|[?？])*"
)
_WHY_ENGLISH = re.compile(
    r"why (?:do you (?:need|want|ask(?: for)?)|is (?:this|that|it) (?:needed|required|necessary)|"
    r"should i|must i)(?: (?:this|that|it|to know(?: this| that)?|give (?:this|that|it)))*|"
    r"what(?:'s| is) (?:this|that|it) (?:needed )?for|do i have to (?:give|"
    r"tell|answer|fill in|say)(?: you)?(?: (?:this|that|it))?|"
    r"what do you need (?:this|that|it) for|why this",
    re.I,
)
_EXAMPLE = re.compile(
    rf"{_HEAD}(?:(?:能|可以|可不可以|麻烦|请)?(?:你|您)?(?:能)?(?:举|给|来|看|有)(?:我)?(?:没有)?(?:个|"
    rf"一个|下|点)?(?:例子?|样例|样子|示例|范例|样板)(?:看看|吗|么)?|例子|示例|"
    rf"(?:比如|譬如|例如)(?:说|呢)?|{_THIS}(?:是)?(?:什么|啥)(?:样|格式|样子)的?|{_THIS}(?:应该|要|该|"
    rf"得)?(?:怎么|咋|如何)(?:填|写)|{_THIS}(?:应该|要|该)(?:填|写)(?:什么|啥|成什么样))(?:吗|呢|啊|呀|[?？。.])*"
)
_EXAMPLE_ENGLISH = re.compile(
    r"(?:can you |could you |please )?(?:give me |show me |have you )?(?:an |"
    r"any )?example(?: please)?|for example|such as|like what",
    re.I,
)
_UNDO = re.compile(
    rf"{_HEAD}(?:我)?(?:要|想|请|帮我|麻烦)?(?:(?:撤销|撤回|取消|还原|恢复)(?:一下|上次|上一次|"
    rf"刚才|刚刚|这次|前面|的)*(?:修改|更改|改动|变更|操作|改的|填的)|撤销(?:一下)?|还原(?:一下)?|"
    r"(?:再)?改(?:回去|回来|回原来的?|回原样|回之前的?|回刚才的?)|恢复(?:成|到|"
    r"为)?(?:原来|原先|之前|修改前|改之前)(?:的|那个|的样子)?|变回(?:去|来|原来的?)|"
    r"(?:刚才|刚刚)(?:改的|那个改动|那次修改|的修改|改的那个)(?:不算|作废|"
    r"取消|不要)|还是(?:用|按|填)?(?:改之前|没改前|修改前)的?(?:那个)?)"
    rf"{_END}[。.！!]*"
)
_UNDO_ENGLISH = re.compile(
    r"(?:please )?(?:undo(?: (?:that|this|it|the (?:last )?change|my (?:last )?change))?|"
    r"change it back|put it back|revert(?: (?:that|it))?)(?: please)?",
    re.I,
)
_KEEP = re.compile(
    rf"{_HEAD}(?:我)?(?:算了|还是)?(?:就)?(?:不(?:用)?改了|不(?:用)?变|保持(?:不变|"
    rf"原样|原来的样子)|别改了|维持(?:不变|原样)|不动了|没变化?|就这样(?:吧|不改)?|"
    r"(?:还是)?(?:就)?(?:用|按|填|是)?(?:原来|现在|已经填|之前填|刚才填|前面填)的?(?:那个|"
    r"内容)?(?:就行|就好|就可以)?(?:不变|没错|不用改)?|没错|对的?|是对的)"
    rf"{_END}[。.！!]*"
)
_KEEP_ENGLISH = re.compile(
    r"(?:no,? )?(?:keep it(?: as it is)?|leave it(?: as it is)?|no change|unchanged|don't change it|never mind)",
    re.I,
)
_LAST_TIME = r"(?:上次|上回|上一次|上一回|以前|之前|从前|过去|去年|前一次|前几次|历次|上一件|上个办件|前一件|老早)"
_NOUN = r"(?:那个|那些|那家|那位|的那个|那一?[个套份]|同一个)?(?P<noun>[^，,。的跟和与]{0,10}?)"
_SAME_END = r"(?:一样|相同|一致|没变|没有变化?|不变|同样)"
_BEFORE = re.compile(
    rf"{_HEAD}(?P<about>[^，,]{{0,12}}?)(?:还是|就是|就用|还用|沿用|还按|"
    rf"按照|就按|照着?|填|用|跟|和|与|同|是|就|也|都)*(?:我)?{_LAST_TIME}"
    rf"(?:我)?(?:来)?(?:办(?:理)?(?:的时候|时|别的|那件)?|填|用|说|报|写|登记|留|给|"
    rf"提供)*(?:过)?(?:的)?{_NOUN}(?:{_SAME_END})?(?:就行|就可以|就好|就是|好了|即可)?{_END}[。.！!]*"
)
_UNCHANGED = re.compile(
    rf"{_HEAD}(?P<about>[^，,]{{0,8}}?)(?:还是|照|和|跟|与)(?:老样子|旧|"
    rf"原来(?:的)?(?:一样)?|从前一样)(?:就行)?{_END}[。.！!]*|照旧{_END}[。.！!]*"
)
_BEFORE_ENGLISH = re.compile(
    r"(?:the )?same(?: (?P<noun>[a-z ]{1,20}?))? as (?:last time|before|"
    r"the last (?:time|one|case)|i (?:gave|used) (?:last time|before))|"
    r"(?:use )?(?:the )?(?:one|same one|previous one|one) (?:from|as) (?:last time|before)|as before|like last time",
    re.I,
)
_SO = (
    r"(?:一样|一致|相同|同样|同一个?(?:人|地址|地方|电话|手机|号码?|处|家|公司|"
    r"单位|个|名字)?|一个人|一个地址|一个号码?|一个地方|一回事|没区别|同名)"
)
_SAME = re.compile(
    rf"{_HEAD}(?P<about>[^，,]{{0,14}}?)(?:也是|就是|也|都|就|还)?(?:跟|和|与|同|於|"
    rf"于)(?P<ref>[^，,]{{1,18}}?)(?:的)?(?:也|都|就|完全)?(?:是)?{_SO}{_END}[。.！!]*"
)
_USES = re.compile(
    rf"{_HEAD}(?P<about>[^，,]{{0,10}}?)(?:也|都|就)?(?:直接)?(?:用|填|写|按|抄|取|"
    rf"留)(?P<ref>[^，,。]{{1,12}}?)的(?:那个|信息|名字|电话|地址|号码)?(?:就行|就可以|就好|好了|即可|吧)?{_END}[。.！!]*"
)
_IS = re.compile(
    rf"{_HEAD}(?P<about>[^，,]{{0,12}}?)(?:也是|就是|也还是|还是|也|就|"
    rf"是|：|:)(?P<ref>[^，,。]{{1,12}}?)(?:本人|自己)?{_END}[。.！!]*"
)
_DITTO = re.compile(
    rf"{_HEAD}(?P<about>[^，,]{{0,10}}?)[：: ]?(?:同|如)上{_END}[。.！!]*|"
    rf"{_HEAD}(?P<a2>[^，,]{{0,10}}?)(?:也|还|都|就)?(?:是|用|填|就)(?:刚才|刚刚|前面|上面)?(?:说的|"
    rf"填的|的)?(?:这个|那个|这一个|那一个|这里|它)(?:号码?|地址|电话|人)?(?:就行|吧)?{_END}[。.！!]*|"
    rf"{_HEAD}(?P<a3>[^，,]{{0,10}}?)(?:跟|和|与|同)?(?:刚才|刚刚|前面|上面|前一[个项])(?:说|填|写)?(?:过)?(?:的)?(?:那个|"
    rf"这个|那项)?(?:号码?|地址|电话|人|名字)?(?:的)?{_SO}?{_END}[。.！!]*|一样的?{_END}[。.！!]*"
)
_ALIKE = re.compile(rf"同(?P<ref>[^，,。]{{2,10}}?){_END}[。.！!]*")
_SAME_ENGLISH = re.compile(
    r"(?:(?P<about>[a-z ]{0,24}?)\s*(?:is |'s )?)?(?:also )?(?:the )?same(?: (?:person|address|"
    r"phone|number|one|name))? as (?:the |my |that of the )?(?P<ref>[a-z ]{2,40}?)(?:'s)?",
    re.I,
)
_ME = re.compile(r"(?:就是|也是|是|就|还是)?(?:我|本人|我本人|我自己|自己|本人自己|我们?自己)(?:本人|自己)?")
_ME_ENGLISH = re.compile(r"(?:it's |it is |that's )?(?:me|myself|i am)(?: myself)?", re.I)
_LATER_ENGLISH = re.compile(
    r"(?:i'll |i will |let me |can i |could we |let's )?(?:(?:tell you|answer|fill (?:it|"
    r"this|that) in|do|give (?:it|that|this)(?: to you)?|come back to|get back to|skip)"
    r"(?: (?:it|this|that|you))*(?: (?:later|afterwards|for now))|later|not now|"
    r"ask (?:me )?(?:something else|the next one|later)|(?:next one )?first the others)(?: please)?",
    re.I,
)
_UNKNOWN_ENGLISH = re.compile(
    r"(?:i (?:really )?)?(?:don't|do not|can't|cannot) (?:know|remember|recall|"
    r"have it (?:with me|at hand|here))(?: (?:it|that|this|what it is|where (?:it|that) is))?|"
    r"(?:i'm |i am )?not sure|no idea|i (?:forgot|have forgotten)(?: it)?|"
    r"where (?:can|do) i find (?:it|that|this)|where is (?:it|that|this)(?: written)?",
    re.I,
)
_NONE = re.compile(
    rf"{_THIS}(?:我们?|我家|目前|现在|暂时|家里|公司|，)*(?:都|也|还|就)?(?:没有?|"
    rf"无|沒有|暂无|没得|木有)(?:这个|这项|这些|的|啊|呀|哦|呢|了|吧)*"
)
_ABOUT_NONE = re.compile(r"(?P<about>[^，,]{2,12}?)(?:也|都|就|我|暂时|目前)*(?:没有|沒有|无|暂无|不填了?|没)[的了吧啊呀呢]*")
_ABOUT_LATER = re.compile(
    rf"(?P<about>[^，,]{{2,12}}?)(?:的话|呢|嘛|我|就|"
    rf"先)*(?:{_WHEN}(?:我)?再*{_SPEAK}(?:吧|给你们?)?|先不填|先空着|先跳过){_END}"
)
_ABOUT_UNKNOWN = re.compile(
    rf"(?P<about>[^，,]{{2,12}}?)(?:的话|呢|嘛|我|就|也|还|真|现在|暂时|"
    rf")*(?:不(?:太)?(?:知道|清楚|记得)|记不(?:清|得)楚?|忘了|(?:手头|身边|手上)没有?){_END}"
)
_WHERE_ABOUT = re.compile(
    rf"{_HEAD}(?P<about>[^，,]{{2,12}}?)(?:要|应该)?(?:在|去|到|上)?(?:哪里?|"
    rf"哪儿|什么地方)(?:能|可以)?(?:看|找|查)(?:到|得到)?{_END}[?？]?|"
    rf"{_HEAD}(?P<a2>[^，,]{{2,12}}?)(?:怎么|咋)(?:查|找)(?:到)?{_END}[?？]?"
)
_EXAMPLE_ABOUT = re.compile(rf"{_HEAD}(?P<about>[^，,]{{2,12}}?)(?:应该|要|该|得)?(?:怎么|咋|如何)(?:填|写)(?:呢|啊|呀)?[?？。]*")


def read(clause: str, asked_again: bool = False) -> list[Aside]:
    """What a clause may be said in place of a value, the likeliest first; empty where it is none.

    Args:
        clause: one clause, without the commas around it.
        asked_again: the question has an answer already, which 还是原来的 keeps.
    """
    plain = normalise(clause).strip(" ，,。.!！~～;；")
    if not plain or len(plain) > LONGEST:
        return []
    return [*_english(plain, asked_again)] if plain.isascii() else _chinese(plain, asked_again)


def _chinese(plain: str, asked_again: bool) -> list[Aside]:
    bare = plain.rstrip("?？")
    if asked_again and _KEEP.fullmatch(bare):
        return [Aside("keep")]
    if _UNDO.fullmatch(bare):
        return [Aside("undo")]
    if _LATER.fullmatch(bare) and not _SKIPS.fullmatch(bare):
        return [Aside("later")]
    if _UNKNOWN.fullmatch(bare) or _WHERE.fullmatch(bare):
        return [Aside("unknown")]
    if _EXAMPLE.fullmatch(plain):
        return [Aside("example")]
    if (why := _WHY.fullmatch(plain)) is not None:
        named = next((words for words in why.groupdict().values() if words), "")
        return [Aside("why", re.sub(rf"^{_THIS}|(?:的)?$", "", named.strip()))]
    if _NONE.fullmatch(bare):
        return [Aside("none")]
    if _ME.fullmatch(bare):
        return [Aside("same", ref=MYSELF)]
    found = _compared(bare)
    for kind, pattern in (("later", _ABOUT_LATER), ("unknown", _ABOUT_UNKNOWN), ("none", _ABOUT_NONE)):
        if (match := pattern.fullmatch(bare)) is not None:
            found.append(Aside(kind, match["about"]))  # type: ignore[arg-type]  # a Kind, as listed above
    if (match := _WHERE_ABOUT.fullmatch(bare)) is not None:
        found.append(Aside("unknown", match["about"] or match["a2"]))
    if (match := _EXAMPLE_ABOUT.fullmatch(bare)) is not None:
        found.append(Aside("example", match["about"]))
    return found


def _compared(plain: str) -> list[Aside]:
    """Comparisons with another answer, or with what was filled in before."""
    found = []
    if (match := _DITTO.fullmatch(plain)) is not None:
        found.append(Aside("same", match["about"] or match["a2"] or match["a3"] or "", LATEST))
    if (match := _BEFORE.fullmatch(plain)) is not None:
        found.append(Aside("before", match["about"] or match["noun"] or ""))
    if (match := _UNCHANGED.fullmatch(plain)) is not None:
        found.append(Aside("before", match["about"] or ""))
    for pattern in (_SAME, _USES, _IS):
        if (match := pattern.fullmatch(plain)) is not None:
            ref = MYSELF if _ME.fullmatch(match["ref"]) else match["ref"]
            found.append(Aside("same", match["about"], ref))
    if (match := _ALIKE.fullmatch(plain)) is not None:
        found.append(Aside("same", "", match["ref"]))
    return found


def _english(plain: str, asked_again: bool) -> list[Aside]:
    said = plain.rstrip("?.! ")
    if asked_again and _KEEP_ENGLISH.fullmatch(said):
        return [Aside("keep")]
    plainly: tuple[tuple[Kind, re.Pattern[str]], ...] = (
        ("undo", _UNDO_ENGLISH), ("later", _LATER_ENGLISH), ("unknown", _UNKNOWN_ENGLISH), ("why", _WHY_ENGLISH),
        ("example", _EXAMPLE_ENGLISH),
    )  # fmt: skip
    for kind, pattern in plainly:
        if pattern.fullmatch(said):
            return [Aside(kind)]
    if _ME_ENGLISH.fullmatch(said):
        return [Aside("same", ref=MYSELF)]
    if (match := _BEFORE_ENGLISH.fullmatch(said)) is not None:
        return [Aside("before", (match["noun"] or "").strip())]
    if (match := _SAME_ENGLISH.fullmatch(said)) is not None:
        return [Aside("same", (match["about"] or "").strip(), match["ref"].strip())]
    return []
