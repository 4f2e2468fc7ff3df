"""Signs around words: what is said for them, what becomes a stop, and what is left out."""

from __future__ import annotations

import re

UNITS = {
    "km/h": "公里每小时", "km²": "平方公里", "km": "公里", "cm": "厘米", "mm": "毫米", "kg": "千克", "mg": "毫克", "ml": "毫升",
    "mL": "毫升", "GB": "吉字节", "MB": "兆", "KB": "千字节", "kb": "千字节", "℃": "摄氏度", "°C": "摄氏度", "m³": "立方米",
    "kWh": "度", "kW": "千瓦", "min": "分钟", "m": "米", "L": "升", "g": "克", "h": "小时",
}  # fmt: skip
"""Units as words, the longer before the shorter."""

_WORDS = {
    "≥": "大于等于", "≤": "小于等于", ">": "大于", "<": "小于", "＞": "大于", "＜": "小于", "≠": "不等于", "±": "正负", "×": "乘",
    "&": "和", "＆": "和", "＋": "加", "№": "第", "…": "，",
}  # fmt: skip
_FOLD = {ord("％"): "%", ord("￥"): "¥", ord("＊"): "*", ord("："): "：", ord("／"): "/", ord("．"): "."}
_FOLD |= {0xFF10 + n: str(n) for n in range(10)}
_FOLD |= {0xFF21 + n: chr(65 + n) for n in range(26)} | {0xFF41 + n: chr(97 + n) for n in range(26)}

_HAN = r"\u3400-\u9fff〇"
_END = "。！？；，、：,.!?;:"
_UNSAID = re.compile(
    r"[\"'“”‘’《》〈〉「」『』#_^`~|\\=@*\[\]{}$]"
    r"|[\U0001F000-\U0001FAFF\u2600-\u27BF\u200b-\u200f\ufe0f\u2028\u2029\x00-\x08\x0b-\x1f]"
)


def folded(text: str) -> str:
    """Full-width digits and letters as ordinary ones; placeholders of forms as words."""
    text = re.sub(r"[×✕]{2,}", "某某", text.translate(_FOLD)).replace("\u00a0", " ").replace("\u3000", " ")
    # Spaces around figures are typography, not a stop.
    return re.sub(rf"(?<=[{_HAN}]) +(?=\d)|(?<=\d) +(?=[{_HAN}])", "", text)


def tidied(text: str) -> str:
    """What the rules left: brackets and arrows become stops, other signs words or nothing, and no stop stands beside another."""
    for sign, word in _WORDS.items():
        text = text.replace(sign, word)
    text = re.sub(r"\s*(?:[→⇒·•►▸|]|->)\s*", "，", text)
    text = re.sub(r"【([^】]*)】", r"\1，", text)
    text = re.sub(r"[（(〔]", "，", text)
    text = re.sub(r"[）)〕]", "，", text)
    text = re.sub(r"(?<![A-Za-z])[—–]+|[—–]{2,}|(?<![A-Za-z])-(?![A-Za-z])", "，", text)
    text = _UNSAID.sub("", text)
    text = re.sub(r"(?<=[A-Za-z]),(?=[A-Za-z])", ", ", text)
    text = re.sub(r"\s*\n\s*", "。", text.strip())
    text = re.sub(rf"(?<=[{_HAN}]) +(?=[{_HAN}])", "，", text)
    text = re.sub(rf"(?<=[{_HAN}{_END}]) +| +(?=[{_HAN}{_END}])", "", text)
    text = re.sub(r" {2,}", " ", text)
    text = re.sub(rf"[，、,]+(?=[{_END}])", "", text)
    text = re.sub(rf"(?<=[{_END}])[，、,]+", "", text)
    text = re.sub(rf"([{_END}])\1+", r"\1", text)
    return re.sub(r"^[，、。；：,;:]+|[，、,]+$", "", text).strip()
