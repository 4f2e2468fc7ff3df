"""A slot in words."""

from __future__ import annotations

from assistant.casework.bookings.counter import local
from assistant.casework.bookings.model import Slot
from assistant.foundation.messages import t


def when(slot: Slot) -> str:
    """11月12日（周四）上午9:00, where the offices are."""
    at = local(slot)
    half = t("bookings.morning" if at.hour < 12 else "bookings.afternoon")
    weekday = t(f"bookings.weekday_{at.isoweekday()}")
    return t("bookings.when", month=at.month, day=at.day, weekday=weekday, half=half, time=f"{at.hour % 12 or 12}:{at.minute:02}")
