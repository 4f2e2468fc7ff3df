"""Who is asked, in this order: what costs nothing first, the licences only of a subject a register has confirmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from assistant.casework.model import Case
from assistant.casework.prefill.licences import LicenceStore
from assistant.casework.prefill.previous import PreviousCases
from assistant.casework.prefill.provider import Found, Provider, Subject
from assistant.casework.prefill.records import Register
from assistant.casework.prefill.registers import EnterpriseRegister, PersonRegister
from knowledge.schema import Guide


def providers(
    register: Register | None, region: str | None, cases: Sequence[Case], guide_of: Callable[[Case], Guide]
) -> list[Provider]:
    """Everything that may know something. Which of several values is taken is the guide's to say: the order of its paths."""
    found: list[Provider] = [PreviousCases(cases, guide_of)]
    if register is not None:
        found += [EnterpriseRegister(register), PersonRegister(register, region), LicenceStore(register)]
    return found


def ask(sources: Sequence[Provider], subject: Subject, today: date, *, remote: bool) -> list[Found]:
    """What is known of a subject.

    Args:
        remote: whether registers may be asked too.

    Raises:
        FarSideUnavailable: one of them gave no usable answer.
    """
    found: list[Found] = []
    for source in sources:
        if remote or not source.remote:
            found += source.find(subject, today, found)
    return found
