"""Handing a case's package to the receiving office, durably, and following what becomes of it."""

from assistant.casework.submission.sink import LoadPackage, OfficeNews, Once, SubmissionSink
from assistant.casework.submission.workflow import SubmissionService

__all__ = ["LoadPackage", "OfficeNews", "Once", "SubmissionService", "SubmissionSink"]
