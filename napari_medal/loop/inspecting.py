"""How the images of a folder lie in space, and whether their masks fit, before there is a project."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.progress import Progress
from napari_medal.core.reader import CloseLook
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.align import align
from napari_medal.io.fit_label import fit_label
from napari_medal.io.letters_in_picture import letters_in_picture
from napari_medal.io.read import VolumeFiles
from napari_medal.loop.finding import find_cases, recognise, throwaway_pseudonyms
from napari_medal.loop.session import Extensions

_ANY_VALUE = LabelScheme(tuple(LabelClass(value, f"label {value}", "#000000") for value in range(1, 256)))


class MaskFit(StrEnum):
    """How a mask lies on its image."""

    NONE = "none"
    FITS = "fits"
    REPAIRABLE = "repairable"
    REFUSED = "refused"


@dataclass(frozen=True)
class CaseGeometry:
    """One case.

    Args:
        name: Of the case.
        channels: How many there are.
        shape: Voxels (z, y, x) of the first, canonical; None for a case that would be broken.
        spacing_mm: Of the first, (z, y, x).
        orientation: Where the first file's own axes grow to, such as "RAS".
        obliquity_degrees: Largest angle between an axis and the patient's.
        mask: Whether its mask fits.
        notes: What is odd.
    """

    name: str
    channels: int
    shape: tuple[int, int, int] | None
    spacing_mm: tuple[float, float, float] | None
    orientation: str
    obliquity_degrees: float
    mask: MaskFit
    notes: tuple[FileNote, ...]


@dataclass(frozen=True)
class Inspection:
    """A folder: what people call its form, its cases, and remarks on what is left out."""

    form: str
    cases: tuple[CaseGeometry, ...]
    remarks: tuple[str, ...] = ()


def inspect_folder(
    folder: Path, labels: Path | None, form: str, extensions: Extensions, progress: Progress
) -> Inspection:
    """Look closely at every image and mask that would be taken in; nothing is repaired, and nothing is kept.

    Raises:
        FormatError: A folder is missing or contradicts itself.
        ExtensionError: There is no such form of folder.
    """
    files = VolumeFiles.of(extensions.readers)
    finding = find_cases(folder, form, extensions.folders, throwaway_pseudonyms, progress)
    masks = {case.name: case.mask for case in finding.cases if case.mask is not None}
    if labels is not None:
        masks |= recognise(labels, extensions.folders).masks(labels, finding.cases)
    cases = []
    for done, case in enumerate(finding.cases):
        progress.step(done, len(finding.cases), "Looking at cases")
        cases.append(_geometry(files, case, masks.get(case.name)))
    return Inspection(finding.reader.title, tuple(cases), finding.remarks)


def _geometry(files: VolumeFiles, case: FoundCase, mask: FoundImage | None) -> CaseGeometry:
    try:
        looks, notes = _looks(files, case)
    except (FormatError, GeometryError, OSError) as error:
        broken = FileNote(NoteKind.OTHER, Verdict.REFUSED, str(error))
        return CaseGeometry(case.name, 0, None, None, "", 0.0, MaskFit.NONE, (*case.notes, broken))
    channels = sum(len(look.volumes) for look in looks)
    if not looks[0].volumes:
        found = tuple(dict.fromkeys([*case.notes, *notes]))
        return CaseGeometry(case.name, channels, None, None, looks[0].orientation, 0.0, MaskFit.NONE, found)
    grid = looks[0].volumes[0].grid
    fit, further = _fit(files, mask, grid)
    return CaseGeometry(
        name=case.name,
        channels=channels,
        shape=grid.shape,
        spacing_mm=grid.spacing_mm,
        orientation=looks[0].orientation,
        obliquity_degrees=grid.obliquity_degrees,
        mask=fit,
        notes=tuple(dict.fromkeys([*case.notes, *notes, *further])),
    )


def _looks(files: VolumeFiles, case: FoundCase) -> tuple[list[CloseLook], list[FileNote]]:
    looks: list[CloseLook] = []
    notes: list[FileNote] = []
    for image in case.images:
        look = files.look(image)
        notes += [*look.notes, *letters_in_picture(files, image, look)]
        if looks and looks[0].volumes and look.volumes:
            aligned = align(looks[0], case.images[0].files[0], look, image.files[0], repair=False)
            notes += [] if aligned.note is None else [aligned.note]
        looks.append(look)
    return looks, notes


def _fit(files: VolumeFiles, mask: FoundImage | None, grid: Grid) -> tuple[MaskFit, Sequence[FileNote]]:
    if mask is None:
        return MaskFit.NONE, ()
    try:
        fitted = fit_label(files, mask, grid, _ANY_VALUE, repair=False)
    except (FormatError, GeometryError, OSError) as error:
        return MaskFit.REFUSED, [FileNote(NoteKind.LABEL_GRID, Verdict.REFUSED, str(error))]
    if fitted.mask is not None:
        return MaskFit.FITS, fitted.notes
    repairable = all(note.verdict is not Verdict.REFUSED for note in fitted.notes)
    return MaskFit.REPAIRABLE if repairable else MaskFit.REFUSED, fitted.notes
