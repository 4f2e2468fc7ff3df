"""E-mail by SMTP (RFC 5321). A mail server cannot be asked whether it has a message; a repeat carries the same Message-ID."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

from assistant.casework.notices.notice import Notice, Outcome, Rejected, Sent, Unavailable

Security = Literal["starttls", "tls", "none"]
_PERMANENT = 500
_SENDER = "办到"


class Mail:
    """One mailbox to send from; a connection for every message.

    Args:
        security: ``starttls`` (usually port 587), ``tls`` from the first byte (465) or ``none``.
        user, password: signing in, where ``user`` is given.
        sender: the address it comes from; its domain stands in the Message-ID.
        context: whom to trust; by default the system's certificate authorities.
    """

    channel = "email"

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        now: Callable[[], datetime],
        security: Security = "starttls",
        user: str = "",
        password: str = "",
        timeout_s: float = 15.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._host, self._port, self._security, self._timeout_s = host, port, security, timeout_s
        self._user, self._password, self._sender, self._now = user, password, sender, now
        self._context = context

    def send(self, notice: Notice) -> Outcome:
        """See Provider."""
        try:
            message = self._message(notice)
        except (ValueError, IndexError):  # an address nobody could write to
            return Rejected("invalid-address")
        try:
            with self._connected() as server:
                server.send_message(message, self._sender, [notice.address])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            return Rejected("recipient-refused") if min(codes, default=0) >= _PERMANENT else Unavailable("busy")
        except smtplib.SMTPAuthenticationError:
            return Unavailable("not-authorised")
        except smtplib.SMTPDataError as error:
            return Rejected("message-refused") if error.smtp_code >= _PERMANENT else Unavailable("busy")
        except smtplib.SMTPResponseException as error:
            return Unavailable("server-error" if error.smtp_code >= _PERMANENT else "busy")
        except (smtplib.SMTPException, OSError) as error:
            # smtplib says of a server that fell silent that it hung up.
            late = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
            return Unavailable("timeout" if late else "no-connection")
        return Sent(str(message["Message-ID"]))

    def find(self, key: str) -> Outcome | None:
        """Nobody can tell."""
        return None

    def close(self) -> None:
        """Nothing is kept open."""

    def _message(self, notice: Notice) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(_SENDER, addr_spec=self._sender)
        message["To"] = Address(addr_spec=notice.address)
        message["Subject"] = notice.words.title
        message["Date"] = format_datetime(self._now())
        message["Message-ID"] = f"<{notice.key}@{self._sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(notice.words.text + (f"\n\n{notice.words.link}\n" if notice.words.link else "\n"))
        return message

    def _connected(self) -> smtplib.SMTP:
        if self._security == "tls":
            context = self._context or ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout_s, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)
        try:
            if self._security == "starttls":
                server.starttls(context=self._context or ssl.create_default_context())
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server
