"""The file of the desk's skill groups: whether it can be used."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.desk.arrangement import BadArrangement, arrangement
from assistant.foundation.settings import Settings
from channels.cli.checks import Check, bad, good
from knowledge.catalogue import Catalogue

__all__ = ["BadArrangement", "check", "checks"]


def check(settings: Settings) -> None:
    """Read the file, if there is one.

    Raises:
        BadArrangement: it cannot be used.
    """
    if settings.desk is not None:
        catalogue = Catalogue.load(settings.guides_dir)
        arrangement(settings.desk, settings.desk_hours, {*catalogue.guides, *catalogue.components})


def checks(settings: Settings) -> Iterator[Check]:
    """Every fault of the file."""
    try:
        check(settings)
    except BadArrangement as unusable:
        for fault in unusable.faults:
            yield bad("desk", "desk_file", file=fault.file, line=fault.line, why=fault.why, remedy=fault.remedy)
        return
    if settings.desk is not None:
        yield good("desk", str(settings.desk))
