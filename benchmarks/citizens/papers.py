"""What a citizen was handed, looked at from her side: the zip alone, and none of the product's own checks.

Every member is what the manifest says; every answer is in the manifest, and the text layers of the PDFs hold it.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pypdfium2  # type: ignore[import-untyped, unused-ignore]

from assistant.casework.fields.dates import parse_date
from assistant.casework.fields.result import Accepted
from assistant.foundation.clock import SHANGHAI
from benchmarks.citizens.citizen import Citizen
from benchmarks.citizens.facts import Facts
from benchmarks.citizens.pdfium import LOCK

YES_NO = {"yes": "是", "no": "否"}
_RELATIVE = re.compile(r"[今昨前明后]天|[昨今明]日|[上这本下]个?[月周]|[去今明]年")
#: Where a value came from, for one she gave herself.
HERS = ("said", "tapped")


class WrongPaper(AssertionError):
    """The package is not what she was promised; says which member or answer."""


def look(citizen: Citizen, facts: Facts) -> list[str]:
    """Check the package of the case in hand; the names of its documents.

    Raises:
        WrongPaper: a member or an answer is missing or not what it should be.
    """
    guide = citizen.get(f"/guides/{facts.guide}").json()
    fields = {field["key"]: field for field in guide["fields"]}
    with citizen.package() as package:
        manifest = json.loads(package.read("manifest.json"))
        _members(package, manifest)
        text = _plain("\n".join(pdf_text(package.read(name)) for name in package.namelist() if name.endswith(".pdf")))
        _answers(facts, fields, {entry["field"]: entry for entry in manifest["fields"]}, text)
        forms = documents(package)
    if facts.documents and len(forms) != len(facts.documents):
        raise WrongPaper(f"{len(forms)} documents, not {len(facts.documents)}: {forms}")
    return forms


def documents(package: zipfile.ZipFile) -> list[str]:
    """The members that are the guide's documents: numbered from 01; 00 is the cover."""
    numbered = (name for name in sorted(package.namelist()) if name.endswith(".pdf") and name[0].isdigit())
    return [name for name in numbered if not name.startswith("00_")]


def pdf_text(data: bytes) -> str:
    """The text layer of a PDF, page by page."""
    with LOCK, pypdfium2.PdfDocument(data) as pdf:
        texts = []
        for page in pdf:
            layer = page.get_textpage()
            texts.append(layer.get_text_range())
            layer.close()
            page.close()
        return "\n".join(texts)


def _members(package: zipfile.ZipFile, manifest: Mapping[str, Any]) -> None:
    names = {name for name in package.namelist() if name != "manifest.json"}
    listed = {entry["path"]: entry for entry in manifest["files"]}
    unlisted = {name for name in names - set(listed) if not any(s.get("path") == name for s in manifest.get("signatures", []))}
    if unlisted or set(listed) - names:
        raise WrongPaper(f"the manifest does not list {sorted(unlisted)} and lists {sorted(set(listed) - names)} in vain")
    for path, entry in listed.items():
        if hashlib.sha256(package.read(path)).hexdigest() != entry["sha256"]:
            raise WrongPaper(f"{path} is not the file of the manifest")


def _answers(facts: Facts, fields: Mapping[str, Any], held: Mapping[str, Any], text: str) -> None:
    for key, value in facts.expect.items():
        if key not in fields:
            raise WrongPaper(f"{key}: the guide has no such field")
        if key not in held:
            raise WrongPaper(f"{key}: not in the manifest")
        got = held[key]["value"]
        for one in wanted(fields[key], value, facts.say.get(key)):
            if _plain(one) not in _plain(got):
                raise WrongPaper(f"{key}: {got!r} in the manifest, not {one!r}")
        if facts.consent == "no" and held[key]["source"]["kind"] not in HERS:
            raise WrongPaper(f"{key}: she said it herself, the manifest says {held[key]['source']['kind']}")
    for key, entry in held.items():
        kind = fields[key]["type"] if key in fields else "text"
        if kind not in ("choice", "multi", "yes_no", "table") and entry["value"] and _plain(entry["value"]) not in text:
            raise WrongPaper(f"{key}: {entry['value']!r} is in no document")


def wanted(field: Mapping[str, Any], value: Any, said: Any) -> list[str]:
    """The texts that stand for an expected value: labels of options, dates as the forms write them."""
    if field["type"] == "table":
        columns = {column["key"]: column for column in field["columns"]}
        return [text for row in value for key, cell in row.items() for text in wanted(columns[key], cell, "")]
    labels = YES_NO | {option["value"]: option["label"] for option in field.get("options", [])}
    if field["type"] == "date":
        value = _counted_from_today(str(said), str(value))
    return [_as_printed(labels.get(str(one), str(one))) for one in (value if isinstance(value, list) else [value])]


def _counted_from_today(words: str, expected: str) -> str:
    """The day that words like 前天 mean now; the files say what they mean on the day the other tests are of."""
    read = parse_date(words, datetime.now(SHANGHAI).date())
    return str(read.value) if isinstance(read, Accepted) and _RELATIVE.search(words) else expected


def _as_printed(value: str) -> str:
    """2026-11-06 as 2026年11月6日; everything else as it is."""
    day = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", value)
    return f"{day[1]}年{int(day[2])}月{int(day[3])}日" if day else value


def _plain(text: str) -> str:
    """Without spaces, line ends and the width of signs: Chinese is typeset for a form, whichever way it was typed."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
