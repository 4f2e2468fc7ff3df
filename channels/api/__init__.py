"""The public API, version 1: one endpoint a file."""
