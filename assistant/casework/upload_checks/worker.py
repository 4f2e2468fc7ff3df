"""The helper process that opens uploaded files: little memory, little time, no files, no secrets.

Run as ``python -m assistant.casework.upload_checks.worker``. Reads frames (see ``assistant.casework.child``): a line of
JSON ``{kind, most_pages}``, a newline, the file. Answers ``{pages, checks}`` or ``{problem, params}``. With ``do`` in that line
it makes pages or PDFs (``straightening``) and answers a line of JSON with ``sizes``, a newline, and what those are of.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from assistant.casework.confined import confine, serve
from assistant.casework.upload_checks import images, pdfs, sheets, words
from assistant.casework.upload_checks.findings import Findings, Unusable

MEMORY = 2 << 30  # bytes of address space; the libraries alone map half a gigabyte
SECONDS = 60  # after which a request kills this process even if nobody is left to do it


def main() -> None:
    """Serve until standard input closes."""
    confine(MEMORY)
    serve(answer, SECONDS)


def answer(frame: bytes) -> bytes:
    """The reply to one frame."""
    line, _, data = frame.partition(b"\n")
    request = json.loads(line)
    try:
        if "do" in request:
            told, blobs = _make(request, data)
            return json.dumps({**told, "sizes": [len(blob) for blob in blobs]}).encode() + b"\n" + b"".join(blobs)
        return json.dumps(asdict(_inspect(request["kind"], data, request["most_pages"]))).encode()
    except Unusable as unusable:
        problem: dict[str, Any] = {"problem": unusable.code, "params": unusable.params}
    except MemoryError:
        problem = {"problem": "too_complex", "params": {}}
    except Exception as error:  # a file no library of ours understands must not end as a server error
        problem = {"problem": "broken", "params": {}, "detail": type(error).__name__}
    return json.dumps(problem).encode()


def _make(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    if request["do"] == "text":
        return {}, [pdfs.text(data, request["most_pages"]).encode()]
    # OpenCV takes a third of a second to load: who only looks at a PDF of words need not wait for it.
    from assistant.casework.upload_checks import straightening

    match request["do"]:
        case "pages":
            return straightening.pages_of(data, request["kind"])
        case "as_pdf":
            pages = []
            for size in request["sizes"]:
                pages.append(data[:size])
                data = data[size:]
            size_mm = request["size"]
            return {}, [straightening.as_pdf(pages, request["turns"], tuple(size_mm) if size_mm else None)]
        case _:
            return {}, [straightening.turned_pdf(data, request["turns"])]


def _inspect(kind: str, data: bytes, most_pages: int) -> Findings:
    if kind == "pdf":
        return pdfs.inspect(data, most_pages)
    if kind == "docx":
        return words.inspect(data, most_pages)
    if kind == "xlsx":
        return sheets.inspect(data)
    return images.inspect(data, kind)


if __name__ == "__main__":
    main()
