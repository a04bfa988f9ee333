from collections.abc import Sequence

import numpy as np
import pytest

from napari_medal.core.modality import Modality
from napari_medal.core.plan import Intensities
from napari_medal.core.volume import Volume
from napari_medal.engine.case_facts import CaseFacts
from napari_medal.engine.fingerprint import fingerprint
from napari_medal.errors import ModelError, SettingsError
from tests.small import grid


def _facts(shape: Sequence[int], spacing_mm: Sequence[float] = (1.0, 1.0, 1.0), channels: int = 1) -> CaseFacts:
    volume = Volume(np.zeros(shape, dtype=np.int16), grid(shape, spacing_mm))
    return CaseFacts.of([volume] * channels, None)


def ct(seed: int, unit: float = 1.0) -> tuple[Volume, np.ndarray]:
    """A body in air with an organ in it, in Hounsfield units times `unit`, and the organ's mask."""
    random = np.random.default_rng(seed)
    array = random.normal(-1000, 15, (16, 24, 24))
    array[2:14, 4:20, 4:20] = random.normal(20, 30, (12, 16, 16))
    mask = np.zeros(array.shape, dtype=np.uint8)
    mask[5:9, 8:14, 8:14] = 1
    array[mask > 0] = random.normal(120, 10, int(mask.sum()))
    return Volume((np.round(array) * unit).astype(np.float32), grid(array.shape)), mask


def test_the_median_and_the_largest_are_taken_axis_by_axis() -> None:
    cases = [
        _facts((10, 50, 30), (1.0, 0.5, 0.5), 2),
        _facts((20, 40, 30), (2.0, 0.5, 0.7), 2),
        _facts((90, 41, 10), (3.0, 0.6, 0.9), 2),
    ]
    found = fingerprint([*cases, _facts((9, 9, 9))])
    assert (found.cases, found.channels, found.planar) == (3, 2, False)
    assert found.median_shape == (20, 41, 30)
    assert found.largest_shape == (90, 50, 30)
    assert found.spacing_mm == pytest.approx((2.0, 0.5, 0.7))
    assert found.intensities == ()


def test_only_single_slices_are_planar() -> None:
    assert fingerprint([_facts((1, 50, 30))]).planar
    assert not fingerprint([_facts((1, 50, 30)), _facts((2, 50, 30))]).planar


def test_no_case_makes_no_fingerprint() -> None:
    with pytest.raises(ModelError, match="at least one usable case"):
        fingerprint([])


def test_ct_is_told_by_its_looks_and_summarised_inside_the_labels() -> None:
    cases = [CaseFacts.of([volume], mask) for volume, mask in (ct(seed) for seed in range(5))]
    (found,) = fingerprint(cases).intensities
    assert found is not None
    assert found.mean == pytest.approx(120, abs=1.5)
    assert found.deviation == pytest.approx(9.8, abs=0.5)
    assert (found.low, found.high) == (pytest.approx(120 - 25.8, abs=3), pytest.approx(120 + 25.8, abs=3))


def test_without_labels_all_of_the_volume_counts() -> None:
    empty = np.zeros((16, 24, 24), np.uint8)
    (found,) = fingerprint([CaseFacts.of([ct(0)[0]], None), CaseFacts.of([ct(1)[0]], empty)]).intensities
    assert found is not None
    assert found.low == pytest.approx(-1040, abs=12)
    assert found.mean == pytest.approx(-1000 + 1020 / 3, abs=40)


def test_one_case_in_ten_may_look_otherwise_and_half_of_them_may_not() -> None:
    facts = [CaseFacts.of([ct(seed)[0]], ct(seed)[1]) for seed in range(9)]
    odd = CaseFacts.of([Volume(np.abs(ct(0)[0].array), grid((16, 24, 24)))], None)
    assert fingerprint([*facts, odd]).intensities
    assert fingerprint([facts[0], odd]).intensities == ()


def test_channels_are_looked_at_one_by_one() -> None:
    volume, mask = ct(0)
    other = Volume(np.abs(volume.array), volume.grid)
    first, second = fingerprint([CaseFacts.of([other, volume], mask)]).intensities
    assert first is None
    assert isinstance(second, Intensities)


def test_what_the_settings_say_of_a_channel_goes_before_its_looks() -> None:
    volume, mask = ct(0)
    assert fingerprint([CaseFacts.of([volume], mask)], (Modality.MR,)).intensities == ()
    shrunk = Volume(volume.array * 0.37, volume.grid)
    assert fingerprint([CaseFacts.of([shrunk], mask)]).intensities == ()
    (found,) = fingerprint([CaseFacts.of([shrunk], mask)], (Modality.CT,)).intensities
    assert found is not None
    assert found.mean == pytest.approx(120 * 0.37, abs=1)
    with pytest.raises(SettingsError, match="found 2; wanted one for each of the 1 channels"):
        fingerprint([CaseFacts.of([volume], mask)], (Modality.CT, Modality.MR))
