"""Word to PDF through LibreOffice: started on first use, one document at a time, killed and restarted when it hangs."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Protocol

from assistant.casework.child import Child, ChildDied, ChildTimeout
from assistant.casework.package.errors import ConversionFailed, OfficeUnavailable
from assistant.casework.package.glyphs import FONTS
from assistant.casework.package.waiting import Turns
from assistant.foundation.logging import get_logger

BRIDGE = Path(__file__).resolve().with_name("office_bridge.py")

START_SECONDS = 60.0
CONVERT_SECONDS = 15.0  # a hundred times what a form takes on an idle machine
GOODBYE_SECONDS = 3.0
WAIT_SECONDS = 60.0  # for one's turn: ten packages of six documents are sixty conversions
MOST_WAITING = 120
RECYCLE_AFTER = 200  # LibreOffice grows with every document it has opened
RECYCLE_ABOVE = 640 << 20  # bytes of resident memory; 200 MB at the start, 400 MB after 200 forms
WEIGH_EVERY = 10
PAUSE_AFTER_FAILED_START = 30.0  # so that a missing LibreOffice does not cost every citizen the full start limit

_log = get_logger(__name__)
_serial = itertools.count(1)


class OfficeSettings(Protocol):
    """What the converter needs of the settings."""

    @property
    def data_dir(self) -> Path: ...
    @property
    def soffice(self) -> str: ...


class OfficeWorker:
    """The one converter of this process. Thread-safe; nothing is started before the first conversion or ``warm_up``."""

    def __init__(
        self, settings: OfficeSettings, *, recycle_after: int = RECYCLE_AFTER, recycle_above: int = RECYCLE_ABOVE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._data_dir = Path(settings.data_dir)
        self._soffice = settings.soffice
        self._recycle_after = recycle_after
        self._clock = clock
        self._recycle_above = recycle_above
        self._lock = Turns(MOST_WAITING)
        self._child: Child | None = None
        self._room: Path | None = None
        self._pipe = ""
        self._converted = 0
        self._refuse_until = 0.0
        self.starts = 0

    def convert(self, docx: bytes, deadline_s: float = CONVERT_SECONDS) -> bytes:
        """The PDF of a Word document.

        ``deadline_s`` limits one attempt in seconds; waiting for earlier documents, in the order of asking, and starting
        LibreOffice have limits of their own. A converter that hangs or crashes is killed with its whole process group and
        tried once more.

        Raises:
            OfficeUnavailable: missing, not starting, busy too long, or hung or crashed twice.
            ConversionFailed: LibreOffice refuses the document.
        """
        if not self._lock.acquire(WAIT_SECONDS):
            raise OfficeUnavailable("the converter is busy with earlier documents")
        try:
            for attempt in (1, 2):
                try:
                    answer = self._running().request(docx, deadline_s)
                except (ChildTimeout, ChildDied) as error:
                    _log.warning("package.converter_failed", attempt=attempt, reason=str(error))
                    self._stop()
                else:
                    return self._accept(answer)
            raise OfficeUnavailable("the converter hung or crashed twice on the same document")
        finally:
            self._lock.release()

    def warm_up(self) -> None:
        """Start LibreOffice and let it load its fonts and filters by converting an empty document.

        Raises:
            OfficeUnavailable: see ``convert``.
        """
        from docx import Document  # here, because only warming up needs it

        with tempfile.SpooledTemporaryFile() as file:
            document = Document()
            document.add_paragraph("☑☐ 预热 ABC 123")
            document.save(file)
            file.seek(0)
            self.convert(file.read(), START_SECONDS)

    def why_unavailable(self) -> str | None:
        """Why conversion cannot work on this machine (for doctor and the log), or None when everything needed is installed."""
        try:
            _ = self._program, self._python
        except OfficeUnavailable as error:
            return str(error)
        return None

    def rss_bytes(self) -> int:
        """Resident memory of LibreOffice and its bridge in bytes; 0 when not running."""
        child = self._child
        return child.group_rss_bytes() if child is not None and child.alive else 0

    @property
    def pid(self) -> int | None:
        """Process group of the running converter, or None."""
        return self._child.pid if self._child is not None and self._child.alive else None

    def close(self) -> None:
        """End LibreOffice and remove its folders. The worker may be used again afterwards."""
        with self._lock:
            self._retire()

    def __enter__(self) -> OfficeWorker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self, answer: bytes) -> bytes:
        self._converted += 1
        heavy = self._converted % WEIGH_EVERY == 0 and self.rss_bytes() > self._recycle_above
        if self._converted >= self._recycle_after or heavy:
            _log.info("package.converter_recycled", count=self._converted)
            self._retire()
        if answer[:1] != b"+":
            raise ConversionFailed(answer[1:].decode(errors="replace"))
        return answer[1:]

    def _running(self) -> Child:
        if self._child is not None and self._child.alive:
            return self._child
        self._stop()
        if self._clock() < self._refuse_until:
            raise OfficeUnavailable("LibreOffice failed to start a moment ago")
        try:
            return self._start()
        except (ChildTimeout, ChildDied, OSError) as error:
            self._stop()
            self._refuse_until = self._clock() + PAUSE_AFTER_FAILED_START
            raise OfficeUnavailable(f"LibreOffice does not start: {error}") from error

    def _start(self) -> Child:
        program, python = self._program, self._python
        base = self._data_dir / "office"
        base.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A fresh profile with every start: no recovery questions after a crash, no lock shared with another app process.
        _sweep(base)
        self._room = Path(tempfile.mkdtemp(prefix=f"run-{os.getpid()}-", dir=base))
        self._pipe = pipe = f"bandao{os.getpid()}x{next(_serial)}"
        self._child = Child(
            [python, str(BRIDGE), program, str(self._room / "profile"), pipe],
            env={
                "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self._room), "TMPDIR": str(self._room), "LANG": "C.UTF-8",
                "FONTCONFIG_FILE": str(FONTS), "SAL_USE_VCLPLUGIN": "svp", "XDG_CACHE_HOME": str(base / "cache"),
            },
            stderr=base / "office.log",
        )
        self.starts += 1
        self._converted = 0
        answer = self._child.receive(START_SECONDS)
        if answer != b"+ready":
            raise ChildDied(answer[1:].decode(errors="replace"))
        return self._child

    def _retire(self) -> None:
        if self._child is not None and self._child.alive:
            with contextlib.suppress(ChildTimeout, ChildDied):
                self._child.request(b"", GOODBYE_SECONDS)
        self._stop()

    def _stop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None
        if self._room is not None:
            shutil.rmtree(self._room, ignore_errors=True)
            self._room = None
            Path(f"/tmp/OSL_PIPE_{os.getuid()}_{self._pipe}").unlink(missing_ok=True)  # LibreOffice's fixed place for it

    @cached_property
    def _program(self) -> str:
        found = shutil.which(self._soffice)
        if found is None:
            raise OfficeUnavailable(f"{self._soffice} is not installed (Debian: apt-get install libreoffice-writer-nogui)")
        # Past the shell script and its splash process, so that one signal reaches LibreOffice itself.
        inner = Path(found).resolve().with_name("soffice.bin")
        return str(inner) if inner.exists() else found

    @cached_property
    def _python(self) -> str:
        beside = Path(self._program).with_name("python")
        for candidate in ("/usr/bin/python3", str(beside), sys.executable):
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                if subprocess.run([candidate, "-c", "import uno"], capture_output=True, timeout=20, check=False).returncode == 0:
                    return candidate
        raise OfficeUnavailable("no Python with the uno module found (Debian: apt-get install python3-uno)")


def _sweep(base: Path) -> None:
    """Remove what an app that was killed could not remove itself."""
    for room in base.glob("run-*-*"):
        pid = room.name.split("-")[1]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(room, ignore_errors=True)
