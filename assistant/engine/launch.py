"""Become the engine: settings read, catalogue written, model trained if the data has changed, then ``exec`` into
Rasa's environment.
"""

from __future__ import annotations

import os
import sys

from assistant.engine import training
from assistant.foundation.settings import get_settings
from knowledge.catalogue import Catalogue


def main() -> None:
    """Never returns.

    Raises:
        SystemExit: when training fails; the reason is on standard error.
    """
    settings = get_settings()
    guides = Catalogue.load(settings.guides_dir).all()
    training.write_catalogue((name for guide in guides for name in (guide.name, *guide.names.aliases)), settings.models_dir)
    try:
        model = training.train(models_dir=settings.models_dir)
    except training.TrainingFailed as failed:
        sys.exit(str(failed))
    launch = training.process(settings, model=model)
    os.execve(launch.argv[0], launch.argv, launch.env)


if __name__ == "__main__":
    main()
