"""The other site. A real one on this machine: browsers keep pages from elsewhere away from what runs here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Drawn = Callable[[str, str], tuple[str, str]]
"""A path and the product's address → the page's content security policy, and the page."""


@dataclass
class Site:
    """Where it is, and the address of the product its pages embed, once that is known."""

    url: str
    app: str = ""


def plain(app: str, lang: str = "zh-CN", attributes: str = 'data-side="left"') -> tuple[str, str]:
    """An ordinary page; ``attributes`` are those of the script's tag."""
    return "", f"""<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>示例市</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>:root {{ --bandao-accent: #a40f16; --bandao-inset: 20px }}</style>
<script src="{app}/static/widget/bandao.js" {attributes} defer></script></head>
<body><main><h1>示例市人民政府</h1><a href="/next">下一页</a></main></body></html>"""


@contextmanager
def serving(drawn: Drawn = lambda _, app: plain(app)) -> Iterator[Site]:
    """The site on a free port."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            policy, body = drawn(self.path, site.app)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    site = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
