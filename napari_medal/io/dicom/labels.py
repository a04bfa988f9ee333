"""Masks from SEG and RTSTRUCT objects, and from DICOM images whose values are labels."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.dicom.file_words import file_words
from napari_medal.io.dicom.header import Header
from napari_medal.io.dicom.label_names import LabelName, match_names
from napari_medal.io.dicom.segmentation import Segmentation
from napari_medal.io.dicom.series import look_at_series
from napari_medal.io.dicom.structures import Structures
from napari_medal.types import LabelArray


class _Regions(Protocol):
    """A file of named regions."""

    @property
    def names(self) -> tuple[LabelName, ...]: ...

    def draw(self, number: int, grid: Grid) -> npt.NDArray[np.bool_]: ...


def read_labels(image: FoundImage, grid: Grid, scheme: LabelScheme) -> LabelArray:
    """Return the (Z, Y, X) label values on the canonical grid of an image.

    Regions are matched to labels by name, else by number (`match_names`), and laid on the grid by their positions in
    the patient. Where regions overlap, the label that comes later in the scheme wins.

    Raises:
        FormatError: A file cannot be read.
        GeometryError: A region does not fit the grid, is unknown to the scheme, or is there twice.
    """
    headers = [Header.read(path) for path in sorted(image.files)]
    if all(header.modality not in {"SEG", "RTSTRUCT"} for header in headers):
        return _label_image(image, grid, scheme)
    sources = [_regions(header) for header in headers]
    words = ", ".join(file_words(header.path, header.person) for header in headers)
    found = [(source, name) for source in sources for name in source.names]
    values = match_names([_sayable(name, headers) for _, name in found], scheme, words)
    mask = np.zeros(grid.shape, dtype=np.uint8)
    for label in scheme.classes:
        for (source, name), value in zip(found, values, strict=True):
            if value == label.value:
                mask[source.draw(name.number, grid)] = value
    return mask


def _regions(header: Header) -> _Regions:
    if header.modality == "SEG":
        return Segmentation.read(header)
    if header.modality == "RTSTRUCT":
        return Structures.read(header)
    words = file_words(header.path, header.person)
    msg = f"{words}: found a DICOM object of the kind {header.modality}; wanted SEG or RTSTRUCT."
    raise FormatError(msg)


def _sayable(name: LabelName, headers: Sequence[Header]) -> LabelName:
    """Leave out a typed name that has a word of the patient's in it."""
    text = name.name.casefold()
    hidden = any(word in text for header in headers for word in header.person.words)
    return LabelName(name.number, "(a name)") if hidden else name


def _label_image(image: FoundImage, grid: Grid, scheme: LabelScheme) -> LabelArray:
    look = look_at_series(image, repair=False)
    words = file_words(image.files[0])
    if len(look.volumes) != 1:
        reasons = " ".join(note.words for note in look.notes) or f"{words}: found {len(look.volumes)} channels."
        msg = f"{reasons} Wanted a mask with a single channel."
        raise FormatError(msg)
    mask = look.volumes[0]
    if not mask.grid.matches(grid):
        msg = f"{words} does not lie on its image's grid: the mask has {mask.grid}; the image has {grid}."
        raise GeometryError(msg)
    return scheme.validate_mask(mask.array, words)
