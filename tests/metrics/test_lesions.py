import math

import numpy as np
import SimpleITK
from hypothesis import given, settings

from napari_medal.metrics.lesions import LesionCount, lesion_detection
from tests.metrics.blobs import pairs

BOUNDS = (2.0, 4.0)


def _by_simpleitk(prediction: np.ndarray, truth: np.ndarray, voxel_mm3: float) -> list[tuple[int, int, int]]:
    def parts(mask: np.ndarray) -> np.ndarray:
        image = SimpleITK.GetImageFromArray(mask.astype(np.uint8))
        return SimpleITK.GetArrayFromImage(SimpleITK.ConnectedComponent(image, True))

    rows = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
    for mask, other, is_truth in ((truth, prediction, True), (prediction, truth, False)):
        labelled = parts(mask)
        for label in range(1, labelled.max() + 1):
            one = labelled == label
            diameter = 2.0 * (3.0 * one.sum() * voxel_mm3 / (4.0 * math.pi)) ** (1 / 3)
            row = rows[sum(diameter >= bound for bound in BOUNDS)]
            touched = bool((one & other).any())
            if is_truth:
                row[0 if touched else 1] += 1
            elif not touched:
                row[2] += 1
    return [tuple(row) for row in rows]


@settings(max_examples=60)
@given(pairs())
def test_agrees_with_simpleitk_s_components_one_by_one(masks):
    found = lesion_detection(*masks, 0.7, BOUNDS)
    assert [(count.found, count.missed, count.false) for count in found] == _by_simpleitk(*masks, 0.7)


def test_small_lesions_are_reported_apart():
    truth = np.zeros((10, 40, 40), dtype=bool)
    truth[2:9, 2:30, 2:30] = True
    truth[5, 35, 35] = truth[5, 35, 20] = True
    prediction = np.zeros_like(truth)
    prediction[4:9, 4:30, 2:30] = True
    prediction[5, 35, 20] = prediction[0, 39, 0] = True
    found = lesion_detection(prediction, truth, 1.0)
    assert found == (
        LesionCount(0.0, 10.0, found=1, missed=1, false=1),
        LesionCount(10.0, 20.0, found=0, missed=0, false=0),
        LesionCount(20.0, math.inf, found=1, missed=0, false=0),
    )
    assert [count.size for count in found] == [
        "under 10 mm (0.52 mL)",
        "10 to 20 mm (0.52 to 4.2 mL)",
        "20 mm (4.2 mL) and more",
    ]


def test_empty_masks_and_a_single_slice():
    empty = np.zeros((1, 6, 6), dtype=bool)
    assert all((count.found, count.missed, count.false) == (0, 0, 0) for count in lesion_detection(empty, empty, 1.0))
    spot = empty.copy()
    spot[0, 1, 1] = spot[0, 2, 2] = True
    assert lesion_detection(empty, spot, 1.0)[0].missed == 1
    assert lesion_detection(spot, empty, 1.0)[0].false == 1
