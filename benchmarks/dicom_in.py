"""Time reading a DICOM series beside SimpleITK in the same run, and print the ratio as a Markdown table.

500 slices of 512 x 512 are made in a temporary folder. Both read and sort them in turns, five times each; medians. What
comes into a project is packed as NIfTI, looked at, summed, and entered into the catalogue; SimpleITK packs it too.
"""

import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import SimpleITK
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from napari_medal.core.found_case import FoundImage
from napari_medal.core.progress import Silent
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.io.dicom.reader import READER
from napari_medal.io.folders.dicom import FOLDER
from napari_medal.loop.adding import Source
from napari_medal.loop.creating import TaskWish
from napari_medal.loop.making import ProjectWish, make_project
from napari_medal.loop.session import installed_extensions

_SLICES = 500
_SIZE = 512
_REPEATS = 5


def main() -> None:
    print("| what | napari-medal | peer | time | ratio |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_series(folder)
        files = tuple(sorted(folder.iterdir()))
        ours, theirs = in_turns(lambda: READER.look(FoundImage(files), repair=False), lambda: by_itk(folder))
        print(row(f"sort and read a CT series of {_SLICES} slices", ours, theirs), flush=True)
        finding, listing = in_turns(
            lambda: FOLDER.find(folder, Pseudonyms(b"benchmark-key---"), Silent()), lambda: names_by_itk(folder)
        )
        print(row("find its case by the headers", finding, listing), flush=True)
        os.environ["MEDAL_PSEUDONYM_KEY"] = str(folder.with_name(f"{folder.name}.key"))
        number = itertools.count()
        with tempfile.TemporaryDirectory() as out:
            added, written = in_turns(
                lambda: into_project(folder, Path(out) / str(next(number))),
                lambda: SimpleITK.WriteImage(by_itk(folder), str(Path(out) / "peer.nii.gz")),
            )
        print(row("take it into a project, packed", added, written))


def row(what: str, ours: float, theirs: float) -> str:
    return f"| {what} | {ours:.2f} s | SimpleITK | {theirs:.2f} s | {ours / theirs:.2f} |"


def write_series(folder: Path) -> None:
    """Write slices under random names, as they lie on hospital discs."""
    random = np.random.default_rng(0)
    study, series, space = generate_uid(), generate_uid(), generate_uid()
    pixels = random.integers(0, 3000, (_SIZE, _SIZE)).astype(np.int16)
    for number in random.permutation(_SLICES):
        instance = generate_uid()
        dataset = Dataset()
        dataset.SOPClassUID, dataset.SOPInstanceUID = CTImageStorage, instance
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.FrameOfReferenceUID = study, series, space
        dataset.PatientName, dataset.PatientID, dataset.Modality = "Doe^Jane", "4711", "CT"
        dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        dataset.InstanceNumber = int(number) + 1
        dataset.ImagePositionPatient = [-250.0, -250.0, float(number)]
        dataset.ImageOrientationPatient = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
        dataset.PixelSpacing, dataset.SliceThickness = [0.9765625, 0.9765625], 1.0
        dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = _SIZE, _SIZE, 1
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
        dataset.PhotometricInterpretation, dataset.RescaleSlope, dataset.RescaleIntercept = "MONOCHROME2", 1, -1024
        dataset.PixelData = np.roll(pixels, int(number), axis=0).tobytes()
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.save_as(folder / f"{instance}.dcm", enforce_file_format=True)


def names_by_itk(folder: Path) -> tuple[str, ...]:
    """Sort the files of the series by their positions."""
    return tuple(SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder)))


def by_itk(folder: Path) -> SimpleITK.Image:
    """Sort and read the series."""
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(names_by_itk(folder))
    image = reader.Execute()
    SimpleITK.GetArrayViewFromImage(image)
    return image


def into_project(folder: Path, project: Path) -> None:
    """Make a project of the series."""
    wish = TaskWish("segmentation", ("1=lung",))
    report = make_project(ProjectWish(project, "lungs", [wish], Source(folder)), installed_extensions(), Silent())
    assert (len(report.added), report.broken) == (1, ())


def in_turns(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Return the medians of several runs of each, in seconds."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(_REPEATS):
        for work, kept in zip((ours, theirs), times, strict=True):
            began = time.perf_counter()
            work()
            kept.append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    main()
