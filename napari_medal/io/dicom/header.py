"""What the header of a DICOM object says, as far as it is needed."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from napari_medal.errors import FormatError
from napari_medal.io.content import describe_content
from napari_medal.io.dicom.file_words import file_words
from napari_medal.io.dicom.person import Person
from napari_medal.io.dicom.pixel_form import PixelForm
from napari_medal.io.dicom.raw_values import TAGS, RawValues
from napari_medal.io.dicom.signature import is_dicom

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

Vector = tuple[float, ...]


@dataclass(frozen=True)
class Header:
    """The header of one object; empty strings and None where it does not say.

    Args:
        path: The file.
        person: The patient.
        sop_class: Kind of object, a UID.
        sop_instance: UID of the object.
        study: UID of the exam.
        series: UID of the series.
        frame_of_reference: UID that registered series share.
        modality: DICOM's code, such as "MR".
        image_type: Such as ("ORIGINAL", "PRIMARY", "AXIAL").
        texts: Description, protocol and sequence of the series, as typed; may hold anything.
        has_contrast: Whether a contrast agent is named.
        burnt_in: Burned In Annotation: "YES", "NO" or "".
        number: Instance number.
        parts: What tells volumes of one series apart: echo, time, b-value, kind of image, acquisition, trigger.
        position_mm: Image Position (Patient).
        orientation: Image Orientation (Patient).
        spacing_mm: Between rows, and between columns.
        thickness_mm: Slice thickness.
        between_mm: Spacing between slices.
        slope: Rescale slope.
        intercept: Rescale intercept.
        pixels: How pixels are stored; None in an object without.
    """

    path: Path
    person: Person
    sop_class: str
    sop_instance: str
    study: str
    series: str
    frame_of_reference: str
    modality: str
    image_type: tuple[str, ...]
    texts: tuple[str, ...] = field(repr=False)
    has_contrast: bool
    burnt_in: str
    number: int
    parts: tuple[str, ...]
    position_mm: Vector | None
    orientation: Vector | None
    spacing_mm: Vector | None
    thickness_mm: float | None
    between_mm: float | None
    slope: float
    intercept: float
    pixels: PixelForm | None

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the header of a file, and no pixels.

        Raises:
            FormatError: It is no DICOM file, or its header is damaged.
        """
        dataset, offset = _read(path)
        raw = RawValues.of(dataset, path)
        return cls(
            path=path,
            person=Person.of(*map(raw.text, ("PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate"))),
            sop_class=raw.text("SOPClassUID"),
            sop_instance=raw.text("SOPInstanceUID"),
            study=raw.text("StudyInstanceUID"),
            series=raw.text("SeriesInstanceUID"),
            frame_of_reference=raw.text("FrameOfReferenceUID"),
            modality=raw.text("Modality").upper(),
            image_type=tuple(part.strip().upper() for part in raw.text("ImageType").split("\\") if part.strip()),
            texts=tuple(raw.text(name) for name in ("SeriesDescription", "ProtocolName", "SequenceName")),
            has_contrast=raw.text("ContrastBolusAgent").strip().lower() not in {"", "no", "none"},
            burnt_in=raw.text("BurnedInAnnotation").upper(),
            number=int((raw.numbers("InstanceNumber") or (0,))[0]),
            parts=_parts(raw),
            position_mm=raw.vector("ImagePositionPatient", 3),
            orientation=raw.vector("ImageOrientationPatient", 6),
            spacing_mm=raw.vector("PixelSpacing", 2) or raw.vector("ImagerPixelSpacing", 2),
            thickness_mm=raw.number("SliceThickness"),
            between_mm=raw.number("SpacingBetweenSlices"),
            slope=_or(raw.number("RescaleSlope"), 1.0),
            intercept=_or(raw.number("RescaleIntercept"), 0.0),
            pixels=_pixels(raw, str(dataset.file_meta.get("TransferSyntaxUID", "") or ""), offset),
        )


def _read(path: Path) -> tuple["FileDataset", int]:
    """Return the wanted elements of a header, and where the pixels begin."""
    import pydicom

    if not is_dicom(path):
        msg = f"{file_words(path)}: found {_content(path)}; wanted a DICOM file."
        raise FormatError(msg)
    try:
        with path.open("rb") as stream:
            dataset = pydicom.dcmread(stream, stop_before_pixels=True, specific_tags=list(TAGS.values()), force=True)
            return dataset, stream.tell()
    except Exception as error:  # a damaged file makes pydicom raise almost anything
        msg = f"{file_words(path)}: found a damaged DICOM header ({type(error).__name__}); wanted a whole one."
        raise FormatError(msg) from error


def _content(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            start = stream.read(512)
    except OSError as error:
        return f"nothing that can be read ({error.strerror})"
    return describe_content(start) if start else "an empty file (0 bytes)"


def _parts(raw: RawValues) -> tuple[str, ...]:
    echo = raw.text("EchoNumbers") or raw.text("EchoTime")
    time = raw.text("TemporalPositionIdentifier")
    kind = "\\".join(raw.text("ImageType").upper().split("\\")[2:])
    trigger = raw.text("TriggerTime")
    return (echo, time, raw.number_text("DiffusionBValue"), kind, raw.text("AcquisitionNumber"), trigger)


def _pixels(raw: RawValues, transfer_syntax: str, offset: int) -> PixelForm | None:
    rows, columns = raw.whole("Rows"), raw.whole("Columns")
    if not rows or not columns:
        return None
    allocated = raw.whole("BitsAllocated") or 16
    return PixelForm(
        transfer_syntax=transfer_syntax or "1.2.840.10008.1.2",
        offset=offset,
        rows=rows,
        columns=columns,
        samples=raw.whole("SamplesPerPixel") or 1,
        frames=max(1, int((raw.numbers("NumberOfFrames") or (1,))[0])),
        allocated=allocated,
        stored=raw.whole("BitsStored") or allocated,
        signed=raw.whole("PixelRepresentation") == 1,
        photometric=raw.text("PhotometricInterpretation").upper() or "MONOCHROME2",
    )


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
