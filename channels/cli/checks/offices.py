"""The receiving offices named in a file of ours: whether the file can be used, and whether they answer."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.casework.bookings.client import WindowsAway, WindowsRefused
from assistant.casework.submission.offices import by_hand
from assistant.casework.submission.offices.config import BadOffices, Offices, load
from assistant.casework.submission.offices.sftp import SftpOffice
from assistant.foundation.clock import SHANGHAI, SystemClock
from assistant.foundation.settings import Settings
from channels.cli.checks import Check, bad, good
from knowledge.catalogue import Catalogue

_SAID = {"host-key": "office_host_key", "not-authorised": "office_not_authorised", "no-folder": "office_no_folder"}
"""What is the matter with a drop, where it answers → the message that says so."""

__all__ = ["BadOffices", "check", "checks"]


def check(settings: Settings) -> Offices | None:
    """The offices of the routing file; None where there is no such file.

    Raises:
        BadOffices: it cannot be used.
    """
    if settings.offices is None:
        return None
    catalogue = Catalogue.load(settings.guides_dir)
    guides = [*catalogue.guides.values(), *catalogue.components.values()]
    return load(settings.offices, {guide.code for guide in guides}, {guide.department for guide in guides if guide.department})


def checks(settings: Settings) -> Iterator[Check]:
    """Every fault of the file; for a sound one each office: those that cannot be asked by number, those that are silent."""
    try:
        found = check(settings)
    except BadOffices as unusable:
        for fault in unusable.faults:
            yield bad("offices", "offices", file=fault.file, line=fault.line, why=fault.why, remedy=fault.remedy)
        return
    if found is None:
        return
    for name, office in found.open(SystemClock()).items():
        try:
            url = found.routing.offices[name].url
            trouble = office.trouble(timeout_s=5.0) if isinstance(office, SftpOffice) else None
            if isinstance(office, SftpOffice) and trouble in _SAID:
                told = {"name": name, "url": url, "shown": office.wrong_key}
                yield bad(f"offices.{name}", _SAID[trouble], required=False, **told)
            elif trouble is not None or not office.reachable(timeout_s=5.0):
                yield bad(f"offices.{name}", "office_silent", required=False, name=name, url=url)
            elif not office.asks:
                yield bad(f"offices.{name}", "office_unasked", required=False, name=name)
            else:
                yield good(f"offices.{name}", url)
        finally:
            office.close()
    for name, windows in by_hand.windows(found).items():
        slots = found.routing.offices[name].slots
        try:
            if slots is None:
                continue  # its windows answer where the office does
            today = SystemClock().now().astimezone(SHANGHAI).date()
            windows.slots("", today, today)
            yield good(f"offices.{name}.slots", slots.url)
        except (WindowsAway, WindowsRefused):
            yield bad(f"offices.{name}.slots", "office_silent", required=False, name=name, url=slots.url if slots else "")
        finally:
            windows.close()
