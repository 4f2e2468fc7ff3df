"""Serving without the libraries this pipeline never calls: TensorFlow and the like become names that can be mentioned
but not used.

Rasa imports TensorFlow for classifiers that are not in our pipeline, chat services we do not speak to and databases
we do not keep trackers in: 400 MB and two seconds of every start. Only class bodies and annotations mention them, so
a stand-in that can be subclassed is enough; whoever calls one is told so at once.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import json
import sys
import tarfile
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

_LEARNERS = {"tensorflow", "tensorflow_addons", "tensorflow_hub", "keras", "sklearn", "joblib", "matplotlib"}
_SERVICES = {"aiogram", "twilio", "slack_sdk", "webexteamssdk", "fbmessenger", "google", "googleapiclient", "oauth2client"}
_BROKERS = {"rocketchat_API", "mattermostwrapper", "socketio", "engineio", "aio_pika", "aiormq"}
_STORES = {"pymongo", "boto3", "botocore", "redis"}

UNUSED = frozenset(_LEARNERS | _SERVICES | _BROKERS | _STORES)
"""Top-level packages that serving our pipeline only mentions."""

SERVED = (
    "assistant.engine.components.",
    "rasa.core.policies.rule_policy.",
    "rasa.core.policies.ensemble.",
    "rasa.graph_components.",
    "rasa.nlu.classifiers.regex_message_handler.",
)
"""Modules whose components are known to need none of them."""


class NotHere(RuntimeError):
    """A stand-in was called: something in use needs a library this process left out."""


class _Mention(type):
    """A class that has every attribute one asks for, each another such class."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _mention(f"{cls.__module__}.{cls.__name__}", name)


def _refuse(self: object, *_: Any, **__: Any) -> NoReturn:
    raise NotHere(f"{type(self).__module__}.{type(self).__name__} was left out of this engine; start it with --whole")


def _mention(module: str, name: str) -> type:
    if name.endswith(("Error", "Exception", "Failure")):
        return type(name, (Exception,), {"__module__": module})
    return _Mention(name, (), {"__module__": module, "__init__": _refuse})


class _Module(types.ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []  # looks like a package, so that its parts can be imported

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _mention(self.__name__, name)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, packages: frozenset[str]) -> None:
        self._packages = packages

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in self._packages:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        return None


def install(packages: frozenset[str] = UNUSED) -> None:
    """Let stand-ins take the place of ``packages``. Must run before Rasa is imported."""
    sys.meta_path.insert(0, _Finder(packages))


def components(model: Path) -> list[str]:
    """Module path and class of every component the trained ``model`` runs when it predicts.

    Raises:
        OSError, tarfile.TarError, KeyError: when ``model`` is no trained model.
    """
    with tarfile.open(model) as archive:
        member = archive.extractfile("metadata.json")
        assert member is not None
        described = json.load(member)
    return sorted({node["uses"] for node in described["predict_schema"]["nodes"].values()})


def enough(model: Path) -> bool:
    """Whether ``model`` runs only components that need none of the libraries left out."""
    return all(component.startswith(SERVED) for component in components(model))
