import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from napari_medal.metrics.confusion import confusion


@given(st.integers(2, 5), st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=30))
def test_agrees_with_scikit_learn(classes, pairs):
    kept = np.array([pair for pair in pairs if max(pair) < classes], dtype=np.intp).reshape(-1, 2)
    found = confusion(kept[:, 0], kept[:, 1], classes)
    assert found.shape == (classes, classes)
    if len(kept):
        np.testing.assert_array_equal(found, confusion_matrix(kept[:, 0], kept[:, 1], labels=range(classes)))
    assert found.sum() == len(kept)
