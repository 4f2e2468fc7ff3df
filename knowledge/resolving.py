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
from knowledge.guide_file import GuideProblem, quickly
from knowledge.overlay import Overlay
from knowledge.schema import Guide
from knowledge.sources import Workings

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


def resolved(
    guides: Mapping[str, Guide], overlays: Overlays, region: str, workings: Workings | None = None
) -> dict[str, Guide]:
    """What is served in a region, by code. Versions of guides into which something went get a suffix made of its content.

    Args:
        workings: what has been worked out before, and where the rest is kept.
    """
    known = workings or Workings()
    local = {code: _local(guide, overlays, region, known) for code, guide in guides.items() if serves(guide, region)}
    found: dict[str, Guide] = {}
    for code, guide in local.items():
        if not guide.parts:
            found[code] = guide
            continue
        try:
            found[code] = known.marked(known.composed(guide, local, _awaited), marked)
        except ValueError:  # the parts fit in the nation, or the file would have been refused: so this is a region's doing
            found[code] = known.marked(known.composed(guides[code], guides, _awaited), marked)
    return found


def with_sound_parts(
    guides: Mapping[str, Guide], components: Mapping[str, Guide], files: Mapping[str, str], previous: Mapping[str, Guide],
    workings: Workings,
) -> tuple[dict[str, Guide], list[GuideProblem]]:  # fmt: skip
    """The guides without those compositions whose parts do not fit; the last good one is kept where it still does."""
    kept, problems, every = dict(guides), [], {**components, **guides}
    for code, guide in guides.items():
        if not guide.parts:
            continue
        try:
            workings.composed(guide, every, _awaited)
        except ValueError as error:
            problems.append(unfit(files[code], error))
            del kept[code]
            before = previous.get(code)
            if before is not None and before.parts and _fits(before, every, workings):
                kept[code] = before
    return kept, problems


def fitting(
    name: str, overlay: Overlay, key: tuple[str, str], guide: Guide | None, laid: Overlays, workings: Workings
) -> GuideProblem | None:
    """What keeps an overlay from being laid over its guide, or None.

    Args:
        name: what problems call the file.
        key: region and code its place in the folder says it is for.
        guide: the guide it is for; None where that one is not served now, and nothing can be tried.
        laid: the overlays of the regions around it.
    """
    try:
        if overlay.region != key[0]:
            raise ValueError(t("knowledge.unfit_misplaced", region=overlay.region))
        if guide is not None and not guide.outline:
            workings.laid(_local(guide, laid, key[0], workings), overlay)
    except ValueError as error:
        return unfit(name, error)
    return None


def lays(guide: Guide, overlay: Overlay, workings: Workings) -> bool:
    """Whether an overlay fits a guide by itself."""
    try:
        workings.laid(guide, overlay)
    except ValueError:
        return False
    return True


def read_overlay(path: Path) -> Overlay:
    """One file.

    Raises:
        ValueError: it is no overlay; the message says why.
    """
    try:
        return Overlay.model_validate(quickly(path.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (OSError, yaml.YAMLError) as error:
        raise ValueError(str(error).splitlines()[0]) from error


def marked(guide: Guide) -> Guide:
    """The guide with the first six hexadecimal digits of its content's SHA-256 behind its version: cases pin that."""
    version = guide.version.partition("+")[0]
    content = guide.model_copy(update={"version": version}).model_dump_json(by_alias=True, exclude_unset=True)
    return guide.model_copy(update={"version": f"{version}+{hashlib.sha256(content.encode()).hexdigest()[:6]}"})


def _awaited(guide: Guide) -> Guide:
    """A composition about to be put together; the suffix says that it no longer waits for its parts."""
    return guide.model_copy(update={"version": guide.version.partition("+")[0] + "+000000"})


def unfit(file: str, error: ValueError) -> GuideProblem:
    """What is said of an overlay or composition that does not fit."""
    return GuideProblem(file, 1, t("knowledge.unfit", detail=error), t("knowledge.unfit_remedy"))


def _local(guide: Guide, overlays: Overlays, region: str, workings: Workings) -> Guide:
    if guide.outline:
        return guide
    local = guide
    for code in chain(region):
        overlay = overlays.get((code, guide.code))
        if overlay is not None:
            try:
                local = workings.laid(local, overlay)
            except ValueError:  # it did fit when it was read, so another overlay below it has changed since
                continue
    return local if local is guide or local.waits_for_parts else workings.marked(local, marked)


def _fits(guide: Guide, guides: Mapping[str, Guide], workings: Workings) -> bool:
    try:
        workings.composed(guide, guides, _awaited)
    except ValueError:
        return False
    return True
