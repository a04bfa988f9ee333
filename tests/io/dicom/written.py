"""DICOM objects made for tests, about a patient whose name must not turn up anywhere."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, RTStructureSetStorage, generate_uid

STRAIGHT = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
PERSON = {
    "PatientName": "Featherstonehaugh^Zebediah",
    "PatientID": "HOSP-998877",
    "PatientBirthDate": "19330521",
    "InstitutionName": "Saint Swithin Infirmary",
    "ReferringPhysicianName": "Quackenbush^Hiram",
    "AccessionNumber": "ACC556677",
}
SECRETS = ("featherstone", "zebediah", "998877", "19330521", "swithin", "quackenbush", "556677")


def slice_object(pixels: npt.NDArray[Any], position: Sequence[float] | None = (0.0, 0.0, 0.0), **tags: Any) -> Dataset:
    """Make an object of one picture, (row, column) or (row, column, 3); `tags` come on top, None takes one away."""
    dataset = Dataset()
    wanted: dict[str, Any] = {
        **PERSON,
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": generate_uid(),
        "StudyInstanceUID": "1.2.3",
        "SeriesInstanceUID": "1.2.3.1",
        "FrameOfReferenceUID": "1.2.3.9",
        "Modality": "CT",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "InstanceNumber": 1,
        "ImagePositionPatient": None if position is None else [float(value) for value in position],
        "ImageOrientationPatient": None if position is None else list(STRAIGHT),
        "PixelSpacing": None if position is None else [1.0, 1.0],
        "SliceThickness": 2.0,
        "SamplesPerPixel": 1 if pixels.ndim == 2 else 3,
        "PhotometricInterpretation": "MONOCHROME2" if pixels.ndim == 2 else "RGB",
        "PlanarConfiguration": None if pixels.ndim == 2 else 0,
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "BitsAllocated": pixels.dtype.itemsize * 8,
        "BitsStored": pixels.dtype.itemsize * 8,
        "HighBit": pixels.dtype.itemsize * 8 - 1,
        "PixelRepresentation": int(pixels.dtype.kind == "i"),
        "PixelData": pixels.tobytes(),
        **tags,
    }
    for name, value in wanted.items():
        if value is not None:
            setattr(dataset, name, value)
    return dataset


def write(dataset: Dataset, path: Path, syntax: UID = ExplicitVRLittleEndian) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.save_as(path, enforce_file_format=True)
    return path


def write_stack(folder: Path, array: npt.NDArray[Any], along: Sequence[float] | None = None, **tags: Any) -> list[Path]:
    """Write (slice, row, column) pixels as a straight axial series, 2 mm apart or at the places `along`."""
    places = [2.0 * number for number in range(len(array))] if along is None else along
    return [
        write(slice_object(pixels, (10.0, 20.0, place), InstanceNumber=number + 1, **tags), folder / f"i{number}.dcm")
        for number, (pixels, place) in enumerate(zip(array, places, strict=True))
    ]


def structure_set(regions: Mapping[str, Sequence[npt.NDArray[np.float64]]], series: str = "1.2.3.1") -> Dataset:
    """Make an RTSTRUCT of closed contours, each (n, 3) in LPS millimetres."""
    dataset = Dataset()
    for name, value in {**PERSON, "SOPClassUID": RTStructureSetStorage, "Modality": "RTSTRUCT"}.items():
        setattr(dataset, name, value)
    dataset.SOPInstanceUID, dataset.StudyInstanceUID, dataset.SeriesInstanceUID = generate_uid(), "1.2.3", "1.2.3.7"
    referenced_series, study, space = Dataset(), Dataset(), Dataset()
    referenced_series.SeriesInstanceUID = series
    study.RTReferencedSeriesSequence = Items([referenced_series])
    space.FrameOfReferenceUID, space.RTReferencedStudySequence = "1.2.3.9", Items([study])
    dataset.ReferencedFrameOfReferenceSequence = Items([space])
    dataset.StructureSetROISequence, dataset.ROIContourSequence = Items([]), Items([])
    for number, (name, contours) in enumerate(regions.items(), 1):
        structure, drawn = Dataset(), Dataset()
        structure.ROINumber, structure.ROIName = number, name
        drawn.ReferencedROINumber, drawn.ContourSequence = number, Items([])
        for corners in contours:
            contour = Dataset()
            contour.ContourGeometricType, contour.NumberOfContourPoints = "CLOSED_PLANAR", len(corners)
            contour.ContourData = [f"{value:.6f}" for value in corners.ravel()]
            drawn.ContourSequence.append(contour)
        dataset.StructureSetROISequence.append(structure)
        dataset.ROIContourSequence.append(drawn)
    return dataset
