"""Which values a Word template asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

PACKAGE_TAGS = frozenset({"tick", "case_no", "guide_name", "today", "promised", "signature"})
"""What every template may use besides the guide's fields: the package feeds these itself."""


class TemplateUnreadable(ValueError):
    """The file is no Word document, or its tags cannot be parsed; the message says where."""


def tags_of(path: Path) -> set[str]:
    """Every tag of a template: a field key, ``tick.<field>.<option>``, or of a table ``f[].column`` and ``f.first.column``.

    Raises:
        TemplateUnreadable: it is no Word document, or a tag is not closed.
    """
    from docxtpl import DocxTemplate
    from jinja2 import Environment, TemplateSyntaxError, meta, nodes

    try:
        template: Any = DocxTemplate(path)
        template.init_docx()
        parts = [template.patch_xml(xml) for xml in _parts(template)]
        trees = [Environment(autoescape=True).parse(part) for part in parts]
    except TemplateSyntaxError as error:
        raise TemplateUnreadable(error.message or "") from error
    except Exception as error:  # python-docx raises whatever zipfile, lxml or it thinks fit
        raise TemplateUnreadable(type(error).__name__) from error
    tags: set[str] = set()
    for tree in trees:
        ticks = {_dotted(node) for node in tree.find_all((nodes.Getattr, nodes.Getitem))}
        dotted = {name for name in ticks if name.startswith("tick.")}
        # tick.a is also found inside tick.a.b; only the whole name says which box is meant.
        tags |= {name for name in dotted if not any(other.startswith(f"{name}.") for other in dotted)}
        tags |= meta.find_undeclared_variables(tree) - {"tick"}
        tags |= _of_tables(tree)
    return tags


def _of_tables(tree: Any) -> set[str]:
    """What a template asks of tables: ``f[].column`` in a loop over its rows, ``f.first.column`` outside."""
    from jinja2 import nodes

    found, inside = set(), set()
    for loop in tree.find_all(nodes.For):
        over = loop.iter
        while not isinstance(over, nodes.Name) and hasattr(over, "node"):
            over = over.node
        if not isinstance(over, nodes.Name) or not isinstance(loop.target, nodes.Name):
            continue
        inside.add(loop.target.name)
        parts = [*loop.body, *([loop.test] if loop.test is not None else [])]
        for name in _whole(node for part in parts for node in (part, *part.find_all((nodes.Getattr, nodes.Getitem)))):
            base, _, rest = name.partition(".")
            if base == loop.target.name and rest:
                found.add(f"{over.name}[].{rest}")
    outside = _whole(tree.find_all((nodes.Getattr, nodes.Getitem)))
    return found | {name for name in outside if ".first." in name and name.partition(".")[0] not in inside}


def _whole(found: Iterable[Any]) -> set[str]:
    """The names of attributes, without those that are the beginning of another."""
    from jinja2 import nodes

    dotted = {_dotted(node) for node in found if isinstance(node, nodes.Getattr | nodes.Getitem)}
    return {name for name in dotted if not any(other.startswith(f"{name}.") for other in dotted)}


def _parts(template: Any) -> Iterator[str]:
    yield template.get_xml()
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _, part in template.get_headers_footers(uri):
            yield template.get_part_xml(part)


def _dotted(node: Any) -> str:
    from jinja2 import nodes

    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return f"{_dotted(node.node)}.{node.arg.value}"
    return "?"
