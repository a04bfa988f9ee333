"""Which label of a task a segment or a structure is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from napari_medal.core.labels import LabelScheme
from napari_medal.errors import GeometryError

_NO_NAME = re.compile(r"((segment|segmentation|region|label|roi|structure|class|value) ?)?\d*")
"""Names that programs give where nobody typed one."""


@dataclass(frozen=True)
class LabelName:
    """What a file calls a region: a number, and a name that somebody typed."""

    number: int
    name: str


def match_names(found: Sequence[LabelName], scheme: LabelScheme, where: str) -> tuple[int, ...]:
    """Return the label value of each region: by name, whatever the case and with "_", "-" and " " alike.

    Only where every name says nothing, such as "Segment 1", the numbers are taken for label values, so that one region
    is never mistaken for another whose number it happens to have.

    Raises:
        GeometryError: A region is unknown, or two are the same label; the message lists what was found and wanted.
    """
    by_name = {_plain(label.name): label.value for label in scheme.classes}
    values = [by_name.get(_plain(region.name)) for region in found]
    if all(_NO_NAME.fullmatch(_plain(region.name)) for region in found):
        values = [region.number if region.number in scheme.values else None for region in found]
    matched = [value for value in values if value is not None]
    if not found or len(matched) < len(found) or len(set(matched)) < len(matched):
        listed = ", ".join(f"{region.number} '{region.name}'" for region in found) or "none"
        wanted = ", ".join(f"{label.value} '{label.name}'" for label in scheme.classes)
        msg = f"{where}: found the regions {listed}; wanted each to be another one of {wanted}."
        raise GeometryError(msg)
    return tuple(matched)


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", " ", name).strip().casefold()
