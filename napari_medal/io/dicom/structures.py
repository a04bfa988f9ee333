"""RTSTRUCT objects: structures as contours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from napari_medal.core.grid import Grid
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.dicom.even_odd import fill_even_odd
from napari_medal.io.dicom.file_words import file_words
from napari_medal.io.dicom.header import Header
from napari_medal.io.dicom.label_names import LabelName

_Points = npt.NDArray[np.float64]

_CLOSED = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR", "CLOSED_PLANAR_XOR")
_CONTOUR_DATA = 0x30060050
_HALF = 0.5
_SAME_PLANE = 0.01
"""Of the slice distance."""


@dataclass(frozen=True)
class Structures:
    """An RTSTRUCT object.

    Args:
        names: Its structures.
    """

    names: tuple[LabelName, ...]
    _header: Header
    _contours: dict[int, tuple[_Points, ...]]

    @classmethod
    def read(cls, header: Header) -> Self:
        """Read the object.

        Raises:
            FormatError: It is damaged, or holds lines that enclose nothing.
        """
        import pydicom

        words = file_words(header.path, header.person)
        try:
            dataset = pydicom.dcmread(header.path, force=True)
            names = [
                LabelName(int(structure.ROINumber), str(structure.get("ROIName", "")))
                for structure in dataset.StructureSetROISequence
            ]
            contours: dict[int, tuple[_Points, ...]] = {}
            for structure in dataset.get("ROIContourSequence") or ():
                found = tuple(_corners(contour) for contour in structure.get("ContourSequence") or ())
                number = int(structure.ReferencedROINumber)
                contours[number] = contours.get(number, ()) + found
        except Exception as error:  # damaged objects make pydicom raise almost anything
            why = str(error) if isinstance(error, _OpenLineError) else f"damaged contours ({type(error).__name__})"
            msg = f"{words}: found {why}; wanted closed contours in planes."
            raise FormatError(msg) from error
        return cls(tuple(names), header, contours)

    def draw(self, number: int, grid: Grid) -> npt.NDArray[np.bool_]:
        """Return the (Z, Y, X) voxels of a structure on a canonical grid.

        A contour belongs to the slice that is nearest, by half a slice distance at most; of contours in several planes
        that are nearest to one slice, those of the nearest plane count. Slices without a contour stay empty. Within a
        slice see `fill_even_odd`.

        Raises:
            GeometryError: A contour runs through several slices, or lies outside the image.
        """
        region = np.zeros(grid.shape, dtype=np.bool_)
        to_index = np.linalg.inv(grid.affine)
        planes: dict[tuple[int, int], list[tuple[float, _Points]]] = {}
        for corners in self._contours.get(number, ()):
            index = corners @ to_index[:3, :3].T + to_index[:3, 3]
            axis, place = self._plane(index, grid)
            slice_ = int(np.clip(np.rint(place), 0, grid.shape[axis] - 1))
            planes.setdefault((axis, slice_), []).append((place, np.delete(index, axis, axis=1)))
        for (axis, slice_), found in planes.items():
            picture = np.moveaxis(region, axis, 0)[slice_]
            picture |= fill_even_odd(_nearest(found, slice_), (picture.shape[0], picture.shape[1]))
        return region

    def _plane(self, index: _Points, grid: Grid) -> tuple[int, float]:
        """Return the axis along which a contour is flat, and where it lies."""
        extents = np.ptp(index, axis=0)
        axis = int(extents.argmin())
        place = float(index[:, axis].mean())
        size = np.array(grid.shape)
        words = file_words(self._header.path, self._header.person)
        if extents[axis] > _HALF:
            msg = f"{words}: found a contour that runs through {extents[axis]:.2g} slices; wanted one of {grid}."
            raise GeometryError(msg)
        inside = -_HALF <= place <= size[axis] - _HALF and bool(np.all(index > -1) and np.all(index < size))
        if not inside:
            msg = f"{words}: found a contour outside the image; wanted all of it within {grid}."
            raise GeometryError(msg)
        return axis, place


class _OpenLineError(ValueError):
    """A contour encloses nothing."""


def _corners(contour: Any) -> _Points:
    """Return the (n, 3) corners of a contour in LPS millimetres; its numbers are read as one text, which is quick."""
    kind = str(contour.get("ContourGeometricType", ""))
    if kind not in _CLOSED:
        msg = f"a contour of the kind {kind or 'none'}"
        raise _OpenLineError(msg)
    raw = contour.get_item(_CONTOUR_DATA).value
    numbers = raw.decode("ascii").strip(" \0").split("\\") if isinstance(raw, bytes) else raw
    return np.array(numbers, dtype=np.float64).reshape(-1, 3)


def _nearest(found: Sequence[tuple[float, _Points]], slice_: int) -> list[_Points]:
    """Return the contours of the plane that is nearest to a slice."""
    nearest = min((abs(place - slice_), place) for place, _ in found)[1]
    return [corners for place, corners in found if abs(place - nearest) <= _SAME_PLANE]
