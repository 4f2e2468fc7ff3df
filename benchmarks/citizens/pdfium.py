"""PDFium is not made for two threads at once (it ends the process), and simulated citizens walk in several."""

from __future__ import annotations

import threading

LOCK = threading.Lock()
"""Held by whoever uses PDFium."""
