"""``python -m sandbox --port N --data DIR``: run the sandbox until stopped."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import uvicorn

from sandbox.app import create_app
from sandbox.config import load_config


def main(argv: list[str] | None = None) -> int:
    """Serve; 2 when the settings cannot be used."""
    parser = argparse.ArgumentParser(prog="sandbox", description="fictitious far sides to demonstrate and test against")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="folder for the sandbox's database and packages")
    given = parser.parse_args(argv)
    try:
        config = load_config(given.data)
    except ValueError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    app = create_app(config)
    _say_problems(app.state.seed_problems, given.data / "seed-problems.txt")
    print("登记库：企业 {} 户、人员 {} 名、证照 {} 份（均为虚构）".format(*app.state.register.counts()), flush=True)
    # The demonstration's own key, for a page that holds fictitious data only: whoever starts the sandbox needs to read it.
    print(f"收件办公室工作台：http://{given.host}:{given.port}/office/  演示口令：{config.staff_key}", flush=True)
    if app.state.drop is not None:
        key = app.state.drop.server.public_key
        print(f"收件文件夹：sftp://bandao@{given.host}:{config.drop_port}/  主机公钥：{key}", flush=True)
    # Answers held back on purpose (see faults) must not hold up the stop.
    uvicorn.run(
        app,
        host=given.host,
        port=given.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    return 0


def _say_problems(problems: list[str], kept: Path) -> None:
    """What could not be read of the seeds: said here, and kept in the data folder for whoever started us in the background."""
    for problem in problems:
        print(f"登记库种子数据：{problem}", file=sys.stderr, flush=True)
    kept.write_text("".join(f"{problem}\n" for problem in problems), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
