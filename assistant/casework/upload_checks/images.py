"""Photographs and scans: whole, big enough, sharp enough, neither too dark nor glaring. Runs in the helper process."""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError

from assistant.casework.upload_checks.findings import Finding, Findings, Unusable

MAX_PIXELS = 80_000_000  # 12 times an A4 page at 300 dpi; a few hundred bytes can claim thousands of times that
FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
MIN_LONG, MIN_SHORT = 1000, 600  # pixels: an identity card at 300 dpi is 1011 × 638
LOOKED_AT = 1000  # longest side, in pixels, at which sharpness and light are judged
TILES = 12
BLURRED = 200.0  # see _sharpness: small print in focus has thousands, blurred but readable 300, unreadable 100
FAINTEST = 40.0  # grey levels of contrast below which noise is not taken for sharpness
DARK = 70.0  # mean grey level of 0 to 255
GLARE_SHARE = 0.06  # of the picture washed out, where the rest is no white paper
WHITE = 250
PAPER = 190
BLANK = 2.0  # standard deviation of grey levels

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False


def inspect(data: bytes, kind: str) -> Findings:
    """The checks of a picture.

    Raises:
        Unusable: ``image_bomb``, ``truncated`` or ``broken``.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=[FORMATS[kind]])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unusable("image_bomb", most=MAX_PIXELS // 1_000_000) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Unusable("broken") from None
    with image:
        width, height = image.size
        try:
            if kind == "jpg":
                # Decoded at a fraction of its size straight away: whole files only, yet a quarter of the time and memory.
                image.draft("L", (LOOKED_AT, LOOKED_AT))
            image.load()
            grey = image.convert("RGBA") if image.mode in ("P", "LA", "PA", "RGBA") else image.convert("L")
        except OSError as error:
            raise Unusable("truncated" if "truncated" in str(error) else "broken") from None
        except (SyntaxError, ValueError, IndexError, OverflowError):
            raise Unusable("broken") from None
        if grey.mode == "RGBA":  # what is see-through shows the paper under it
            paper = Image.new("RGBA", grey.size, "white")
            paper.alpha_composite(grey)
            grey = paper.convert("L")
        return Findings(1, [resolution(width, height), *judge(grey)])


def judge(grey: Image.Image) -> list[Finding]:
    """Blank, sharp, dark, glaring: of a grey picture of any size."""
    grey.thumbnail((LOOKED_AT, LOOKED_AT), Image.Resampling.BOX)
    levels: NDArray[np.float32] = np.asarray(grey, dtype=np.float32)
    if min(levels.shape) < TILES * 2:
        return []
    if float(levels.std()) < BLANK:
        return [Finding("blank", False)]
    return [Finding("blank", True), Finding("sharpness", _sharpness(levels) >= BLURRED), Finding("light", _well_lit(levels))]


def resolution(width: int, height: int) -> Finding:
    """Whether a picture has pixels enough to be read on paper."""
    return Finding("resolution", max(width, height) >= MIN_LONG and min(width, height) >= MIN_SHORT,
                   {"width": width, "height": height, "long": MIN_LONG, "short": MIN_SHORT})


def _sharpness(levels: NDArray[np.float32]) -> float:
    """Variance of the Laplacian at full contrast, in the tiles where most happens: paper around the text is no blur."""
    middle = levels[1:-1, 1:-1]
    edges = levels[:-2, 1:-1] + levels[2:, 1:-1] + levels[1:-1, :-2] + levels[1:-1, 2:] - 4 * middle
    low, high = np.quantile(levels, (0.01, 0.99))
    contrast = max(float(high - low), FAINTEST) / 255
    return float(np.quantile(_tiles(edges).var(axis=(1, 2)), 0.9)) / contrast**2


def _well_lit(levels: NDArray[np.float32]) -> bool:
    if float(levels.mean()) < DARK:
        return False
    tiles = _tiles(levels)
    washed = (tiles >= WHITE).mean(axis=(1, 2)) > 0.9
    rest = tiles[~washed]
    is_paper = rest.size == 0 or float(np.median(rest)) >= PAPER
    return bool(is_paper or washed.mean() < GLARE_SHARE)


def _tiles(levels: NDArray[np.float32]) -> NDArray[Any]:
    height, width = (side // TILES for side in levels.shape)
    cut = levels[: height * TILES, : width * TILES].reshape(TILES, height, TILES, width)
    return cut.swapaxes(1, 2).reshape(TILES * TILES, height, width)
