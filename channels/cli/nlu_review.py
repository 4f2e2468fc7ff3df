"""Labelling sentences one after the other in a terminal. Works with colours and without, and with answers from a pipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rich.columns import Columns
from rich.console import Console
from rich.text import Text

from assistant.conversation.labels import INTENTS, NO_ITEM, WHICH, fits, takes_item
from assistant.conversation.review_list import DROPPED, LABELLED, NEW, Entry
from assistant.conversation.training_data import Added, Refused, TrainingData
from assistant.foundation.messages import t
from knowledge.catalogue import Catalogue

SKIP, DROP, UNDO, QUIT, EXPLAIN = "s", "d", "u", "q", "?"


@dataclass
class Session:
    """One sitting. ``settle`` writes a sentence's state to the list; ``ask`` puts a question and raises EOFError at the end."""

    entries: Sequence[Entry]
    data: TrainingData
    catalogue: Catalogue
    settle: Callable[[str, str], None]
    ask: Callable[[str], str]
    console: Console
    done: list[tuple[int, str, Added | None]] = field(default_factory=list)

    def run(self) -> dict[str, int]:
        """Go through the list until its end or ``q``; how many were labelled, dropped, skipped and are left."""
        self._intents(hints=False)
        place = 0
        while place < len(self.entries):
            entry = self.entries[place]
            self._show(entry, place)
            try:
                state = self._label(entry, place)
            except EOFError:
                state = QUIT
            if state == QUIT:
                break
            place = self._undo(place) if state == UNDO else place + 1
        counts = {state: sum(done == state for _, done, _ in self.done) for state in (LABELLED, DROPPED, SKIP)}
        return {
            "labelled": counts[LABELLED],
            "dropped": counts[DROPPED],
            "skipped": counts[SKIP],
            "left": len(self.entries) - place,
        }

    def _label(self, entry: Entry, place: int) -> str:
        while True:
            intent = self._intent(entry)
            item = self._item(entry, intent) if intent in INTENTS and takes_item(intent) != "none" else NO_ITEM
            command = intent if intent not in INTENTS else item if item in (SKIP, DROP, UNDO, QUIT) else None
            if command == DROP:
                self.settle(entry.id, DROPPED)
                self.done.append((place, DROPPED, None))
            elif command == SKIP:
                self.done.append((place, SKIP, None))
            if command is not None:
                return command
            try:
                added = self.data.add(entry.text, intent, item, item_name(self.catalogue, item))
            except Refused as refused:
                self._say(t(f"nlu.refused_{refused.code}", where=refused.where))
                if refused.code == "known_otherwise":
                    continue
                # it is measured with: however it is labelled, it will never be trained on
                self.settle(entry.id, DROPPED)
                self.done.append((place, DROPPED, None))
                return DROPPED
            self.settle(entry.id, LABELLED)
            self.done.append((place, LABELLED, added))
            self._say(t("nlu.written", path=added.path.relative_to(self.data.folder.parent)) if added else t("nlu.already_there"))
            return LABELLED

    def _undo(self, place: int) -> int:
        """Take the last decision back and return its place; where that cannot be, stay."""
        if not self.done:
            self._say(t("nlu.nothing_to_undo"))
            return place
        before, state, added = self.done[-1]
        if added is not None and not self.data.take_back(added):
            self._say(t("nlu.undo_too_late", path=added.path))
            return place
        self.done.pop()
        if state != SKIP:
            self.settle(self.entries[before].id, NEW)
        self._say(t("nlu.undone", text=self.entries[before].text))
        return before

    def _intent(self, entry: Entry) -> str:
        while True:
            given = self._answer(t("nlu.ask_intent"), entry.suggested_intent)
            if given == EXPLAIN:
                self._intents(hints=True)
                continue
            if given in (SKIP, DROP, UNDO, QUIT):
                return given
            intent = intent_of(given)
            if intent is not None:
                return intent
            self._say(t("nlu.unknown_intent", given=given))

    def _item(self, entry: Entry, intent: str) -> str:
        candidates = self._candidates(entry)
        while True:
            given = self._answer(t("nlu.ask_item"), entry.suggested_item)
            if given in (SKIP, DROP, UNDO, QUIT):
                return given
            if given.isdecimal() and 1 <= int(given) <= len(candidates):
                given = candidates[int(given) - 1]
            found = [given] if given in (WHICH, NO_ITEM) else items_of(self.catalogue, given)
            if len(found) == 1 and fits(intent, found[0]):
                return found[0]
            if len(found) == 1:
                self._say(t("nlu.does_not_fit", intent=t(f"nlu.intent_{intent}"), item=found[0]))
            elif found:
                self._say(t("nlu.several_items", given=given))
                for code in found:
                    self._say(t("nlu.candidate", number="·", name=item_name(self.catalogue, code), code=code))
            else:
                self._say(t("nlu.unknown_item", given=given))

    def _answer(self, question: str, default: str | None) -> str:
        while True:
            shown = t("nlu.by_default", question=question, default=default) if default else question
            given = self.ask(f"{shown}> ").strip() or default or ""
            if given:
                return given

    def _show(self, entry: Entry, place: int) -> None:
        reason, at = t(f"nlu.reason_{entry.reason}"), f"{entry.at:%Y-%m-%d}" if entry.at else ""
        self.console.rule(style="dim")
        self._say(t("nlu.place", number=place + 1, total=len(self.entries), reason=reason, times=entry.times, at=at), "dim")
        self._say(entry.text, "bold")
        item = item_name(self.catalogue, entry.item) if entry.item else t("nlu.no_item")
        word = t(f"nlu.intent_{entry.intent}") if entry.intent in INTENTS else ""
        self._say(t("nlu.read_as", intent=entry.intent, word=word, confidence=f"{entry.confidence:.2f}", item=item))
        for number, code in enumerate(self._candidates(entry), 1):
            self._say(t("nlu.candidate", number=number, name=item_name(self.catalogue, code), code=code))
        if entry.suggested_intent or entry.suggested_item:
            item = item_name(self.catalogue, entry.suggested_item) if entry.suggested_item else t("nlu.no_item")
            self._say(t("nlu.suggested", intent=entry.suggested_intent or "?", item=item), "green")

    def _candidates(self, entry: Entry) -> list[str]:
        codes = [entry.suggested_item, entry.item, *entry.candidates]
        return list(dict.fromkeys(code for code in codes if code and self.catalogue.get(code)))

    def _intents(self, *, hints: bool) -> None:
        self._say(t("nlu.intents_title"))
        lines = [
            t("nlu.intent_hint", number=number, word=t(f"nlu.intent_{code}"), code=code, hint=t(f"nlu.hint_{code}"))
            if hints
            else t("nlu.intent_line", number=number, word=t(f"nlu.intent_{code}"), code=code)
            for number, code in enumerate(INTENTS, 1)
        ]
        self.console.print(Text("\n".join(lines)) if hints else Columns(map(Text, lines), equal=True, padding=(0, 2)))

    def _say(self, text: str, style: str = "") -> None:
        self.console.print(text, style=style or None, markup=False, highlight=False, soft_wrap=True)


def intent_of(given: str) -> str | None:
    """An intent by its number in the list, its code or its Chinese word."""
    if given.isdecimal():
        return INTENTS[int(given) - 1] if 1 <= int(given) <= len(INTENTS) else None
    return next((code for code in INTENTS if given in (code, t(f"nlu.intent_{code}"))), None)


def items_of(catalogue: Catalogue, given: str) -> list[str]:
    """Codes of the items with this code or name, or else of those whose name or alias contains it."""
    if catalogue.get(given):
        return [given]
    named = {guide.code: [guide.name, *guide.names.aliases] for guide in catalogue.all()}
    exact = [code for code, names in named.items() if given in names]
    return exact or [code for code, names in named.items() if any(given in name for name in names)]


def item_name(catalogue: Catalogue, item: str) -> str:
    """The official name of an item; ``?``, ``-`` and items no longer there stay as they are."""
    guide = catalogue.get(item)
    return guide.name if guide else item
