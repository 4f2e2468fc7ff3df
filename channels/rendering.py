"""What each channel can show, in one table; and a turn made into messages for one that shows words only.

A channel shows of a reply what it can and says the rest in text, so that nothing a citizen was told on one is missing on another.
``SHOWS`` is the table; ``messages`` is how the channels of words read it. Pages and kiosks draw replies themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

from assistant.foundation.messages import t
from knowledge.replies import Action, Ask, Card, Choices, Citation, File, Notice, Option, Reply, Text

Drawn = Literal["drawn", "menu", "text", "link", "spoken", "no"]
"""drawn: with a look of its own; menu: as a list to tap; text: as lines; link: as an address; spoken: in words, or said to be on
the screen; no: left out, and said how else."""


@dataclass(frozen=True)
class Shows:
    """A line of the table. ``uploads``: whether she can send files here. ``longest`` is the most bytes (UTF-8) of a message of
    words (0 where replies are drawn), ``longest_head`` of the words above a menu; ``most_options`` the options one menu takes,
    ``longest_option`` the bytes of one.
    """

    text: Drawn
    choices: Drawn
    card: Drawn
    file: Drawn
    form: Drawn
    sign: Drawn
    uploads: bool
    longest: int = 0
    longest_head: int = 0
    most_options: int = 0
    longest_option: int = 0


SHOWS: Mapping[str, Shows] = {
    #                      text      choices   card      file      form      sign      uploads
    "web":         Shows("drawn",  "drawn",  "drawn",  "drawn",  "drawn",  "drawn",  True),
    "miniprogram": Shows("drawn",  "drawn",  "drawn",  "drawn",  "drawn",  "drawn",  True),
    "kiosk":       Shows("drawn",  "drawn",  "drawn",  "drawn",  "drawn",  "drawn",  False),
    "counter":     Shows("drawn",  "drawn",  "drawn",  "drawn",  "drawn",  "drawn",  True),
    "phone":       Shows("spoken", "spoken", "spoken", "no",     "no",     "no",     False),
    "wechat":      Shows("text",   "menu",   "text",   "link",   "text",   "link",   True,  2000, 1000, 10, 120),
}  # fmt: skip
"""By the names of the API's ``channel``; a test holds them equal."""


@dataclass(frozen=True)
class Pick:
    """One thing to choose. ``tapped``: ``value`` is sent as a choice of the question, otherwise as her own words."""

    label: str
    value: str
    tapped: bool


@dataclass(frozen=True)
class Told:
    """One message: words, and what can be chosen below them."""

    text: str
    picks: tuple[Pick, ...] = ()


MOST_ROWS, MOST_SOURCES, MOST_ACTIONS = 8, 4, 4
"""Rows of a guide's card and sources of a text listed where a page has them all; actions of a card with a line each."""

Link = Callable[[str], str]
"""The address (a path of ours) of a file → one that can be opened from outside, for a while."""

_REPLIES: TypeAdapter[list[Reply]] = TypeAdapter(list[Reply])
_SAY_WORDS = ("text", "number", "date")


@dataclass(frozen=True)
class Said:
    """A turn, or words beside one: replies and question as models or as the API's JSON.

    ``more`` is the address of a page that has everything the guide says, where there is one: long lists of facts and their
    sources are left to it. ``onward`` makes the address at which this conversation goes on in our page, for what cannot be done
    here: a form of several rows, signing by hand.
    """

    replies: Sequence[Reply | Mapping[str, Any]]
    ask: Ask | Mapping[str, Any] | None = None
    more: str = ""
    onward: Callable[[], str] | None = None


def messages(shows: Shows, turns: Iterable[Said], link: Link) -> list[Told]:
    """As few messages as hold what turns and words beside them say, oldest first, the last question's options at the end."""
    parts: list[str] = []
    picks: tuple[Pick, ...] = ()
    for turn in turns:
        asked = turn.ask
        question = asked if isinstance(asked, Ask) or asked is None else Ask.model_validate(asked)
        told = _REPLIES.validate_python([r if isinstance(r, Mapping) else r.model_dump() for r in turn.replies])
        picks = _picks(told, question)
        said = [line for reply in told for line in _reply(reply, link, picks, turn.more)]
        said += _question(question, told, picks)
        said += _elsewhere(shows, question, turn.onward)
        parts += [line for line in said if line and line not in parts]
    return _fitted(shows, parts, picks)


def _reply(reply: Reply, link: Link, picks: Sequence[Pick], more: str) -> list[str]:
    match reply:
        case Text():
            return [reply.text, *_sources(reply.citations, more)]
        case Notice():
            return [reply.text if reply.level == "info" else t("wechat.notice", text=reply.text)]
        case Choices():
            return [reply.text] if picks else [reply.text, *(t("wechat.option", label=o.label) for o in reply.options)]
        case File():
            return ["\n".join(part for part in (reply.text, t("wechat.file", name=reply.name, url=link(reply.url))) if part)]
        case Card():
            rows = [t("wechat.row", label=row.label, value=row.value) for row in reply.rows]
            if more and reply.citations and len(rows) > MOST_ROWS:
                return ["\n".join((t("wechat.card_title", title=reply.title), t("wechat.all_of_it", url=more)))]
            body = [t("wechat.card_title", title=reply.title), reply.text, *rows]
            offered = {pick.value for pick in picks}
            body += _actions([action for action in reply.actions if action.message not in offered])
            return ["\n".join(line for line in body if line), *_sources(reply.citations, more)]


def _actions(actions: Sequence[Action]) -> list[str]:
    """A line each; of many (a review has one for every answer) one line together."""
    if len(actions) <= MOST_ACTIONS:
        return [_action(action) for action in actions]
    return [t("wechat.action_any", messages=t("wechat.action_or").join(action.message for action in actions))]


def _action(action: Action) -> str:
    if action.label == action.message:
        return t("wechat.action_same", message=action.message)
    return t("wechat.action", label=action.label, message=action.message)


def _sources(citations: Sequence[Citation] | None, more: str) -> list[str]:
    named = dict.fromkeys(f"{c.title}{c.article or ''}" + ("" if c.verified else t("wechat.unverified")) for c in citations or [])
    if more and len(named) > MOST_SOURCES:
        return [t("wechat.sources_there", count=len(named), url=more)]
    return [t("wechat.source", titles="；".join(named))] if named else []


def _picks(replies: Sequence[Reply], ask: Ask | None) -> tuple[Pick, ...]:
    """What the numbers mean. While a value is asked for (a number may be one) there are none."""
    if ask is not None and ask.options and ask.kind in ("choice", "confirm"):
        return _of(ask.options, tapped=True)
    if ask is not None and ask.kind == "confirm":
        return (Pick(t("wechat.yes"), "yes", True), Pick(t("wechat.no"), "no", True))
    if ask is not None and ask.options and ask.kind == "multi":
        return ()
    if ask is not None and (ask.kind in (*_SAY_WORDS, "file") or ask.columns):
        return ()
    offered = next((reply.options for reply in reversed(replies) if isinstance(reply, Choices)), None)
    if offered is not None:
        return _of(offered, tapped=False)
    actions = next((reply.actions for reply in reversed(replies) if isinstance(reply, Card) and reply.actions), [])
    return tuple(Pick(action.label, action.message, False) for action in actions)


def _of(options: Sequence[Option], *, tapped: bool) -> tuple[Pick, ...]:
    return tuple(Pick(option.label, option.value, tapped) for option in options)


def _question(ask: Ask | None, replies: Sequence[Reply], picks: Sequence[Pick]) -> list[str]:
    """The question, unless a reply has just said it, and how it is answered here."""
    if ask is None:
        return []
    said = "\n".join(reply.text for reply in replies if isinstance(reply, Text | Choices | Notice | Card))
    lines = [] if ask.label in said else [ask.label]
    if ask.error is not None and ask.error.message not in said:
        lines.insert(0, ask.error.message)
    if ask.kind == "multi" and ask.options:
        lines.append("\n".join(t("wechat.numbered", number=n, label=o.label) for n, o in enumerate(ask.options, 1)))
        lines.append(t("wechat.several"))
    if ask.kind == "file":
        lines.append(t("wechat.send_photo"))
    elif ask.columns:
        lines.append(t("wechat.send_rows", columns="、".join(column.label for column in ask.columns)))
    elif ask.example and not ask.options and ask.example not in said:
        lines.append(t("wechat.example", example=ask.example))
    if ask.optional:
        lines.append(t("wechat.optional"))
    return lines


def _elsewhere(shows: Shows, ask: Ask | None, onward: Callable[[], str] | None) -> list[str]:
    """Where what is asked can be done better than here. Signing belongs to papers that are ready to be handed in."""
    if ask is None or onward is None:
        return []
    if ask.columns and shows.form == "text":
        return [t("wechat.rows_there", url=onward())]
    return [t("wechat.sign_there", url=onward())] if ask.field == "submit" and shows.sign == "link" else []


def _fitted(shows: Shows, parts: Sequence[str], picks: tuple[Pick, ...]) -> list[Told]:
    """Parts put together, cut where one message takes no more; what can be chosen as a menu, or as numbered lines."""
    wide = len(picks) > shows.most_options or any(len(pick.label.encode()) > shows.longest_option for pick in picks)
    if picks and (shows.choices != "menu" or wide):
        lines = "\n".join(t("wechat.numbered", number=n, label=pick.label) for n, pick in enumerate(picks, 1))
        parts = [*parts, f"{lines}\n{t('wechat.reply_number')}"]
    texts: list[str] = []
    for part in parts:
        for piece in cut(part, shows.longest):
            if texts and len(texts[-1].encode()) + len(piece.encode()) + 2 <= shows.longest:
                texts[-1] += f"\n\n{piece}"
            else:
                texts.append(piece)
    if picks and (not texts or len(texts[-1].encode()) > shows.longest_head):
        texts.append(t("wechat.choose"))
    if not texts:
        return []
    return [*(Told(text) for text in texts[:-1]), Told(texts[-1], picks)]


def cut(text: str, most: int) -> list[str]:
    """A text in pieces of at most ``most`` bytes (UTF-8), at the ends of lines or sentences where there are any."""
    pieces: list[str] = []
    rest = text.strip()
    while len(rest.encode()) > most:
        head = rest.encode()[:most].decode(errors="ignore")
        at = max(head.rfind("\n"), *(head.rfind(mark) + 1 for mark in "。！？；"), 0)
        at = at if at > len(head) // 2 else len(head)
        pieces.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [piece for piece in (*pieces, rest) if piece]
