"""The application package (材料包): forms filled from a case, checked PDFs, checklist, uploads and a manifest in one zip."""

from __future__ import annotations

from assistant.casework.package.build import BuiltPackage, UploadedFile, build
from assistant.casework.package.errors import ConversionFailed, OfficeError, OfficeUnavailable, PackageError
from assistant.casework.package.manifest import verify
from assistant.casework.package.office import OfficeWorker

__all__ = [
    "BuiltPackage", "ConversionFailed", "OfficeError", "OfficeUnavailable", "OfficeWorker", "PackageError", "UploadedFile",
    "build", "verify",
]
