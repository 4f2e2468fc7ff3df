"""A value read back, and what is said to that: right, wrong, this part is wrong, once more from the start.

A pure state machine: ``hear`` gives the next state, ``say`` what is to be spoken in it. Nothing is confirmed by anything but
a yes to what was last read out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from assistant.casework.fields.agreeing import yes_or_no
from assistant.casework.fields.result import Accepted
from assistant.foundation.messages import t
from assistant.speech.hearing.asked import WRITTEN, Asked
from assistant.speech.hearing.correcting import corrected, names_part, signs
from assistant.speech.hearing.digits import read_out
from assistant.speech.hearing.script import simplified
from assistant.speech.hearing.values import QUANTITIES, prepared

State = Literal["asking", "wrong", "doubtful", "confirmed", "anew", "touch"]
#: Answers that mean nothing before touch is offered.
_MOST_UNCLEAR = 2
ANEW = re.compile(
    r"从头|重新(?:说|来|报|念)|重说|重来|全错|都错|都不对|整个(?:都)?(?:错|不对)|再说一遍|我再说|(?:start|say it) (?:again|over)",
    re.I,
)
TOUCH = re.compile(r"(?:我|自己|手动|手工|用手).{0,4}(?:输|打字|点|写|填|按)|键盘|触屏|屏幕上|type|touch", re.I)
_LEAD = re.compile(r"^(?:(?:不对|不是的|错了|哦|噢|嗯|啊)[,，。、\s]*|(?:不|没有|对|等一下|等等)[,，。、\s]+)(?=.)")
_REFUSED = re.compile(
    r"^(?:(?:不对|不是的?|错了|说错了|不)[,，。、！!\s]*)+(?:我(?:说|要说)的|应该|是|叫|改成|改为)*[,，。:：\s]*(?P<new>.*)$",
    re.S,
)
#: Sounds of thinking; 嗯 is a yes only without them.
_THINKING = re.compile(r"呃|额|唔|那个|这个|[.…]{2,}")
_YES = re.compile(
    r"^(?:[嗯对是的好啊呀哦没错可以就]|yes|yeah|yep|ok(?:ay)?|right|correct|that'?s|it is|[,，、。.!\s])+", re.IGNORECASE
)
_NO_SIGN = re.compile(r"[^0-9A-Za-z\u3400-\u9fff]")
_SOUNDS = re.compile(r"[嗯呃额唔啊哦,，。.…、\s]|那个|这个")


@dataclass(frozen=True)
class ReadBack:
    """One value being confirmed. ``value`` is the form's; ``unclear`` counts the answers running that meant nothing."""

    asked: Asked
    value: str
    today: date
    state: State = "asking"
    unclear: int = 0

    @property
    def over(self) -> bool:
        """Whether there is nothing more to hear: confirmed, to be said anew, or to be typed."""
        return self.state in ("confirmed", "anew", "touch")

    @property
    def say(self) -> str:
        """What is spoken in this state, in the language being spoken."""
        shown = read_out(self.asked, self.value)
        match self.state:
            case "asking":
                return t("speech.hear_readback", value=shown)
            case "wrong":
                short = "speech.hear_anew" if self.asked.kind in QUANTITIES else "speech.hear_which_part"
                return t("speech.hear_whole" if self.asked.kind in WRITTEN else short)
            case "doubtful":
                return t("speech.hear_doubtful", value=shown)
            case "confirmed":
                return t("speech.hear_confirmed")
            case "anew":
                return t("speech.hear_anew")
            case "touch":
                return t("speech.hear_touch")

    def hear(self, text: str) -> ReadBack:
        """The state after an answer. One that is over stays as it is."""
        whole = simplified(text)
        plain = whole.strip(" 。.！!")
        if self.over:
            return self
        if TOUCH.search(plain):
            return replace(self, state="touch")
        if ANEW.search(plain):
            return replace(self, state="anew")
        if (new := self._new_value(plain)) is not None:
            return self._with(new, plain)
        answer = None if _THINKING.search(whole) and not _SOUNDS.sub("", plain) else yes_or_no(plain)
        if answer is True and self.state != "wrong" and not self._other(plain):
            return replace(self, state="confirmed")
        if answer is False or (answer is None and names_part(plain)):
            return replace(self, state="wrong", unclear=0)
        unclear = self.unclear + 1
        return replace(self, state="touch" if unclear >= _MOST_UNCLEAR else self.state, unclear=unclear)

    def _other(self, plain: str) -> bool:
        """Whether a yes goes on with something like the value that is not it: the 对、姓名王舞 of a 不对 half heard."""
        rest = _YES.sub("", plain)
        if self.asked.kind in WRITTEN:
            said = _NO_SIGN.sub("", rest)
            return not set(said).isdisjoint(self.value) and said not in _NO_SIGN.sub("", self.value)
        return re.sub(r"\D", "", signs(rest)) not in _NO_SIGN.sub("", self.value)

    def _new_value(self, plain: str) -> str | None:
        """The value as it is after what was said: a part put right, or said as a whole once more."""
        kind = self.asked.kind
        if kind in WRITTEN:
            return self._written_anew(plain)
        said = plain
        while (shorter := _LEAD.sub("", said, count=1)) != said:
            said = shorter
        if kind not in QUANTITIES and (part := corrected(self.value, kind, said)) is not None:
            return self._as_kept(part)
        if kind not in ("date", *QUANTITIES) and len(signs(said)) < 6:
            return None
        whole = self.asked.read(prepared(said, self.asked, self.today), self.today)
        return str(whole.value) if isinstance(whole, Accepted) else None

    def _written_anew(self, plain: str) -> str | None:
        """A name or an address is said whole again: after a no, or plainly the same one."""
        refused = _REFUSED.match(plain)
        said = refused["new"] if refused else plain
        if len(said) < 2 or yes_or_no(said) is not None:
            return None
        read = self.asked.read(prepared(said, self.asked, self.today), self.today)
        if not isinstance(read, Accepted):
            return None
        new = str(read.value)
        alike = 2 * len(set(new) & set(self.value)) >= len(set(new))
        return new if refused or self.state == "wrong" or alike else None

    def _as_kept(self, part: str) -> str:
        """A corrected number as the form writes it: a landline has its dash again."""
        read = self.asked.read(part, self.today)
        return str(read.value) if isinstance(read, Accepted) and read.warning is None else part

    def _with(self, new: str, plain: str) -> ReadBack:
        if new == self.value and yes_or_no(re.split("[,，。]", plain)[0]) is True:
            return replace(self, state="confirmed")
        read = self.asked.read(new, self.today)
        sound = isinstance(read, Accepted) and read.warning is None
        return replace(self, value=new, state="asking" if sound else "doubtful", unclear=0)
