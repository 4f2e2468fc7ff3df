"""The desk's letters over the mail that notices go out by: the desk knows neither cases nor how mail is sent."""

from __future__ import annotations

from assistant.casework.notices.notice import Notice, Provider, Sent, Unavailable, Words
from assistant.desk.letters import Letter, Letters, Post, Posted
from assistant.desk.queue import Desk
from assistant.foundation.database import Database
from assistant.foundation.settings import Settings

_KIND = "desk_limit"


def letters(settings: Settings, db: Database, desk: Desk, mail: Provider | None) -> Letters | None:
    """What supervisors are written; None where no mail is configured or none is wanted."""
    if mail is None or settings.desk_mail == "off":
        return None
    return Letters(db, desk, post(mail), settings.desk_mail, f"{settings.public_url}/console/")


def post(mail: Provider) -> Post:
    """Send letters by this provider."""

    def send(letter: Letter) -> Posted:
        words = Words(title=letter.title, text=letter.text, link=letter.link)
        outcome = mail.send(Notice(letter.key, _KIND, mail.channel, letter.address, words))
        return "sent" if isinstance(outcome, Sent) else "later" if isinstance(outcome, Unavailable) else "refused"

    return send
