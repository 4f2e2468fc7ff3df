"""The process that reads text from pages: rapidocr with the models it carries, two threads, low priority, nothing to reach.

Run as ``python -m assistant.casework.papers.ocr_worker``. After a first frame ``+ready`` (or ``-`` and why not) it reads
frames (see ``assistant.casework.child``): a page as JPEG that our own helper wrote, never a citizen's file. Answers JSON
``{lines: [{text, box, score}], width, height, turned, sure}`` or ``{problem}``. Nothing it reads is written anywhere.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
from typing import Any

from assistant.casework.confined import confine, send, serve

MEMORY = 3 << 30  # bytes of address space; 460 MB resident for a page of 1,280 pixels
SECONDS = 60  # after which a request ends this process even if nobody is left to do it
NICE = 10
THREADS = 2
READ_AT = 1280  # longest side, in pixels, a page is read at
_LEAST_SCORE = 0.5


def main() -> None:
    """Serve until standard input closes."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not get between the frames
    try:
        reader = Reader()
        shut()
    except Exception as error:
        send(out, b"-" + type(error).__name__.encode())
        return
    send(out, b"+ready")

    def answer(frame: bytes) -> bytes:
        try:
            read = reader.read(frame)
        except Exception as error:
            read = {"problem": type(error).__name__}
        return json.dumps(read).encode()

    serve(answer, SECONDS, out)


class Reader:
    """The three models: where text is, which way up it stands, what it says."""

    def __init__(self) -> None:
        os.nice(NICE)
        # Here, so that what is missing is said and not raised.
        import cv2
        import onnxruntime  # type: ignore[import-untyped, unused-ignore]
        from rapidocr import RapidOCR

        onnxruntime.set_default_logger_severity(4)
        cv2.setNumThreads(1)
        self._models: Any = RapidOCR(
            params={
                "Global.log_level": "critical",
                "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )
        self._warm_up()

    def _warm_up(self) -> None:
        """Read something once, so that every file the models need is open before the door closes."""
        import cv2
        import numpy as np

        page = np.full((200, 600, 3), 255, dtype=np.uint8)
        cv2.putText(page, "BANDAO 2026", (30, 120), cv2.FONT_HERSHEY_SIMPLEX, 2.5, (0, 0, 0), 6)
        if not self.read(cv2.imencode(".jpg", page)[1].tobytes())["lines"]:
            raise RuntimeError("the reader does not read")

    def read(self, jpeg: bytes) -> dict[str, Any]:
        """The lines of one page, turned upright first."""
        import cv2
        import numpy as np

        picture = cv2.imdecode(np.frombuffer(jpeg, dtype=np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            return {"problem": "undecodable"}
        scale = READ_AT / max(picture.shape[:2])
        if scale < 1:
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        height, width = picture.shape[:2]
        boxes = self._boxes(picture)
        turned, sure = self._turn(picture, boxes)
        if turned:
            picture = np.ascontiguousarray(np.rot90(picture, -turned))
            boxes = [_turned(box, turned, width, height) for box in boxes]
            height, width = picture.shape[:2]
        lines = []
        for box, (text, score) in zip(boxes, self._texts(picture, boxes), strict=True):
            if text.strip() and score >= _LEAST_SCORE:
                left, top = box.min(axis=0)
                right, bottom = box.max(axis=0)
                lines.append(
                    {"text": text, "box": [float(left), float(top), float(right), float(bottom)], "score": round(float(score), 3)}
                )
        return {"lines": lines, "width": width, "height": height, "turned": turned, "sure": round(sure, 2)}

    def _boxes(self, picture: Any) -> list[Any]:
        found = self._models._load_det_model()(picture)
        return [] if found.boxes is None else [box.astype("float32") for box in found.boxes]

    def _turn(self, picture: Any, boxes: list[Any]) -> tuple[int, float]:
        """Quarter turns clockwise that put the page upright, by where most text lies and which way up the classifier sees it."""
        long = [box for box in boxes if _length(box) >= 2.0 or _length(box) <= 0.5]
        if not long:
            return 0, 0.0
        upright = sum(_extent(box) for box in long if _length(box) > 1)
        lying = sum(_extent(box) for box in long if _length(box) < 1)
        quarter = 1 if lying > upright else 0
        chosen = sorted((box for box in long if (_length(box) < 1) == bool(quarter)), key=_extent, reverse=True)[:16]
        seen = self._models._load_cls_model()([self._cut(picture, box, quarter) for box in chosen]).cls_res
        votes = [(-1.0 if "180" in label else 1.0) * max(score - 0.5, 0.0) for label, score in seen]
        total = sum(abs(vote) for vote in votes) or 1.0
        # Text that lies is turned clockwise to be looked at: upside down then means it wanted turning the other way.
        up = sum(votes) >= 0
        turned = (1 if up else 3) if quarter else (0 if up else 2)
        sure = float(abs(sum(votes)) / total)
        if sure < 0.6 and len(chosen) >= 1:
            turned, sure = self._by_reading(picture, chosen[:6], quarter, turned)
        return turned, float(sure)

    def _by_reading(self, picture: Any, boxes: list[Any], quarter: int, so_far: int) -> tuple[int, float]:
        """Where the classifier wavers: the way up in which the longest lines are read with more confidence."""
        import numpy as np

        crops = [self._cut(picture, box, quarter) for box in boxes]
        sums = []
        for way in (crops, [np.ascontiguousarray(np.rot90(crop, 2)) for crop in crops]):
            read = self._recognise(way)
            sums.append(sum(score * len(text) for text, score in read))
        if sums[0] == sums[1]:
            return so_far, 0.0
        up = sums[0] > sums[1]
        return (1 if up else 3) if quarter else (0 if up else 2), abs(sums[0] - sums[1]) / max(sums)

    def _cut(self, picture: Any, box: Any, quarter: int) -> Any:
        import cv2
        import numpy as np

        left, top = np.maximum(np.floor(box.min(axis=0)), 0).astype(int)
        right, bottom = np.ceil(box.max(axis=0)).astype(int) + 1
        if quarter:
            return cv2.rotate(picture[top:bottom, left:right], cv2.ROTATE_90_CLOCKWISE)
        from rapidocr.utils.process_img import get_rotate_crop_image

        crop = get_rotate_crop_image(picture, box.copy())
        return crop if crop.shape[1] * 0.6 > crop.shape[0] else picture[top:bottom, left:right]

    def _texts(self, picture: Any, boxes: list[Any]) -> list[tuple[str, float]]:
        return self._recognise([self._cut(picture, box, 0) for box in boxes]) if boxes else []

    def _recognise(self, crops: list[Any]) -> list[tuple[str, float]]:
        from rapidocr.ch_ppocr_rec import TextRecInput

        read = self._models._load_rec_model()(TextRecInput(img=crops, return_word_box=False))
        return list(zip(read.txts or (), read.scores, strict=True))


def shut() -> None:
    """No new file, no socket, little memory: whatever a page does to a decoder, nothing can be reached from here."""
    confine(MEMORY)
    highest = max(int(name) for name in os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 64
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0) if highest < 0 else (highest, highest))
    for number in range(3, highest):  # gaps below the limit could be opened again
        try:
            os.fstat(number)
        except OSError:
            os.dup2(2, number)
    try:
        socket.socket().close()
    except OSError:
        return
    raise RuntimeError("a socket could still be opened")


def _turned(box: Any, turned: int, width: int, height: int) -> Any:
    """A box after the page was turned clockwise by quarter turns, its points again from the top left one on."""
    import numpy as np

    x, y = box[:, 0], box[:, 1]
    match turned:
        case 1:
            points = np.stack([height - y, x], axis=1)
        case 2:
            points = np.stack([width - x, height - y], axis=1)
        case _:
            points = np.stack([y, width - x], axis=1)
    return np.roll(points, turned, axis=0).astype("float32")


def _length(box: Any) -> float:
    """Width to height of a box's bounds."""
    wide, high = box.max(axis=0) - box.min(axis=0)
    return float(wide / max(high, 1.0))


def _extent(box: Any) -> float:
    wide, high = box.max(axis=0) - box.min(axis=0)
    return float(max(wide, high))


if __name__ == "__main__":
    main()
