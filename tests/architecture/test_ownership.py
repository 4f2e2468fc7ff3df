"""Who speaks in a conversation changes in one place only."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import modules, relative

ALLOWED = {
    "assistant/conversation/ownership.py": "changes it, with an event and an audit entry",
    "assistant/conversation/repository.py": "creates conversations",
}


def _writes(tree: ast.Module) -> Iterator[int]:
    """Lines that give the owner of a conversation a value: in SQLAlchemy's way, or in SQL."""
    tables = {"conversation"} | {
        alias.asname or alias.name
        for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
        for alias in node.names if alias.name == "conversation"
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
            keys = [word.arg for word in node.keywords]
            keys += [key.value for arg in node.args if isinstance(arg, ast.Dict) for key in arg.keys if isinstance(key, ast.Constant)]
            named = {getattr(part, "id", getattr(part, "attr", None)) for part in ast.walk(node.func)}
            if "owner" in keys and named & tables:
                yield node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value.lower()
            if ("update conversation" in words or "insert into conversation" in words) and "owner" in words:
                yield node.lineno


def test_nobody_else_writes_the_owner() -> None:
    found = {relative(path): list(_writes(tree)) for path, tree in modules().items() if "migrations" not in path.parts}
    assert {name for name, lines in found.items() if lines} == set(ALLOWED), "owners change in assistant/conversation/ownership.py"


@pytest.mark.parametrize(
    ("code", "writes"),
    [
        ("from t import conversation as c\nupdate(c).where(c.c.id == 1).values(owner='bot')", True),
        ("conn.execute(update(tables.conversation).values({'owner': 'bot'}))", True),
        ("text('UPDATE conversation SET owner = 1')", True),
        ("insert(facts).values(owner='bot')", False),
        ("from t import conversation as c\nupdate(c).values(locale='en')", False),
    ],
)
def test_what_writes_it(code: str, writes: bool) -> None:
    assert bool(list(_writes(ast.parse(code)))) == writes
