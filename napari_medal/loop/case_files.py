"""The files of a case in the project's folder."""

import shutil
from functools import partial
from pathlib import Path

from napari_medal.atomic import write_atomic
from napari_medal.core.found_case import FoundImage
from napari_medal.core.reader import CloseLook
from napari_medal.io.companions import companions
from napari_medal.io.nifti import READER as NIFTI
from napari_medal.io.nifti import copy_without_text
from napari_medal.io.read import VolumeFiles
from napari_medal.io.write_volume import write_volume


class CaseFiles:
    """Writes the images of one case into its folder.

    Args:
        files: Reads images.
        folder: Of the case; made when something is written.
        name: The case's, for files that get a new name.
        channels: How many volumes there are in all.
        hides_names: Whether files get new names even where their content stays.
    """

    def __init__(self, files: VolumeFiles, folder: Path, name: str, channels: int, hides_names: bool) -> None:
        self._files = files
        self._folder = folder
        self._name = name
        self._channels = channels
        self._hides_names = hides_names
        self._taken: set[str] = set()
        self._written = 0

    def take(self, image: FoundImage, look: CloseLook, changed: bool) -> list[Path]:
        """Write an image: byte for byte if it holds nothing but image and geometry, else as NIfTI without text.

        Args:
            image: Where it lies.
            look: What was read from it.
            changed: Whether the volumes are no longer what the file holds.
        """
        original = image.files[0]
        is_nifti = self._files.reader_of(image).name == NIFTI.name
        if (
            not changed
            and self._files.is_bare(image)
            and not (self._hides_names and (is_nifti or companions(original)))
        ):
            target = self._folder / self._free(self._new_name(_ending(original)), original.name)
            _copy(original, target)
            written = [target]
        elif not changed and is_nifti and image.volume is None:
            ending = ".nii" if original.name.lower().endswith(".nii") else ".nii.gz"
            target = self._folder / self._free(self._new_name(ending), _with_ending(original, ending))
            copy_without_text(original, target)
            written = [target]
        else:
            written = [self._folder / self._free(self._new_name(".nii.gz", at), "") for at in range(len(look.volumes))]
            for volume, target in zip(look.volumes, written, strict=True):
                write_volume(target, volume)
        self._written += len(look.volumes)
        return written

    def _new_name(self, ending: str, place: int = 0) -> str:
        return f"{self._name}{ending}" if self._channels == 1 else f"{self._name}_{self._written + place:04d}{ending}"

    def _free(self, new: str, own: str) -> str:
        """Return the file's own name where it may keep it, can be shown, and no other channel has it."""
        keeps = own.isprintable() and not self._hides_names and own not in self._taken
        name = own if own and keeps else new
        self._taken.add(name)
        return name


def copy_file(original: Path, folder: Path) -> Path:
    """Copy a file into a folder, and what belongs to it, atomically."""
    _copy(original, folder / original.name)
    return folder / original.name


def _copy(original: Path, target: Path) -> None:
    for path in companions(original):
        write_atomic(target.parent / path.name, partial(_copy_content, path))
    write_atomic(target, partial(_copy_content, original))


def _copy_content(original: Path, copy: Path) -> None:
    shutil.copyfile(original, copy)


def _ending(path: Path) -> str:
    return "".join(path.suffixes[-2:]) if path.name.lower().endswith(".gz") else path.suffix


def _with_ending(path: Path, ending: str) -> str:
    from napari_medal.io.case_name import stem

    return f"{stem(path)}{ending}"
