"""Where the sheet or card lies in a photograph, and what it looks like seen from straight above. Runs in the helper process.

Pictures are OpenCV arrays (height × width × BGR); corners are pixels, clockwise from the top left one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[Any]
Corners = NDArray[Any]

_SMALL = 640  # longest side, in pixels, at which the sheet is looked for
_LEAST_SHARE = 0.12  # of the picture a sheet takes up
_MOST_SHARE = 0.985  # more than that is the whole picture: a scan, with nothing around it
_LEAST_EDGE = 0.5  # of three sides at least that must lie on a visible edge
_LEAST_CONTRAST = 0.2  # see _side
_APART = 7.0  # pixels inside and outside a side where colours are compared
_CROP_MARGIN = 0.0035  # of the longest side: a corner nearer to the picture's edge is cut off
_RATIOS = (85.6 / 54.0, 297 / 210)  # bank and identity cards (ISO/IEC 7810 ID-1); ISO 216 sheets, folded or not
_SNAP = 0.09
LONGEST_PAGE = 2200  # pixels of a straightened page: A4 at 190 dpi, a card at 650
_READABLE = 1000


@dataclass(frozen=True)
class Sheet:
    """What was found. ``edges_cut`` names the picture's sides it runs over; ``skew`` is degrees off the horizontal."""

    corners: Corners
    edges_cut: int
    skew: float
    share: float


def find_sheet(picture: Picture) -> Sheet | None:
    """The one sheet of paper or card in a photograph; None where there is none to be seen or it fills the picture."""
    height, width = picture.shape[:2]
    scale = _SMALL / max(height, width)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    scale = min(scale, 1.0)
    edges = _edges(small)
    near = np.asarray(cv2.dilate(edges, np.ones((5, 5), np.uint8)), dtype=np.uint8)
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_BGR2LAB).astype(np.float32)
    best: tuple[float, Corners] | None = None
    for mask in (*_regions(lab), _closed(edges)):
        for corners in _quadrilaterals(mask):
            score = _score(corners, near, lab)
            if score is not None and (best is None or score > best[0]):
                best = (score, corners)
    if best is None:
        return None
    corners = _refined(best[1], small) / scale
    return Sheet(corners, _cut(corners, width, height), _skew(corners), _area(corners) / (width * height))


def straighten(picture: Picture, corners: Corners) -> Picture:
    """The sheet seen from straight above, in its own proportions."""
    wide, high = _proportions(corners, picture.shape)
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return np.asarray(
        cv2.warpPerspective(picture, turn, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8
    )


def _edges(small: Picture) -> Picture:
    blurred = cv2.bilateralFilter(small, 7, 40, 7)
    found = np.zeros(small.shape[:2], dtype=np.uint8)
    for channel in cv2.split(cv2.cvtColor(blurred, cv2.COLOR_BGR2LAB)):
        high = max(
            float(np.percentile(cv2.magnitude(cv2.Sobel(channel, cv2.CV_32F, 1, 0), cv2.Sobel(channel, cv2.CV_32F, 0, 1)), 92)),
            24,
        )
        found |= np.asarray(cv2.Canny(channel, high * 0.4, high), dtype=np.uint8)
    return found


def _closed(edges: Picture) -> Picture:
    return np.asarray(cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)), dtype=np.uint8)


def _regions(lab: Corners) -> list[Picture]:
    """What differs from the ground that the picture's rim shows, and what is light or dark."""
    height, width = lab.shape[:2]
    rim = max(4, min(height, width) // 40)
    border = np.concatenate(
        [lab[:rim].reshape(-1, 3), lab[-rim:].reshape(-1, 3), lab[:, :rim].reshape(-1, 3), lab[:, -rim:].reshape(-1, 3)]
    )
    ground = np.median(border, axis=0)
    far = np.sqrt((((lab - ground) * np.array([0.7, 1.5, 1.5])) ** 2).sum(axis=2))
    masks = []
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (9, 9))
    for values in (np.clip(far * 2, 0, 255).astype(np.uint8), lab[:, :, 0].astype(np.uint8)):
        _, mask = cv2.threshold(values, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        for one in (mask, 255 - mask):
            closed = cv2.morphologyEx(np.asarray(one), cv2.MORPH_CLOSE, kernel)
            masks.append(np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, kernel), dtype=np.uint8))
    return masks


def _quadrilaterals(mask: Picture) -> list[Corners]:
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    least = _LEAST_SHARE * mask.shape[0] * mask.shape[1]
    found: list[Corners] = []
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:6]:
        hull = cv2.convexHull(contour)
        if cv2.contourArea(hull) < least:
            continue
        length = cv2.arcLength(hull, True)
        for slack in (0.015, 0.025, 0.04, 0.06):
            outline = cv2.approxPolyDP(hull, slack * length, True)
            if len(outline) == 4:
                found.append(_ordered(outline.reshape(4, 2).astype(np.float32)))
                break
        else:
            continue
        box = cv2.boxPoints(cv2.minAreaRect(hull))
        if cv2.contourArea(hull) > 0.93 * _area(box):
            found.append(_ordered(box.astype(np.float32)))
    return found


def _ordered(points: Corners) -> Corners:
    """Clockwise from the corner nearest to the picture's top left."""
    middle = points.mean(axis=0)
    angles = np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0])
    turned = points[np.argsort(angles)]
    first = int(np.argmin(turned.sum(axis=1)))
    return np.roll(turned, -first, axis=0)


def _score(corners: Corners, edges: Picture, lab: Corners) -> float | None:
    """How likely this outline is a sheet's: sides on edges, and paper of one colour inside against another ground outside."""
    share = _area(corners) / (lab.shape[0] * lab.shape[1])
    if not _LEAST_SHARE <= share <= _MOST_SHARE or not _nearly_square(corners):
        return None
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    if sides.min() < 0.2 * sides.max():
        return None
    middle = corners.mean(axis=0)
    supports, contrasts = zip(*(_side(edges, lab, corners[i], corners[(i + 1) % 4], middle) for i in range(4)), strict=True)
    # One side may lie outside the picture; the other three must be there to be seen.
    if sorted(supports)[1] < _LEAST_EDGE or sorted(contrasts)[1] < _LEAST_CONTRAST:
        return None
    return float(np.mean(supports) + np.mean(contrasts) + 0.4 * share)


def _nearly_square(corners: Corners) -> bool:
    for i in range(4):
        a, b = corners[i - 1] - corners[i], corners[(i + 1) % 4] - corners[i]
        cosine = float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-6))
        if abs(cosine) > 0.5:  # 60 to 120 degrees
            return False
    return True


def _side(near: Picture, lab: Corners, start: Corners, end: Corners, middle: Corners) -> tuple[float, float]:
    """Of one side: the share that lies on an edge, and how much colour changes across it (0 to 1); no edge is seen at the rim."""
    height, width = near.shape
    points = np.linspace(start, end, 96)[6:-6]
    across = np.array([start[1] - end[1], end[0] - start[0]], dtype=np.float32)
    across /= np.linalg.norm(across) + 1e-6
    if float(across @ (middle - points[45])) < 0:
        across = -across
    seen = (points[:, 0] > 3) & (points[:, 1] > 3) & (points[:, 0] < width - 4) & (points[:, 1] < height - 4)
    if seen.mean() < 0.5:
        return 0.0, 0.0
    points = points[seen]
    x, y = points[:, 0].astype(int), points[:, 1].astype(int)
    inside, outside = (_colours(lab, points + across * step) for step in (_APART, -_APART))
    change = float(np.linalg.norm((inside - outside).mean(axis=0)))
    return float((near[y, x] > 0).mean()), min(change / 24, 1.0)


def _colours(lab: Corners, points: Corners) -> Corners:
    height, width = lab.shape[:2]
    return np.asarray(lab[np.clip(points[:, 1], 0, height - 1).astype(int), np.clip(points[:, 0], 0, width - 1).astype(int)])


def _refined(corners: Corners, small: Picture) -> Corners:
    """Corners as the crossings of lines fitted to where lightness changes most beside each side."""
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (3, 3), 0).astype(np.float32)
    height, width = grey.shape
    lines = []
    for i in range(4):
        start, end = corners[i], corners[(i + 1) % 4]
        along = (end - start) / (np.linalg.norm(end - start) + 1e-6)
        across = np.array([-along[1], along[0]], dtype=np.float32)
        found = []
        for part in np.linspace(0.12, 0.88, 48):
            middle = start + (end - start) * part
            steps = np.arange(-6, 7)
            points = middle + across * steps[:, None]
            x, y = points[:, 0], points[:, 1]
            if x.min() < 1 or y.min() < 1 or x.max() > width - 2 or y.max() > height - 2:
                continue
            profile = cv2.remap(grey, x.astype(np.float32)[None], y.astype(np.float32)[None], cv2.INTER_LINEAR)[0]
            change = np.abs(np.convolve(profile, [1, 0, -1], mode="same"))[1:-1] * np.exp(-(steps[1:-1] ** 2) / 40)
            if change.max() > 6:
                found.append(points[1:-1][int(np.argmax(change))])
        if len(found) < 12:
            lines.append((start, along))
            continue
        vx, vy, x0, y0 = cv2.fitLine(np.array(found, dtype=np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).flatten()
        lines.append((np.array([x0, y0], dtype=np.float32), np.array([vx, vy], dtype=np.float32)))
    crossed = np.array([_crossing(lines[i - 1], lines[i]) for i in range(4)], dtype=np.float32)
    moved = np.linalg.norm(crossed - corners, axis=1)
    return np.where((moved < 14)[:, None], crossed, corners).astype(np.float32)


def _crossing(first: tuple[Corners, Corners], second: tuple[Corners, Corners]) -> Corners:
    (p, u), (q, v) = first, second
    matrix = np.array([u, -v], dtype=np.float64).T
    if abs(np.linalg.det(matrix)) < 1e-3:
        return q
    step = np.linalg.solve(matrix, (q - p).astype(np.float64))[0]
    return np.asarray(p + u * step, dtype=np.float32)


def _cut(corners: Corners, width: int, height: int) -> int:
    margin = _CROP_MARGIN * max(width, height)
    x, y = corners[:, 0], corners[:, 1]
    return int(sum((x.min() < margin, y.min() < margin, x.max() > width - 1 - margin, y.max() > height - 1 - margin)))


def _skew(corners: Corners) -> float:
    top = corners[1] - corners[0]
    angle = float(np.degrees(np.arctan2(top[1], top[0])))
    return abs((angle + 45) % 90 - 45)


def _area(corners: Corners) -> float:
    return float(cv2.contourArea(corners.astype(np.float32)))


def _proportions(corners: Corners, shape: tuple[int, ...]) -> tuple[int, int]:
    """Width and height of the straightened page in pixels: the true proportions, as far as the perspective tells them."""
    top, right, bottom, left = (float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4))
    wide, high = max(top, bottom), max(left, right)
    ratio = _true_ratio(corners, shape) or wide / max(high, 1.0)
    for known in _RATIOS:
        for candidate in (known, 1 / known):
            if abs(ratio - candidate) < _SNAP * candidate:
                ratio = candidate
                break
        else:
            continue
        break
    longest = min(max(wide, high), LONGEST_PAGE)
    longest = max(longest, min(_READABLE, LONGEST_PAGE))
    return (round(longest), round(longest / ratio)) if ratio >= 1 else (round(longest * ratio), round(longest))


def _true_ratio(corners: Corners, shape: tuple[int, ...]) -> float | None:
    """Width to height of a rectangle seen at a slant by a lens centred on the picture (Zhang and He, whiteboard scanning)."""
    centre = np.array([shape[1] / 2, shape[0] / 2])
    m1, m2, m4, m3 = (np.append(corner - centre, 1.0) for corner in corners.astype(np.float64))
    k2 = np.dot(np.cross(m1, m4), m3) / np.dot(np.cross(m2, m4), m3)
    k3 = np.dot(np.cross(m1, m4), m2) / np.dot(np.cross(m3, m4), m2)
    n2, n3 = k2 * m2 - m1, k3 * m3 - m1
    if abs(n2[2] * n3[2]) < 1e-5:
        return None  # seen almost from above: the sides themselves tell
    focal = -(n2[0] * n3[0] + n2[1] * n3[1]) / (n2[2] * n3[2])
    if not (0.3 * max(shape)) ** 2 < focal < (4 * max(shape)) ** 2:
        return None
    square = np.diag([1 / focal, 1 / focal, 1.0])
    ratio = float(np.sqrt((n2 @ square @ n2) / (n3 @ square @ n3)))
    return float(ratio) if 0.3 < ratio < 3.4 else None
