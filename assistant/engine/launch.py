"""Become the engine: settings read, catalogue written, model trained if the data has changed, then ``exec`` into
Rasa's environment.
"""

from __future__ import annotations

import os
import sys

from assistant.engine import training
from assistant.foundation.settings import get_settings


def main() -> None:
    """Never returns.

    Raises:
        SystemExit: when training fails; the reason is on standard error.
    """
    settings = get_settings()
    training.refresh_catalogue(settings.models_dir, settings.guides_dir)
    try:
        model = training.train(models_dir=settings.models_dir, guides_dir=settings.guides_dir)
    except training.TrainingFailed as failed:
        sys.exit(str(failed))
    launch = training.process(settings, model=model)
    os.execve(launch.argv[0], launch.argv, launch.env)


if __name__ == "__main__":
    main()
