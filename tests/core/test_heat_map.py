import numpy as np

from napari_medal.core.heat_map import heat_map
from napari_medal.core.shares import Shares


def test_one_label_and_any_label_in_percent():
    probabilities = Shares.of(np.array([[[[1.0, 0.4]]], [[[0.0, 0.5]]], [[[0.0, 0.1]]]]))
    assert heat_map(probabilities, 0).tolist() == [[[0, 50]]]
    assert heat_map(probabilities, 1).tolist() == [[[0, 10]]]
    assert heat_map(probabilities, None).tolist() == [[[0, 60]]]
    assert heat_map(probabilities, None).dtype == np.uint8
