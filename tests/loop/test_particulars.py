"""What a recipe asks of the engine beyond the usual, through a whole project."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from napari_medal.core.particulars import HistogramWindow, Particulars
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.progress import Silent
from napari_medal.core.target import Target
from napari_medal.engine.histogram_window import cut_off
from napari_medal.errors import GeometryError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.judging import prepared_case
from napari_medal.loop.model_export import export_model
from napari_medal.loop.planning import plan_task
from napari_medal.loop.prediction import predict
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from tests.loop.test_model_export import run_bundle
from tests.small import SmallUNet, small_extensions, small_session

TASK = "segmentation"
WINDOW = HistogramWindow()


class WindowedUNet(SmallUNet):
    """Cuts intensities off by the histogram, sees FLAIR alone, and keeps the largest part."""

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        flair = tuple(place for place, name in enumerate(fingerprint.names) if name == "FLAIR")
        own = Particulars(window=WINDOW, looks_at=flair, keep_largest=True)
        return replace(super().plan(fingerprint, memory), spacing_mm=None, particulars=own)


WINDOWED = WindowedUNet()


@pytest.fixture
def session(tmp_path: Path, cohort: PhantomCohort) -> Iterator[Session]:
    """Six cases of two sequences, three of them labelled; "FLAIR" holds the phantom, "T1" its mirror image."""
    import nibabel

    folder = tmp_path / "set"
    for place in ("imagesTr", "labelsTr"):
        (folder / place).mkdir(parents=True)
    for number, path in enumerate(sorted(cohort.images.glob("*.nii.gz"))[:6]):
        stored = nibabel.load(path)
        array = np.asarray(stored.dataobj)
        for channel, values in enumerate((array[::-1], array)):
            name = f"{path.name.removesuffix('.nii.gz')}_{channel:04d}.nii.gz"
            nibabel.Nifti1Image(values, stored.affine).to_filename(folder / "imagesTr" / name)
        if number < 3:
            (folder / "labelsTr" / path.name).symlink_to((cohort.labels / path.name).resolve())
    description = {
        "channel_names": {"0": "T1", "1": "FLAIR"},
        "labels": {"background": 0, "anterior": 1, "posterior": 2},
        "file_ending": ".nii.gz",
        "numTraining": 6,
    }
    (folder / "dataset.json").write_text(json.dumps(description))
    extensions = small_extensions("tests.loop.test_particulars:WINDOWED")
    session = small_session(tmp_path / "project", validation=0.0, extensions=extensions)
    report = add_cases(session, Source(folder), Silent())
    assert (len(report.added), len(report.labelled)) == (6, 3)
    yield session
    session.close()


def test_a_channel_is_found_by_its_name_and_standardised_over_all_labelled_cases(session: Session) -> None:
    plan = plan_task(session, TASK, None, Silent()).plan
    assert plan.particulars.looks_at == (1,)
    labelled = session.project.annotations.current(TASK)
    images = [session.project.cases.get(name).images for name in labelled]
    flair = [session.files.read_case(files)[1].array.astype(np.float32) for files in images]
    values = [cut_off(array, WINDOW.low_percentile, WINDOW.bins, WINDOW.reach) for array in flair]
    (found,) = plan.intensities
    assert found is not None
    assert (found.low, found.high) == (0.0, 1.0)
    assert found.mean == pytest.approx(np.mean([array.mean() for array in values]), abs=1e-6)
    squares = np.mean([np.square(array, dtype=np.float64).mean() for array in values])
    assert found.deviation == pytest.approx(np.sqrt(squares - found.mean**2), abs=1e-6)
    prepared = prepared_case(session, session.project.cases.get(next(iter(labelled))), plan, Target.MASK)
    np.testing.assert_allclose(prepared.image[0], (values[0] - found.mean) / found.deviation, atol=1e-4)
    assert len(prepared.image) == 1
    assert plan_task(session, TASK, None, Silent()).plan == plan


def test_predictions_keep_the_largest_part_and_their_probabilities_stay(session: Session) -> None:
    version = train_model(session, TASK, Silent()).version
    assert predict(session, TASK, Silent()).cases == 3
    scattered = 0
    for name, stored in session.project.predictions.by(TASK, version.number).items():
        grid = session.files.read_case(session.project.cases.get(name).images)[1].grid
        assert stored.mask is not None
        mask = session.files.read_mask(stored.mask, grid, session.scheme(TASK))
        assert all(ndimage.label(mask == value)[1] <= 1 for value in (1, 2))
        maps = session.project.predictions.maps(stored)
        assert maps is not None
        likeliest = np.asarray(maps.probabilities[...]).argmax(axis=0)
        scattered += sum(ndimage.label(likeliest == value)[1] for value in (1, 2))
    assert scattered > 6


def test_a_case_without_the_channel_is_refused_in_words(session: Session) -> None:
    plan = plan_task(session, TASK, None, Silent()).plan
    missing = replace(plan, particulars=replace(plan.particulars, looks_at=(2,)))
    with pytest.raises(GeometryError, match="Found 2 channels; the network looks at channel 3"):
        prepared_case(session, session.project.cases.all()[0], missing, Target.MASK)


@pytest.mark.filterwarnings("ignore")
def test_a_bundle_prepares_and_answers_as_the_program_does(session: Session, tmp_path: Path) -> None:
    train_model(session, TASK, Silent())
    report = export_model(session, TASK, None, "monai-bundle", tmp_path / "bundle", Silent())
    predict(session, TASK, Silent())
    kept = session.project.predictions.by(TASK, report.model)
    images = tmp_path / "images"
    images.mkdir()
    for name in kept:
        flair = session.project.cases.get(name).images[1]
        shutil.copy(flair, images / f"{name}.nii.gz")
    answers = run_bundle(tmp_path / "bundle", images)
    for name, stored in kept.items():
        assert stored.mask is not None
        (ours,), (theirs,) = session.files.read(stored.mask), session.files.read(answers / f"{name}_mask.nii.gz")
        assert ours.array.any()
        assert np.mean(ours.array == theirs.array) > 0.995


def test_a_single_file_says_how_its_images_are_cut_off(session: Session, tmp_path: Path) -> None:
    train_model(session, TASK, Silent())
    export_model(session, TASK, None, "torchscript", tmp_path / "out", Silent())
    said = json.loads((tmp_path / "out" / "model.json").read_text())["input"]
    assert said["channels"] == ["FLAIR"]
    wanted = (
        "each volume cut off by its histogram, from percentile 2 to 2.55 times the tissue's peak, and scaled to 0 to 1"
    )
    assert said["intensities"] == [wanted]
