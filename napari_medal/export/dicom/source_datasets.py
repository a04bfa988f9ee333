"""What highdicom has to know of a series."""

from typing import TYPE_CHECKING

from napari_medal.core.series_source import SeriesSource
from napari_medal.errors import ExportError
from napari_medal.export.dicom.decimals import decimals
from napari_medal.export.dicom.person_name import person_name
from napari_medal.export.dicom.plain_text import plain_text

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_NOWHERE_MM = 1e6
_WITH_FRAMES = (
    "Enhanced",
    "Multi-frame",
    "Nuclear Medicine",
    "Ophthalmic Tomography",
    "Ophthalmic Photography",
    "Intravascular",
    "Wide Field",
    "Microscopy",
    "Photoacoustic",
    "Projection X-Ray",
    "Video",
    "RT Image",
    "RT Dose",
    "Tomosynthesis",
    "X-Ray 3D",
    "X-Ray Angiographic",
    "Radiofluoroscopic",
)
"""Words in the names of kinds of objects that hold frames, be it a single one."""


def source_datasets(series: SeriesSource, subject: str) -> "list[Dataset]":
    """Return one dataset without pixels for each DICOM object of a series, in the order of its slices.

    The patient's name and identifier are the pseudonym; sex, dates and numbers of the exam stay empty.

    Raises:
        ExportError: The objects are of a private kind.
    """
    if not _is_public(series.sop_class_uid):
        msg = "its series holds objects of a kind that the DICOM standard does not know"
        raise ExportError(msg)
    objects = dict.fromkeys(slice_.sop_instance_uid for slice_ in series.slices)
    return [_object(series, uid, subject) for uid in objects]


def _object(series: SeriesSource, uid: str, subject: str) -> "Dataset":
    from pydicom.dataset import Dataset

    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientID, dataset.PatientName = plain_text(subject), person_name(subject)
    dataset.PatientBirthDate = dataset.PatientSex = ""
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = "napari-medal: pseudonym, no dates; UIDs kept"
    dataset.PatientOrientation = ""
    dataset.StudyID = dataset.AccessionNumber = dataset.ReferringPhysicianName = ""
    dataset.StudyDate = dataset.StudyTime = None
    dataset.StudyInstanceUID = series.study_instance_uid
    dataset.SeriesInstanceUID = series.series_instance_uid
    dataset.SOPClassUID = series.sop_class_uid
    dataset.SOPInstanceUID = uid
    dataset.Modality = series.modality
    dataset.Rows, dataset.Columns = series.rows, series.columns
    if series.frame_of_reference_uid:
        dataset.FrameOfReferenceUID = series.frame_of_reference_uid
    places = {slice_.frame: slice_.position_mm for slice_ in series.slices if slice_.sop_instance_uid == uid}
    if holds_frames(series):
        _place_frames(dataset, series, {max(frame, 1): position_mm for frame, position_mm in places.items()})
    else:
        _place(dataset, series, places[0])
    return dataset


def _is_public(uid: str) -> bool:
    from pydicom.uid import UID

    return UID(uid).type == "SOP Class"


def holds_frames(series: SeriesSource) -> bool:
    """Tell whether the objects of a series are of a kind that holds frames."""
    from pydicom.uid import UID

    kind = UID(series.sop_class_uid).name
    return any(slice_.frame for slice_ in series.slices) or any(word in kind for word in _WITH_FRAMES)


def _place(dataset: "Dataset", series: SeriesSource, position_mm: tuple[float, float, float]) -> None:
    dataset.ImagePositionPatient = decimals(position_mm)
    dataset.ImageOrientationPatient = decimals(series.orientation)
    dataset.PixelSpacing = decimals(series.pixel_spacing_mm)
    if series.slice_thickness_mm is not None:
        dataset.SliceThickness = decimals([series.slice_thickness_mm])[0]


def _place_frames(dataset: "Dataset", series: SeriesSource, places: dict[int, tuple[float, float, float]]) -> None:
    """Place the frames of a multi-frame object; those of other volumes that it holds lie where nothing matches them."""
    from pydicom.dataset import Dataset

    shared, orientation, measures = Dataset(), Dataset(), Dataset()
    orientation.ImageOrientationPatient = decimals(series.orientation)
    measures.PixelSpacing = decimals(series.pixel_spacing_mm)
    if series.slice_thickness_mm is not None:
        measures.SliceThickness = decimals([series.slice_thickness_mm])[0]
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [orientation], [measures]
    dataset.NumberOfFrames = max(places)
    dataset.SharedFunctionalGroupsSequence = [shared]
    frames = []
    for number in range(1, max(places) + 1):
        frame, position = Dataset(), Dataset()
        position.ImagePositionPatient = decimals(places.get(number, (_NOWHERE_MM + number,) * 3))
        frame.PlanePositionSequence = [position]
        frames.append(frame)
    dataset.PerFrameFunctionalGroupsSequence = frames
