"""A volume as napari takes it."""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from napari_medal.core.volume import Volume

LayerData: TypeAlias = "tuple[Any, dict[str, Any], str]"
"""napari's own shape of a layer: (array, keyword arguments, layer type)."""


def layer_of(volume: "Volume", name: str, kind: str = "image") -> LayerData:
    """Describe a volume as a layer; axes are (z, y, x) in LPS, scaled to millimetres."""
    return volume.array, {"name": name, "scale": volume.grid.spacing_mm}, kind
