"""A city's accounts at WeChat: each given whole or not at all, and reached where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from channels.cli.checks import Check, bad, good
from channels.wechat.envelope import Envelope
from channels.wechat.notices import BadTemplates, templates_of

_CALLBACKS = ("secret", "token", "aes_key")
ACCOUNTS: Mapping[str, tuple[str, ...]] = {
    "official": ("official_appid", *(f"official_{name}" for name in _CALLBACKS)),
    "mini": ("mini_appid", "mini_secret"),
    "work": ("work_corpid", *(f"work_{name}" for name in _CALLBACKS)),
}
"""What has to be known of an account, by the settings' names without ``wechat_``."""


def checks(settings: Settings) -> Iterator[Check]:
    """One line an account a city has given anything of, one for its notices; one alone where all is the sandbox's."""
    given = {name for name in settings.model_fields_set if name.startswith("wechat_") and getattr(settings, name)}
    found = [*_accounts(settings, given), *_notices(settings, given)]
    yield from found or [good("wechat", t("doctor.wechat_sandbox"))]


def _accounts(settings: Settings, given: set[str]) -> Iterator[Check]:
    for account, names in ACCOUNTS.items():
        url = "wechat_work_url" if account == "work" else "wechat_url"
        theirs = [f"wechat_{name}" for name in names]
        missing = [name for name in theirs if name not in given]
        elsewhere = not getattr(settings, url).startswith(f"{settings.sandbox_url}/")
        if len(missing) == len(theirs):
            continue
        if missing:
            yield bad(f"wechat.{account}", "wechat_half", names=_variables(missing))
        elif not elsewhere:
            yield bad(f"wechat.{account}", "wechat_url", name=_variables([url]))
        elif account != "mini" and (wrong := _unreadable(settings, account)):
            yield bad(f"wechat.{account}", "wechat_aes_key", name=wrong)
        elif account != "mini" and not (settings.citizens_url or "").startswith("https://"):
            yield bad(f"wechat.{account}", "wechat_public", required=False, url=settings.public_url)
        else:
            yield good(f"wechat.{account}", str(getattr(settings, theirs[0])))
    for url, there in (("wechat_url", ("official", "mini")), ("wechat_work_url", ("work",))):
        known = any(f"wechat_{name}" in given for account in there for name in ACCOUNTS[account])
        if url in given and not known and not getattr(settings, url).startswith(f"{settings.sandbox_url}/"):
            yield bad("wechat", "wechat_nobody", name=_variables([url]))


def _unreadable(settings: Settings, account: str) -> str:
    """The name of an EncodingAESKey that is none; empty where it is one."""
    name = f"wechat_{account}_aes_key"
    try:
        Envelope("", "", getattr(settings, name))
    except ValueError:
        return _variables([name])
    return ""


def _notices(settings: Settings, given: set[str]) -> Iterator[Check]:
    try:
        templates = templates_of(settings.wechat_templates)
    except BadTemplates as wrong:
        yield bad("wechat.notices", "wechat_templates", entry=wrong)
        return
    way = settings.wechat_notices
    if way == "gateway":
        if templates:
            yield bad("wechat.notices", "wechat_templates_idle", required=False)
        return
    elsewhere = not settings.wechat_url.startswith(f"{settings.sandbox_url}/")
    if not templates:
        yield bad("wechat.notices", "wechat_no_templates", required=False, way=way)
    elif elsewhere and not any(f"wechat_{name}" in given for name in ACCOUNTS[way]):
        yield bad("wechat.notices", "wechat_notices_nobody", way=way, names=_variables(f"wechat_{n}" for n in ACCOUNTS[way]))
    else:
        yield good("wechat.notices", t("doctor.wechat_notices", kinds=t("fields.list_separator").join(templates)))


def _variables(names: Iterable[str]) -> str:
    return ", ".join(f"BANDAO_{name.upper()}" for name in names)
