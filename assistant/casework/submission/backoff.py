"""How long to wait before the next attempt, and when to tell a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Backoff:
    """Waiting times between attempts: ``first_s``, doubling, never more than ``cap_s`` (seconds).

    A person is told when both ``patience`` has passed and ``least_attempts`` have been made. Both, because the longest
    holidays (Spring Festival 2026: from closing to opening nine days and sixteen hours) must not use up the patience, and
    neither must a machine that was switched off for a fortnight.
    """

    first_s: float = 2.0
    cap_s: float = 1800.0
    patience: timedelta = timedelta(days=10)
    least_attempts: int = 100

    def delay_s(self, attempts: int) -> float:
        """Seconds to wait after the ``attempts``-th failure in a row (1 or more)."""
        # The exponent is bounded: 2.0 ** 1100 is an OverflowError, and a week makes hundreds of attempts.
        return min(self.cap_s, self.first_s * 2.0 ** min(attempts - 1, 40))

    def exhausted(self, attempts: int, waited: timedelta) -> bool:
        """Whether it is time to tell a person."""
        return attempts >= self.least_attempts and waited >= self.patience
