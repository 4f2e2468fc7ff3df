"""The interview: what to ask next, what an answer changes, and what the package still lacks.

``order`` says what to ask, ``question`` puts a field as a question, ``recording`` keeps an answer and what follows from it,
``materials`` says what is to be handed in. All of it is pure: nothing here speaks, saves or waits.
"""

from assistant.casework.interview.changing import Changes, Snapshot, changes, snapshot
from assistant.casework.interview.materials import (
    MATERIAL_PREFIX,
    MET_STATUS,
    UPLOAD_ACCEPT,
    applying_documents,
    applying_materials,
    is_required,
    licences_wanting,
    meet,
    next_material,
    refresh_materials,
)
from assistant.casework.interview.order import (
    Progress,
    applying_fields,
    broken_checks,
    defer,
    deferred_fields,
    must_mend,
    next_field,
    previous_field,
    progress,
    to_judge,
)
from assistant.casework.interview.question import ask_field
from assistant.casework.interview.recording import corrigible, follow, follows, lay_aside, put_back, record, unconfirm, undo

__all__ = [
    "MATERIAL_PREFIX",
    "MET_STATUS",
    "UPLOAD_ACCEPT",
    "Changes",
    "Progress",
    "Snapshot",
    "applying_documents",
    "applying_fields",
    "applying_materials",
    "ask_field",
    "broken_checks",
    "changes",
    "corrigible",
    "defer",
    "deferred_fields",
    "follow",
    "follows",
    "is_required",
    "lay_aside",
    "licences_wanting",
    "meet",
    "must_mend",
    "next_field",
    "next_material",
    "previous_field",
    "progress",
    "put_back",
    "record",
    "refresh_materials",
    "snapshot",
    "to_judge",
    "unconfirm",
    "undo",
]
