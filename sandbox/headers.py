"""What every answer of the sandbox tells browsers."""

from __future__ import annotations


def policy(forms: str = "") -> str:
    """The content security policy; ``forms`` is another origin that forms of the page may go to."""
    targets = f"'self' {forms}".strip()
    return f"default-src 'none'; style-src 'self'; img-src 'self'; form-action {targets}; frame-ancestors 'none'; base-uri 'none'"


HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers would then send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
