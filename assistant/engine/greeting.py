"""A greeting before a request says nothing of it, and leads the engine away from it: 你好，我要开一家餐馆 is no greeting.

In English the engine tells the two apart as they are.
"""

from __future__ import annotations

import re

#: What stands before a request out of politeness, with whom it is said to.
_GREETING = re.compile(
    r"(?:[喂嗨嘿哎诶][，, ]*)?"
    r"(?:你好|您好|妳好|早上好|上午好|中午好|下午好|晚上好|哈[喽罗啰囉])[呀啊哦哈]?"
    r"(?:[，, ]*(?:小办|办到|师傅|同志|老师|美女|帅哥|工作人员|客服|机器人|数字人))?"
)
_BETWEEN = re.compile(r"[\s，,。.！!、~～：:]+")
#: Without a mark between them only what plainly begins a sentence of its own is not part of the greeting.
_BEGINS = re.compile(r"我|请问|想|要|帮|怎么|怎麼|如何")
#: A wish, a question or a trouble: what people come for. 我是张三, 在吗, 想问个事 stay part of the greeting.
_REQUEST = re.compile(
    r"[想要去来帮给].{0,8}[办辦开開补補换換领領缴繳查取转轉续續]|办理|辦理|申请|申請|注册|登记|变更|注销|报销|提取"
    r"|怎么|怎麼|如何|多少|多久|几天|哪里|哪儿|哪个|什么|什麼|要带|能不能|可不可以|可以.+吗|丢了|坏了|过期|到期|掉了"
)


def without_greeting(text: str) -> str:
    """``text`` from where its request begins; all of it where it is nothing but a greeting, or begins with none."""
    greeting = _GREETING.match(text)
    if greeting is None:
        return text
    between = _BETWEEN.match(text, greeting.end())
    rest = text[between.end() if between else greeting.end() :]
    if between is None and not _BEGINS.match(rest):
        return text
    return without_greeting(rest) if _REQUEST.search(rest) else text
