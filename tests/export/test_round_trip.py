"""What leaves in a format comes back through the reader of such folders, voxel for voxel."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.progress import Silent
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.exporting import export
from napari_medal.loop.session import Session
from tests.small import small_session

Back = Callable[[Path], Source]


def plain(folder: Path) -> Source:
    return Source(folder / "images", folder / "masks" / "segmentation")


def nnunet(folder: Path) -> Source:
    return Source(folder / "Dataset501_Small", form="nnunet")


def decathlon(folder: Path) -> Source:
    return Source(folder / "Task01_Small", form="decathlon")


def bids(folder: Path) -> Source:
    return Source(folder, form="bids")


@pytest.mark.parametrize(
    ("format_name", "reader", "back"),
    [
        ("nifti", "plain", plain),
        ("nnunet", "nnunet", nnunet),
        ("decathlon", "decathlon", decathlon),
        ("bids", "bids", bids),
    ],
)
def test_masks_come_back_bit_for_bit(
    curated: Session, tmp_path: Path, format_name: str, reader: str, back: Back
) -> None:
    if reader not in curated.extensions.folders.names():
        pytest.skip(f"no reader of folders called '{reader}' is installed")
    export(curated, tmp_path / "out", format_name, Silent())
    again = small_session(tmp_path / "again")
    add_cases(again, back(tmp_path / "out"), Silent())
    before = _masks(curated)
    after = _masks(again)
    assert len(after) == len(before) == 5
    for (name, mask), (other_name, other) in zip(before, after, strict=True):
        assert name.replace("_", "") in other_name.replace("_", "").replace("-", "")
        assert np.array_equal(mask, other)
    again.close()


def _masks(session: Session) -> list[tuple[str, np.ndarray]]:
    found = []
    for name, annotation in sorted(session.project.annotations.current("segmentation").items()):
        assert annotation.mask is not None
        found.append((name, session.files.read(annotation.mask)[0].array))
    return found
