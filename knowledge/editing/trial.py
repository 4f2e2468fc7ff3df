"""A catalogue as it would be with one file changed, kept to the few guides the change is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from knowledge.catalogue import Catalogue
from knowledge.composition import composed
from knowledge.overlay import Overlay, laid_over
from knowledge.resolving import NATION, Overlays, chain, resolved
from knowledge.schema import Guide


@dataclass(frozen=True)
class Trial:
    """What would be.

    ``unfit`` is why the file itself cannot be served, in the schema's words; ``broken`` are the names of what would no longer fit
    together with it; ``regions`` those where the guide is served otherwise than in the nation, the nation first; ``names`` the
    official names of all items.
    """

    guides: dict[str, Guide]
    overlays: Overlays
    names: frozenset[str]
    regions: list[str]
    unfit: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def served(self, region: str, code: str) -> Guide | None:
        """The guide as it would be served in a region."""
        return resolved(self.guides, self.overlays, region).get(code)

    def everywhere(self, code: str) -> list[Guide]:
        """The guide as it would be served in the nation, and in every region of its own."""
        return [guide for region in self.regions if (guide := self.served(region, code)) is not None]


def trial(
    served: Catalogue, *, guide: Guide | None = None, component: bool = False, overlay: tuple[str, Overlay] | None = None
) -> Trial:
    """Try a guide, or an overlay of the guide of this code, in a catalogue as the nation has it."""
    code = guide.code if guide is not None else overlay[0] if overlay is not None else ""
    every = {**served.components, **served.guides}
    if guide is not None:
        every[code] = guide
    overlays = dict(served.overlays)
    if overlay is not None:
        overlays[overlay[1].region, code] = overlay[1]
    names = {other.name for other in served.all() if other.code != code}
    if code in every and not component and code not in served.components:
        names.add(every[code].name)
    base = every.get(code)
    few = {code: base} if base is not None else {}
    few |= {part.item: every[part.item] for part in (base.parts if base else ()) if part.item in every}
    regions = [NATION, *sorted({region for region, of in overlays if of == code})]
    unfit = list(_unfit(base, few, overlays, overlay)) if base is not None else []
    broken = list(_broken(served, every, code, overlays, few)) if guide is not None and not unfit else []
    return Trial(few, overlays, frozenset(names), regions, unfit, broken)


def _unfit(base: Guide, few: dict[str, Guide], overlays: Overlays, overlay: tuple[str, Overlay] | None) -> Iterable[str]:
    try:
        if overlay is None and base.parts:
            composed(base.model_copy(update={"version": f"{base.version.partition('+')[0]}+000000"}), few)
        if overlay is not None and not base.outline:
            laid_over(_below(base, overlays, overlay[1].region), overlay[1])
    except ValueError as error:
        yield from str(error).split("; ")


def _below(base: Guide, overlays: Overlays, region: str) -> Guide:
    """The guide with the overlays of the wider regions on it."""
    for wider in chain(region)[:-1]:
        held = overlays.get((wider, base.code))
        if held is not None and wider != region:
            try:
                base = laid_over(base, held)
            except ValueError:
                continue
    return base


def _broken(served: Catalogue, every: dict[str, Guide], code: str, overlays: Overlays, few: dict[str, Guide]) -> Iterable[str]:
    """Compositions that have the guide as a part, and overlays of it, that would be refused."""
    for other in served.all():
        if other.code != code and any(part.item == code for part in other.parts):
            try:
                composed(other.model_copy(update={"version": f"{other.version.partition('+')[0]}+000000"}), every)
            except ValueError:
                yield other.name
    base = few[code]
    for (region, of), held in overlays.items():
        if of == code and not base.outline:
            try:
                laid_over(_below(base, overlays, region), held)
            except ValueError:
                yield f"regions/{region}/{code}.yaml"
