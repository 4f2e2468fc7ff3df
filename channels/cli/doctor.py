"""``bandao doctor``: every missing or broken part, with its remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import typer
from pydantic import ValidationError

from assistant.foundation.messages import t
from assistant.foundation.settings import get_settings
from channels.cli.checks import (
    Check,
    bad,
    data,
    desk,
    environments,
    good,
    kiosk,
    machine,
    models,
    offices,
    running,
    video,
    voice,
    wechat,
)
from channels.cli.output import Json, show


def doctor(as_json: Json = False) -> None:
    """Examine everything; status 1 when something required is missing or broken."""
    found = list(examine())
    ok = all(check.ok or not check.required for check in found)
    lines = [line for check in found for line in _lines(check)]
    lines.append(_verdict(found))
    show({"ok": ok, "checks": [asdict(check) for check in found]}, lines, as_json=as_json)
    if not ok:
        raise typer.Exit(1)


def examine() -> Iterator[Check]:
    """Every check. One that breaks is reported like any other fault; the rest still run."""
    try:
        settings = get_settings()
    except ValidationError as invalid:
        names = ", ".join(f"BANDAO_{'_'.join(map(str, error['loc'])).upper()}: {error['msg']}" for error in invalid.errors())
        yield bad("settings", "settings", names=names)
        return
    except OSError as error:
        yield bad("settings", "data_dir", reason=error)
        return
    yield good("settings", str(settings.data_dir))
    for name, checks in (
        ("machine", machine.checks(settings)),
        ("environments", environments.checks()),
        ("models", models.checks(settings)),
        ("data", data.checks(settings)),
        ("offices", offices.checks(settings)),
        ("desk", desk.checks(settings)),
        ("voice", voice.checks(settings)),
        ("video", video.checks(settings)),
        ("wechat", wechat.checks(settings)),
        ("kiosk", kiosk.checks(settings)),
        ("running", running.checks(settings)),
    ):
        yield from _guarded(name, checks)


def _guarded(name: str, checks: Iterator[Check]) -> Iterator[Check]:
    try:
        yield from checks
    except Exception as error:
        yield bad(name, "check_broke", reason=f"{type(error).__name__}: {error}")


def _verdict(found: list[Check]) -> str:
    ill, weak = (sum(not check.ok and check.required is required for check in found) for required in (True, False))
    if ill:
        return t("doctor.ill", count=ill)
    return t("doctor.weak", count=weak) if weak else t("doctor.healthy")


def _lines(check: Check) -> Iterator[str]:
    mark = "✓" if check.ok else "✗" if check.required else "!"
    yield f"{mark} {check.name:<20} {check.detail}"
    if check.remedy:
        yield f"  {'':<20} {t('doctor.remedy', remedy=check.remedy)}"
