from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.plan import Plan
from napari_medal.core.target import Target
from napari_medal.engine.case_facts import CaseFacts
from napari_medal.engine.fingerprint import fingerprint
from napari_medal.engine.hounsfield import in_hounsfield
from napari_medal.engine.prepare import prepare
from napari_medal.io.nifti import READER
from tests.engine.test_fingerprint import ct

BODY = ct(0)[0].array


def test_a_body_in_air_is_ct() -> None:
    assert in_hounsfield(BODY)
    assert in_hounsfield(BODY.astype(np.int16))


@pytest.mark.parametrize(
    ("what", "array"),
    [
        ("fractions", BODY + np.float32(0.25)),
        ("nothing below zero, as in MR", np.abs(BODY)),
        ("air at zero, as it is stored", BODY + 1024),
        ("no air", BODY[3:13, 5:19, 5:19]),
        ("nothing but air", np.full((8, 8, 8), -1000, np.int16)),
        ("impossible values", np.where(BODY > 50, 70000, BODY)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_doubtful_is_not_taken_for_ct(what: str, array: np.ndarray) -> None:
    assert not in_hounsfield(array), what


@pytest.mark.real_data
def test_a_real_ct_is_told_and_normalised_by_what_is_labelled(medal_data: Path) -> None:
    (volume,) = READER.read(medal_data / "ct_organs/ct.nii.gz")
    organs = ((volume.array > 0) & (volume.array < 400)).astype(np.uint8)
    (found,) = fingerprint([CaseFacts.of([volume], organs)]).intensities
    assert found is not None
    assert 0 <= found.low < found.mean < found.high < 400
    plan = Plan(None, (16, 16, 16), 2, (4, 8), ((2, 2, 2),), 2, 6, 4, 4e-3, intensities=(found,))
    inside = prepare([volume], plan, Target.MASK).image[0][organs > 0]
    assert abs(float(inside.mean())) < 0.1
    assert float(inside.std()) == pytest.approx(1.0, abs=0.15)


@pytest.mark.real_data
@pytest.mark.parametrize("folder", ["hippocampus/images", "brats", "mni"])
def test_real_mr_is_not_taken_for_ct(medal_data: Path, folder: str) -> None:
    images = sorted((medal_data / folder).rglob("*.nii.gz"))[:8]
    assert images
    assert not any(in_hounsfield(READER.read(path)[0].array) for path in images)
