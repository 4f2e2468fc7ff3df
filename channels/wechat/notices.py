"""Notices by WeChat's own interface: the mini-program's subscription messages, or the official account's template messages.

A template's fields are the platform's, and ``thing`` takes at most 20 characters. Ours have two: what it is about, and what
happened; a city whose template names them otherwise says so in ``BANDAO_WECHAT_TEMPLATES`` (KIND=TEMPLATE,FIELD,FIELD).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.casework.notices.notice import Notice, Outcome, Rejected, Sent, Unavailable
from channels.wechat.api import Account, Failed

ANY_KIND = "*"
_LONGEST = 20
_LATER = {"busy": "busy", "quota": "busy", "away": "no-connection", "stale": "not-authorised"}


@dataclass(frozen=True)
class Template:
    """A template agreed with the platform, and its two fields."""

    id: str
    title: str = "thing1"
    text: str = "thing2"


class BadTemplates(ValueError):
    """The setting cannot be read."""


def templates_of(setting: str) -> dict[str, Template]:
    """``KIND=TEMPLATE`` or ``KIND=TEMPLATE,FIELD,FIELD``, semicolons between.

    Raises:
        BadTemplates: it is not of that form.
    """
    found = {}
    for entry in filter(None, (part.strip() for part in setting.split(";"))):
        kind, _, rest = entry.partition("=")
        members = [part.strip() for part in rest.split(",")]
        if not kind.strip() or not members[0] or len(members) not in (1, 3):
            raise BadTemplates(entry)
        found[kind.strip()] = Template(*members)
    return found


class Subscription:
    """One way of telling somebody by WeChat; see ``casework.notices.notice.Provider``.

    WeChat does not know keys: a call that got no answer may have told her, and is made again.
    """

    channel = "wechat"

    def __init__(self, account: Account, templates: dict[str, Template], *, official: bool) -> None:
        self._account, self._templates, self._official = account, templates, official

    def send(self, notice: Notice) -> Outcome:
        """See Provider. Without a template for its kind nothing may be sent, and that does not change by trying."""
        template = self._templates.get(notice.kind) or self._templates.get(ANY_KIND)
        if template is None:
            return Rejected("no-template")
        data = {template.title: notice.words.title, template.text: notice.words.text}
        body: dict[str, Any] = {
            "touser": notice.address, "template_id": template.id,
            "data": {name: {"value": _short(value)} for name, value in data.items()},
        }  # fmt: skip
        if notice.words.link:
            body["url" if self._official else "page"] = notice.words.link
        try:
            answer = self._account.post(f"/cgi-bin/message/{'template' if self._official else 'subscribe'}/send", body)
        except Failed as failed:
            return Unavailable(_LATER[failed.kind]) if failed.kind in _LATER else Rejected(f"wechat-{failed.kind}")
        return Sent(str(answer.get("msgid", "")))

    def find(self, key: str) -> Outcome | None:
        """See Provider: WeChat cannot tell."""
        return None

    def close(self) -> None:
        """See Provider; the account is closed by its door."""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
