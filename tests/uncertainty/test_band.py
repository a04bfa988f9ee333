import numpy as np

from napari_medal.uncertainty.band import band_means


def test_the_band_is_two_voxels_on_either_side_of_the_boundary():
    foreground = np.zeros((1, 1, 20), dtype=np.float32)
    foreground[..., 10:] = 1.0
    mean = np.stack([1.0 - foreground, foreground])
    squares = np.arange(20, dtype=np.float32).reshape(1, 1, 20) ** 2
    np.testing.assert_allclose(band_means(squares, mean), np.mean(np.square([8, 9, 10, 11])))


def test_a_place_where_a_class_may_be_counts_though_it_never_wins():
    mean = np.zeros((2, 1, 1, 20), dtype=np.float32)
    mean[1, 0, 0, 4] = 0.4
    mean[0] = 1.0 - mean[1]
    assert band_means(np.arange(20, dtype=np.float32).reshape(1, 1, 20), mean)[1] == 4.0


def test_a_class_without_a_band_gets_0():
    mean = np.zeros((2, 1, 4, 4), dtype=np.float32)
    mean[0] = 1.0
    np.testing.assert_array_equal(band_means(np.ones((1, 4, 4), dtype=np.float32), mean), 0.0)
