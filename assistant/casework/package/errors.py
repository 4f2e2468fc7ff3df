"""What can go wrong while a package is made, each with words for the citizen."""

from __future__ import annotations

from typing import Literal

PackageErrorCode = Literal["template_broken", "document_incomplete", "page_broken", "upload_changed"]


class PackageError(Exception):
    """The package cannot be made.

    ``code``: ``template_broken`` (a Word template does not render), ``document_incomplete`` (a PDF lost an answer or a
    tick on the way), ``page_broken`` (one of our own pages does not compile), ``upload_changed`` (an upload is no longer what was
    stored). ``message`` is Chinese and says what
    happened, where, and what to do.
    """

    def __init__(self, code: PackageErrorCode, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code: PackageErrorCode = code
        self.message = message


class OfficeError(Exception):
    """LibreOffice did not give us a PDF. The text is for the log, not for citizens."""


class OfficeUnavailable(OfficeError):
    """The converter is missing, does not start, or hung or crashed twice on the same document."""


class ConversionFailed(OfficeError):
    """The converter is well, but refuses this document."""
