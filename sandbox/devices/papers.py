"""What lies under the camera: an invented sheet drawn here, or a picture somebody uploads."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw

DESK, SHEET, INK = (52, 58, 64), (247, 246, 241), (38, 38, 44)
SIZE = (2000, 1500)


def empty() -> bytes:
    """The bare desk."""
    return _jpeg(_desk())


def dark() -> bytes:
    """A camera whose lamp is off and whose cap is on."""
    return _jpeg(Image.new("RGB", SIZE, (2, 2, 2)))


def sheet(person: Mapping[str, Any] | None) -> bytes:
    """A sheet with lines of writing on it; the lines are strokes, for nobody is to take it for a real paper."""
    image = _desk()
    draw = ImageDraw.Draw(image)
    draw.rectangle((330, 140, 1670, 1360), fill=SHEET)
    seed = str(person["id_number"]) if person else "sheet"
    strokes = random.Random(seed)  # the same person's paper always looks the same
    draw.rectangle((760, 220, 1240, 270), fill=INK)
    for row in range(16):
        left = 430
        while left < 1500:
            wide = strokes.randint(24, 42)
            draw.rectangle((left, 360 + row * 58, left + wide, 392 + row * 58), outline=INK, width=4)
            left += wide + (60 if strokes.random() < 0.12 else 10)
    draw.ellipse((1290, 1090, 1530, 1330), outline=(196, 40, 38), width=10)
    return _jpeg(image)


def _desk() -> Image.Image:
    grain = random.Random(1)
    image = Image.new("RGB", (SIZE[0] // 8, SIZE[1] // 8))
    image.putdata([tuple(part + grain.randint(-6, 6) for part in DESK) for _ in range(image.width * image.height)])
    return image.resize(SIZE)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()
