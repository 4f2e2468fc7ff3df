"""``bandao guides lint|list|show``: the catalogue of item guides, seen from outside."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assistant.foundation.messages import t
from assistant.foundation.settings import get_settings
from channels.cli.output import Json, fail, show

commands = typer.Typer(no_args_is_help=True)

Folder = Annotated[Path | None, typer.Option("--dir", help=t("cli.help_guides_dir"))]


@commands.command("lint", help=t("cli.help_guides_lint"))
def lint(folder: Folder = None, as_json: Json = False) -> None:
    """Check every guide file and the templates it names; status 1 when there is anything to put right.

    What translations lack is listed too, but is no reason to fail: Chinese is shown instead.
    """
    from knowledge.catalogue import Catalogue
    from knowledge.lint import lint as problems_of
    from knowledge.lint import translation_warnings

    guides_dir = folder or get_settings().guides_dir
    problems = problems_of(guides_dir, get_settings().templates_dir)
    served = len(Catalogue.load(guides_dir).guides)
    lines = [t("cli.guide_problem", file=p.file, line=p.line, why=p.why, remedy=p.remedy) for p in problems]
    warnings = translation_warnings(guides_dir)
    lines += [t("cli.guide_problem", file=p.file, line=p.line, why=p.why, remedy=p.remedy) for p in warnings]
    lines.append(t("cli.guides_linted", good=served, bad=len({p.file for p in problems})))
    found = {"ok": not problems, "guides": served, "problems": [asdict(p) for p in problems]}
    show({**found, "warnings": [asdict(p) for p in warnings]}, lines, as_json=as_json)
    if problems:
        raise typer.Exit(1)


@commands.command("list", help=t("cli.help_guides_list"))
def list_(folder: Folder = None, as_json: Json = False) -> None:
    """Code, version and name of every guide in service."""
    from knowledge.catalogue import Catalogue

    catalogue = Catalogue.load(folder or get_settings().guides_dir)
    items = [
        {"code": g.code, "name": g.name, "version": g.version, "region": g.region, "file": catalogue.files[g.code]}
        for g in catalogue.all()
    ]
    lines = [f"{item['code']}  {item['version']:>4}  {item['name']}" for item in items]
    show({"items": items, "total": len(items)}, [*lines, t("cli.guides_total", total=len(items))], as_json=as_json)


@commands.command("show", help=t("cli.help_guides_show"))
def show_one(
    wanted: Annotated[str, typer.Argument(metavar="CODE|NAME", help=t("cli.help_guide_wanted"))],
    folder: Folder = None,
    as_json: Json = False,
) -> None:
    """Everything one guide says, as read and checked."""
    from knowledge.catalogue import Catalogue

    catalogue = Catalogue.load(folder or get_settings().guides_dir)
    guide = catalogue.get(wanted) or catalogue.by_name(wanted)
    if guide is None:
        fail(t("cli.no_such_guide", wanted=wanted), remedy=t("cli.no_such_guide_remedy"), as_json=as_json, code="no_such_guide")
    import yaml

    data = guide.model_dump(mode="json", exclude_defaults=True)
    show(data, [yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)], as_json=as_json)
