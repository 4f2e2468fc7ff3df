"""What everybody said and saw, written down by those who said and saw it; and what does not agree in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Side = Literal["citizen", "staff"]


@dataclass
class Talk:
    """One conversation as its people know it. Texts are numbered, so that no two are the same.

    Args:
        said: what each side said and was told had arrived, in that order.
        open: what was said and never answered for: it may have arrived, once.
        heard: what the citizen was shown, by the number of the event: (side, text).
        read: what operators were shown, the same way.
    """

    said: dict[Side, list[str]] = field(default_factory=lambda: {"citizen": [], "staff": []})
    open: set[str] = field(default_factory=set)
    heard: list[tuple[int, Side, str]] = field(default_factory=list)
    read: dict[int, tuple[Side, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    last_id: int = 0

    def hears(self, number: int, side: Side | None, text: str) -> None:
        """An event arrived at the citizen's; ``side`` is None for what nobody said."""
        if number != self.last_id + 1:
            self.faults.append("events_missing" if number > self.last_id + 1 else "event_again")
        self.last_id = max(self.last_id, number)
        if side is not None:
            self.heard.append((number, side, text))

    def reads(self, number: int, side: Side, text: str) -> None:
        """An operator was shown an event. Who is given a conversation reads it from its beginning."""
        if self.read.setdefault(number, (side, text)) != (side, text):
            self.faults.append("shown_differently")


def differing(said: Sequence[str], kept: Sequence[str], may_be: Iterable[str] = ()) -> Counter[str]:
    """What is wrong with ``kept``, where ``said`` should be, in that order; what ``may_be`` there may be, once and anywhere.

    Returns:
        How many are lost, doubled, out of order, or were never said.
    """
    allowed, counts = set(may_be), Counter(kept)
    wrong: Counter[str] = Counter()
    wrong["lost"] = sum(1 for text in said if text not in counts)
    wrong["doubled"] = sum(count - 1 for count in counts.values())
    wrong["never_said"] = sum(1 for text in counts if text not in allowed and text not in set(said))
    common = [text for text in dict.fromkeys(kept) if text in set(said)]
    wanted = [text for text in said if text in counts]
    wrong["out_of_order"] = sum(1 for one, other in zip(common, wanted, strict=True) if one != other)
    return +wrong


def audit(talk: Talk, kept: Sequence[tuple[int, Side, str]]) -> Counter[str]:
    """What is wrong with one conversation whose events in the database are ``kept``."""
    wrong: Counter[str] = Counter(talk.faults)
    for side, said in talk.said.items():
        wrong += differing(said, [text for _, who, text in kept if who == side], talk.open)
    if talk.heard != list(kept):
        wrong["citizen_saw_otherwise"] += 1
    by_number = {number: (side, text) for number, side, text in kept}
    wrong["operator_saw_otherwise"] += sum(1 for number, shown in talk.read.items() if by_number.get(number) != shown)
    unread = [text for number, side, text in kept if side == "citizen" and number not in talk.read]
    wrong["never_shown_to_staff"] += len(unread)
    return +wrong


def stays(moments: Sequence[tuple[str, str | None]]) -> Counter[str]:
    """What is wrong with the moments ``(kind, staff)`` of one stay: who claims must find it free, who ends it must have it."""
    wrong: Counter[str] = Counter()
    holder: str | None = None
    for kind, staff in moments:
        if kind == "claimed":
            wrong["claimed_twice"] += holder is not None
            holder = staff
        elif kind in ("released", "requeued", "transferred"):
            wrong["ended_by_another"] += kind == "released" and holder != staff
            holder = None
    return +wrong


def order_kept(before: Sequence[str], after: Sequence[str], entitled: Iterable[str] = ()) -> Counter[str]:
    """What is wrong with the queue ``after``, where nobody was taken out of the one ``before`` it.

    Args:
        entitled: who may have come to stand before others meanwhile.
    """
    wrong: Counter[str] = Counter()
    may, known = set(entitled) - set(before), set(before)
    wrong["place_lost"] = sum(1 for one in before if one not in after)
    are, were = [one for one in after if one in known], [one for one in before if one in set(after)]
    wrong["place_changed"] = sum(1 for one, other in zip(are, were, strict=True) if one != other)
    stand = [one for one in after if one not in may]
    wrong["pushed_in"] = sum(1 for one in stand[: len(before)] if one not in known) if not wrong["place_lost"] else 0
    return +wrong


def quantile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all do not exceed; 0 where there are none."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))] if ranked else 0.0
