import numpy as np
from scipy.stats import kstest

from napari_medal.acquisition.gumbel import gumbel


def test_is_of_the_standard_gumbel_distribution():
    assert kstest([gumbel(f"case{n}", 1) for n in range(2000)], "gumbel_r").pvalue > 0.01


def test_the_largest_is_drawn_by_its_weight():
    weights = {"a": 1.0, "b": 2.0, "c": 5.0}
    winners = [max(weights, key=lambda case: np.log(weights[case]) + gumbel(case, seed)) for seed in range(2000)]
    shares = [winners.count(case) / 2000 for case in weights]
    np.testing.assert_allclose(shares, np.array([1, 2, 5]) / 8, atol=0.03)
