"""YAML with the line of every entry, read by libyaml: a long guide takes a tenth of a second.

A mapping comes as ``MarkedDict``, a sequence as ``MarkedList``; their ``lines`` (from 1) say where each entry begins.
"""

from __future__ import annotations

from typing import Any

import yaml


class MarkedDict(dict[str, Any]):
    """A mapping; ``lines`` by key."""

    lines: dict[str, int]


class MarkedList(list[Any]):
    """A sequence; ``lines`` by position."""

    lines: list[int]


def marked(text: str, loader: type[yaml.CSafeLoader]) -> Any:
    """What a file says, with lines; scalars are read as ``loader`` reads them.

    Raises:
        yaml.YAMLError: it is no YAML, or a key stands twice.
        RecursionError: it is nested without end.
    """
    reader = loader(text)
    try:
        root = reader.get_single_node()
        return None if root is None else _Marker(reader).value(root)
    finally:
        reader.dispose()


class _Marker:
    """Nodes turned into values; a node that stands in several places is turned once."""

    def __init__(self, reader: yaml.CSafeLoader) -> None:
        self._reader = reader
        self._made: dict[int, Any] = {}

    def value(self, node: yaml.Node) -> Any:
        """The value of a node."""
        if id(node) not in self._made:
            self._made[id(node)] = self._value(node)
        return self._made[id(node)]

    def _value(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        if isinstance(node, yaml.SequenceNode):
            entries = MarkedList(self.value(child) for child in node.value)
            entries.lines = [child.start_mark.line + 1 for child in node.value]
            return entries
        return self._reader.construct_object(node, deep=True)

    def _mapping(self, node: yaml.MappingNode) -> MarkedDict:
        entries, lines = MarkedDict(), {}
        for key_node, child in node.value:
            key = str(self.value(key_node))
            if key in entries:
                raise yaml.constructor.ConstructorError(None, None, f"{key} stands twice", key_node.start_mark)
            entries[key] = self.value(child)
            lines[key] = key_node.start_mark.line + 1
        entries.lines = lines
        return entries
