"""Document cameras: one of the machine's own (Video4Linux), or one that gives a picture at an address."""

from __future__ import annotations

import io
from collections.abc import Callable

import httpx
from PIL import Image, UnidentifiedImageError

from channels.kiosk.devices.interfaces import READY, DeviceFault, State, fault

PREVIEW_WIDTH = 800
MOST_BYTES = 12 * 1024 * 1024
_QUALITY = 92
_DARK = 6
"""Mean brightness (0 to 255) at or below which nothing can be seen at all."""


class _Camera:
    """What both have: a picture made small, and whether it shows anything."""

    def picture(self) -> bytes:
        """See ``DocumentCamera``."""
        raise NotImplementedError

    def preview(self) -> bytes:
        """See ``DocumentCamera``."""
        with self._opened(self.picture()) as image:
            image.thumbnail((PREVIEW_WIDTH, PREVIEW_WIDTH))
            return _jpeg(image, 70)

    def state(self) -> State:
        """Whether it gives a picture."""
        try:
            self.preview()
        except DeviceFault as wrong:
            return fault(wrong.code)
        return READY

    def self_test(self) -> State:
        """Whether it gives a picture that is not black."""
        return self.state()

    def forget(self) -> None:
        """It keeps nothing."""

    @staticmethod
    def _opened(data: bytes) -> Image.Image:
        try:
            image = Image.open(io.BytesIO(data))
            image.draft("RGB", (PREVIEW_WIDTH, PREVIEW_WIDTH))
            made = image.convert("RGB")
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
            raise DeviceFault("unreadable") from None
        if sum(made.resize((16, 16)).convert("L").tobytes()) / 256 <= _DARK:
            raise DeviceFault("no_picture")
        return made


class AddressCamera(_Camera):
    """A camera, or a vendor's service, that answers GET with a JPEG."""

    def __init__(self, address: str, client: Callable[[], httpx.Client] | None = None) -> None:
        self._address = address
        self._client = client or (lambda: httpx.Client(timeout=4.0, trust_env=False))

    def picture(self) -> bytes:
        """See ``DocumentCamera``."""
        try:
            with self._client() as client:
                answer = client.get(self._address)
        except httpx.HTTPError:
            raise DeviceFault("offline") from None
        if answer.status_code != 200:
            raise DeviceFault("offline")
        if len(answer.content) > MOST_BYTES:
            raise DeviceFault("too_large")
        if not answer.content.startswith(b"\xff\xd8"):
            raise DeviceFault("unreadable")
        return answer.content


class VideoCamera(_Camera):
    """``/dev/videoN`` by OpenCV, opened for every picture: a camera left open is seen as one that watches."""

    SETTLE = 4
    """Pictures passed over until exposure and focus have settled."""

    def __init__(self, number: int, width: int = 3264, height: int = 2448) -> None:
        self._number, self._size = number, (width, height)

    def picture(self) -> bytes:
        """See ``DocumentCamera``."""
        import cv2  # half a second to load

        camera = cv2.VideoCapture(self._number, cv2.CAP_V4L2)
        try:
            if not camera.isOpened():
                raise DeviceFault("offline")
            camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            camera.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
            camera.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
            for _ in range(self.SETTLE):
                camera.grab()
            seen, frame = camera.read()
        finally:
            camera.release()
        if not seen:
            raise DeviceFault("no_picture")
        return _jpeg(Image.fromarray(frame[:, :, ::-1]), _QUALITY)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
