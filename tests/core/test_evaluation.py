from napari_medal.core.evaluation import Interval


def test_an_interval_is_shown_with_its_bounds() -> None:
    assert str(Interval(0.8614, 0.8402, 0.8799)) == "0.861 [0.840, 0.880]"
