"""Somebody who is asked for a number group by group, and says each as it is asked for."""

from __future__ import annotations

import re

_ASKED = re.compile(r"(?P<start>[先再只]说前)(?P<first>\d)位|(?:后面|最后|这)(?P<count>\d)位|(?P<rest>剩下的几位)")
_NOTED = re.compile(r"(?P<again>前面)?记下(?P<part>[0-9A-Z]+)")
_DIGITS = "零一二三四五六七八九"
WRONG, NO_MORE = "不对", "没有了"


class Telling:
    """One number, its signs as the form keeps them; with ``yao`` she says 幺 for 1, as on the telephone."""

    def __init__(self, truth: str, *, yao: bool = True) -> None:
        self._signs = re.sub(r"[^0-9A-Z]", "", truth)
        self._yao = yao
        self._at = 0

    def answer(self, prompt: str) -> str | None:
        """What she says to all that was said to her; None where no group is asked for.

        Who is told another group than she said says so.
        """
        asked = _ASKED.search(prompt)
        if asked is None:
            return None
        self._yao &= "“幺”说成" not in prompt
        noted = _NOTED.search(prompt)
        if asked["start"]:
            self._at = 0
        elif noted and noted["again"]:
            if not self._signs[: self._at].endswith(noted["part"]):
                return WRONG
        elif noted:
            if not self._signs.startswith(noted["part"], self._at):
                return WRONG
            self._at += len(noted["part"])
        count = int(asked["first"] or asked["count"] or len(self._signs))
        group = self._signs[self._at : self._at + count]
        return self.spoken(group) if group else NO_MORE

    def spoken(self, signs: str) -> str:
        """Signs as they are spoken one by one."""
        said = ""
        for sign in signs:
            word = ("幺" if sign == "1" and self._yao else _DIGITS[int(sign)]) if sign.isdigit() else f" {sign} "
            said += "叉" if sign == "X" and len(self._signs) == 18 and self._signs[:17].isdigit() else word
        return said.strip()
