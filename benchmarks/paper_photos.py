"""Photographs of papers as a phone takes them, made rather than taken: at a slant, in bad light, on a table; and of a cat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[Any]


@dataclass
class Photo:
    """A photograph: BGR picture, the sheet's true corners in it (clockwise from the paper's own top left)."""

    picture: Array
    corners: Array
    quarter: int


def cat(rng: Generator, size: tuple[int, int] = (1600, 1200)) -> Array:
    """Something furry with two ears and two eyes: no paper, no words."""
    wide, high = size
    picture = np.full((high, wide, 3), rng.integers(90, 170, 3), dtype=np.float32)
    coat = rng.integers(60, 190, 3).astype(np.float32)
    middle = (wide // 2 + int(rng.integers(-120, 120)), high // 2 + int(rng.integers(-60, 60)))
    colour = tuple(float(c) for c in coat)
    cv2.ellipse(picture, middle, (high // 3, high // 4), 0, 0, 360, colour, -1)
    for side in (-1, 1):
        ear = np.array(
            [
                [middle[0] + side * 320, middle[1] - 60],
                [middle[0] + side * 290, middle[1] - 430],
                [middle[0] + side * 80, middle[1] - 220],
            ]
        )
        cv2.fillPoly(picture, [ear], colour)
        cv2.ellipse(picture, (middle[0] + side * 130, middle[1] - 60), (50, 36), 0, 0, 360, (70, 200, 210), -1)
        cv2.ellipse(picture, (middle[0] + side * 130, middle[1] - 60), (13, 34), 0, 0, 360, (10, 10, 10), -1)
        for whisker in range(3):
            cv2.line(
                picture,
                (middle[0] + side * 60, middle[1] + 60),
                (middle[0] + side * 420, middle[1] + 20 + whisker * 45),
                (235, 235, 235),
                3,
            )
    fur: Array = rng.normal(0, 1, (high, wide)).astype(np.float32)
    fur = cv2.filter2D(fur, -1, np.eye(17, dtype=np.float32) / 4)
    return np.asarray(np.clip(picture + fur[:, :, None] * 26, 0, 255), dtype=np.uint8)


def table(rng: Generator, size: tuple[int, int]) -> Array:
    """Wood, cloth or stone to lie a paper on (width, height)."""
    wide, high = size
    base = rng.integers(40, 150, 3).astype(np.float32)
    noise = rng.normal(0, 1, (high // 8 + 1, wide // 8 + 1)).astype(np.float32)
    kernel = (1, int(rng.choice([3, 25, 61])))
    grain = cv2.resize(cv2.blur(noise, kernel[::-1]), (wide, high), interpolation=cv2.INTER_CUBIC)
    grain = grain / (grain.std() + 1e-6) * 9
    return np.asarray(np.clip(base + grain[:, :, None] + rng.normal(0, 3, (high, wide, 1)), 0, 255), dtype=np.uint8)


def photograph(
    paper: Image.Image,
    rng: Generator,
    *,
    slant: float = 0.06,
    quarter: int | None = None,
    blur: float = 0.0,
    glare: bool = False,
    shadow: bool = True,
    cut: bool = False,
    size: tuple[int, int] = (2000, 1500),
    fill: tuple[float, float] = (0.6, 0.85),
) -> Photo:
    """A phone's picture of the paper. ``slant`` is how far corners wander, of the paper's size; ``quarter`` turns clockwise."""
    quarter = int(rng.integers(4)) if quarter is None else quarter
    flat = np.asarray(paper.convert("RGB"), dtype=np.uint8)[:, :, ::-1]
    wide, high = size[::-1] if rng.random() < 0.4 else size
    h, w = flat.shape[:2]
    side_w, side_h = (h, w) if quarter % 2 else (w, h)
    scale = rng.uniform(*fill) * min(wide / side_w, high / side_h)
    half = np.array([side_w, side_h]) * scale / 2
    centre = np.array([wide / 2, high / 2]) + rng.uniform(-0.5, 0.5, 2) * (np.array([wide, high]) - 2 * half) * 0.5
    if cut:
        centre[0] = half[0] * 0.75
    target = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    target = target + rng.uniform(-slant, slant, (4, 2)) * half * 2
    angle = np.radians(rng.uniform(-8, 8))
    target = target @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) + centre
    corners = np.roll(target, -quarter, axis=0).astype(np.float32)
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], dtype=np.float32)
    turn = cv2.getPerspectiveTransform(source, corners)
    ground = table(rng, (wide, high))
    laid = cv2.warpPerspective(flat, turn, (wide, high), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((h, w), 255, np.uint8), turn, (wide, high))
    cast = cv2.GaussianBlur(np.roll(mask, (12, 9), (0, 1)), (0, 0), 12)[:, :, None] / 255
    picture = ground * (1 - 0.45 * cast)
    share = cv2.GaussianBlur(mask, (3, 3), 0)[:, :, None] / 255
    picture = picture * (1 - share) + laid * share
    x, y = np.meshgrid(np.linspace(-1, 1, wide), np.linspace(-1, 1, high))
    if shadow:
        a = rng.uniform(0, 2 * np.pi)
        picture *= (0.86 + 0.1 * (np.cos(a) * x + np.sin(a) * y))[:, :, None]
    if glare:
        spot = corners.mean(axis=0) + rng.uniform(-0.15, 0.15, 2) * half
        gx, gy = np.meshgrid(np.arange(wide), np.arange(high))
        radius = float(min(half)) * 0.55
        picture += (330 * np.exp(-(((gx - spot[0]) / radius) ** 2 + ((gy - spot[1]) / (0.6 * radius)) ** 2)))[:, :, None]
    picture = picture + rng.normal(0, 3.5, picture.shape[:2])[:, :, None]
    shot = np.clip(picture, 0, 255).astype(np.uint8)
    return Photo(cv2.GaussianBlur(shot, (0, 0), blur).astype(np.uint8) if blur else shot, corners, quarter)


def jpeg(picture: Array, quality: int = 85) -> bytes:
    """The photograph as a phone sends it."""
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())
