"""The headers of all DICOM files below a folder."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from napari_medal.core.progress import Progress
from napari_medal.errors import FormatError
from napari_medal.io.dicom.header import Header
from napari_medal.io.dicom.signature import is_dicom

_DIRECTORY = "DICOMDIR"
_LABELS = frozenset({"SEG", "RTSTRUCT"})
_NO_IMAGES = _LABELS | {"RTDOSE", "RTPLAN", "RTIMAGE", "RTRECORD", "SR", "PR", "KO", "REG", "RWV", "FID", "DOC", "ECG"}
_SCOUTS = frozenset({"LOCALIZER", "SCOUT"})


@dataclass(frozen=True)
class DicomTree:
    """What was found, in order of the paths; a DICOMDIR is not needed, and passed over.

    Args:
        images: Headers of images, scouts left out.
        labels: Headers of segmentations and structure sets.
        damaged: Files that begin as DICOM and cannot be read.
    """

    images: tuple[Header, ...]
    labels: tuple[Header, ...]
    damaged: tuple[Path, ...]

    @classmethod
    def read(cls, folder: Path, progress: Progress) -> Self:
        """Read all headers below a folder."""
        paths = [path for path in files_below(folder) if path.name != _DIRECTORY and is_dicom(path)]
        headers: list[Header] = []
        damaged: list[Path] = []
        for done, path in enumerate(paths):
            progress.step(done, len(paths), "Reading DICOM headers")
            try:
                header = Header.read(path)
            except FormatError:
                damaged.append(path)
                continue
            if header.modality or header.pixels is not None:
                headers.append(header)
            else:
                damaged.append(path)
        return cls(
            tuple(header for header in headers if _is_image(header)),
            tuple(header for header in headers if header.modality in _LABELS),
            tuple(damaged),
        )


def files_below(folder: Path) -> Iterator[Path]:
    """List the files below a folder that are not hidden, sorted within each folder."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))


def _is_image(header: Header) -> bool:
    is_scout = bool(_SCOUTS & set(header.image_type))
    return header.pixels is not None and header.modality not in _NO_IMAGES and not is_scout
