"""``python -m channels.cli``, what the launcher runs."""

from __future__ import annotations

from channels.cli.program import main

if __name__ == "__main__":
    main()
