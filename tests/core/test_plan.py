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
