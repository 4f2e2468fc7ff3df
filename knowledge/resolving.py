"""From the files to what a citizen is served: a region's overlays laid on, compositions put together.

What does not fit is refused when the files are loaded, so that resolving for a region later cannot fail: there the last
good overlay, or the guide without it, is served.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import ValidationError

from assistant.foundation.messages import t
from knowledge.composition import composed
from knowledge.guide_file import GuideProblem, quickly
from knowledge.overlay import Overlay, laid_over
from knowledge.schema import Guide

REGIONS = "regions"
"""The sub-folder of overlays: one folder a region, one file a guide."""
COMPONENTS = "components"
"""The sub-folder of guides that are only ever part of a composition."""
NATION = "000000"

Overlays = Mapping[tuple[str, str], Overlay]


def chain(region: str) -> list[str]:
    """A region and those it lies in, the widest first: 310115 lies in 310100 and 310000."""
    return list(dict.fromkeys([f"{region[:2]}0000", f"{region[:4]}00", region]))


def serves(guide: Guide, region: str) -> bool:
    """Whether the item exists in a region: it is the nation's, or that of a region around it or within it."""
    return guide.region == NATION or region == NATION or guide.region in chain(region) or region in chain(guide.region)


def resolved(guides: Mapping[str, Guide], overlays: Overlays, region: str) -> dict[str, Guide]:
    """What is served in a region, by code. Versions of guides into which something went get a suffix made of its content."""
    local = {code: _local(guide, overlays, region) for code, guide in guides.items() if serves(guide, region)}
    found: dict[str, Guide] = {}
    for code, guide in local.items():
        if not guide.parts:
            found[code] = guide
            continue
        try:
            found[code] = marked(composed(_awaited(guide), local))
        except ValueError:  # the parts fit in the nation, or the file would have been refused: so this is a region's doing
            found[code] = marked(composed(_awaited(guides[code]), guides))
    return found


def with_sound_parts(
    guides: Mapping[str, Guide], components: Mapping[str, Guide], files: Mapping[str, str], previous: Mapping[str, Guide]
) -> tuple[dict[str, Guide], list[GuideProblem]]:
    """The guides without those compositions whose parts do not fit; the last good one is kept where it still does."""
    kept, problems, every = dict(guides), [], {**components, **guides}
    for code, guide in guides.items():
        if not guide.parts:
            continue
        try:
            composed(_awaited(guide), every)
        except ValueError as error:
            problems.append(_unfit(files[code], error))
            del kept[code]
            before = previous.get(code)
            if before is not None and before.parts and _fits(before, every):
                kept[code] = before
    return kept, problems


def read_overlays(
    folder: Path, guides: Mapping[str, Guide], previous: Overlays
) -> tuple[dict[tuple[str, str], Overlay], list[GuideProblem]]:
    """Every overlay of a folder that fits its guide, by region and code; the last good one stands in for one refused."""
    found: dict[tuple[str, str], Overlay] = {}
    problems = []
    for path in sorted(folder.glob("*/*.yaml"), key=lambda path: (path.parent.name != f"{path.parent.name[:2]}0000", path)):
        key, name = (path.parent.name, path.stem), f"{REGIONS}/{path.parent.name}/{path.name}"
        try:
            overlay = _read(path)
            if path.stem not in guides:
                raise ValueError(t("knowledge.unfit_of_nothing", code=path.stem))
            if overlay.region != path.parent.name:
                raise ValueError(t("knowledge.unfit_misplaced", region=overlay.region))
            if not guides[path.stem].outline:
                laid_over(_local(guides[path.stem], found, path.parent.name), overlay)
        except ValueError as error:
            problems.append(_unfit(name, error))
            if key in previous and path.stem in guides and _lays(guides[path.stem], previous[key]):
                found[key] = previous[key]
        else:
            found[key] = overlay
    return found, problems


def marked(guide: Guide) -> Guide:
    """The guide with the first six hexadecimal digits of its content's SHA-256 behind its version: cases pin that."""
    version = guide.version.partition("+")[0]
    content = guide.model_copy(update={"version": version}).model_dump_json(by_alias=True, exclude_unset=True)
    return guide.model_copy(update={"version": f"{version}+{hashlib.sha256(content.encode()).hexdigest()[:6]}"})


def _awaited(guide: Guide) -> Guide:
    """A composition about to be put together; the suffix says that it no longer waits for its parts."""
    return guide.model_copy(update={"version": guide.version.partition("+")[0] + "+000000"})


def _local(guide: Guide, overlays: Overlays, region: str) -> Guide:
    if guide.outline:
        return guide
    local = guide
    for code in chain(region):
        overlay = overlays.get((code, guide.code))
        if overlay is not None:
            try:
                local = laid_over(local, overlay)
            except ValueError:  # it did fit when it was read, so another overlay below it has changed since
                continue
    return local if local is guide or local.waits_for_parts else marked(local)


def _read(path: Path) -> Overlay:
    try:
        return Overlay.model_validate(quickly(path.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (OSError, yaml.YAMLError) as error:
        raise ValueError(str(error).splitlines()[0]) from error


def _fits(guide: Guide, guides: Mapping[str, Guide]) -> bool:
    try:
        composed(_awaited(guide), guides)
    except ValueError:
        return False
    return True


def _lays(guide: Guide, overlay: Overlay) -> bool:
    try:
        laid_over(guide, overlay)
    except ValueError:
        return False
    return True


def _unfit(file: str, error: ValueError) -> GuideProblem:
    return GuideProblem(file, 1, t("knowledge.unfit", detail=error), t("knowledge.unfit_remedy"))
