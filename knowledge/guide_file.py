"""Reading one guide file, with a line number, a reason and a remedy for everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from assistant.foundation.messages import t
from knowledge.audit import Finding, contradictions
from knowledge.marked import MarkedDict, MarkedList, marked
from knowledge.schema import Guide


@dataclass(frozen=True, slots=True)
class GuideProblem:
    """Something wrong with a guide file: where (``line`` from 1), why, and what to do about it, in Chinese."""

    file: str
    line: int
    why: str
    remedy: str


@dataclass(frozen=True)
class GuideFile:
    """A file as read: the guide if it is sound, its problems if not. ``tree`` keeps line numbers for lint."""

    guide: Guide | None
    problems: list[GuideProblem] = field(default_factory=list)
    text: str = ""

    @cached_property
    def tree(self) -> Any:
        """The file with the line of every node."""
        return tree_of(self.text) if self.text else None

    @property
    def name_line(self) -> int:
        """The line of the item's name, where clashes are reported."""
        return line_of(self.tree, ("name",))


def read_guide(path: Path) -> GuideFile:
    """Read and check one guide. Never raises for what is in the file, or for a file that cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return _refused(path, 1, t("knowledge.not_utf8"), t("knowledge.not_utf8_remedy"))
    except OSError as error:
        return _refused(path, 1, t("knowledge.unreadable", error=error.strerror or ""), t("knowledge.unreadable_remedy"))
    return guide_of(text, path.name)


def guide_of(text: str, name: str) -> GuideFile:
    """A guide from the text of its file, which need not be on disk; ``name`` is what problems call the file.

    One that contradicts itself is refused like one that cannot be read.
    """
    try:
        guide = Guide.model_validate(quickly(text))
    except (yaml.YAMLError, ValueError, RecursionError):
        return _slowly(Path(name), text)  # finds the lines to point at
    found = list(contradictions(guide))
    if not found:
        return GuideFile(guide, [], text)
    tree = tree_of(text)
    return GuideFile(None, [_contradiction(name, tree, one) for one in found], text)


def _contradiction(name: str, tree: Any, found: Finding) -> GuideProblem:
    why, remedy = (t(f"knowledge.{key}", **found.named) for key in (found.rule, f"{found.rule}_remedy"))
    return GuideProblem(name, line_of(tree, found.path), why, remedy)


def tree_of(text: str) -> Any:
    """A YAML file with the line of every entry (see ``marked``).

    Raises:
        yaml.YAMLError, RecursionError: it cannot be read.
    """
    _without_aliases(text)
    return marked(text, _Yaml12)


_ALIAS = re.compile(r"(?:^|[\s\[{,])\*\w", re.MULTILINE)


class _AliasUsed(yaml.YAMLError):
    """At ``line`` a part is said by pointing at another: a few lines of that can mean more than any memory holds."""

    def __init__(self, line: int) -> None:
        super().__init__("an alias is used")
        self.line = line


def _without_aliases(text: str) -> None:
    if _ALIAS.search(text):
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise _AliasUsed(event.start_mark.line + 1 if event.start_mark else 1)


def _slowly(path: Path, text: str) -> GuideFile:
    try:
        _without_aliases(text)
    except _AliasUsed as error:
        return _refused(path, error.line, t("knowledge.alias_used"), t("knowledge.alias_used_remedy"))
    except (yaml.YAMLError, ValueError):
        pass  # said better below
    try:
        tree = _tree(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = t("knowledge.not_yaml", detail=error.problem or error.context or "")
        return _refused(path, mark.line + 1 if mark else 1, why, t("knowledge.not_yaml_remedy"))
    except (YAMLError, ValueError) as error:
        return _refused(path, 1, t("knowledge.not_yaml", detail=str(error).splitlines()[0]), t("knowledge.not_yaml_remedy"))
    if not isinstance(tree, Mapping):
        return _refused(path, 1, t("knowledge.not_mapping"), t("knowledge.not_mapping_remedy"))
    try:
        return GuideFile(Guide.model_validate(plain(tree)), [], text)
    except ValidationError as error:
        problems = [problem for item in error.errors() for problem in explain(path.name, tree, item)]
        return GuideFile(None, sorted(set(problems), key=lambda p: (p.line, p.why)), text)


def _tree(text: str) -> Any:
    try:
        return tree_of(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return YAML(typ="rt").load(text)  # slow, and says best what is wrong with it


def quickly(text: str) -> Any:
    """What a YAML 1.2 file says, without line numbers.

    Raises:
        yaml.YAMLError: it is no YAML, a key stands twice, or it uses aliases.
    """
    _without_aliases(text)
    return yaml.load(text, _Yaml12)


class _Yaml12(yaml.CSafeLoader):
    """libyaml reading as YAML 1.2 has it: only true and false are truths, and 10:30 is no number."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping; a key that stands twice is an error, as it would lose a fact silently."""
        found = super().construct_mapping(node, deep=deep)
        if len(found) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key stands twice", node.start_mark)
        return found


_Yaml12.yaml_implicit_resolvers = {}
_Yaml12.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "0123456789"),
):
    _Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def plain(node: Any) -> Any:
    """ruamel's annotated tree as plain Python values."""
    if isinstance(node, Mapping):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, str):
        return str(node)
    if isinstance(node, Sequence):
        return [plain(value) for value in node]
    if isinstance(node, bool) or node is None or isinstance(node, date):
        return node
    if isinstance(node, int):
        return int(node)
    return float(node) if isinstance(node, float) else node


def line_of(tree: Any, path: Sequence[Any]) -> int:
    """The line (from 1) of the node at ``path``, or of its nearest ancestor that is there."""
    line, node = 1, tree
    for step in path:
        try:
            line = _line(node, step)
            node = node[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line


def _line(node: Any, step: Any) -> int:
    if isinstance(node, MarkedDict | MarkedList):
        return int(node.lines[step])
    marks = node.lc
    return int((marks.key(step) if isinstance(node, Mapping) else marks.item(step))[0]) + 1


def _refused(path: Path, line: int, why: str, remedy: str) -> GuideFile:
    return GuideFile(None, [GuideProblem(path.name, line, why, remedy)])


# What the schema's own checks say, in the operator's words. The schema speaks English because only programs read it.
_SCHEMA_SAYS: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"^(?P<where>.+) cites unknown evidence (?P<key>.+)$"), "unknown_evidence"),
    (re.compile(r"^(?P<where>.+) depends on unknown field (?P<key>.+)$"), "unknown_field"),
    (re.compile(r"^field (?P<key>.+) is defined twice$"), "field_twice"),
    (re.compile(r"^judgement (?P<key>.+) is defined twice$"), "judgement_twice"),
    (re.compile(r"^material (?P<where>.+) is generated from unknown document (?P<key>.+)$"), "unknown_document"),
    (re.compile(r"^material (?P<where>.+) is promised in unknown document (?P<key>.+)$"), "unknown_promise"),
    (re.compile(r"^material (?P<where>.+) may be tolerated but says no tolerance_days$"), "no_tolerance_days"),
    (re.compile(r"^material (?P<where>.+) names a licence but no holder, or is not met by one$"), "licence_without_holder"),
    (re.compile(r"^field (?P<where>.+): rule (?P<rule>.+) names unknown field (?P<key>.+)$"), "unknown_rule_field"),
    (re.compile(r"^(?P<where>settled\[\d+\]) names unknown field (?P<key>.+)$"), "settled_unknown"),
    (re.compile(r"^settled (?P<key>\w+): "), "settled_form"),
    (re.compile(r"^field (?P<where>.+): a (?P<type>.+) field needs at least two options$"), "too_few_options"),
    (re.compile(r"^field (?P<where>.+): a (?P<type>.+) field cannot be international$"), "not_international"),
    (re.compile(r"^(?P<key>\w+) is missing \(only an outline guide may leave it out\)$"), "part_missing"),
    (re.compile(r"^a condition "), "bad_condition"),
]
_PYDANTIC_SAYS = {
    "missing": "key_missing", "extra_forbidden": "key_unknown", "string_pattern_mismatch": "bad_pattern",
    "literal_error": "not_allowed", "string_type": "not_text", "date_from_datetime_parsing": "not_date", "date_type": "not_date",
    "date_parsing": "not_date", "date_from_datetime_inexact": "not_date", "int_parsing": "not_number", "int_type": "not_number",
    "float_type": "not_number", "float_parsing": "not_number", "greater_than_equal": "too_small", "bool_type": "not_bool",
    "bool_parsing": "not_bool", "list_type": "not_list", "model_type": "not_block", "model_attributes_type": "not_block",
    "dict_type": "not_block", "too_short": "too_short",
}


def explain(file: str, tree: Any, item: Any) -> list[GuideProblem]:
    """One pydantic error as problems; the model's own checks join several findings with ``; ``."""
    where = tuple(item["loc"])
    line = line_of(tree, where)
    if item["type"] != "value_error":
        key = _PYDANTIC_SAYS.get(item["type"], "not_valid")
        expected = item.get("ctx", {}).get("pattern") or item.get("ctx", {}).get("expected") or item.get("ctx", {}).get("ge", "")
        shown = ".".join(str(step) for step in where)
        why = t(f"knowledge.{key}", where=shown, given=_short(item.get("input")), expected=expected, detail=item["msg"])
        return [GuideProblem(file, line, why, t(f"knowledge.{key}_remedy", where=shown, expected=expected))]
    return [_place_said(file, tree, where, said) for said in str(item["ctx"]["error"]).split("; ")]


def said_by_schema(file: str, tree: Any, said: str) -> GuideProblem:
    """A finding of the schema's own checks, in the operator's words and at its line."""
    return _place_said(file, tree, (), said)


def _place_said(file: str, tree: Any, base: tuple[Any, ...], said: str) -> GuideProblem:
    """One finding of the schema's own checks, in the operator's words."""
    for pattern, key in _SCHEMA_SAYS:
        match = pattern.match(said)
        if match:
            named = {"where": "", "key": "", "rule": "", "type": "", **match.groupdict()}
            twice = key in ("field_twice", "judgement_twice")
            line = _locate(tree, base, named["key"] if twice else named["where"], last=twice)
            return GuideProblem(file, line, t(f"knowledge.{key}", **named), t(f"knowledge.{key}_remedy", **named))
    shown = ".".join(map(str, base))
    why = t("knowledge.not_valid", where=shown, given="", expected="", detail=said)
    return GuideProblem(file, line_of(tree, base), why, t("knowledge.not_valid_remedy", where=shown, expected=""))


def _locate(tree: Any, base: tuple[Any, ...], where: str, *, last: bool = False) -> int:
    """The line of a part the schema names in words: ``field x``, ``materials.x``, ``conditions[2]``, a bare key."""
    index = re.match(r"^(\w+)\[(\d+)\]$", where)
    if index:
        return line_of(tree, (*base, index[1], int(index[2])))
    name = re.split(r"[ .]", where)[-1]
    lines = [line_of(tree, (*base, part, position))
             for part, key in (("fields", "key"), ("materials", "code"), ("documents", "key"), ("judgements", "key"))
             for position, entry in enumerate(tree.get(part) or [])
             if isinstance(entry, Mapping) and entry.get(key) == name]
    if lines:
        return lines[-1 if last else 0]
    return line_of(tree, (*base, name)) if name else line_of(tree, base)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"
