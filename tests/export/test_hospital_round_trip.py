"""From a hospital's DICOM folder into a project, and back to the hospital as DICOM that refers to the same slices."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from scipy.ndimage import gaussian_filter

from napari_medal.core.case import CaseState
from napari_medal.core.progress import Silent
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.exporting import export
from napari_medal.loop.session import Session
from napari_medal.types import LabelArray
from tests.io.dicom.written import SECRETS, write_stack
from tests.small import small_session

TASK = "segmentation"


@pytest.fixture(autouse=True)
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDAL_PSEUDONYM_KEY", str(tmp_path / "pseudonym.key"))


def _project(folder: Path, images: Path, labels: Path | None = None) -> Session:
    session = small_session(folder)
    report = add_cases(session, Source(images, labels), Silent())
    assert not report.refused_labels
    return session


def _drawn(session: Session, name: str, seed: int, smooth: float = 0.0) -> LabelArray:
    """Accept blobs with holes and islands in both labels; they are the larger, the smoother the noise is."""
    case = session.project.cases.get(name)
    grid = session.files.read_case(case.images)[0].grid
    noise = gaussian_filter(np.random.default_rng(seed).random(grid.shape), smooth)
    low, high = np.quantile(noise, (0.2, 0.7))
    mask = np.zeros(grid.shape, dtype=np.uint8)
    one, other = session.scheme(TASK).values[:2]
    mask[noise > high] = one
    mask[noise < low] = other
    mask[0] = 0  # an end slice without anything
    accept_mask(session, TASK, name, mask, Reading("ann"))
    return mask


def _accepted(session: Session) -> dict[str, LabelArray]:
    found = {}
    for name, annotation in session.project.annotations.current(TASK).items():
        assert annotation.mask is not None
        grid = session.files.read_case(session.project.cases.get(name).images)[0].grid
        found[name] = session.files.read_mask(annotation.mask, grid, session.scheme(TASK))
    return found


@pytest.mark.parametrize("form", ["dicom-seg", "rtstruct"])
def test_labels_go_back_to_the_series_and_come_in_again_bit_for_bit(tmp_path: Path, form: str) -> None:
    hospital = tmp_path / "hospital"
    pixels = np.random.default_rng(1).integers(0, 900, (5, 9, 16)).astype(np.int16)
    turned = [0.8, 0.6, 0.0, 0.0, 0.0, -1.0]
    places = [2.5 * number for number in range(5)]
    write_stack(hospital / "one", pixels, places)
    write_stack(
        hospital / "two",
        pixels[:, :, :8],
        places,
        PatientID="OTHER",
        StudyInstanceUID="1.2.8",
        SeriesInstanceUID="1.2.8.1",
        FrameOfReferenceUID="1.2.8.9",
    )
    for path in (hospital / "two").iterdir():  # the same stack, seen from another side
        dataset = pydicom.dcmread(path)
        normal = np.cross(turned[:3], turned[3:])
        dataset.ImageOrientationPatient = turned
        dataset.ImagePositionPatient = (normal * float(dataset.ImagePositionPatient[2])).round(6).tolist()
        dataset.save_as(path)
    session = _project(tmp_path / "project", hospital)
    names = [case.name for case in session.project.cases.all()]
    assert [case.state for case in session.project.cases.all()] == [CaseState.NEW] * 2
    wanted = {name: _drawn(session, name, seed) for seed, name in enumerate(names)}
    report = export(session, tmp_path / "labels", form, Silent())
    assert report.cases == 2
    session.close()
    written = b"".join(path.read_bytes() for path in (tmp_path / "labels").rglob("*") if path.is_file()).lower()
    assert not any(secret.encode() in written for secret in SECRETS)
    again = _project(tmp_path / "again", hospital, tmp_path / "labels")
    found = _accepted(again)
    again.close()
    assert len(found) == 2
    for mask in found.values():
        assert any(mask.shape == other.shape and np.array_equal(mask, other) for other in wanted.values())


@pytest.mark.real_data
@pytest.mark.parametrize("form", ["dicom-seg", "rtstruct"])
def test_real_series_take_their_labels_back(medal_data: Path, tmp_path: Path, form: str) -> None:
    hospital = medal_data / "dicom" / "brain_mr"
    session = _project(tmp_path / "project", hospital)
    usable = [case.name for case in session.project.cases.all() if case.state is not CaseState.BROKEN]
    assert usable
    wanted = [_drawn(session, name, seed, 4.0) for seed, name in enumerate(usable)]
    export(session, tmp_path / "labels", form, Silent())
    session.close()
    again = _project(tmp_path / "again", hospital, tmp_path / "labels")
    found = list(_accepted(again).values())
    again.close()
    assert len(found) == len(wanted)
    for mask in found:
        assert any(mask.shape == other.shape and np.array_equal(mask, other) for other in wanted)
