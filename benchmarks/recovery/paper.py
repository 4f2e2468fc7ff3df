"""A real package, built while its helpers are killed: LibreOffice with its bridge, and the process that binds the PDFs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from assistant.casework.package import OfficeWorker, build
from assistant.casework.package.assembly import Trimmings
from assistant.casework.package.checking import examine
from assistant.casework.package.press import press
from assistant.casework.package.signing import PackageKeys
from assistant.foundation.settings import ROOT
from benchmarks.package import GUIDE, NOW, Converter, six_documents
from benchmarks.recovery import scene
from knowledge.catalogue import Catalogue

_fork = multiprocessing.get_context("fork")


class NotBuilt(Exception):
    """The package was not made, or is not what it should be."""


def built(number: str, folder: Path, after_s: float) -> bytes:
    """The package of a case with six documents; its helpers are killed ``after_s`` seconds after the building began.

    Raises:
        NotBuilt: the text says why.
        TimeoutError: nothing came.
    """
    folder.mkdir()
    near, far = _fork.Pipe(duplex=False)
    process = _fork.Process(target=_build, args=(number, folder, after_s, far))
    process.start()
    try:
        if not near.poll(4 * scene.PATIENCE_S):
            raise TimeoutError
        answer: bytes | str = near.recv()
    finally:
        process.kill()
        process.join()
    if isinstance(answer, str):
        raise NotBuilt(answer)
    return answer


def _build(number: str, folder: Path, after_s: float, far: Connection) -> None:
    guide = Catalogue.load(ROOT / "knowledge" / "guides").for_region("310115").guides[GUIDE]
    case = six_documents(guide).model_copy(update={"case_no": number})
    keys = PackageKeys(folder / "keys.json")
    with OfficeWorker(Converter(folder)) as office:
        office.warm_up()
        killing = threading.Timer(after_s, _kill_helpers)
        killing.start()
        try:
            made = build(case, guide, [], NOW, office, ROOT / "knowledge" / "templates", Trimmings(sealer=keys))
            wrong = [*examine(made.data, keys.public()).findings, *made.notices]
            far.send(f"the package is not what it should be: {wrong}" if wrong else made.data)
        except Exception as error:  # whatever it was, the package is not there
            far.send(f"not built: {type(error).__name__} {error}")
        finally:
            killing.cancel()
            press.close()


def _kill_helpers() -> None:
    for helper in _below(os.getpid()):
        with suppress(ProcessLookupError):
            os.kill(helper, signal.SIGKILL)


def _below(process: int) -> list[int]:
    """The processes it has started, and theirs."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(FileNotFoundError):
            for child in (task / "children").read_text(encoding="ascii").split():
                found += [int(child), *_below(int(child))]
    return found
