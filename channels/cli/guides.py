"""``bandao guides lint|list|show|import|export|index|schema``: the catalogue of item guides, seen from outside."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from itertools import chain
from json import loads
from pathlib import Path
from typing import Annotated

import typer

from assistant.foundation.clock import SHANGHAI
from assistant.foundation.messages import t
from assistant.foundation.settings import get_settings
from channels.cli.output import Json, fail, progress, show

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


@commands.command("import", help=t("cli.help_guides_import"))
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    out: Annotated[Path | None, typer.Option("--out", help=t("cli.help_guides_import_out"))] = None,
    source: Annotated[str | None, typer.Option("--source", help=t("cli.help_guides_import_source"))] = None,
    folder: Folder = None,
    as_json: Json = False,
) -> None:
    """Draft guides out of a platform's rows, each with what it still lacks; nothing that is there is written over."""
    from knowledge.catalogue import Catalogue
    from knowledge.exchange.drafts import drafts
    from knowledge.exchange.files import Unreadable, read_rows, write_draft

    taken = set(Catalogue.load(folder or get_settings().guides_dir).guides)
    if out is not None:
        taken |= {path.stem for path in out.glob("*.yaml")}
    try:
        made, refused = drafts(read_rows(file), source or file.name, datetime.now(SHANGHAI).date(), taken)
    except Unreadable as error:
        fail(str(error), as_json=as_json, code="unreadable")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for draft in made:
            write_draft(draft.guide, draft.missing, out / f"{draft.guide.code}.yaml")
    comma = t("knowledge.list_separator")
    lines = [t("cli.guide_drafted", row=d.row, name=d.guide.name, code=d.guide.code, missing=comma.join(d.missing)) for d in made]
    lines += [t("cli.guide_row_refused", row=one.row, why=one.why) for one in refused]
    counts = {"made": len(made), "refused": len(refused)}
    lines.append(t("cli.guides_drafted", **counts, out=out) if out else t("cli.guides_drafted_dry", **counts))
    items = [{"row": d.row, "code": d.guide.code, "name": d.guide.name, "missing": d.missing} for d in made]
    show({"drafts": items, "refused": [asdict(one) for one in refused], "out": str(out) if out else None}, lines, as_json=as_json)
    if refused and not made:
        raise typer.Exit(1)


@commands.command("export", help=t("cli.help_guides_export"))
def export(
    out: Annotated[Path, typer.Argument(metavar="FILE")],
    codes: Annotated[list[str] | None, typer.Argument(metavar="CODE")] = None,
    region: Annotated[str | None, typer.Option("--region", help=t("cli.help_guides_export_region"))] = None,
    folder: Folder = None,
    as_json: Json = False,
) -> None:
    """Guides as they are served in a region, one row each."""
    from knowledge.catalogue import Catalogue
    from knowledge.exchange.files import write_excel, write_json
    from knowledge.exchange.rows import cells_of, heads, row_of

    served = Catalogue.load(folder or get_settings().guides_dir).for_region(region or get_settings().region)
    unknown = [code for code in codes or [] if served.get(code) is None]
    if unknown:
        why, remedy = t("cli.no_such_guide", wanted=unknown[0]), t("cli.no_such_guide_remedy")
        fail(why, remedy=remedy, as_json=as_json, code="no_such_guide")
    guides = [guide for guide in served.all() if not codes or guide.code in codes]
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.suffix.lower() == ".xlsx":
        write_excel([cells_of(guide) for guide in guides], heads(), out)
    else:
        write_json([row_of(guide) for guide in guides], out)
    show({"total": len(guides), "out": str(out)}, [t("cli.guides_exported", total=len(guides), out=out)], as_json=as_json)


@commands.command("index", help=t("cli.help_guides_index"))
def index(
    wide: Annotated[
        Path | None, typer.Option("--wide", help=t("cli.help_guides_index_wide"), exists=True, dir_okay=False)
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help=t("cli.help_guides_index_out"))] = None,
    folder: Folder = None,
    as_json: Json = False,
) -> None:
    """Build the wide index from the guides, and from a platform's rows beside them; what was there is replaced."""
    from knowledge.catalogue import Catalogue
    from knowledge.embedding import EmbeddingMissing, open_embedding
    from knowledge.exchange.files import Unreadable, stream_rows
    from knowledge.search.index import WIDE_FOLDER
    from knowledge.search.wide import build
    from knowledge.search.wide.records import of_guide, of_rows

    settings = get_settings()
    catalogue = Catalogue.load(folder or settings.guides_dir)
    target = out or settings.models_dir / WIDE_FOLDER
    try:
        embedding = open_embedding(settings.embedding_model, settings.models_dir)
        rows = of_rows(stream_rows(wide)) if wide is not None else iter(())
        every = chain((of_guide(guide) for guide in catalogue.all()), rows)
        made = build(every, catalogue.names(), target, settings.models_dir, embedding,
                     lambda step, count: progress(t(f"cli.index_{step}", count=count)))
    except (Unreadable, EmbeddingMissing, OSError) as error:
        fail(str(error), as_json=as_json, code="not_indexed")
    size = sum(made.files.values())
    figures = {"records": made.records, "wordings": made.wordings, "guides": len(made.guides), "bytes": size, "out": str(target)}
    done = t("cli.guides_indexed", records=made.records, wordings=made.wordings, mib=round(size / 2**20, 1), out=target)
    show(figures, [done], as_json=as_json)


@commands.command("schema", help=t("cli.help_guides_schema"))
def schema(overlay: Annotated[bool, typer.Option("--overlay/--guide")] = False, as_json: Json = False) -> None:
    """The JSON Schema of a guide file, or of a regional one, for editors that complete and check while one types."""
    from knowledge.editor_schema import GUIDE_SCHEMA, OVERLAY_SCHEMA, text_of

    text = text_of(OVERLAY_SCHEMA if overlay else GUIDE_SCHEMA)
    show(loads(text), [text.rstrip()], as_json=as_json)
