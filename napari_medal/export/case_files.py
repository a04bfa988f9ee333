"""The image files of one case on their way out."""

import shutil
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.volume import Volume
from napari_medal.errors import ExportError
from napari_medal.export.image_copy import copy_image
from napari_medal.io.nifti import READER as NIFTI
from napari_medal.io.nifti import read_grid, stored_form
from napari_medal.io.read import VolumeFiles
from napari_medal.types import LabelArray

Change = Callable[[LabelArray], LabelArray]
"""Turns (Z, Y, X) label values into those of a format."""


class CaseFiles:
    """Writes channels and masks of a case, all with one shape, axis order and position, as programs expect them.

    Channels that are stored alike are copied; those that are not are turned into the axis order of the first one.
    """

    def __init__(self, case: Case, files: VolumeFiles, check: Callable[[], None]) -> None:
        self._case = case
        self._files = files
        self._check = check

    @cached_property
    def grid(self) -> Grid:
        """The canonical grid.

        Raises:
            FormatError: An image cannot be read.
        """
        first = self._case.images[0]
        is_nifti = first.name.lower().endswith(NIFTI.suffixes)
        return read_grid(first) if is_nifti else self._volumes[0].grid

    @cached_property
    def channels(self) -> int:
        """How many channels there are: a colour picture is one file of three.

        Raises:
            FormatError, GeometryError: An image cannot be read, or lies on another grid than the first.
        """
        return len(self._case.images) if self._stored_alike else len(self._volumes)

    def write_channels(self, target: Callable[[int], Path]) -> int:
        """Write one file for each channel, and return how many there are.

        Raises:
            FormatError, GeometryError: An image cannot be read, or lies on another grid than the first.
        """
        if self._stored_alike:
            for channel, image in enumerate(self._case.images):
                path = target(channel)
                copy_image(self._files, image, path.parent, path.name.removesuffix(".nii.gz"), self._check)
            return len(self._case.images)
        for channel, volume in enumerate(self._volumes):
            self._write(target(channel), volume)
        return len(self._volumes)

    def write_stack(self, target: Path) -> int:
        """Write all channels into one file, and return how many there are.

        Raises:
            FormatError, GeometryError: An image cannot be read, or lies on another grid than the first.
        """
        if len(self._case.images) == 1 and self._stored_alike:
            return self.write_channels(lambda _: target)
        self._write(target, *self._volumes)
        return len(self._volumes)

    def write_mask(
        self, annotation: Annotation, target: Path, scheme: LabelScheme, change: Change | None = None
    ) -> None:
        """Write a mask on the first channel; without a `change` of its values it is the kept file itself, if it can be.

        Raises:
            ExportError: The answer is no mask.
            FormatError, GeometryError: The mask cannot be read, or does not fit.
        """
        if change is None and self._stored_alike:
            self.copy_mask(annotation, target)
            return
        self._check()
        mask = self._files.read_mask(_kept(annotation), self.grid, scheme)
        self._write(target, Volume(mask if change is None else change(mask), self.grid))

    def copy_mask(self, annotation: Annotation, target: Path) -> None:
        """Write a mask as it is kept: on the first image's own grid, whatever that is.

        Raises:
            ExportError: The answer is no mask.
        """
        self._check()
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_kept(annotation), target)

    def write_flags(self, flags: LabelArray, target: Path) -> None:
        """Write another (Z, Y, X) mask on the first channel."""
        self._write(target, Volume(flags, self.grid))

    def _write(self, target: Path, *volumes: Volume) -> None:
        from napari_medal.io.nifti_stack import write_stack

        self._check()
        write_stack(target, volumes, self._case.images[0] if self._has_three_axes else None)

    @cached_property
    def _volumes(self) -> tuple[Volume, ...]:
        self._check()
        return self._files.read_case(self._case.images)

    @cached_property
    def _has_three_axes(self) -> bool:
        """Whether the first channel is a NIfTI file that every program takes for a volume."""
        return _three_axes(self._case.images[0])

    @cached_property
    def _stored_alike(self) -> bool:
        """Whether every channel is such a file, and stored like the first."""
        images = self._case.images
        if not all(map(_three_axes, images)):
            return False
        first = stored_form(images[0])[1].source
        return all(stored_form(image)[1].source.matches(first) for image in images[1:])


def _three_axes(image: Path) -> bool:
    if not image.name.lower().endswith(NIFTI.suffixes):
        return False
    fields, turns = stored_form(image)
    lengths = [int(length) for length in fields["dim"][1 : int(fields["dim"][0]) + 1]]
    return lengths == list(turns.source.shape) and bool((fields["pixdim"][1:4] != 0).all())


def _kept(annotation: Annotation) -> Path:
    if annotation.mask is None:
        msg = f"{annotation.case}: found no mask for the task '{annotation.task}'; wanted one."
        raise ExportError(msg)
    return annotation.mask
