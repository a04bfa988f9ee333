import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.labels import PALETTE, LabelClass, LabelScheme
from napari_medal.core.quantity import Quantity
from napari_medal.errors import GeometryError, SettingsError


def _scheme(*values: int) -> LabelScheme:
    return LabelScheme(tuple(LabelClass(value, f"label {value}", PALETTE[0]) for value in values))


schemes = st.lists(st.integers(1, 255), min_size=1, max_size=8, unique=True).map(lambda values: _scheme(*values))


def test_a_scheme_has_labels_or_a_quantity() -> None:
    age = Quantity("age", "years", 0.0, 120.0)
    scheme = LabelScheme((), age)
    assert (len(scheme), scheme.names, scheme.values, scheme.measured) == (0, (), (), age)
    with pytest.raises(SettingsError, match="found both"):
        LabelScheme((LabelClass(1, "a", "#ffffff"),), age)
    with pytest.raises(SettingsError, match=r"Found the labels .*; wanted a quantity"):
        _ = _scheme(4, 2).measured
    assert _scheme(4, 2).titles == _scheme(4, 2).names


def test_an_empty_scheme_is_refused() -> None:
    with pytest.raises(SettingsError, match="at least one label"):
        LabelScheme(())


def test_values_and_names_occur_once() -> None:
    with pytest.raises(SettingsError, match=r"Each label value may occur once; found \[1, 1\]"):
        LabelScheme((LabelClass(1, "a", "#000000"), LabelClass(1, "b", "#000000")))
    with pytest.raises(SettingsError, match=r"Each label name may occur once; found \['a', 'a'\]"):
        LabelScheme((LabelClass(1, "a", "#000000"), LabelClass(2, "a", "#000000")))


def test_labels_are_found_by_name_and_value() -> None:
    scheme = _scheme(4, 2)
    assert len(scheme) == 2
    assert scheme.values == (4, 2)
    assert scheme.by_name("label 2").value == 2
    assert scheme.by_value(4).name == "label 4"
    with pytest.raises(SettingsError, match="Found the label 'liver'; this task has label 4, label 2"):
        scheme.by_name("liver")
    with pytest.raises(SettingsError, match=r"Found the label value 3; this task has \[4, 2\]"):
        scheme.by_value(3)


@given(schemes, st.data())
def test_values_survive_the_way_to_indices_and_back(scheme: LabelScheme, data: st.DataObject) -> None:
    cells = st.lists(st.sampled_from((0, *scheme.values)), min_size=24, max_size=24)
    mask = np.array(data.draw(cells), dtype=np.uint8).reshape(2, 3, 4)
    indices = scheme.to_indices(mask)
    assert indices.shape == mask.shape
    assert indices.max() <= len(scheme)
    np.testing.assert_array_equal(indices == 0, mask == 0)
    np.testing.assert_array_equal(scheme.to_values(indices), mask)


def test_indices_follow_the_order_of_the_scheme() -> None:
    mask = np.array([[[0, 4, 2]]], dtype=np.uint8)
    assert _scheme(4, 2).to_indices(mask).tolist() == [[[0, 1, 2]]]


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, np.float64])
def test_a_mask_of_any_type_is_accepted_when_its_values_are_labels(dtype: type) -> None:
    mask = _scheme(4, 2).validate_mask(np.array([[[0, 4, 2]]], dtype=dtype), "mask.nii")
    assert mask.dtype == np.uint8
    assert mask.tolist() == [[[0, 4, 2]]]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0, 3], "found the label values 3; wanted only"),
        ([0.5, 2], "found the label values 0.5; wanted only"),
        ([-1, 260], "found the label values -1, 260; wanted only"),
        ([5, 6, 7, 8, 9, 10], "found the label values 5, 6, 7, 8, 9, ...; wanted only"),
        ([float("nan")], "found the label values nan; wanted only"),
    ],
)
def test_a_mask_with_strange_values_is_refused_by_name(values: list[float], shown: str) -> None:
    with pytest.raises(GeometryError) as caught:
        _scheme(4, 2).validate_mask(np.array([[values]]), "mask.nii")
    assert f"mask.nii: {shown} [0, 4, 2]" in str(caught.value)


def test_the_labels_that_occur_are_told_without_the_background() -> None:
    scheme = LabelScheme((LabelClass(7, "a", "#ffffff"), LabelClass(2, "b", "#000000"), LabelClass(5, "c", "#111111")))
    mask = np.zeros((3, 4, 5), np.uint8)
    assert scheme.occurring(mask) == ()
    mask[0, 1, 1], mask[2, 3, 4] = 7, 2
    assert scheme.occurring(mask) == (2, 7)
