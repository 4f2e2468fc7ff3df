"""A city's JSON read into what every receiving office says. Pure: JSON and a mapping in, an ``OfficeFile`` out.

Whatever is not as the mapping says is ``OfficeUnavailable``: asked again later, never guessed at.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from assistant.casework.submission.office import UNMAPPED, OfficeFile, OfficeUnavailable, Receipt
from assistant.casework.submission.offices.mapping import Mapping, Pointer
from assistant.foundation.clock import SHANGHAI


def at(document: Any, pointer: Pointer | None) -> Any:
    """What stands there (RFC 6901); None where nothing does."""
    if pointer is None:
        return None
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document.get(name)
        elif isinstance(document, list) and name.isascii() and name.isdigit() and len(name) < 6 and int(name) < len(document):
            document = document[int(name)]
        else:
            return None
    return document


def read_receipt(mapping: Mapping, answer: Any, case_no: str) -> Receipt:
    """The receipt in the answer to the sending of this case. One that names another case is none.

    Raises:
        OfficeUnavailable: it is not as the mapping says.
    """
    where, own = mapping.record, at(answer, mapping.calls.send.at)
    if at(own, where.case_no) not in (None, case_no):
        raise OfficeUnavailable("unreadable")
    try:
        return Receipt(
            receipt_no=_word(at(own, where.number)), received_at=_time(mapping, at(own, where.received)), status="received"
        )
    except (ValueError, OverflowError, OSError) as error:
        raise OfficeUnavailable("unreadable") from error


def read_file(mapping: Mapping, own: Any) -> OfficeFile:
    """One of their records.

    Raises:
        OfficeUnavailable: it is not as the mapping says.
    """
    try:
        return OfficeFile.model_validate(_file(mapping, own))
    except (ValidationError, ValueError, OverflowError, OSError) as error:
        raise OfficeUnavailable("unreadable") from error


def _file(mapping: Mapping, own: Any) -> dict[str, Any]:
    where = mapping.record
    lines = at(own, where.history)
    if not isinstance(lines, list):
        raise ValueError("no history")
    status, received = _status(mapping, at(own, where.status)), _time(mapping, at(own, where.received))
    version = at(own, where.version)
    number = 1 if where.version is None else int(_word(version))
    sha256 = at(own, where.sha256)
    held = [{"version": number, "sha256": _word(sha256).lower(), "received_at": received}] if where.sha256 is not None else []
    return {
        "receipt_no": _word(at(own, where.number)),
        "case_no": _word(at(own, where.case_no)),
        "part": _text(at(own, where.part)),
        "version": number,
        "versions": held,
        "status": status,
        "history": [
            {
                "seq": int(_word(seq)) if (seq := at(line, where.line.seq)) is not None else None,
                "at": _time(mapping, at(line, where.line.at)),
                "status": _status(mapping, at(line, where.line.status)),
                "text": _text(at(line, where.line.text)),
                "by": _text(at(line, where.line.by)),
            }
            for line in lines
        ],
        "wanting": _wanting(at(own, where.wanting)) if status == "correction_needed" else [],
        "due": _day(mapping, at(own, where.due)) if status == "correction_needed" else None,
        "decision": {name: _text(at(own, getattr(where, name))) for name in ("reason", "basis", "remedy")}
        if status in ("refused", "denied")
        else None,
        "stopped": _stopped(mapping, own),
        "extension": _extension(mapping, own),
        "result": _result(mapping, own),
    }


def _stopped(mapping: Mapping, own: Any) -> list[dict[str, Any]]:
    where = mapping.record.stopped
    given = at(own, where.list) if where is not None else None
    if where is None or given is None:
        return []
    if not isinstance(given, list):
        raise ValueError("no list of stops")
    found = []
    for entry in given:
        until, why = at(entry, where.until), _text(at(entry, where.why))
        found.append({
            "from": _time(mapping, at(entry, where.start)), "until": _time(mapping, until) if until not in (None, "") else None,
            "why": where.reasons.get(why, why),
        })  # fmt: skip
    return found


def _extension(mapping: Mapping, own: Any) -> dict[str, Any] | None:
    where = mapping.record.extension
    days = at(own, where.days) if where is not None else None
    if where is None or days in (None, "", 0, "0"):
        return None
    return {"days": int(_word(days)), "reason": _text(at(own, where.reason)), "at": _time(mapping, at(own, where.at))}


def _result(mapping: Mapping, own: Any) -> dict[str, Any] | None:
    where = mapping.record.result
    if where is None or not at(own, where.sha256):
        return None
    return {
        "sha256": _word(at(own, where.sha256)).lower(),
        **{name: _text(at(own, getattr(where, name))) for name in ("number", "title", "kind", "media_type")},
        **{name: _day(mapping, at(own, getattr(where, name))) for name in ("issued", "expires")},
    }


def _wanting(given: Any) -> list[dict[str, str]]:
    """What is wanting: a text, or a list of texts; ours by kind and code where they keep that."""
    entries = given if isinstance(given, list) else [given] if given else []
    wanted = []
    for entry in entries:
        if isinstance(entry, dict):
            wanted.append({name: _text(entry.get(name)) for name in ("kind", "code", "text")})
        else:
            wanted.append({"kind": "other", "code": "", "text": _text(entry)})
    return wanted


def _status(mapping: Mapping, word: Any) -> str:
    if isinstance(word, bool) or not isinstance(word, str | int):
        raise ValueError("no status")
    ours = mapping.statuses.get(str(word))
    if ours is None:
        # Passing it over would lose a decision. It is asked again until the mapping has the word.
        raise OfficeUnavailable(UNMAPPED)
    return ours


def _time(mapping: Mapping, given: Any) -> datetime:
    if mapping.times in ("seconds", "milliseconds"):
        return datetime.fromtimestamp(int(_word(given)) / (1000 if mapping.times == "milliseconds" else 1), SHANGHAI)
    text = _word(given)
    moment = datetime.fromisoformat(text) if mapping.times == "iso" else datetime.strptime(text, mapping.times)
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _day(mapping: Mapping, given: Any) -> date | None:
    """A day: by itself, or the day of a moment in Shanghai."""
    if given in (None, ""):
        return None
    try:
        return date.fromisoformat(_word(given))
    except ValueError:
        return _time(mapping, given).astimezone(SHANGHAI).date()


def _word(given: Any) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int) or given == "":
        raise ValueError("not a word or number")
    return str(given)


def _text(given: Any) -> str:
    return "" if given is None else _word(given) if given != "" else ""
