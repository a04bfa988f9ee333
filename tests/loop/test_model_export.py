import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from napari_medal.core.particulars import Particulars
from napari_medal.core.progress import Silent
from napari_medal.core.target import Target
from napari_medal.edit.largest_parts import largest_parts
from napari_medal.engine.freeze import write_onnx
from napari_medal.errors import ExportError, JobCancelled, ModelError
from napari_medal.export.bundle.inference import inference_config
from napari_medal.export.bundle.metadata import metadata
from napari_medal.export.model_facts import ModelFacts
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.judging import load_ensemble, prepared_case, project_device
from napari_medal.loop.model_export import MODEL_FORMATS, _facts, export_model
from napari_medal.loop.prediction import predict
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from tests.loop.conftest import label
from tests.small import cancel_at, small_extensions, small_session

TASK = "segmentation"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory, cohort: PhantomCohort) -> Iterator[Session]:
    """A project with a live model that draws."""
    folder = tmp_path_factory.mktemp("drawn") / "project"
    session = small_session(folder, validation=0.0, extensions=small_extensions("tests.small:EAGER"))
    add_cases(session, Source(cohort.images), Silent())
    label(session, cohort, 0, 1, 2)
    train_model(session, TASK, Silent())
    yield session
    session.close()


@pytest.fixture(scope="module", params=["classification", "regression"])
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, cohort: PhantomCohort
) -> Iterator[tuple[Session, str]]:
    """A project with a live model that chooses or measures."""
    session = small_session(tmp_path_factory.mktemp("told") / "project", request.param, validation=0.0)
    add_cases(session, Source(cohort.images, cohort.classes if request.param == "classification" else None), Silent())
    if request.param == "regression":
        from napari_medal.loop.answers import Reading, accept_value

        for number in range(6):
            accept_value(session, request.param, f"case_{number:03d}", 5.0 * number, Reading("ann"))
    train_model(session, request.param, Silent())
    yield session, request.param
    session.close()


def run_bundle(folder: Path, images: Path) -> Path:
    """Let MONAI run the bundle on every image in a folder, and return where the answers lie."""
    from monai import bundle  # while warnings are no errors: ignite's import gives some

    sys.path.insert(0, str(folder))
    try:
        bundle.run(
            config_file=str(folder / "configs" / "inference.json"),
            meta_file=str(folder / "configs" / "metadata.json"),
            bundle_root=str(folder),
            dataset_dir=str(images),
        )
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == "scripts"]:
            del sys.modules[name]
    return folder / "answers"


@pytest.mark.filterwarnings("ignore")
def test_monai_runs_the_bundle_and_draws_the_same(drawn: Session, cohort: PhantomCohort, tmp_path: Path) -> None:
    report = export_model(drawn, TASK, None, "monai-bundle", tmp_path / "bundle", Silent())
    assert report.files == 4
    images = tmp_path / "images"
    images.mkdir()
    for number in (5, 6):
        shutil.copy(cohort.images / f"case_{number:03d}.nii.gz", images)
    answers = run_bundle(tmp_path / "bundle", images)
    predict(drawn, TASK, Silent(), ["case_005", "case_006"])
    kept = drawn.project.predictions.by(TASK, report.model)
    for name in ("case_005", "case_006"):
        mask = kept[name].mask
        assert mask is not None
        (ours,), (theirs,) = drawn.files.read(mask), drawn.files.read(answers / f"{name}_mask.nii.gz")
        assert theirs.grid.matches(ours.grid)
        assert ours.array.any()
        both = 2 * np.count_nonzero((ours.array == theirs.array) & (ours.array > 0))
        # MONAI resamples by voxel centres, the program by edges: a network that has hardly learnt sees the difference.
        assert both / (np.count_nonzero(ours.array) + np.count_nonzero(theirs.array)) > 0.85


@pytest.mark.filterwarnings("ignore")
def test_monai_runs_the_bundle_and_says_the_same(told: tuple[Session, str], tmp_path: Path) -> None:
    session, task = told
    report = export_model(session, task, None, "monai-bundle", tmp_path / "bundle", Silent())
    images = tmp_path / "images"
    images.mkdir()
    case = session.project.cases.get("case_007")
    shutil.copy(case.images[0], images)
    answers = run_bundle(tmp_path / "bundle", images)
    (line,) = (answers / "answers.csv").read_text().splitlines()
    found = [float(cell) for cell in line.split(",")[1:]]
    version = session.project.models.get(task, report.model)
    ensemble = load_ensemble(session, version, 1, project_device(session))
    wanted = ensemble.samples(prepared_case(session, case, version.plan, ensemble.target)).mean(axis=0)
    assert found == pytest.approx(wanted.tolist(), rel=1e-3, abs=1e-3)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", ["torchscript", "onnx"])
def test_a_single_file_answers_like_the_model(drawn: Session, tmp_path: Path, form: str) -> None:
    report = export_model(drawn, TASK, None, form, tmp_path / form, Silent())
    said = json.loads((tmp_path / form / "model.json").read_text())
    assert said["output"]["stored_values"] == [0, *drawn.scheme(TASK).values]
    case = drawn.project.cases.get("case_004")
    version = drawn.project.models.get(TASK, report.model)
    ensemble = load_ensemble(drawn, version, 1, project_device(drawn))
    prepared = prepared_case(drawn, case, version.plan, Target.MASK)
    sides = [n - n % step for n, step in zip(prepared.image.shape[1:], version.plan.divisor, strict=True)]
    z, y, x = sides
    image = np.ascontiguousarray(prepared.image[None, :, :z, :y, :x].transpose(0, 1, 4, 3, 2), dtype=np.float32)
    if form == "torchscript":
        found = torch.jit.load(tmp_path / form / "model.ts")(torch.from_numpy(image)).numpy()
    else:
        import onnxruntime

        runtime = onnxruntime.InferenceSession(str(tmp_path / form / "model.onnx"))
        (found,) = runtime.run(None, {"image": image})
    cut = type(prepared)(prepared.image[:, :z, :y, :x], _cut(prepared.grid, (z, y, x)), prepared.spacing_mm)
    wanted = ensemble.samples(cut).mean(axis=0).transpose(0, 3, 2, 1)
    np.testing.assert_allclose(found[0], wanted, atol=1e-2)  # the program may compute in half precision


def _cut(grid, shape):
    return type(grid)(shape, np.array(grid.affine))


def test_cancelling_leaves_nothing(drawn: Session, tmp_path: Path) -> None:
    for call in (1, 2, 3):
        with pytest.raises(JobCancelled):
            export_model(drawn, TASK, None, "torchscript", tmp_path / "out", cancel_at(call))
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_bundle_keeps_the_largest_parts_that_the_program_keeps(drawn: Session, seed: int) -> None:
    from monai.bundle import ConfigParser

    version = drawn.project.models.live(TASK)
    assert version is not None
    plain = _facts(drawn, version, ("T1",), whole=True)
    keeping = replace(plain, plan=replace(plain.plan, particulars=Particulars(keep_largest=True)))
    assert [_step(facts, "KeepLargestConnectedComponentd") is None for facts in (plain, keeping)] == [True, False]
    assert "scikit-image" in str(metadata(keeping)["required_packages_version"])
    mask = np.random.default_rng(seed).choice([0, 1, 2], (9, 8, 7), p=(0.4, 0.35, 0.25)).astype(np.uint8)
    parser = ConfigParser({"step": _step(keeping, "KeepLargestConnectedComponentd")})
    theirs = parser.get_parsed_content("step")({"pred": torch.from_numpy(mask.copy())[None]})["pred"]
    assert 0 < np.count_nonzero(largest_parts(mask)) < np.count_nonzero(mask)
    np.testing.assert_array_equal(theirs[0], largest_parts(mask))


def _step(facts: ModelFacts, name: str) -> object:
    """Return the step of a bundle's last transforms that has this name; None where there is none."""
    steps: Any = inference_config(facts, (1, 1, 1))["postprocessing"]
    return next((step for step in steps["transforms"] if step["_target_"] == name), None)


def test_what_cannot_be_written_is_refused(drawn: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExportError, match=f"wanted one of {', '.join(MODEL_FORMATS)}"):
        export_model(drawn, TASK, None, "keras", tmp_path / "out", Silent())
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    with pytest.raises(ExportError, match="is not empty"):
        export_model(drawn, TASK, None, "torchscript", tmp_path / "full", Silent())
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ModelError, match="no package 'onnx'"):
        write_onnx(None, tmp_path / "model.onnx")  # type: ignore[arg-type]


def test_a_project_without_a_model_has_none_to_give(session: Session, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has no model yet"):
        export_model(session, TASK, None, "onnx", tmp_path / "out", Silent())
