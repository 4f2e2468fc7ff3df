"""``rasa run --enable-api`` as this project needs it: the secret never on a command line, nothing loaded that the
model does not use.

Runs in Rasa's environment: ``python -m assistant.engine.serve --port N --model FILE``. The environment is set by
``assistant.engine.training.process``.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from importlib import import_module
from pathlib import Path

from assistant.engine import absent

ROOT = Path(__file__).resolve().parents[2]

logger = logging.getLogger("assistant.engine.serve")


def main(arguments: list[str] | None = None) -> None:
    """Serve until told to stop.

    Raises:
        SystemExit: when the model is missing or no secret is set; an engine that cannot answer must not look alive.
    """
    parser = argparse.ArgumentParser(prog="assistant.engine.serve", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="TCP port on 127.0.0.1")
    parser.add_argument("--model", type=Path, required=True, help="trained model, a .tar.gz")
    parser.add_argument("--whole", action="store_true", help="load every library Rasa mentions, used or not")
    options = parser.parse_args(arguments)
    token = os.environ.get("BANDAO_ENGINE_TOKEN")
    if not token:
        sys.exit("BANDAO_ENGINE_TOKEN is not set")
    if not options.model.is_file():
        sys.exit(f"no trained model at {options.model}; train one with: ./bandao train")

    # Rasa's libraries announce their own deprecations at every start; they are frozen and there is nothing to be done.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    if options.whole or not absent.enough(options.model):
        logger.info("loading every library of Rasa: the pipeline has components that may need them")
    else:
        absent.install()

    # By name, and only now: the stand-ins must be in place before Rasa is read.
    common, api = import_module("rasa.utils.common"), import_module("rasa.api")
    common.configure_logging_and_warnings(log_level=logging.INFO)
    api.run(
        model=str(options.model),
        endpoints=str(ROOT / "endpoints.yml"),
        credentials=str(ROOT / "credentials.yml"),
        interface="127.0.0.1",
        port=options.port,
        enable_api=True,
        auth_token=token,
    )


if __name__ == "__main__":
    main()
