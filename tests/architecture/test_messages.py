"""Every message that is asked for exists, and every message that exists is asked for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from assistant.foundation.messages import catalogue
from tests.architecture.source import ROOT, modules, relative, tracked


def _asked_for() -> Iterator[tuple[str, str]]:
    """Every complete key given to ``t``, with the place."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t" and node.args):
                continue
            if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                yield node.args[0].value, f"{relative(path)}:{node.lineno}"


def _patterns() -> set[re.Pattern[str]]:
    """Keys put together in the code (``t(f"doctor.{key}_remedy")``), as patterns whose groups must be words of the code."""
    rooms = {key.partition(".")[0] for key in catalogue()}
    found = set()
    for tree in modules().values():
        for node in ast.walk(tree):
            if not isinstance(node, ast.JoinedStr) or not isinstance(node.values[0], ast.Constant):
                continue
            if str(node.values[0].value).partition(".")[0] in rooms and "." in str(node.values[0].value):
                parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else "(.+)" for part in node.values]
                found.add(re.compile("".join(parts)))
    return found


def _words() -> set[str]:
    """Every string in the code and every word of the pages."""
    words = {
        node.value for tree in modules().values() for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    pages = [path for path in tracked() if path.suffix in (".html", ".js", ".j2") and "tests" not in path.relative_to(ROOT).parts]
    for path in pages:
        words.update(re.findall(r"[\w.]+", path.read_text(encoding="utf-8")))
    return words


def test_every_key_asked_for_exists() -> None:
    known = catalogue()
    missing = [f"{place}: {key}" for key, place in _asked_for() if key not in known]
    assert not missing, "\n".join(missing)


def test_every_message_is_used() -> None:
    words, patterns = _words(), _patterns()

    def used(key: str) -> bool:
        if key in words:
            return True
        return any((match := pattern.fullmatch(key)) and all(group in words for group in match.groups()) for pattern in patterns)

    unused = [key for key in catalogue() if not used(key)]
    assert not unused, f"nobody says {unused}"


def test_every_finding_of_the_doctor_has_a_remedy() -> None:
    keys = {key.removeprefix("doctor.") for key in catalogue() if key.startswith("doctor.")}
    named = {
        node.args[1].value
        for path, tree in modules().items() if "checks" in path.parts or path.name == "doctor.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "bad"
        and isinstance(node.args[1], ast.Constant)
    }
    assert named, "the doctor checks nothing"
    assert not {key for key in named if key not in keys or f"{key}_remedy" not in keys}
