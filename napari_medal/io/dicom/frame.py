"""One picture of a DICOM series."""

import math
from dataclasses import dataclass
from typing import Any

from napari_medal.errors import FormatError
from napari_medal.io.dicom.file_words import file_words
from napari_medal.io.dicom.header import Header, Vector
from napari_medal.io.dicom.pixel_form import PixelForm


@dataclass(frozen=True)
class Frame:
    """A picture: a whole object, or a frame of one that holds many. None where geometry is not said.

    Args:
        header: Of the object.
        pixels: How it is stored.
        number: Counted from 1 in an object of many; 0 in an object of one.
        position_mm: LPS position (x, y, z) of the centre of its first pixel.
        orientation: LPS direction along a row, then along a column.
        spacing_mm: Between rows, and between columns.
        thickness_mm: Of the slice.
        between_mm: From slice to slice, as the object says.
        slope: From stored to real values.
        intercept: From stored to real values.
        parts: What tells the volumes of one series apart, as in `Header.parts`.
    """

    header: Header
    pixels: PixelForm
    number: int
    position_mm: Vector | None
    orientation: Vector | None
    spacing_mm: Vector | None
    thickness_mm: float | None
    between_mm: float | None
    slope: float
    intercept: float
    parts: tuple[str, ...]

    @property
    def is_placed(self) -> bool:
        """Whether it is said where the picture lies in the patient."""
        return None not in (self.position_mm, self.orientation, self.spacing_mm)


def frames_of(header: Header) -> list[Frame]:
    """Return the pictures of an object; those of an object of many have what its functional groups say.

    Raises:
        FormatError: It holds no pixels, or functional groups that do not fit.
    """
    if header.pixels is None:
        msg = f"{file_words(header.path, header.person)}: found a DICOM object ({header.modality or 'of no kind'}) "
        raise FormatError(msg + "without pixels; wanted an image.")
    if header.pixels.frames > header.path.stat().st_size:
        found = f"{header.pixels.frames} frames in a file of {header.path.stat().st_size} bytes"
        msg = f"{file_words(header.path, header.person)}: found {found}; wanted no more than it can hold."
        raise FormatError(msg)
    groups = _functional_groups(header) if header.position_mm is None else None
    if groups is None:
        several = header.pixels.frames > 1
        return [_plain(header, header.pixels, number + 1 if several else 0) for number in range(header.pixels.frames)]
    shared, own = groups
    if len(own) != header.pixels.frames:
        found = f"{len(own)} functional groups for {header.pixels.frames} frames"
        msg = f"{file_words(header.path, header.person)}: found {found}; wanted one for each."
        raise FormatError(msg)
    several = len(own) > 1
    return [
        _grouped(header, header.pixels, number + 1 if several else 0, (group, shared))
        for number, group in enumerate(own)
    ]


def _plain(header: Header, pixels: PixelForm, number: int) -> Frame:
    return Frame(
        header,
        pixels,
        number,
        header.position_mm,
        header.orientation,
        header.spacing_mm,
        header.thickness_mm,
        header.between_mm,
        header.slope,
        header.intercept,
        header.parts,
    )


def _functional_groups(header: Header) -> tuple[Any, list[Any]] | None:
    """Read shared and per-frame functional groups; None in an object without."""
    import pydicom

    wanted = ["SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"]
    try:
        dataset = pydicom.dcmread(header.path, stop_before_pixels=True, specific_tags=wanted, force=True)
        own = list(dataset.get("PerFrameFunctionalGroupsSequence") or ())
        shared = list(dataset.get("SharedFunctionalGroupsSequence") or ())
    except Exception as error:  # a damaged file makes pydicom raise almost anything
        msg = f"{file_words(header.path, header.person)}: found damaged functional groups; wanted whole ones."
        raise FormatError(msg) from error
    return (shared[0] if shared else pydicom.Dataset(), own) if own else None


def _grouped(header: Header, pixels: PixelForm, number: int, groups: tuple[Any, Any]) -> Frame:
    try:
        measures = _macro(groups, "PixelMeasuresSequence")
        values = _macro(groups, "PixelValueTransformationSequence")
        return Frame(
            header,
            pixels,
            number,
            _vector(_macro(groups, "PlanePositionSequence"), "ImagePositionPatient", 3),
            _vector(_macro(groups, "PlaneOrientationSequence"), "ImageOrientationPatient", 6),
            _vector(measures, "PixelSpacing", 2),
            _number(measures, "SliceThickness", None),
            _number(measures, "SpacingBetweenSlices", None),
            _number(values, "RescaleSlope", header.slope) or 1.0,
            _number(values, "RescaleIntercept", header.intercept) or 0.0,
            _parts(groups),
        )
    except Exception as error:  # broken elements make pydicom raise almost anything
        words = file_words(header.path, header.person)
        msg = f"{words}: found broken elements in frame {number or 1}; wanted whole ones."
        raise FormatError(msg) from error


def _parts(groups: tuple[Any, Any]) -> tuple[str, ...]:
    """Return what tells volumes apart: echo, time, b-value, kind of image, acquisition, stack."""
    content = _macro(groups, "FrameContentSequence")
    kind = _macro(groups, "MRImageFrameTypeSequence") or _macro(groups, "CTImageFrameTypeSequence")
    return (
        _text(_macro(groups, "MREchoSequence"), "EffectiveEchoTime"),
        _text(content, "TemporalPositionIndex"),
        _text(_macro(groups, "MRDiffusionSequence"), "DiffusionBValue"),
        _text(kind, "FrameType"),
        _text(content, "FrameAcquisitionNumber"),
        _text(content, "StackID"),
    )


def _macro(groups: tuple[Any, Any], name: str) -> Any:  # a data set of pydicom, or nothing
    """Return what the frame's own group says, else what all share."""
    for group in groups:
        found = group.get(name)
        if found:
            return found[0]
    return None


def _vector(item: Any, name: str, length: int) -> Vector | None:
    """Return finite numbers.

    Raises:
        ValueError: They are not finite, or not so many.
    """
    value = None if item is None else item.get(name)
    if value is None:
        return None
    numbers = tuple(float(number) for number in value)
    if len(numbers) != length or not all(map(math.isfinite, numbers)):
        msg = f"{len(numbers)} numbers"
        raise ValueError(msg)
    return numbers


def _number(item: Any, name: str, default: float | None) -> float | None:
    value = None if item is None else item.get(name)
    if value is None:
        return default
    number = float(value)
    if not math.isfinite(number):
        msg = f"{number}"
        raise ValueError(msg)
    return number


def _text(item: Any, name: str) -> str:
    value = None if item is None else item.get(name)
    return "" if value is None else str(value)
