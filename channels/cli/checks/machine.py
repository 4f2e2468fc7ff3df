"""The machine: Python, LibreOffice, fonts, disk and ports."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from assistant.foundation.messages import t
from assistant.foundation.settings import Settings
from channels.cli.checks import Check, bad, good
from channels.serve import ports, runlock

GIB = 1024**3
NEEDED_FREE = 2 * GIB
FONTS = ("Noto Serif CJK SC", "Noto Sans CJK SC")
"""Faces the official forms are set in; 宋体, 仿宋 and 黑体 are mapped to them."""

SUPPORTED = (3, 11)


def checks(settings: Settings) -> Iterator[Check]:
    """Every check of the machine itself."""
    yield _python()
    yield office(settings)
    yield _fonts()
    yield _reader()
    yield _killable()
    yield disk(settings)
    yield port(settings)


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return good("python", version) if sys.version_info[:2] == SUPPORTED else bad("python", "python", version=version)


def office(settings: Settings) -> Check:
    """LibreOffice, which makes the forms' PDFs."""
    from assistant.casework.package.office import OfficeWorker

    reason = OfficeWorker(settings).why_unavailable()
    if reason is not None:
        return bad("libreoffice", "office", reason=reason)
    return good("libreoffice", shutil.which(settings.soffice) or settings.soffice)


def _fonts() -> Check:
    try:
        found = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return bad("fonts", "no_fontconfig")
    missing = [font for font in FONTS if font not in found]
    return bad("fonts", "fonts", missing=", ".join(missing)) if missing else good("fonts", ", ".join(FONTS))


def _reader() -> Check:
    """The reader of uploaded papers, started once: without it uploads are taken unread, and say so."""
    from assistant.casework.papers.ocr import OcrReader

    reason = OcrReader().why_unavailable()
    return good("ocr", t("doctor.ocr_reads")) if reason is None else bad("ocr", "ocr", required=False, reason=reason)


def _killable() -> Check:
    """Without setpriv an interrupted run may leave processes behind until the next start clears them away."""
    found = shutil.which("setpriv")
    return good("setpriv", found) if found else bad("setpriv", "setpriv", required=False)


def disk(settings: Settings) -> Check:
    """The data folder can be written to and has room."""
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if not os.access(folder, os.W_OK):
        return bad("disk", "not_writable", folder=folder)
    if free < NEEDED_FREE:
        return bad("disk", "disk", folder=folder, free=round(free / GIB, 1), needed=round(NEEDED_FREE / GIB))
    return good("disk", t("doctor.disk_free", free=round(free / GIB, 1)))


def port(settings: Settings) -> Check:
    """The port is free, or held by our own server on this data folder."""
    if (run := runlock.running(settings.data_dir / "run")) is not None:
        return good("port", t("doctor.port_ours", url=run.get("url", "?")))
    try:
        free = ports.is_free(settings.host, settings.port)
    except ports.UnknownAddressError:
        return bad("port", "host", host=settings.host)
    if free:
        return good("port", t("doctor.port_free", port=settings.port))
    return bad("port", "port", port=settings.port, holder=ports.holder(settings.port) or "?")
