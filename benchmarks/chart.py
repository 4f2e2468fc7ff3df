"""A line chart of latency over catalogue size, as SVG written by hand: no plotting library for one picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 720, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 150, 30, 50
_LINES = (("region", "p95_ms", "one region, p95", "#0b5cad", ""), ("region", "p50_ms", "one region, p50", "#0b5cad", "5 4"),
          ("everywhere", "p95_ms", "everywhere, p95", "#b3541e", ""),
          ("everywhere", "p50_ms", "everywhere, p50", "#b3541e", "5 4"))


def latency(sizes: Sequence[Mapping[str, Any]], target: float) -> str:
    """Milliseconds (linear) over items (logarithmic), a line a kind of search, and the target."""
    top: float = 1.15 * max([target, *(float(size[group][figure]) for size in sizes for group, figure, *_ in _LINES)])
    smallest, largest = float(sizes[0]["items"]), float(sizes[-1]["items"])
    first, last = math.log10(smallest), math.log10(max(largest, smallest * 10))

    def x(items: float) -> float:
        return _LEFT + (math.log10(items) - first) / (last - first) * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
             "<title>Latency of a search by the number of items</title>",
             f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>']
    step = next(step for step in (5, 10, 20, 50, 100, 200, 500, 1000, 5000) if top / step <= 8)
    for value in range(0, int(top) + 1, step):
        parts.append(f'<path d="M{_LEFT} {y(value):.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
                     f'<text x="{_LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end" fill="#333">{value}</text>')
    for size in sizes:
        items = size["items"]
        parts.append(f'<text x="{x(items):.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle" fill="#333">{items:,}</text>')
    parts.append(f'<path d="M{_LEFT} {y(target):.1f}H{_WIDTH - _RIGHT}" stroke="#2a7a2a" stroke-dasharray="2 3"/>'
                 f'<text x="{_WIDTH - _RIGHT + 8}" y="{y(target) + 4:.1f}" fill="#2a7a2a">target {target:g} ms</text>')
    for place, (group, figure, label, colour, dashes) in enumerate(_LINES):
        points = [(x(size["items"]), y(size[group][figure])) for size in sizes]
        path = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in points)
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes or "none"}"/>')
        parts += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{colour}"/>' for px, py in points]
        row = _TOP + 18 * place
        parts.append(f'<path d="M{_WIDTH - _RIGHT + 8} {row}h24" stroke="{colour}" stroke-width="2" '
                     f'stroke-dasharray="{dashes or "none"}"/>'
                     f'<text x="{_WIDTH - _RIGHT + 38}" y="{row + 4}" fill="#333">{escape(label)}</text>')
    parts.append(f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 8}" text-anchor="middle" fill="#333">items</text>'
                 f'<text x="{_LEFT}" y="{_TOP - 12}" text-anchor="middle" fill="#333">ms</text></svg>')
    return "\n".join(parts) + "\n"
