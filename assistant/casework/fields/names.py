"""Names of persons, as identity cards and passports of any country print them."""

from __future__ import annotations

import re
import unicodedata

from assistant.casework.fields import introduced
from assistant.casework.fields.english import TABLES
from assistant.casework.fields.meaning import asks
from assistant.casework.fields.result import Accepted, Parsed, Rejected
from assistant.foundation.messages import t

LONGEST = 80
#: Longest Chinese name without a separator that is taken without a word of doubt.
_USUAL = 6
_MOST_WORDS = 8
_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_CHINESE = re.compile(rf"[{_HAN}]+(?:·[{_HAN}]+)*")
_SEPARATORS = re.compile(r"[•・‧∙．.・﹒]")
#: What stands between the letters of a name, besides blanks.
_BETWEEN = frozenset(" '’‘ʻʼʹ.-‐‑·・")
#: Malaysian and Singaporean passports: son of, daughter of, also called.
_BETWEEN_WORDS = re.compile(r"(?i)(?<= )(?:[as]/[lo]|[ad]/[po]|@)(?= )")
_INITIAL = re.compile(r"(?<![^\W\d_])[^\W\d_]\.")
_JAPANESE = frozenset(("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"))
_COMPANY = re.compile(
    r".{4,}(?:店|馆|厂|铺|坊|餐厅|超市|酒楼|酒店|工作室|门市部)$|(?:公司|集团|事务所|合作社|企业|商行|工厂|商店|中心|有限|株式会社|有限会社|주식회사|유한회사)$|^(?:株式会社|有限会社|주식회사)|"
    r"(?i:\b(?:ltd|limited|inc|incorporated|llc|llp|plc|gmbh|corp|corporation|company|pte|pty|ооо|оао|зао|пао|công ty)\b|\bco\.$)"
)
_SENTENCE = re.compile(
    r"^(?:我|你|您|他|她|它|这|请|想)|什么|怎么|哪里|哪个|知道|清楚|没有|[的吗呢吧啥谁]|"
    r"(?:です|ます|ません|ました|ですか|ください|でしょうか)$|^(?:私|わたし|僕)は|"
    r"(?:니다|이에요|예요|세요|해요|어요|아요|나요|까요)$|^(?:저는|제|내) |"
    r"(?i:\b(?:меня|зовут|я|не|это|моё|мое|имя|хочу|что|как|где|почему|здравствуйте|привет|да|нет|спасибо|"
    r"tôi|tên|không|me llamo|mi nombre|je suis|je m'appelle|mon nom|ich bin|ich heiße|mein name|my name|name is)\b)"
)
_NOT_A_NAME = frozenset(TABLES["not_a_name"])
#: English words that are names as well (Do Thi My, Can Yilmaz, You Li, No Min-ji): in capitals, beside another name, they are.
_ALSO_NAMES = frozenset(("back", "can", "do", "how", "my", "next", "no", "they", "was", "you"))


def parse_person_name(text: str) -> Parsed:
    """A person's name: Chinese with the separator ·, or letters of any one script with their marks, apostrophes, hyphens, dots.

    Numbers, companies, sentences, titles (张总) and two names at once are no name.
    """
    if asks(text):
        return Rejected("name_shape", t("fields.name_shape"))
    plain = introduced.name_alone(text)
    if any(character.isdigit() for character in plain):
        return Rejected("name_digits", t("fields.name_digits"))
    chinese = _SEPARATORS.sub("·", plain).replace(" ", "")
    if len(plain) > LONGEST or _COMPANY.search(plain) or _SENTENCE.search(plain) or introduced.no_name(chinese):
        return Rejected("name_shape", t("fields.name_shape"))
    if introduced.several(plain):
        return Rejected("name_several", t("fields.name_several"))
    if introduced.titled(chinese):
        # 王工 may well be all there is to a name
        held = (
            Accepted(chinese, chinese, t("fields.name_title_warning")) if len(chinese) == 2 and chinese[0] not in "老小" else None
        )
        return Rejected("name_title", t("fields.name_title"), insist=held)
    if _CHINESE.fullmatch(chinese):
        if len(chinese) < 2:
            return Rejected("name_short", t("fields.name_short"))
        usual = "·" in chinese or len(chinese) <= _USUAL
        return Accepted(chinese, chinese, None if usual else t("fields.name_long_warning"))
    if "?" not in text and _spelled(plain) and not _english(plain):
        return Accepted(plain, plain)
    return Rejected("name_shape", t("fields.name_shape"))


def _spelled(plain: str) -> bool:
    """Whether it is made as names are: two letters or more, all of one script, in a few words."""
    bare = _BETWEEN_WORDS.sub("", plain)
    if len(plain.split()) > _MOST_WORDS or not bare[:1].isalpha():
        return False
    letters = [character for character in bare if character not in _BETWEEN and unicodedata.category(character)[0] != "M"]
    if len(letters) < 2 or not all(map(str.isalpha, letters)):
        return False
    scripts = {unicodedata.name(letter, "?").split(" ")[0] for letter in letters}
    return len(scripts) == 1 or scripts <= _JAPANESE


def _english(plain: str) -> bool:
    """Whether it is English that is no name: I do not know, skip."""
    spoken = _INITIAL.sub("", plain).replace("’", "'").split()
    telling = {word.lower() for word in spoken} & _NOT_A_NAME
    if telling - _ALSO_NAMES or len(telling) == len({word.lower() for word in spoken}):
        return bool(telling)
    return bool(telling) and not all(word[0].isupper() for word in spoken)
