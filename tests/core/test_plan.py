from dataclasses import replace

from napari_medal.core.plan import Plan

PLAN = Plan(
    spacing_mm=None,
    patch=(8, 32, 32),
    batch=2,
    widths=(8, 16, 32),
    strides=((1, 2, 2), (2, 2, 2)),
    members=3,
    cold_steps=100,
    warm_steps=50,
    learning_rate=1e-3,
)


def test_the_divisor_is_the_product_of_the_strides() -> None:
    assert PLAN.divisor == (2, 4, 4)
    assert replace(PLAN, strides=()).divisor == (1, 1, 1)


def test_a_network_for_volumes_has_three_dimensions() -> None:
    assert PLAN.dimensions == 3
    assert PLAN.level_strides == PLAN.strides
    assert PLAN.level_kernels == ((3, 3, 3),) * 3


def test_a_network_for_single_slices_has_two_dimensions_and_keeps_the_slices_own_sides() -> None:
    flat = replace(PLAN, patch=(1, 32, 32), strides=((1, 2, 4), (1, 4, 2)), kernels=((1, 3, 5), (1, 5, 3), (1, 3, 3)))
    assert flat.dimensions == 2
    assert flat.level_strides == ((2, 4), (4, 2))
    assert flat.level_kernels == ((3, 5), (5, 3), (3, 3))
