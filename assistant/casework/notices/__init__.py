"""Notices: what happens to a case is told where its applicant wants to be told, each thing once."""
