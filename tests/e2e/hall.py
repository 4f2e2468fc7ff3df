"""An office whose windows want the papers themselves: the sandbox's, under another name in the routing file."""

from __future__ import annotations

from pathlib import Path

KEY = "fictitious-key-of-the-hall"
ITEM = "senior-card"
"""The item whose papers are brought to a window on the server of the end-to-end tests."""

_OFFICE = "  HALL: {{kind: window, url: 'http://127.0.0.1:{port}', key_env: BANDAO_HALL_KEY}}"
_ROUTE = f"  - {{items: [{ITEM}], office: HALL}}"


def add(routing: Path, data: Path, port: int) -> None:
    """Add it to a routing file (made where there is none); ``data`` is the server's folder, ``port`` the sandbox's."""
    text = routing.read_text(encoding="utf-8") if routing.exists() else "offices:\nroutes:\n"
    offices, _, routes = text.partition("routes:\n")
    offices += "" if offices.endswith("\n") else "\n"
    routing.write_text(f"{offices}{_OFFICE.format(port=port)}\nroutes:\n{_ROUTE}\n{routes}", encoding="utf-8")
    key = data / "keys" / "office.key"
    key.parent.mkdir(mode=0o700, parents=True)
    key.write_text(KEY + "\n", encoding="ascii")
