"""The size of a brush in millimetres."""

from collections.abc import Sequence

from napari_medal.gui.label_layer import LabelLayer


def brush_mm(layer: LabelLayer, displayed: Sequence[int]) -> float:
    """Return the diameter of a layer's brush: napari counts it in the smallest voxel side that it draws across."""
    return float(layer.brush_size) * _side_mm(layer, displayed)


def brush_voxels(layer: LabelLayer, displayed: Sequence[int], diameter_mm: float) -> int:
    """Return the brush size, as napari counts it in a layer, that comes closest to a diameter."""
    return max(1, round(diameter_mm / _side_mm(layer, displayed)))


def _side_mm(layer: LabelLayer, displayed: Sequence[int]) -> float:
    drawn = displayed if layer.n_edit_dimensions < layer.ndim else range(layer.ndim)
    return min(abs(float(layer.scale[axis])) for axis in drawn)
